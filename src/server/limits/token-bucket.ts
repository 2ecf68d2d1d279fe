/**
 * So many a second in the long run, and a burst on top. Two numbers and no timer, so that every connection can have its
 * own. What is taken without there being enough becomes a debt, which whoever asks on and on pays off first.
 */
export class TokenBucket {
  readonly perSecond: number;
  readonly burst: number;
  #tokens: number;
  #at: number;

  constructor(perSecond: number, burst: number, now: number) {
    this.perSecond = perSecond;
    this.burst = burst;
    this.#tokens = burst;
    this.#at = now;
  }

  /** Takes without a debt: 0 when there were enough, else when there will be, milliseconds from now. */
  take(now: number, count = 1): number {
    const waitMs = this.wait(now, count);
    if (waitMs === 0) this.#tokens -= count;
    return waitMs;
  }

  /** Takes one, into debt if need be: 0 when there was one, else when there will be, milliseconds from now. */
  charge(now: number): number {
    this.#refill(now);
    this.#tokens -= 1;
    return this.#tokens >= 0 ? 0 : Math.ceil(((1 - this.#tokens) / this.perSecond) * 1_000);
  }

  /** When there will be so many, milliseconds from now; 0: there are. */
  wait(now: number, count = 1): number {
    this.#refill(now);
    // What no burst holds would never be there: it waits for a full one.
    const missing = Math.min(count, this.burst) - this.#tokens;
    return missing <= 0 ? 0 : Math.ceil((missing / this.perSecond) * 1_000);
  }

  /** How many were taken that were not there. */
  get debt(): number {
    return Math.max(0, -this.#tokens);
  }

  /** True when nothing has been taken for so long that a new bucket would be the same. */
  isFull(now: number): boolean {
    this.#refill(now);
    return this.#tokens >= this.burst;
  }

  #refill(now: number): void {
    // A clock that was set back gives nothing, and takes nothing away.
    const elapsed = Math.max(0, now - this.#at);
    this.#at = now;
    this.#tokens = Math.min(this.burst, this.#tokens + (elapsed * this.perSecond) / 1_000);
  }
}
