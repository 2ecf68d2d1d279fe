import { compareDecimals, type Decimal } from '../../lib/decimal.ts';
import { type Fixed, fixed } from '../../lib/fixed.ts';
import type { Book, BookChange, Level } from '../../model/book.ts';
import type { Instrument } from '../../model/instrument.ts';
import type { Side, Trade } from '../../model/trade.ts';
import type { TradingRules } from '../../model/trading-rules.ts';
import { PriceQueue } from './price-queue.ts';
import { reaches, ShownBook } from './shown-book.ts';
import type { Working } from './working.ts';

/** Fills a resting order. @returns how much of it was taken: less where it may only reduce. */
type Fill = (working: Working, price: Decimal, quantity: Fixed) => Fixed;

/**
 * One symbol: the venue's book, and the orders that rest beside it or wait for a price.
 *
 * Where a resting order stands: behind all size shown at its price in the book that it was placed in. That size shrinks only by trades
 * at the price that are younger than that book; what is cancelled ahead of it does not bring it forward. A trade beyond its price has
 * passed it. A quote of the other side at its price, or a better one, is had at that quote's price. Nothing fills at a price that neither
 * book nor trades have shown since.
 */
export class PaperMarket {
  readonly instrument: Instrument;
  readonly rules: TradingRules;
  readonly book = new ShownBook();
  /** Of the last trade; null before the first. */
  last: Decimal | null = null;
  readonly #resting = { BUY: new PriceQueue<Working>('highest'), SELL: new PriceQueue<Working>('lowest') };
  /** Wait for the last price to rise, or to fall, to theirs. */
  readonly #rising = new PriceQueue<Working>('lowest');
  readonly #falling = new PriceQueue<Working>('highest');
  /** Resting orders whose place is not known, and those whose price was not shown yet. */
  readonly #unplaced = new Set<Working>();
  readonly #unshown = { BUY: new Map<Decimal, Set<Working>>(), SELL: new Map<Decimal, Set<Working>>() };

  constructor(instrument: Instrument, rules: TradingRules) {
    this.instrument = instrument;
    this.rules = rules;
  }

  /** Rests at its price: placed now where there is a book, else in the next one. */
  rest(working: Working): void {
    const { side } = working.order;
    this.#resting[side].add(priceOf(working), working);
    working.ahead = null;
    working.shown = false;
    this.#unplaced.add(working);
    if (this.book.isFresh) this.#place(working);
  }

  unrest(working: Working): void {
    this.#resting[working.order.side].remove(priceOf(working), working);
    this.#unplaced.delete(working);
    this.#seen(working);
  }

  /** Waits for its stop price. */
  wait(working: Working): void {
    working.since = this.book.timestamp;
    this.#waitingOf(working).add(stopOf(working), working);
  }

  unwait(working: Working): void {
    this.#waitingOf(working).remove(stopOf(working), working);
  }

  /** Whether its stop price is reached by the last trade. */
  isTriggered(working: Working): boolean {
    if (this.last === null) return false;
    return reaches(rises(working) ? 'SELL' : 'BUY', stopOf(working), this.last);
  }

