import type { Bus } from '../../src/bus/bus.ts';
import { topics } from '../../src/bus/topics.ts';
import { type Decimal, decimal } from '../../src/lib/decimal.ts';
import { type Book, bookChecksum, type Level } from '../../src/model/book.ts';
import type { Price } from '../../src/model/price.ts';
import type { Trade } from '../../src/model/trade.ts';
import { price, trade } from './market.ts';

export const SYMBOLS = ['A', 'B', 'C'] as const;
export type JournalSymbol = (typeof SYMBOLS)[number];

/** A trade of which each frame is big when it is selected often: a few of them fill a window. */
const PADDED = 200;

/** Publishes numbered values on one bus, and keeps what a subscriber of each must end with. */
export class Journal {
  readonly bus: Bus;
  /** By sequence less one. */
  readonly trades: Trade[] = [];
  /** Latest by symbol. */
  readonly prices = new Map<string, Price>();
  readonly books = new Map<string, Book>();
  #prices = 0;
  #books = 0;

  constructor(bus: Bus) {
    this.bus = bus;
  }

  async trade(symbol: JournalSymbol): Promise<void> {
    const number = this.trades.length + 1;
    const next = {
      ...trade(symbol, number, { quantity: decimal(String((number % 5) + 1)) }),
      tradeId: String(number).padStart(PADDED, '0'),
    };
    this.trades.push(next);
    const { sequence } = await this.bus.publishEvent(topics.trades, next);
    if (sequence !== number) throw new Error(`trade ${number} was given sequence ${sequence}`);
  }

  /** Every third is not the symbol's primary: it leaves a filter that names no sources. */
  async price(symbol: JournalSymbol): Promise<void> {
    this.#prices++;
    const next = price(symbol, String(this.#prices), { primary: this.#prices % 3 !== 0 });
    this.prices.set(symbol, next);
    await this.bus.publishState(topics.prices, next);
  }

  /** Sets one level or takes one away. @param seed decides which. @param whole sends the whole book all the same. */
  async book(symbol: JournalSymbol, seed: number, whole: boolean): Promise<void> {
    this.#books++;
    const side = seed % 2 === 0 ? 'bids' : 'asks';
    const at = decimal(String(side === 'bids' ? 100 - (seed % 7) : 101 + (seed % 7)));
    const before = this.books.get(symbol);
    const size = before?.[side].some(([held]) => held === at) && seed % 3 === 0 ? '0' : String(this.#books);
    const change: Level = [at, size as Decimal];
    const sides = {
      bids: before?.bids ?? [],
      asks: before?.asks ?? [],
      [side]: withLevel(before?.[side] ?? [], change),
    };
    const facts = {
      symbol,
      source: 'test',
      venueUpdateId: String(this.#books),
      checksum: bookChecksum(sides.bids, sides.asks),
      stale: false,
      timestamp: 0,
      receivedAt: 0,
    };
    const next: Book = { ...facts, ...sides };
    this.books.set(symbol, next);
    const none: readonly Level[] = [];
    const told = { ...facts, bids: none, asks: none, [side]: [change] };
    await this.bus.publishState(topics.orderbook, next, whole ? null : told);
  }
}

/** Written apart from the product's own folding, which it is to prove. */
function withLevel(levels: readonly Level[], [at, size]: Level): readonly Level[] {
  const others = levels.filter(([price]) => price !== at);
  const falling = Number(levels[0]?.[0] ?? at) < 101;
  const all: Level[] = size === '0' ? others : [...others, [at, size]];
  return all.sort(([a], [b]) => (falling ? Number(b) - Number(a) : Number(a) - Number(b)));
}
