import { setTimeout as pause } from 'node:timers/promises';
import { Child, type ChildOptions, LOAD_CORE, SERVER_CORE } from './child.ts';
import type { Heard, Target } from './generator/swarm.ts';
import type { Contestant, Group, Row } from './matrix.ts';
import { NODE_22 } from './node-22.ts';
import type { Mark, Pace, Paced, SubjectSetup } from './servers/subject.ts';
import { audienceOf, type Workload } from './workload.ts';

/** One row of one server in one round. */
export interface RowResult {
  readonly row: string;
  readonly server: string;
  readonly round: number;
  readonly delivered: number;
  readonly expected: number;
  readonly cpuMicros: number;
  readonly kernelMicros: number;
  readonly wallMs: number;
  /** Parts of a core. */
  readonly serverBusy: number;
  readonly loadBusy: number;
  /** Events that a client got in one read, on average: as many as were published together, or more. */
  readonly eventsPerRead: number;
  /** Between two publishes (or bursts), milliseconds. */
  readonly intervalMs: number;
  readonly latency: readonly number[];
  /** Resident bytes that a connection with its subscription added, after a collection. */
  readonly bytesPerConnection: number;
}

/** What all rows of a run share. */
export interface Settings {
  readonly redisUrl: string | null;
  readonly measureMs: number;
  /** One step of finding a rate. */
  readonly stepMs: number;
  /** Further Node flags of the servers. */
  readonly serverFlags: readonly string[];
}

/** Processes of one server under one load. */
export interface Stage {
  readonly server: Child;
  readonly load: Child;
  readonly publisher: Child;
  readonly target: Target;
  stop(): Promise<void>;
}

/** CPU of a delivery that is assumed of a server at first, milliseconds: the dearest one's, so that none is flooded. */
const DEAREST_MS = 0.06;

/** What is heard through Redis costs more than what is published in the process, by less than this. */
const MARGIN = 1.15;

/** Steps of finding a rate, and how near it must come. */
const STEPS = 6;
const FEWEST_STEPS = 2;
const NEAR_ENOUGH = 0.08;

/** Fewest turns that a step, and a measurement, is judged by. */
const FEWEST_TRIED = 2;
const FEWEST_MEASURED = 4;

/** Wait for events that do not come, milliseconds, before they count as lost. */
const QUIET_MS = 3_000;

/** Tries until every subscription hears: a subscription of a peer may begin some time after it was asked for. */
const PROBES = 20;
const PROBE_MS = 500;

/** Wait for what follows a connect to settle before memory is read, milliseconds. */
const SETTLE_MS = 1_500;

