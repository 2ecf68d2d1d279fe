import type { Side } from '../../model/trade.ts';
import { Ladder } from './ladder.ts';
import type { Market } from './markets.ts';
import type { Random } from './random.ts';

/** Levels a side that makers fill up to at once: a book is never thinner than this after they have quoted. */
const LEAST_LEVELS = 120;

/** Levels a side that makers work towards. A deeper book would only make every downstream copy dearer. */
const USUAL_LEVELS = 200;

/** Levels a side that takers leave alone, so that no side is ever empty: the difference bounds a tick's trades. */
const UNTOUCHABLE_LEVELS = 60;

/** Levels that one taker order may sweep. */
const MOST_FILLS = 8;

/** Size changes and cancellations a side and tick, expected. */
const CHURN = 5;

/** New levels a side and tick, expected, while there are fewer than usual. */
const ARRIVALS = 4;

/** A part of a taker order, met by one level. */
export interface Fill {
  readonly side: Side;
  readonly ticks: number;
  readonly lots: number;
}

/** The order book of one market, and those who quote in it. */
export class OrderBook {
  readonly bids = new Ladder('bids');
  readonly asks = new Ladder('asks');
  readonly #market: Market;
  readonly #random: Random;

  constructor(market: Market, random: Random) {
    this.#market = market;
    this.#random = random;
  }

  /** A taker's order against what is there, best level first. What is not met within a few levels is cancelled. */
  take(side: Side, lots: number): readonly Fill[] {
    const ladder = side === 'BUY' ? this.asks : this.bids;
    const fills: Fill[] = [];
    let left = lots;
    while (left > 0 && fills.length < MOST_FILLS && ladder.size > UNTOUCHABLE_LEVELS) {
      const best = ladder.at(0);
      if (!best) break;
      const filled = Math.min(left, best.lots);
      ladder.set(best.ticks, best.lots - filled);
      fills.push({ side, ticks: best.ticks, lots: filled });
      left -= filled;
    }
    return fills;
  }

  /**
   * Makers quote around the middle: bids at or below it, asks above it, so the book cannot cross. Quotes on the wrong
   * side of a middle that has moved are pulled, and so are those that it has left behind.
   */
  quote(middle: number): void {
    this.#quoteSide(this.bids, middle, -1);
    this.#quoteSide(this.asks, middle + 1, 1);
  }

  #quoteSide(ladder: Ladder, nearest: number, outward: 1 | -1): void {
    const { spanTicks, touchTicks } = this.#market;
    const random = this.#random;
    ladder.keepWithin(nearest, spanTicks);
    const best = ladder.at(0);
    if (!best || Math.abs(best.ticks - nearest) > touchTicks) {
      const distance = random.below(touchTicks + 1);
      ladder.set(nearest + outward * distance, this.#levelLots(distance));
    }
    for (let churn = random.poisson(CHURN); churn > 0; churn--) {
      const level = ladder.at(Math.floor(random.exponential(ladder.size / 8)));
      if (!level) continue;
      const leaves = random.chance(0.25) && ladder.size > LEAST_LEVELS;
      ladder.set(level.ticks, leaves ? 0 : this.#levelLots(Math.abs(level.ticks - nearest)));
    }
    for (let arrivals = random.poisson(ARRIVALS); arrivals > 0 && ladder.size < USUAL_LEVELS; arrivals--)
      this.#arrive(ladder, nearest, outward);
    for (let attempts = 2 * LEAST_LEVELS; attempts > 0 && ladder.size < LEAST_LEVELS; attempts--)
      this.#arrive(ladder, nearest, outward);
    // Where the draws fell on levels that were there, the nearest gaps are filled: the promise is a number of levels.
    for (let distance = 0; ladder.size < LEAST_LEVELS && distance <= spanTicks; distance++) {
      const ticks = nearest + outward * distance;
      if (ticks > 0 && !ladder.has(ticks)) ladder.set(ticks, this.#levelLots(distance));
    }
  }

  /** A quote at a distance that is small more often than not. */
  #arrive(ladder: Ladder, nearest: number, outward: 1 | -1): void {
    const distance = Math.floor(this.#random.exponential(this.#market.spanTicks / 4));
    const ticks = nearest + outward * distance;
    if (distance <= this.#market.spanTicks && ticks > 0 && !ladder.has(ticks))
      ladder.set(ticks, this.#levelLots(distance));
  }

  /** Larger further out, and now and then a wall. */
  #levelLots(distance: number): number {
    const { levelLots, spanTicks } = this.#market;
    const wall = this.#random.chance(0.01) ? 8 : 1;
    const median = levelLots * wall * (1 + (2 * distance) / spanTicks);
    return Math.max(1, Math.round(median * Math.exp(0.9 * this.#random.normal())));
  }
}
