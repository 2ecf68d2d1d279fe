import cluster, { type Worker } from 'node:cluster';
import { AggregatorRegistry } from 'prom-client';
import { background } from '../lib/background.ts';
import { Backoff } from '../lib/backoff.ts';
import type { Siblings } from '../server/metrics.ts';
import type { Parts } from './parts.ts';
import { connectStorage } from './storage.ts';

/** The number of an API process among those of one machine: how its figures and its log are told apart. */
const NUMBER = 'TIDEWIRE_API_PROCESS';

/** Until one that died is replaced: at once, unless it dies again and again. Milliseconds. */
const RESTART = { minMs: 100, maxMs: 10_000 };

/** One that has lived for so long was not killed by its own start, milliseconds. */
const SETTLED_MS = 30_000;

/** How long one process may take to say what it counts before it is left out of a scrape, milliseconds. */
const COUNT_MS = 1_000;

type Counted = Parameters<typeof AggregatorRegistry.aggregate>[0][number];

/** Between one process and the one that looks after it; `scrape` tells apart scrapes that overlap. */
type Message =
  | { readonly tidewire: 'scrape'; readonly scrape: number }
  | { readonly tidewire: 'count'; readonly scrape: number }
  | { readonly tidewire: 'counted'; readonly scrape: number; readonly counted: Counted }
  | { readonly tidewire: 'scraped'; readonly scrape: number; readonly text: string };

/** What this process is called among those that share its port; null where it is alone. */
export const siblingNumber: string | null = cluster.isWorker ? (process.env[NUMBER] ?? null) : null;

/**
 * Runs several API processes that share one port, and looks after them: one that ends is replaced. The first has to listen before
 * the others are started, so that what is wrong with all of them is said once.
 * @returns what ends them in order.
 */
export async function startApiProcesses(
  count: number,
  parts: Parts,
  databaseUrl: string,
): Promise<() => Promise<void>> {
  const { log } = parts;
  // Migrated here, once: the processes then find nothing left to do.
  await (await connectStorage(databaseUrl, parts)).close();
  const kept = new KeptProcesses(parts);
  answerScrapes(parts);
  await kept.start(1);
  await Promise.all(Array.from({ length: count - 1 }, (_, at) => kept.start(at + 2)));
  log.info({ processes: count }, 'all processes listen');
  return () => kept.stop();
}

class KeptProcesses {
  readonly #parts: Parts;
  readonly #running = new Map<number, Worker>();
  #stopping = false;
  #failed = false;
  /** Whether one has listened: what ends another later is no mistake of the environment. */
  #begun = false;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Resolves when it listens, or has ended. If the very first ends, everything does: it has said why. */
  async start(number: number, backoff = new Backoff(RESTART)): Promise<void> {
    const { clock, log } = this.#parts;
    const worker = cluster.fork({ [NUMBER]: String(number) });
    this.#running.set(number, worker);
    const listening = Promise.withResolvers<void>();
    const startedAt = clock.now();
    log.info({ process: number, pid: worker.process.pid }, 'an api process starts');
    worker.once('listening', () => {
      this.#begun = true;
      listening.resolve();
    });
    worker.once('exit', (code, signal) => {
      this.#running.delete(number);
      listening.resolve();
      if (code !== 0) this.#failed ||= this.#stopping;
      if (this.#stopping) return;
      if (!this.#begun) process.exit(1);
      if (clock.now() - startedAt >= SETTLED_MS) backoff.reset();
      const inMs = backoff.next();
      log.warn({ process: number, code, signal, inMs }, 'an api process ended; starting another');
      clock.after(inMs, () => {
        if (!this.#stopping) background('restart an api process', this.start(number, backoff), log);
      });
    });
    await listening.promise;
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    const ended = [...this.#running.values()].map((worker) => {
      const gone = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
      worker.process.kill('SIGTERM');
      return gone;
    });
    await Promise.all(ended);
    if (this.#failed) throw new Error('an api process did not end in order');
  }
}

/** A scrape reaches any of the processes: it asks here, where all of them are asked. */
function answerScrapes({ clock, log }: Parts): void {
  let scrapes = 0;
  const waiting = new Map<number, (counted: Counted) => void>();
  const countedBy = (worker: Worker): Promise<Counted | null> => {
    const scrape = ++scrapes;
    const answer = Promise.withResolvers<Counted | null>();
    waiting.set(scrape, answer.resolve);
    const cancel = clock.after(COUNT_MS, () => answer.resolve(null));
    worker.send({ tidewire: 'count', scrape } satisfies Message);
    return answer.promise.finally(() => {
      cancel();
      waiting.delete(scrape);
    });
  };
  const scraped = async (asker: Worker, scrape: number) => {
    const workers = Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined);
    const counted = await Promise.all(workers.filter((worker) => worker.isConnected()).map(countedBy));
    const told = counted.filter((one) => one !== null);
    const text = await AggregatorRegistry.aggregate(told).metrics();
    if (asker.isConnected()) asker.send({ tidewire: 'scraped', scrape, text } satisfies Message);
  };
  cluster.on('message', (worker, message: Message) => {
    if (message.tidewire === 'counted') waiting.get(message.scrape)?.(message.counted);
    else if (message.tidewire === 'scrape') background('scrape', scraped(worker, message.scrape), log);
  });
}

/** How a process among several asks what all of them count; null where it is alone. */
export function siblings(): Siblings | null {
  if (siblingNumber === null) return null;
  let scrapes = 0;
  let count: () => Promise<object> = () => Promise.resolve([]);
  const waiting = new Map<number, (text: string) => void>();
  // The one that looks after this process has gone: so is everybody it could have asked.
  const tell = (message: Message) => process.connected && process.send?.(message);
  process.on('message', (message: Message) => {
    const { tidewire, scrape } = message;
    if (tidewire === 'scraped') waiting.get(scrape)?.(message.text);
    else if (tidewire === 'count')
      void count().then(
        (counted) => tell({ tidewire: 'counted', scrape, counted: counted as Counted }),
        () => undefined,
      );
  });
  return {
    number: siblingNumber,
    countBy: (own) => {
      count = own;
    },
    scrape: () => {
      const scrape = ++scrapes;
      const text = new Promise<string>((resolve) => waiting.set(scrape, resolve));
      tell({ tidewire: 'scrape', scrape });
      return text.finally(() => waiting.delete(scrape));
    },
  };
}
