import type { ProtocolName } from './generator/protocol.ts';
import type { Workload } from './workload.ts';

/** A server of the benchmark. */
export interface Contestant {
  readonly name: string;
  readonly file: string;
  readonly protocol: ProtocolName;
  readonly needsRedis: boolean;
  /** Published by a process of its own, through Redis. */
  readonly publishedFromOutside: boolean;
  /** Gives a cursor and takes it back. */
  readonly resumes: boolean;
  /** Runs on this Node; `22` where its binary is not built for a newer one. */
  readonly node: 'current' | '22';
}

const BY_ITSELF = { needsRedis: false, publishedFromOutside: false, resumes: false, node: 'current' } as const;

function contestant(name: string, file: string, protocol: ProtocolName, facts: Partial<Contestant> = {}): Contestant {
  return { name, file, protocol, ...BY_ITSELF, ...facts };
}

const TIDEWIRE = contestant('tidewire', 'servers/tidewire.ts', 'graphql-ws', { resumes: true });
const TIDEWIRE_REDIS = contestant('tidewire-redis', 'servers/tidewire.ts', 'graphql-ws', {
  needsRedis: true,
  publishedFromOutside: true,
});
const STOCK = contestant('stock', 'peers/stock.ts', 'graphql-ws', { needsRedis: true });
const MERCURIUS = contestant('mercurius', 'peers/mercurius.ts', 'mercurius', { needsRedis: true });
const SOCKET_IO = contestant('socket.io', 'peers/socket-io.ts', 'socket.io', { needsRedis: true });
const RAW_WS = contestant('raw-ws', 'peers/raw-ws.ts', 'raw');
const UWS = contestant('uws', 'peers/uws.ts', 'raw', { node: '22' });

const ALL = [TIDEWIRE, STOCK, MERCURIUS, SOCKET_IO, RAW_WS, UWS];

export const CONTESTANTS = [TIDEWIRE, TIDEWIRE_REDIS, STOCK, MERCURIUS, SOCKET_IO, RAW_WS, UWS];

/** How a row publishes: at a rate, or as fast as keeps the server's core busy to this part. */
export type Rate = { readonly busy: number } | { readonly perSecond: number };

export interface Row {
  readonly name: string;
  readonly burst: number;
  readonly rate: Rate;
}

/** Rows that share a server and its connections. */
export interface Group {
  readonly name: string;
  readonly workload: Workload;
  readonly contestants: readonly Contestant[];
  readonly rows: readonly Row[];
  /** `memory`: connections that only wait, nothing is published. `jitter`: connections that are cut again and again. */
  readonly kind: 'rows' | 'memory' | 'jitter';
  /** Interleaved; one where a round is long and its figure hardly varies. */
  readonly rounds: number;
}

/**
 * Part of the server's core that a paced row keeps busy. Far below it a server pays for waking an idle reader with each
 * write, at all of it events run together and are no single ones any more.
 */
const BUSY: Rate = { busy: 0.85 };

const ROUNDS = 3;
const BURST = 8;

const TRADES: Workload = {
  topic: 'trades',
  sockets: 1_000,
  questions: 1,
  payloadBytes: 150,
  thresholds: null,
  resumable: false,
};

const singles = (suffix: string): Row => ({ name: `singles-${suffix}`, burst: 1, rate: BUSY });
const bursts = (suffix: string): Row => ({ name: `bursts-${suffix}`, burst: BURST, rate: BUSY });

function group(name: string, workload: Partial<Workload>, facts: Partial<Group> = {}): Group {
  return {
    name,
    workload: { ...TRADES, ...workload },
    contestants: ALL,
    rows: [singles(name), bursts(name)],
    kind: 'rows',
    rounds: ROUNDS,
    ...facts,
  };
}

/** Thresholds of 10,000 subscribers, against as many subscribers with one threshold and as many deliveries. */
function filters(matching: number): Group[] {
  const of = (name: string, distinct: boolean, as: 'literals' | 'variables') =>
    group(
      `${name}-${matching}`,
      { sockets: 10_000, thresholds: { distinct, as, matching } },
      { contestants: [TIDEWIRE], rows: [singles(`${name}-${matching}`)] },
    );
  return [of('filter', false, 'variables'), of('filters', true, 'variables'), of('literals', true, 'literals')];
}

export const GROUPS: readonly Group[] = [
  group(
    '1000',
    {},
    {
      contestants: CONTESTANTS,
      rows: [singles('1000'), bursts('1000'), { name: 'rate60-1000', burst: 1, rate: { perSecond: 60 } }],
    },
  ),
  group('8000', { sockets: 8_000 }),
  group('2kb', { payloadBytes: 2_048 }),
  group('questions', { questions: 100 }, { contestants: [TIDEWIRE, STOCK, MERCURIUS] }),
  group('state', { topic: 'prices' }, { contestants: [TIDEWIRE] }),
  ...filters(10_000),
  ...filters(1_000),
  group('idle', { sockets: 10_000 }, { kind: 'memory', rows: [], rounds: 1 }),
  group(
    'jitter',
    { sockets: 10_000, resumable: true },
    { kind: 'jitter', rows: [], rounds: 1, contestants: [TIDEWIRE, STOCK] },
  ),
];
