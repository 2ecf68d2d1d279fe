/** What a venue lets an address ask for: a burst, and a steady rate. In the venue's own units of weight. */
export interface WeightLimits {
  readonly burst: number;
  readonly perMinute: number;
}

/** A bucket of weight that fills steadily. */
export class WeightBudget {
  readonly #limits: WeightLimits;
  #left: number;
  #filledAt: number;

  constructor(limits: WeightLimits, now: number) {
    this.#limits = limits;
    this.#left = limits.burst;
    this.#filledAt = now;
  }

  /** Takes the weight and returns 0, or takes none and returns the milliseconds until it may be there. */
  take(weight: number, now: number): number {
    const perMs = this.#limits.perMinute / 60_000;
    this.#left = Math.min(this.#limits.burst, this.#left + Math.max(0, now - this.#filledAt) * perMs);
    this.#filledAt = now;
    if (this.#left < weight) return Math.ceil((weight - this.#left) / perMs);
    this.#left -= weight;
    return 0;
  }
}
