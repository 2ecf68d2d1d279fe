/** At most so many attempts in any window of so many milliseconds: a venue bans the address that goes beyond. */
export class AttemptLimit {
  readonly #most: number;
  readonly #windowMs: number;
  /** Times of the attempts in the window, oldest first: never more than `most`. */
  readonly #times: number[] = [];

  constructor(most: number, windowMs: number) {
    this.#most = most;
    this.#windowMs = windowMs;
  }

  /** Takes an attempt and returns 0, or takes none and returns the milliseconds until one may be free. */
  take(now: number): number {
    while (this.#times[0] !== undefined && this.#times[0] <= now - this.#windowMs) this.#times.shift();
    const oldest = this.#times[0];
    if (oldest !== undefined && this.#times.length >= this.#most) return oldest + this.#windowMs - now;
    this.#times.push(now);
    return 0;
  }
}
