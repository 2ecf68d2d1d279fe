/**
 * How many level updates a second one core takes from frame text to a book and its change: mapper and book engine, as
 * they run in a worker. `npm run bench:book`.
 */
import { cpus, loadavg } from 'node:os';
import { createBookEngine } from '../src/engines/book/book-engine.ts';
import { createBinanceMapper, mapDepthSnapshot } from '../src/feeds/binance/mapper.ts';
import { type BookLoad, bookLoad } from './book-load.ts';

/** The first rounds run before the code is optimised. */
const WARM_UP_ROUNDS = 3;
const ROUNDS = 7;

interface Round {
  /** Of processor time of this thread: a busy machine takes the processor away, and that says nothing of the code. */
  readonly seconds: number;
  readonly levels: number;
  readonly books: number;
}

function run({ market, frames, snapshot, snapshotAfter }: BookLoad): Round {
  const source = 'binance';
  const mapper = createBinanceMapper({ market, source, symbolOf: (pair) => pair });
  const engine = createBookEngine();
  let levels = 0;
  let books = 0;
  const began = process.threadCpuUsage();
  for (let index = 0; index < frames.length; index++) {
    if (index === snapshotAfter) {
      const event = mapDepthSnapshot(snapshot, source, 'BTCUSDT', index);
      if (event === null) throw new Error('the snapshot was not understood');
      books += engine.process(event).length;
    }
    for (const event of mapper.map(frames[index] as string, index)) {
      if (event.kind === 'book-diff') levels += event.bids.length + event.asks.length;
      for (const output of engine.process(event)) {
        if (output.kind !== 'book' || output.change?.stale) throw new Error(`the book was lost at frame ${index}`);
        books++;
      }
    }
  }
  const { user, system } = process.threadCpuUsage(began);
  return { seconds: (user + system) / 1_000_000, levels, books };
}

/** What `JSON.parse` alone takes for the same frames: a measure of the machine at that moment. */
function parseOnly({ frames }: BookLoad): number {
  const began = process.threadCpuUsage();
  for (const frame of frames) JSON.parse(frame);
  const { user, system } = process.threadCpuUsage(began);
  return (user + system) / 1_000_000;
}

function row(load: BookLoad): object {
  for (let round = 0; round < WARM_UP_ROUNDS; round++) run(load);
  const parsing: number[] = [];
  const rounds: Round[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    parsing.push(parseOnly(load));
    rounds.push(run(load));
  }
  rounds.sort((a, b) => a.seconds - b.seconds);
  parsing.sort((a, b) => a - b);
  const best = rounds[0] as Round;
  const median = rounds[ROUNDS >> 1] as Round;
  const rate = (count: number, seconds: number) => Math.round(count / seconds).toLocaleString('en');
  return {
    load: load.origin,
    diffs: load.frames.length,
    'levels a diff': Math.round(best.levels / load.frames.length),
    'books put out': best.books,
    'diffs/s': rate(load.frames.length, median.seconds),
    'levels/s': rate(median.levels, median.seconds),
    'levels/s, best': rate(best.levels, best.seconds),
    'JSON.parse alone, levels/s': rate(median.levels, parsing[ROUNDS >> 1] as number),
  };
}

const load = loadavg()[0]?.toFixed(1);
console.log('Frame text -> mapper -> book engine: top 1,000 a side, exact change and checksum of every diff.');
console.log(`Medians of ${ROUNDS} rounds after ${WARM_UP_ROUNDS}, per second of one thread's processor time.`);
console.log(
  `${cpus()[0]?.model.trim()} x ${cpus().length}, load ${load}, Node ${process.version}, ${process.platform} ${process.arch}`,
);
console.table({ spot: row(bookLoad('spot')), usdm: row(bookLoad('usdm')) });
