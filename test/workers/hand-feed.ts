import type { BookOutput, Engine, EngineOutput } from '../../src/engines/engine.ts';
import type { Feed, FeedHealth, FeedSink, ToldTrades } from '../../src/feeds/feed.ts';
import { decimal } from '../../src/lib/decimal.ts';
import { type Book, type BookChange, bookChecksum, type Level } from '../../src/model/book.ts';
import type { MarketEvent } from '../../src/model/market-event.ts';
import type { Price } from '../../src/model/price.ts';
import type { Trade } from '../../src/model/trade.ts';

/** A feed that says what a test says, when the test says it. */
export class HandFeed implements Feed {
  readonly name: string;
  readonly resyncs: string[] = [];
  stops = 0;
  #health: FeedHealth = { state: 'connecting', message: '', errorCount: 0, recoveries: 0, lastDataAt: null };
  #sink: FeedSink | null = null;

  constructor(name = 'hand') {
    this.name = name;
  }

  /** What it was started with; null before. */
  told: ToldTrades | null = null;

  start(sink: FeedSink, told: ToldTrades = new Map()): void {
    this.#sink = sink;
    this.told = told;
  }

  say(event: MarketEvent): void {
    this.#sink?.event(event);
  }

  become(health: Partial<FeedHealth>): void {
    this.#health = { ...this.#health, ...health };
    this.#sink?.healthChanged();
  }

  resync(symbol: string): void {
    this.resyncs.push(symbol);
  }

  health(): FeedHealth {
    return this.#health;
  }

  async stop(): Promise<void> {
    this.stops++;
    this.become({ state: 'stopped' });
  }
}

/** An engine that answers each event with what a test has laid ready for it, once. */
export class HandEngine implements Engine {
  readonly heard: MarketEvent[] = [];
  #answer: () => readonly EngineOutput[] = () => [];

  /** What the next event gives. */
  next(...outputs: readonly EngineOutput[]): void {
    this.#answer = () => outputs;
  }

  nextThrows(error: Error): void {
    this.#answer = () => {
      throw error;
    };
  }

  process(event: MarketEvent): readonly EngineOutput[] {
    this.heard.push(event);
    const answer = this.#answer;
    this.#answer = () => [];
    return answer();
  }
}

const AT = { timestamp: 1_000, receivedAt: 1_001 };

/** An event whose only purpose is to make an engine speak. */
export const nudge = (symbol = 'BTCUSDT'): MarketEvent => ({
  kind: 'ticker',
  source: 'hand',
  symbol,
  last: '1',
  open: '1',
  high: '1',
  low: '1',
  volume: '1',
  ...AT,
});

export const diff = (symbol = 'BTCUSDT'): MarketEvent => ({
  kind: 'book-diff',
  source: 'hand',
  symbol,
  firstUpdateId: 1,
  lastUpdateId: 1,
  previousUpdateId: null,
  bids: [],
  asks: [],
  ...AT,
});

export const instrument = (symbol: string): MarketEvent => ({
  kind: 'instrument',
  source: 'hand',
  instrument: { symbol, kind: 'SPOT', venue: 'hand', primarySource: 'hand', base: symbol, quote: 'USDT' },
  ...AT,
});

export const price = (last: string, over: Partial<Price> = {}): Price => ({
  symbol: 'BTCUSDT',
  source: 'hand',
  primary: true,
  price: decimal(last),
  confidence: null,
  emaPrice: null,
  token: null,
  session: null,
  previousClose: null,
  open24h: null,
  high24h: null,
  low24h: null,
  close: null,
  volume24h: null,
  change24h: null,
  changePct24h: null,
  volatilityPct: null,
  stale: false,
  ...AT,
  ...over,
});

export const trade = (tradeId: number, over: Partial<Trade> = {}): Trade => ({
  symbol: 'BTCUSDT',
  source: 'hand',
  tradeId: String(tradeId),
  price: decimal('100'),
  quantity: decimal('1'),
  side: 'BUY',
  gapBefore: null,
  timestamp: tradeId * 1_000,
  receivedAt: tradeId * 1_000,
  ...over,
});

/** A book with one bid of this size, and nothing else in it. */
export function book(size: number, over: Partial<Book> = {}): Book {
  const bids: readonly Level[] = [[decimal('99'), decimal(String(size))]];
  return {
    symbol: 'BTCUSDT',
    source: 'hand',
    venueUpdateId: String(size),
    checksum: bookChecksum(bids, []),
    bids,
    asks: [],
    stale: false,
    ...AT,
    ...over,
  };
}

/** The output of an engine whose book has become `whole`, by a change of its bid or from nothing. */
export function bookOutput(whole: Book, by: 'change' | 'whole' = 'change'): BookOutput {
  const change: BookChange | null = by === 'change' ? whole : null;
  return { kind: 'book', symbol: whole.symbol, source: whole.source, change, book: () => whole };
}