  setBook(book: Book): void {
    this.book.set(book);
    if (book.stale) return;
    this.#placeAll();
    for (const side of ['BUY', 'SELL'] as const)
      for (const [price, workings] of this.#unshown[side])
        if (this.book.sizeAt(side, price) > 0n) for (const working of workings) this.#seen(working);
  }

  changeBook(change: BookChange): void {
    this.book.change(change);
    if (change.stale) return;
    if (this.#unplaced.size > 0) this.#placeAll();
    this.#showLevels('BUY', change.bids);
    this.#showLevels('SELL', change.asks);
  }

  /** Fills what the other side's quotes have come to meet. */
  crossed(fill: Fill): void {
    if (!this.book.isFresh) return;
    for (const side of ['BUY', 'SELL'] as const) {
      const queue = this.#resting[side];
      const best = this.book.bestFor(side);
      if (best === null || queue.best === null || !reaches(side, queue.best, best)) continue;
      for (const working of queue.while((price) => reaches(side, price, best))) {
        if (working.ahead === null) continue;
        for (const offer of this.book.offers(side, working.remaining, priceOf(working))) {
          const quantity = fill(working, offer.price, offer.quantity);
          this.book.take(side, { price: offer.price, quantity });
          if (quantity < offer.quantity) break;
        }
      }
    }
  }

  /** Fills what a trade has reached. All together get no more than was traded. */
  traded({ side, price, quantity, timestamp }: Trade, fill: Fill): void {
    this.last = price;
    const resting: Side = side === 'BUY' ? 'SELL' : 'BUY';
    const queue = this.#resting[resting];
    if (queue.best === null || !reaches(resting, queue.best, price)) return;
    const traded = fixed(quantity);
    let left = traded;
    for (const working of queue.while((limit) => reaches(resting, limit, price))) {
      if (working.ahead === null || timestamp <= working.since) continue;
      const limit = priceOf(working);
      const isAt = compareDecimals(limit, price) === 0;
      if (isAt) this.#seen(working);
      if (!working.shown) continue;
      const ahead = isAt ? working.ahead : 0n;
      working.ahead = ahead > traded ? ahead - traded : 0n;
      const reached = left - ahead;
      if (reached <= 0n) continue;
      const wanted = reached < working.remaining ? reached : working.remaining;
      left -= fill(working, limit, wanted);
    }
  }

  /** Takes out those whose stop price the last trade has reached. */
  triggered(timestamp: number): readonly Working[] {
    const { last } = this;
    if (last === null || !this.book.isFresh) return [];
    const found = [
      ...this.#rising.while((stop) => compareDecimals(stop, last) <= 0),
      ...this.#falling.while((stop) => compareDecimals(stop, last) >= 0),
    ].filter(({ since }) => timestamp > since);
    for (const working of found) this.unwait(working);
    return found.sort((a, b) => a.arrival - b.arrival);
  }

  #placeAll(): void {
    for (const working of this.#unplaced) this.#place(working);
  }

  #place(working: Working): void {
    const { side } = working.order;
    const price = priceOf(working);
    const ahead = this.book.sizeAt(side, price);
    if (ahead === 0n && this.book.isBeyond(side, price)) return;
    this.#unplaced.delete(working);
    working.ahead = ahead;
    working.since = this.book.timestamp;
    working.shown = ahead > 0n;
    if (working.shown) return;
    const unshown = this.#unshown[side];
    unshown.set(price, (unshown.get(price) ?? new Set()).add(working));
  }

  #showLevels(side: Side, levels: readonly Level[]): void {
    const unshown = this.#unshown[side];
    if (unshown.size === 0) return;
    for (const [price, size] of levels)
      if (size !== '0') for (const working of unshown.get(price) ?? []) this.#seen(working);
  }

  #seen(working: Working): void {
    working.shown = true;
    const unshown = this.#unshown[working.order.side];
    const price = priceOf(working);
    const workings = unshown.get(price);
    if (workings?.delete(working) && workings.size === 0) unshown.delete(price);
  }

  #waitingOf(working: Working): PriceQueue<Working> {
    return rises(working) ? this.#rising : this.#falling;
  }
}

/** A stop follows the price, a profit is taken against it. */
function rises({ order: { type, side } }: Working): boolean {
  return (type === 'TAKE_PROFIT') === (side === 'SELL');
}

function priceOf({ order }: Working): Decimal {
  if (order.price === null) throw new Error(`order ${order.id} rests without a price`);
  return order.price;
}

function stopOf({ order }: Working): Decimal {
  if (order.stopPrice === null) throw new Error(`order ${order.id} waits without a stop price`);
  return order.stopPrice;
}
