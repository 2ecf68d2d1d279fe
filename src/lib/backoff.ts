/** Shortest and longest wait between two attempts, milliseconds. */
export interface BackoffLimits {
  readonly minMs: number;
  readonly maxMs: number;
}

/** 1 to 30 s: a venue that bans an address for hammering does so well above one attempt a second. */
export const VENUE_BACKOFF: BackoffLimits = { minMs: 1_000, maxMs: 30_000 };

/**
 * Waits that double with each failure and are spread by jitter, so that a thousand clients of a venue that restarts do
 * not come back in the same millisecond: between half of the current step and all of it.
 */
export class Backoff {
  readonly #limits: BackoffLimits;
  readonly #random: () => number;
  #failures = 0;

  /** @param random gives numbers in [0, 1); a test passes its own. */
  constructor(limits: BackoffLimits, random: () => number = Math.random) {
    this.#limits = limits;
    this.#random = random;
  }

  /** Milliseconds to wait before the next attempt. */
  next(): number {
    const step = Math.min(this.#limits.maxMs, this.#limits.minMs * 2 ** Math.min(this.#failures, 30));
    this.#failures++;
    return Math.max(this.#limits.minMs, Math.round(step * (0.5 + this.#random() / 2)));
  }

  /** Call after a success: the next failure starts from the shortest wait. */
  reset(): void {
    this.#failures = 0;
  }
}
