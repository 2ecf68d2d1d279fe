import { createBookEngine } from '../src/engines/book/book-engine.ts';
import type { PaperEvent } from '../src/engines/paper/events.ts';
import { createBinanceMapper, mapDepthSnapshot } from '../src/feeds/binance/mapper.ts';
import { createSimulatedFeed } from '../src/feeds/simulated/feed.ts';
import type { Clock } from '../src/lib/clock.ts';
import { decimal } from '../src/lib/decimal.ts';
import { createLog } from '../src/lib/log.ts';
import type { MarketEvent } from '../src/model/market-event.ts';
import { RECORDINGS_DIR, spotRecording } from '../test/support/recording.ts';

/** What the paper venue hears of some symbols. */
export interface OrdersLoad {
  readonly origin: string;
  readonly symbols: readonly string[];
  /** Instruments and whole books, before anything is placed. */
  readonly opening: readonly PaperEvent[];
  readonly events: readonly PaperEvent[];
}

/** Time of the simulated venue: it passes when it is told to. */
export const START = Date.UTC(2026, 0, 1);

/** Seeds of the venue: each gives eight symbols, of which twenty are taken. */
const SEEDS = [1, 2, 3];
const TICK_MS = 100;
const TICKS = 1_500;

/** Changes of the recorded book that each symbol gets: the first three minutes, with their trades. */
const RECORDED_CHANGES = 1_500;

class HandClock implements Clock {
  #now = START;
  readonly #timers: (() => void)[] = [];

  now(): number {
    return this.#now;
  }

  after(): () => void {
    return () => undefined;
  }

  every(_ms: number, run: () => void): () => void {
    this.#timers.push(run);
    return () => undefined;
  }

  tick(): void {
    this.#now += TICK_MS;
    for (const run of this.#timers) run();
  }
}

/** Market events as the paper venue hears them: books by way of the book engine. */
class Hearing {
  readonly #books = createBookEngine();
  readonly #named: (symbol: string) => string;
  heard: PaperEvent[] = [];

  constructor(named: (symbol: string) => string) {
    this.#named = named;
  }

  take(event: MarketEvent): void {
    if (event.kind === 'instrument') {
      const { instrument } = event;
      this.heard.push({ kind: 'instrument', instrument: { ...instrument, symbol: this.#named(instrument.symbol) } });
    }
    if (event.kind === 'trade') {
      const { price, quantity, symbol: of, ...facts } = event;
      const trade = { ...facts, symbol: this.#named(of), price: decimal(price), quantity: decimal(quantity) };
      this.heard.push({ kind: 'trade', trade });
    }
    for (const output of this.#books.process(event)) {
      if (output.kind !== 'book') continue;
      const symbol = this.#named(output.symbol);
      if (output.change) this.heard.push({ kind: 'book-change', change: { ...output.change, symbol } });
      else this.heard.push({ kind: 'book', book: { ...output.book(), symbol } });
    }
  }

  /** What was heard since the last call. */
  flush(): PaperEvent[] {
    const { heard } = this;
    this.heard = [];
    return heard;
  }
}

function symbolOf(event: PaperEvent): string {
  if (event.kind === 'instrument') return event.instrument.symbol;
  if (event.kind === 'trade') return event.trade.symbol;
  if (event.kind === 'book-change') return event.change.symbol;
  return event.kind === 'book' ? event.book.symbol : '';
}

/** The simulated venue's ticks. */
export function simulatedLoad(count: number): OrdersLoad {
  const venues = SEEDS.map((seed) => {
    const clock = new HandClock();
    const feed = createSimulatedFeed({ symbols: [], clock, seed, log: createLog('silent') });
    const hearing = new Hearing((symbol) => `${symbol}.${seed}`);
    feed.start({ event: (event) => hearing.take(event), healthChanged: () => undefined });
    return { clock, hearing };
  });
  const opening = venues.flatMap(({ hearing }) => hearing.flush());
  const symbols = [...new Set(opening.map(symbolOf))].slice(0, count);
  const kept = new Set(symbols);
  const isKept = (event: PaperEvent) => kept.has(symbolOf(event));
  const events: PaperEvent[] = [];
  for (let tick = 0; tick < TICKS; tick++)
    for (const { clock, hearing } of venues) {
      clock.tick();
      events.push(...hearing.flush().filter(isKept));
    }
  return { origin: 'simulated venue', symbols, opening: opening.filter(isKept), events };
}

/** The recorded ticks of one symbol, as those of many; null where there is no recording. */
export function recordedLoad(count: number): OrdersLoad | null {
  const recording = spotRecording();
  if (recording?.snapshot == null) return null;
  const { pair, snapshot } = recording;
  const symbols = Array.from({ length: count }, (_, at) => `${pair}.${at}`);
  const mapper = createBinanceMapper({ market: 'spot', source: 'binance', symbolOf: () => pair });
  const { lastUpdateId } = JSON.parse(snapshot) as { readonly lastUpdateId: number };
  const hearings = symbols.map((symbol) => new Hearing(() => symbol));
  const tell = (event: MarketEvent) => {
    for (const hearing of hearings) hearing.take(event);
  };
  const common = { kind: 'SPOT', venue: 'binance', primarySource: 'binance', base: 'BTC', quote: 'USDT' } as const;
  const instrument = { symbol: pair, ...common };
  tell({ kind: 'instrument', source: 'binance', instrument, timestamp: START, receivedAt: START });
  const opening: PaperEvent[] = [];
  const events: PaperEvent[] = [];
  let changes = 0;
  for (const { stream, text, at } of recording.frames) {
    if (!/@(depth|trade)/.test(stream)) continue;
    for (const event of mapper.map(text, at)) tell(event);
    if (opening.length === 0) {
      if (Number(/"u":(\d+)/.exec(text)?.[1] ?? 0) < lastUpdateId) continue;
      const book = mapDepthSnapshot(snapshot, 'binance', pair, at);
      if (book) tell(book);
      opening.push(...hearings.flatMap((hearing) => hearing.flush()).filter(({ kind }) => kind !== 'trade'));
      continue;
    }
    // Of all symbols in turn, as a venue's streams come.
    for (const hearing of hearings) events.push(...hearing.flush());
    if (stream.includes('@depth') && ++changes === RECORDED_CHANGES) break;
  }
  return { origin: `recording in ${RECORDINGS_DIR}`, symbols, opening, events };
}
