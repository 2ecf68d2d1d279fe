/**
 * How long after its block was heard an opportunity is with a client: the product as `npm start` runs it, on its simulated
 * chains, PostgreSQL included, with 1,000 subscribers that each have another filter. `npm run bench:opportunities`.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { PROTOCOLS } from './generator/protocol.ts';
import { LoadSocket } from './generator/socket.ts';

const SUBSCRIBERS = 1_000;

/** Sockets that are opened together. */
const AT_ONCE = 50;

/** Connecting and the first snapshots are not measured. */
const WARM_UP_MS = 5_000;
const MEASURED_MS = 30_000;

/** What was asked for, milliseconds. */
const TARGET_P99_MS = 100;

const QUERY = `subscription Opportunities($filter: OpportunityFilter) {
  opportunities(filter: $filter) { id version cursor state closeReason chainId poolName profitUsd imbalancePct receivedAt matches }
}`;

interface Started {
  readonly url: string;
  stop(): Promise<void>;
}

async function startProduct(): Promise<Started> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-'));
  const child = spawn(process.execPath, ['--max-semi-space-size=16', 'src/main/all.ts'], {
    env: {
      PATH: process.env['PATH'],
      PORT: '0',
      DATA_DIR: folder,
      LOG_LEVEL: 'info',
      MAX_CONNECTIONS_PER_IP: '5000',
      MAX_CONNECTIONS_PER_USER: '5000',
      CONNECTIONS_PER_SECOND_PER_IP: '100000',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const said = JSON.parse(line) as { readonly url?: string };
      if (said.url !== undefined) resolve(said.url);
    });
    ended.then(() => reject(new Error('the product ended')), reject);
  });
  return {
    url,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** No two are equal; most let most through, so that there is much to deliver. */
function filterOf(index: number): object {
  const minProfitUsd = `${index % 250}.${String(index).padStart(4, '0')}`;
  switch (index % 4) {
    case 0:
      return { minProfitUsd };
    case 1:
      return { chainIds: [56], minProfitUsd };
    case 2:
      return { minProfitUsd, maxProfitUsd: '1000000', states: ['OPENED', 'UPDATED', 'CLOSED'] };
    default:
      return {
        anyOf: [
          { chainIds: [56], minProfitUsd },
          { chainIds: [137], minImbalancePct: index / 1_000 },
        ],
      };
  }
}

/** What stands before the time at which the block was heard, and how long that is. */
const HEARD = Buffer.from('"receivedAt":"');
const TIME_LENGTH = '2026-01-01T00:00:00.000Z'.length;

function subscribe(port: number, index: number, heard: (receivedAt: number) => void): Promise<LoadSocket> {
  return new Promise((resolve, reject) => {
    new LoadSocket({
      port,
      index,
      protocol: PROTOCOLS['graphql-ws'],
      operation: () => ({ query: QUERY, variables: { filter: filterOf(index) } }),
      sink: {
        event: (_socket, bytes, at, length) => {
          const time = bytes.indexOf(HEARD, at) + HEARD.length;
          if (time + TIME_LENGTH > at + length) throw new Error('an event without a time');
          heard(Date.parse(bytes.toString('latin1', time, time + TIME_LENGTH)));
        },
        subscribed: resolve,
        lost: (_socket, why) => reject(new Error(why)),
      },
    });
  });
}

const product = await startProduct();
const latencies: number[] = [];
let measuring = false;
const heard = (receivedAt: number) => {
  if (measuring) latencies.push(Date.now() - receivedAt);
};
const port = Number(new URL(product.url).port);
const sockets: LoadSocket[] = [];
for (let index = 0; index < SUBSCRIBERS; index += AT_ONCE) {
  const some = Array.from({ length: Math.min(AT_ONCE, SUBSCRIBERS - index) }, (_, at) =>
    subscribe(port, index + at, heard),
  );
  sockets.push(...(await Promise.all(some)));
}
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
await pause(WARM_UP_MS);
measuring = true;
await pause(MEASURED_MS);
measuring = false;
for (const socket of sockets) socket.cut();
await product.stop();

latencies.sort((a, b) => a - b);
const at = (part: number) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * part))] ?? null;
console.log(
  `Block heard -> opportunity with the client: ${SUBSCRIBERS.toLocaleString('en')} sockets, each with another filter; asked for: p99 under ${TARGET_P99_MS} ms.`,
);
console.log('Whole milliseconds; readers are one process, the product with its database others, on the same machine.');
console.log(
  `${cpus()[0]?.model.trim()} x ${cpus().length}, load ${loadavg()[0]?.toFixed(1)}, Node ${process.version}, ${process.platform} ${process.arch}`,
);
console.table({
  opportunities: {
    delivered: latencies.length,
    'a second': Math.round(latencies.length / (MEASURED_MS / 1_000)),
    'p50, ms': at(0.5),
    'p99, ms': at(0.99),
    'slowest, ms': latencies.at(-1) ?? null,
  },
});
