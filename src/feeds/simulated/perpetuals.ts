import { Random } from './random.ts';

/** How often funding is settled, milliseconds: real venues take an hour or eight, and nobody watches a demonstration so long. */
export const FUNDING_INTERVAL_MS = 60_000;

/** How often the market as a whole is told, milliseconds. */
export const STATS_INTERVAL_MS = 1_000;

/** Premium of the perpetual over its index that is usual, per interval, as a fraction: 0.01 % in eight hours, as most venues have it. */
const USUAL_RATE = 0.0001 / 480;

/** Longest an interval's rate gets, as a fraction: 4 % an hour, the cap of Hyperliquid. */
const MOST_RATE = 0.04 / 60;

/** How much of a difference from what is usual is left after a step. */
const KEPT = 0.995;

/** Size of a step of the imbalance between longs and shorts. */
const STEP = 0.01;

/** Rate per imbalance: all on one side is a hundred times the usual rate. */
const RATE_PER_IMBALANCE = USUAL_RATE * 100;

/** Longs and shorts of a simulated perpetual, as of a venue whose pool is the other side of both. */
export class Perpetual {
  readonly #random: Random;
  readonly #size: number;
  /** (longs - shorts) / (longs + shorts). */
  #imbalance = 0.05;

  /** @param size open interest that is usual, base currency. */
  constructor(seed: number, symbol: string, size: number) {
    this.#random = new Random(`${seed}:${symbol}:interest`);
    this.#size = size;
  }

  step(): void {
    const moved = this.#imbalance * KEPT + STEP * this.#random.normal();
    this.#imbalance = Math.min(0.9, Math.max(-0.9, moved));
  }

  /** Base currency. */
  get longs(): number {
    return (this.#size * (1 + this.#imbalance)) / 2;
  }

  get shorts(): number {
    return (this.#size * (1 - this.#imbalance)) / 2;
  }

  /** Of the interval now running, a fraction; the heavier side pays the lighter. */
  get fundingRate(): number {
    const rate = USUAL_RATE + this.#imbalance * RATE_PER_IMBALANCE;
    return Math.min(MOST_RATE, Math.max(-MOST_RATE, rate));
  }
}
