import type { Bus, SharedBus } from '../bus/bus.ts';
import { shareIn } from '../bus/lease.ts';
import type { EventTopic } from '../bus/topics.ts';
import { background } from '../lib/background.ts';
import type { Cancel } from '../lib/clock.ts';
import { messageOf } from '../lib/errors.ts';
import { ALL_OWNERS, type OwnerShare } from '../model/owner-share.ts';
import { ArchiveWriter } from '../store/archive/archive-writer.ts';
import type { Database } from '../store/database.ts';
import { createComponentReporter } from '../workers/components.ts';
import { LeaseKeeper } from '../workers/lease-keeper.ts';
import type { Worker } from '../workers/worker.ts';
import type { Parts } from './parts.ts';

/** What the workers of one piece of work write with: under its lease, where there are several processes. */
export interface WorkParts extends Parts {
  readonly bus: Bus;
  readonly database: Database;
  readonly archive: ArchiveWriter;
  /** To be done when the work has ended and before its archive is closed. */
  readonly onEnd: (end: () => Promise<void>) => void;
}

/** A piece of work that one process does at a time. It may begin and end many times in the life of a process. */
export interface Work {
  /** Its name among all processes: who holds this lease does it. */
  readonly lease: string;
  /** Whose, where it is dealt out by owners. */
  readonly share?: OwnerShare;
  /** Durable topics of its: what a process published and could not archive any more, the next one does. */
  readonly durable: readonly EventTopic<never>[];
  /** New workers for each beginning. */
  readonly workers: (parts: WorkParts) => readonly Worker[];
}

/** Until a repair of the archive that failed is tried again, milliseconds. */
const REPAIR_RETRY_MS = 5_000;

/** How long the database may take to be told of a new holder, before the work begins without it, milliseconds. */
const ANNOUNCE_MS = 1_000;

/** The work of a process as it goes on. */
export interface OngoingWork {
  /** Pieces that this process does now, with the workers of each. */
  readonly pieces: ReadonlyMap<string, readonly Worker[]>;
  /** Ends everything in order. */
  stop(): Promise<void>;
}

/** Does the work of this process: all of it where it is alone, else what it holds the leases of. */
export function startWork(works: readonly Work[], bus: Bus | SharedBus, database: Database, parts: Parts): OngoingWork {
  const pieces = new Map<string, readonly Worker[]>();
  if (!('leases' in bus)) {
    const ends = works.map((work) => begin(work, bus, database, parts, pieces, async () => undefined));
    return { pieces, stop: async () => void (await Promise.all(ends.map((end) => end()))) };
  }
  const { clock, log } = parts;
  const keeper = new LeaseKeeper({
    leases: bus.leases,
    jobs: works.map((work) => ({
      name: work.lease,
      start: (fence) => {
        const fenced = bus.fenced(fence);
        return begin(work, fenced, database.fenced(fence), parts, pieces, () => fenced.close());
      },
    })),
    announce: async (fence) => {
      await bus.announce(fence);
      const told = database.fenced(fence).announce();
      // A database that is away refuses the earlier holder too; the first write tells it.
      const late = Promise.withResolvers<void>();
      const cancel = clock.after(ANNOUNCE_MS, late.resolve);
      await Promise.race([told.catch(() => undefined), late.promise]).finally(cancel);
    },
    clock,
    log,
  });
  keeper.start();
  return { pieces, stop: () => keeper.stop() };
}

/** @param flush sends what waits on the bus. */
function begin(
  work: Work,
  bus: Bus,
  database: Database,
  parts: Parts,
  pieces: Map<string, readonly Worker[]>,
  flush: () => Promise<void>,
): () => Promise<void> {
  const { clock, log } = parts;
  const archive = new ArchiveWriter(database, clock, log);
  const ends: (() => Promise<void>)[] = [];
  const workers = work.workers({ ...parts, bus, database, archive, onEnd: (end) => ends.push(end) });
  const reporter = createComponentReporter({ sources: workers, of: shareIn(work.lease).of, bus, clock, log });
  reporter.start();
  for (const worker of workers) worker.start();
  pieces.set(work.lease, workers);
  const stopRepairing = repairing(work, bus, archive, parts);
  return async () => {
    await Promise.all(workers.map((worker) => worker.stop()));
    stopRepairing();
    reporter.stop();
    await Promise.all(ends.map((end) => end()));
    // An event is archived under the position that the bus gave it: what waits there goes first.
    await flush();
    await archive.close();
    pieces.delete(work.lease);
  };
}

/** Archives what an earlier life of this work left behind, as soon as both stores answer. */
function repairing(
  { durable, lease, share = ALL_OWNERS }: Work,
  bus: Bus,
  archive: ArchiveWriter,
  { clock, log, config }: Parts,
): Cancel {
  let stopped = false;
  let cancel: Cancel | null = null;
  const since = clock.now() - config.RETENTION_MS;
  const repair = async () => {
    try {
      for (const topic of durable) {
        const missing = stopped ? 0 : await archive.repair(bus, topic, since, share);
        if (missing > 0) log.info({ lease, topic: topic.name, events: missing }, 'archived what was left behind');
      }
    } catch (error) {
      log.debug({ lease, reason: messageOf(error) }, 'the archive cannot be repaired now');
      if (!stopped) cancel = clock.after(REPAIR_RETRY_MS, () => background('repair', repair(), log));
    }
  };
  background('repair', repair(), log);
  return () => {
    stopped = true;
    cancel?.();
  };
}
