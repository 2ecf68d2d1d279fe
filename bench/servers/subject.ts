import { performance } from 'node:perf_hooks';
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import { answer } from '../answering.ts';
import { type BenchTrade, tradeOf, type Workload } from '../workload.ts';

/** What a server of the benchmark is started with, as its only argument. */
export interface SubjectSetup {
  readonly workload: Workload;
  readonly redisUrl: string | null;
}

/** A server that listens. */
export interface Subject {
  readonly port: number;
  /** Publishes one trade by the way that an application would use; null where another process publishes. */
  readonly publish: ((trade: BenchTrade) => unknown) | null;
}

/** What has been used since the process began. */
export interface Mark {
  readonly cpuMicros: number;
  /** The part of it that was spent in the kernel: socket writes above all, which no server's code makes cheaper. */
  readonly kernelMicros: number;
  readonly rssBytes: number;
}

/** Events to publish, `burst` of them in one turn of the event loop, turns at even distances. */
export interface Pace {
  readonly burst: number;
  readonly intervalMs: number;
  readonly turns: number;
  readonly firstSequence: number;
  /**
   * A turn waits until the one before has been dealt with. A server that writes once for all that has come up would
   * otherwise be measured in bursts of its own making as soon as the machine gives it too little time.
   */
  readonly apart: boolean;
}

/** Time without anything to do by which a server has dealt with what was published, milliseconds. */
const IDLE_MS = 0.05;

export interface Paced {
  readonly events: number;
  readonly wallMs: number;
  /** Turns that came when the one after them was due already. */
  readonly late: number;
}

/** Runs this process as one of the measured servers. */
export async function runSubject(start: (setup: SubjectSetup) => Promise<Subject>): Promise<void> {
  const setup = JSON.parse(process.argv[2] ?? '{}') as SubjectSetup;
  const { port, publish } = await start(setup);
  answer({
    port: () => port,
    mark: ({ collect }: { readonly collect: boolean }) => mark(collect),
    publish: (pace: Pace) => {
      if (!publish) throw new Error('this server does not publish');
      return paced(pace, (sequence) => publish(tradeOf(setup.workload, sequence)));
    },
  });
}

/** @param collect collects garbage first: for reading memory. */
export async function mark(collect: boolean): Promise<Mark> {
  if (collect) {
    for (let round = 0; round < 3; round++) {
      globalThis.gc?.();
      await pause(100);
    }
  }
  const { user, system } = process.cpuUsage();
  return { cpuMicros: user + system, kernelMicros: system, rssBytes: process.memoryUsage.rss() };
}

/**
 * Publishes at even distances. It never catches up: when a turn is late the following ones move, since two events at
 * once would be a burst, which is measured apart.
 */
export async function paced(pace: Pace, publish: (sequence: number) => unknown): Promise<Paced> {
  const began = performance.now();
  let due = began;
  let late = 0;
  for (let turn = 0; turn < pace.turns; turn++) {
    const idleBefore = idleMs();
    for (let index = 0; index < pace.burst; index++) {
      const published = publish(pace.firstSequence + turn * pace.burst + index);
      if (published instanceof Promise) published.catch(fail);
    }
    due += pace.intervalMs;
    const wait = due - performance.now();
    if (wait > 0) await pause(wait);
    else await nextTurn();
    while (pace.apart && idleMs() - idleBefore < IDLE_MS) await pause(1);
    if (performance.now() > due + pace.intervalMs) {
      late++;
      due = performance.now();
    }
  }
  return { events: pace.turns * pace.burst, wallMs: performance.now() - began, late };
}

/** Time that the event loop has waited for something to happen. */
function idleMs(): number {
  return performance.eventLoopUtilization().idle;
}

function fail(error: unknown): never {
  throw error;
}
