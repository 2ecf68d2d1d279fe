/** One, in the thousandths in which tokens are counted: whole numbers, so that who comes when it was told is let in. */
const ONE = 1_000;

/**
 * So many a second in the long run, and a burst on top. Two numbers and no timer, so that every connection can have its
 * own. What is charged without there being enough becomes a debt, which whoever asks on and on pays off first.
 */
export class TokenBucket {
  readonly perSecond: number;
  readonly burst: number;
  #thousandths: number;
  #at: number;

  /** @param now milliseconds, as in every call. */
  constructor(perSecond: number, burst: number, now: number) {
    this.perSecond = perSecond;
    this.burst = burst;
    this.#thousandths = burst * ONE;
    this.#at = now;
  }

  /** Takes without a debt: 0 when there were enough, else when there will be, milliseconds from now. */
  take(now: number, count = 1): number {
    const waitMs = this.wait(now, count);
    if (waitMs === 0) this.#thousandths -= count * ONE;
    return waitMs;
  }

  /** Takes one, into debt if need be: 0 when there was one, else when there will be, milliseconds from now. */
  charge(now: number): number {
    this.#refill(now);
    this.#thousandths -= ONE;
    return this.#thousandths >= 0 ? 0 : Math.ceil((ONE - this.#thousandths) / this.perSecond);
  }

  /** When there will be so many, milliseconds from now; 0: there are. */
  wait(now: number, count = 1): number {
    this.#refill(now);
    // What no burst holds would never be there: it waits for a full one.
    const missing = Math.min(count, this.burst) * ONE - this.#thousandths;
    return missing <= 0 ? 0 : Math.ceil(missing / this.perSecond);
  }

  /** How many were charged that were not there. */
  get debt(): number {
    return Math.max(0, -this.#thousandths / ONE);
  }

  #refill(now: number): void {
    // A clock that was set back gives nothing, and takes nothing away.
    const elapsedMs = Math.max(0, Math.floor(now - this.#at));
    this.#at = now;
    this.#thousandths = Math.min(this.burst * ONE, this.#thousandths + elapsedMs * this.perSecond);
  }
}