/** Starts a server on its core and its load on the other. */
export async function stage(contestant: Contestant, workload: Workload, settings: Settings): Promise<Stage> {
  const { file, protocol, publishedFromOutside, needsRedis, node } = contestant;
  const argument: SubjectSetup = { workload, redisUrl: needsRedis ? settings.redisUrl : null };
  const children: Child[] = [];
  const start = async (core: number, path: string, options: Partial<ChildOptions> = {}) => {
    const child = await Child.start({ core, file: new URL(path, import.meta.url), argument, ...options });
    children.push(child);
    return child;
  };
  const stop = async () => {
    // The load first: a server that says good-bye to ten thousand connections is no part of this.
    for (const child of children.toReversed()) await child.stop();
  };
  try {
    const options = { flags: settings.serverFlags, ...(node === '22' && { node: NODE_22.pathname }) };
    const server = await start(SERVER_CORE, file, options);
    const publisher = publishedFromOutside ? await start(LOAD_CORE, 'servers/publisher.ts') : server;
    const load = await start(LOAD_CORE, 'generator/main.ts');
    return { server, publisher, load, target: { port: await server.ask<number>('port'), protocol, workload }, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * Connects, proves that every subscription hears, then measures row after row.
 * @param costs CPU of a delivery, milliseconds, by row and server: what earlier rounds found, and this one finds.
 */
export async function measure(
  group: Group,
  contestant: Contestant,
  round: number,
  settings: Settings,
  costs: Map<string, number>,
): Promise<RowResult[]> {
  const on = await stage(contestant, group.workload, settings);
  try {
    const before = await on.server.ask<Mark>('mark', { collect: true });
    await on.load.ask('connect', on.target);
    await pause(SETTLE_MS);
    const after = await on.server.ask<Mark>('mark', { collect: true });
    const bytesPerConnection = (after.rssBytes - before.rssBytes) / group.workload.sockets;
    await prove(on);
    const facts = { server: contestant.name, round, bytesPerConnection };
    if (group.kind === 'memory') return [{ ...facts, row: group.name, ...NOTHING_PUBLISHED }];
    const results: RowResult[] = [];
    let cost = DEAREST_MS;
    for (const row of group.rows) {
      const id = `${contestant.name} ${row.name}`;
      const alike = contestant.publishedFromOutside ? `tidewire ${row.name}` : id;
      const result = await run(on, row, settings, (costs.get(alike) ?? cost) * (alike === id ? 1 : MARGIN));
      cost = result.cpuMicros / 1_000 / Math.max(1, result.delivered);
      costs.set(id, cost);
      results.push({ ...facts, row: row.name, ...result });
    }
    return results;
  } finally {
    await on.stop();
  }
}

const NOTHING_PUBLISHED = {
  delivered: 0,
  expected: 0,
  cpuMicros: 0,
  kernelMicros: 0,
  wallMs: 0,
  serverBusy: 0,
  loadBusy: 0,
  eventsPerRead: 0,
  intervalMs: 0,
  latency: [],
};

/** One stretch of publishing with everything that follows from it, and nothing else. */
async function stretch({ server, load, publisher, target }: Stage, pace: Omit<Pace, 'firstSequence'>, quietMs: number) {
  await load.ask('reset');
  const before = await server.ask<Mark>('mark', { collect: false });
  const published = await publisher.ask<Paced>('publish', { ...pace, firstSequence: 1 });
  const expected = published.events * audienceOf(target.workload);
  const heard = await load.ask<Heard>('drain', { expected, quietMs });
  const after = await server.ask<Mark>('mark', { collect: false });
  return {
    ...heard,
    publishedMs: published.wallMs,
    expected,
    serverMicros: after.cpuMicros - before.cpuMicros,
    kernelMicros: after.kernelMicros - before.kernelMicros,
  };
}

async function prove(on: Stage): Promise<void> {
  let heard = 0;
  for (let probe = 0; probe < PROBES; probe++) {
    const { events: delivered, expected } = await probed(on);
    if (delivered === expected) return;
    heard = delivered;
  }
  throw new Error(`only ${heard} of ${audienceOf(on.target.workload)} subscriptions hear what is published`);
}

async function probed(on: Stage): Promise<{ events: number; expected: number }> {
  await on.load.ask('reset');
  await on.publisher.ask('publish', { burst: 1, intervalMs: 1, turns: 1, firstSequence: 1, apart: false });
  const expected = audienceOf(on.target.workload);
  const { events } = await on.load.ask<Heard>('drain', { expected, quietMs: PROBE_MS });
  return { events, expected };
}

async function run(on: Stage, { burst, rate }: Row, { measureMs, stepMs }: Settings, costMs: number) {
  const apart = 'busy' in rate;
  const guessMs = 'busy' in rate ? (audienceOf(on.target.workload) * burst * costMs) / rate.busy : 0;
  const intervalMs =
    'perSecond' in rate ? 1_000 / rate.perSecond : await intervalFor(on, burst, rate.busy, stepMs, guessMs);
  const turns = Math.max(FEWEST_MEASURED, Math.round(measureMs / intervalMs));
  const result = await stretch(on, { burst, intervalMs, turns, apart }, QUIET_MS);
  const wallMs = Math.max(result.publishedMs, result.wallMs);
  return {
    delivered: result.events,
    expected: result.expected,
    cpuMicros: result.serverMicros,
    kernelMicros: result.kernelMicros,
    wallMs,
    serverBusy: result.serverMicros / 1_000 / wallMs,
    loadBusy: result.cpuMicros / 1_000 / wallMs,
    eventsPerRead: result.events / Math.max(1, result.reads),
    intervalMs,
    latency: result.latency,
  };
}

/** Finds the distance between turns that keeps the server's core busy to this part. It also warms the server up. */
async function intervalFor(on: Stage, burst: number, busy: number, stepMs: number, guessMs: number): Promise<number> {
  let intervalMs = guessMs;
  for (let step = 1; step <= STEPS; step++) {
    const turns = Math.max(FEWEST_TRIED, Math.round(stepMs / intervalMs));
    const { serverMicros } = await stretch(on, { burst, intervalMs, turns, apart: true }, QUIET_MS);
    // Nobody outside knows when a server has dealt with an event: a search would run into bursts. The guess stands.
    if (on.publisher !== on.server) return intervalMs;
    const next = serverMicros / 1_000 / turns / busy;
    const near = Math.abs(next - intervalMs) < intervalMs * NEAR_ENOUGH;
    intervalMs = next;
    if (near && step >= FEWEST_STEPS) break;
  }
  return intervalMs;
}
