import { finite, type Statistic, TOO_SHORT } from './series.ts';

/**
 * Largest fall from a peak, as a fraction of the peak, not negative (0.1 = 10 %): of the wealth that starts at 1 and is
 * multiplied by `1 + r`. The start counts as a peak (conventions of empyrical, but for the sign). Refused without a return.
 */
export function maxDrawdown(returns: readonly number[]): Statistic {
  const known = finite(returns);
  if (known.length === 0) return TOO_SHORT;
  const falls = new Drawdown();
  for (const value of known) falls.add(value);
  return falls.max;
}

/** {@link maxDrawdown} of returns that come one by one: nothing is kept but where the wealth stands. */
export class Drawdown {
  /** As a fraction of the highest so far: no series is too long or too steep for that. */
  #wealth = 1;
  #max = 0;

  /** Fraction of the peak, 0 to 1 unless wealth fell below nothing. */
  get max(): number {
    return this.#max;
  }

  /** What is lost is lost: wealth that is gone does not come back by a later return. */
  add(value: number): void {
    if (!Number.isFinite(value) || this.#wealth <= 0) return;
    this.#wealth *= 1 + value;
    if (this.#wealth > 1) this.#wealth = 1;
    else this.#max = Math.max(this.#max, 1 - this.#wealth);
  }
}
