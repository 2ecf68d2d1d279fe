import type { Bus } from '../src/bus/bus.ts';
import { topics } from '../src/bus/topics.ts';
import { type Decimal, decimal } from '../src/lib/decimal.ts';
import { applyBookChange, type Book, bookChecksum, type Level } from '../src/model/book.ts';
import { book, bookChange, candle, instrument, price, trade } from '../test/support/market.ts';
import { mulberry32 } from './mulberry32.ts';

/** What one page of markets shows: a list of prices, and one market in full. */
const SYMBOLS = ['BTCUSDT', ...Array.from({ length: 19 }, (_, at) => `COIN${at}USDT`)];
const [LOOKED_AT = ''] = SYMBOLS;

/** Levels a side of the book. */
const DEPTH = 200;
/** Levels that one change of it touches. */
const LEVELS_A_CHANGE = 12;
/** The middle of the book, in hundredths. */
const MIDDLE = 6_000_000;
const BAR_MS = 60_000;

/** Of twenty updates: 90 prices, 50 trades, 30 changes of the book and 30 of the newest bar, where there are 200 a second. */
const TURN = 'ptpbpctppbtpcptpbtpc';

const text = (hundredths: number): Decimal => decimal((hundredths / 100).toFixed(2));
const size = (random: () => number): Decimal => decimal((0.01 + random() * 3).toFixed(4));

/** A market of which so many things are told in a second, whoever listens. */
export class DashboardLoad {
  readonly #bus: Bus;
  readonly #random = mulberry32(7);
  #book: Book;
  #at = 0;
  #trades = 0;
  #bar = 0;
  #last = MIDDLE;

  constructor(bus: Bus) {
    this.#bus = bus;
    const side = (direction: 1 | -1) =>
      Array.from({ length: DEPTH }, (_, at): [string, string] => [
        text(MIDDLE + direction * (3 + at * 10)),
        size(this.#random),
      ]);
    this.#book = book(LOOKED_AT, side(-1), side(1));
  }

  /** Everything that is there before a page is opened. */
  async begin(): Promise<void> {
    for (const symbol of SYMBOLS) {
      await this.#bus.publishState(topics.instruments, instrument(symbol));
      await this.#price(symbol);
    }
    await this.#bus.publishState(topics.orderbook, this.#book);
    for (let count = 0; count < 60; count++) await this.#trade();
    await this.#candle();
  }

  /** Tells the next thing. */
  async next(): Promise<void> {
    const at = this.#at++;
    const turn = TURN[at % TURN.length];
    if (turn === 'p') await this.#price(SYMBOLS[Math.floor(this.#random() * SYMBOLS.length)] ?? LOOKED_AT);
    else if (turn === 't') await this.#trade();
    else if (turn === 'b') await this.#change();
    else await this.#candle();
  }

  async #price(symbol: string): Promise<void> {
    this.#last += Math.round((this.#random() - 0.5) * 40);
    const now = Date.now();
    const told = price(symbol, text(this.#last), {
      changePct24h: this.#random() * 6 - 3,
      volatilityPct: 40 + this.#random(),
      timestamp: now,
      receivedAt: now,
    });
    await this.#bus.publishState(topics.prices, told);
  }

  async #trade(): Promise<void> {
    const now = Date.now();
    const told = trade(LOOKED_AT, ++this.#trades, {
      price: text(this.#last),
      quantity: size(this.#random),
      side: this.#random() < 0.5 ? 'BUY' : 'SELL',
      timestamp: now,
      receivedAt: now,
    });
    await this.#bus.publishEvent(topics.trades, told);
  }

  /** Other sizes of levels near the middle, where books change most. */
  async #change(): Promise<void> {
    const touched = (levels: readonly Level[]) =>
      Array.from({ length: LEVELS_A_CHANGE / 2 }, (): [string, string] => {
        const place = Math.floor(this.#random() ** 2 * levels.length);
        return [levels[place]?.[0] ?? '1', size(this.#random)];
      });
    const told = bookChange(this.#book, touched(this.#book.bids), touched(this.#book.asks));
    const { bids, asks } = applyBookChange(this.#book, told);
    this.#book = { ...this.#book, bids, asks, checksum: bookChecksum(bids, asks) };
    await this.#bus.publishState(topics.orderbook, this.#book, { ...told, checksum: this.#book.checksum });
  }

  async #candle(): Promise<void> {
    const now = Date.now();
    const told = candle(LOOKED_AT, Math.floor(now / BAR_MS) * BAR_MS, {
      interval: 'M1',
      version: ++this.#bar,
      open: text(MIDDLE),
      high: text(Math.max(MIDDLE, this.#last) + 900),
      low: text(Math.min(MIDDLE, this.#last) - 900),
      close: text(this.#last),
      timestamp: now,
      receivedAt: now,
    });
    await this.#bus.publishState(topics.candles, told);
  }
}
