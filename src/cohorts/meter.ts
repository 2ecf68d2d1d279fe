import type { Clock } from '../lib/clock.ts';
import type { Counters } from './counters.ts';

/** One in so many deliveries is timed: a look at the clock for each would cost more than building its frame. */
const SAMPLE_EVERY = 16;

/** Upper bounds of the lag histogram, milliseconds; the last takes everything above. Half a decade each. */
const BOUNDS_MS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000] as const;

/** What one subscription has been given; what it is given counts for the process too. */
export class Meter {
  readonly #counters: Counters;
  delivered = 0;
  conflated = 0;
  /** Size of the last frame, bytes. */
  frameBytes = 0;
  /** Made with the first sample: most subscriptions of a process are quiet. */
  #lags: Uint32Array | null = null;

  constructor(counters: Counters) {
    this.#counters = counters;
  }

  /** A frame was handed to the socket. @param heardAt when this process heard of it, milliseconds. */
  wrote(bytes: number, heardAt: number, clock: Clock): void {
    this.frameBytes = bytes;
    this.#counters.delivered++;
    if (this.delivered++ % SAMPLE_EVERY === 0) this.#sample(clock.now() - heardAt);
  }

  /** An update was folded into a later one. */
  folded(): void {
    this.conflated++;
    this.#counters.conflated++;
  }

  /** It was ended because its position was no longer kept. */
  ranOut(): void {
    this.#counters.slowConsumers++;
  }

  /**
   * The lag that so large a part of the sampled deliveries did not exceed, milliseconds, as the upper bound of its bucket;
   * 0 before the first.
   * @param part 0 to 1.
   */
  lagMs(part: number): number {
    const lags = this.#lags;
    if (!lags) return 0;
    const wanted = part * lags.reduce((sum, count) => sum + count, 0);
    let seen = 0;
    const bucket = lags.findIndex((count) => {
      seen += count;
      return seen >= wanted;
    });
    return BOUNDS_MS[Math.min(bucket, BOUNDS_MS.length - 1)] ?? 0;
  }

  #sample(lagMs: number): void {
    this.#lags ??= new Uint32Array(BOUNDS_MS.length + 1);
    const found = BOUNDS_MS.findIndex((bound) => lagMs <= bound);
    const bucket = found < 0 ? BOUNDS_MS.length : found;
    this.#lags[bucket] = (this.#lags[bucket] ?? 0) + 1;
  }
}
