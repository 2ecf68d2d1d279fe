import { Day, type DayFigures } from './day.ts';
import type { LadderLevel } from './ladder.ts';
import type { Market } from './markets.ts';
import { type Fill, OrderBook } from './order-book.ts';
import { PriceProcess } from './price-process.ts';
import { Random } from './random.ts';

/** Length of a tick of venue time, milliseconds: the pace at which real venues send book diffs. */
export const TICK_MS = 100;

export const MINUTES_BEFORE = 24 * 60;

/** Steps in which each minute of the day before the start is walked: enough for highs and lows of their own. */
export const STEPS_A_MINUTE = 6;

/** How much of the excitement that orders leave behind is left after a tick: half of it fades in about a second. */
const EXCITEMENT_KEPT = 0.93;

/** Share of all orders that come because of earlier ones, as in a self-exciting (Hawkes) process. Must stay below 1. */
const EXCITED_SHARE = 0.4;

/** Most orders expected in a tick, whatever the excitement: bounds what a tick can cost. */
const MOST_ORDERS = 12;

/** What happened in a market within one tick, in the order in which it is told. */
export interface TickOutcome {
  readonly fills: readonly Fill[];
  readonly bids: readonly LadderLevel[];
  readonly asks: readonly LadderLevel[];
  /** Single changes of levels, each numbered by the venue; at least as many as levels told. */
  readonly changes: number;
}

/** One market: a fair value that moves, makers who follow it, takers who trade with them, and the day's figures. */
export class Simulation {
  readonly market: Market;
  readonly book: OrderBook;
  readonly #random: Random;
  readonly #price: PriceProcess;
  readonly #day: Day;
  /** Middle of the book in ticks: it follows the fair value in steps, as quotes do. */
  #middle: number;
  #excitement = 0;

  /** Lives through the day before `startMs`, so that the 24 h figures are whole from the first second. */
  constructor(market: Market, seed: number, startMs: number) {
    this.market = market;
    // A generator a symbol: what one market does never depends on which others are listed. The price has its own, so that
    // a perpetual can follow the price of what it is on while its orders are its own.
    this.#random = new Random(`${seed}:${market.instrument.symbol}`);
    const price = new Random(`${seed}:${market.underlying}:price`);
    this.#price = new PriceProcess(price, market.openTicks, market.annualVolatility);
    this.#day = new Day(startMs - MINUTES_BEFORE * 60_000, market.openTicks);
    for (let minute = -MINUTES_BEFORE; minute < 0; minute++) this.#liveMinute(startMs + minute * 60_000);
    this.#middle = Math.round(this.#price.ticks);
    this.book = new OrderBook(market, this.#random);
    this.book.quote(this.#middle);
    this.book.bids.drain();
    this.book.asks.drain();
  }

  /** Moves on by {@link TICK_MS} to `timeMs`. Takers meet the book as it was last told, then the makers follow. */
  tick(timeMs: number): TickOutcome {
    this.#price.step(TICK_MS / 1_000);
    const fills = this.#trade();
    for (const fill of fills) this.#day.trade(timeMs, fill.ticks, fill.lots);
    const fair = this.#price.ticks;
    if (Math.abs(fair - this.#middle) > this.market.touchTicks / 2) this.#middle = Math.round(fair);
    this.book.quote(this.#middle);
    const bids = this.book.bids.drain();
    const asks = this.book.asks.drain();
    return { fills, bids: bids.levels, asks: asks.levels, changes: bids.changes + asks.changes };
  }

  figures(timeMs: number): DayFigures {
    return this.#day.figures(timeMs);
  }

  /** Trades come in bursts: each leaves some excitement behind, and a jump leaves much. */
  #trade(): readonly Fill[] {
    const random = this.#random;
    const price = this.#price;
    if (price.jumped) this.#excitement += 3;
    const pace = this.market.ordersPerSecond * (TICK_MS / 1_000) * Math.max(0.3, price.activity);
    const orders = random.poisson(Math.min(MOST_ORDERS, pace * (1 + this.#excitement)));
    this.#excitement = EXCITEMENT_KEPT * this.#excitement + ((1 - EXCITEMENT_KEPT) * EXCITED_SHARE * orders) / pace;
    // Takers lean to where the fair value has gone: that is what carries the price along.
    const distance = (price.ticks - this.#middle) / Math.max(1, this.market.touchTicks);
    const buys = 0.5 + 0.4 * Math.max(-1, Math.min(1, distance));
    const fills: Fill[] = [];
    for (let order = 0; order < orders; order++) {
      const lots = Math.max(1, Math.round(this.market.orderLots * Math.exp(1.2 * random.normal())));
      fills.push(...this.book.take(random.chance(buys) ? 'BUY' : 'SELL', lots));
    }
    return fills;
  }

  #liveMinute(startMs: number): void {
    const { ordersPerSecond, orderLots } = this.market;
    const seconds = 60 / STEPS_A_MINUTE;
    for (let step = 0; step < STEPS_A_MINUTE; step++) {
      this.#price.step(seconds);
      // As many lots as #trade would bring: its log-normal orders are about two medians large (exp(1.2^2 / 2)) on average.
      const pace = (ordersPerSecond * this.#price.activity) / (1 - EXCITED_SHARE);
      const lots = 2 * orderLots * pace * seconds * (0.5 + this.#random.unit());
      this.#day.trade(startMs + step * seconds * 1_000, Math.round(this.#price.ticks), Math.round(lots));
    }
  }
}
