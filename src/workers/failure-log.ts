import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';

/** Between two lines of one kind, milliseconds: a store that is away refuses thousands of things a second. */
const LINE_INTERVAL_MS = 10_000;

/** Counts failures of one kind, and logs the first at once and then at most one line an interval with the count since. */
export class FailureLog {
  readonly #what: string;
  readonly #clock: Clock;
  readonly #log: Log;
  #count = 0;
  #untold = 0;
  #toldAt = Number.NEGATIVE_INFINITY;

  constructor(what: string, clock: Clock, log: Log) {
    this.#what = what;
    this.#clock = clock;
    this.#log = log;
  }

  /** Failures since the start. */
  get count(): number {
    return this.#count;
  }

  /** @param facts where it happened, for the line. */
  note(error: unknown, facts: Readonly<Record<string, string>>): void {
    this.#count++;
    this.#untold++;
    if (this.#clock.now() - this.#toldAt < LINE_INTERVAL_MS) return;
    this.#log.warn({ err: error, ...facts, failures: this.#untold, failuresInAll: this.#count }, this.#what);
    this.#toldAt = this.#clock.now();
    this.#untold = 0;
  }
}
