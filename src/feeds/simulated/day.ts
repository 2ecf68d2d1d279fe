const MINUTE_MS = 60_000;

/** A day of whole minutes and the one under way: the window is between 24 h and 24 h 1 min long. */
const MINUTES_KEPT = 24 * 60 + 1;

/** What a ticker says, in whole ticks and lots. */
export interface DayFigures {
  readonly last: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly volume: number;
}

/** The rolling 24 hours of one symbol, by the minute. */
export class Day {
  readonly #open = new Float64Array(MINUTES_KEPT);
  readonly #high = new Float64Array(MINUTES_KEPT);
  readonly #low = new Float64Array(MINUTES_KEPT);
  readonly #volume = new Float64Array(MINUTES_KEPT);
  #minute: number;
  #last: number;

  /** A day in which nothing was traded, that ends at `endMs` with this price. */
  constructor(endMs: number, ticks: number) {
    this.#minute = Math.floor(endMs / MINUTE_MS);
    this.#last = ticks;
    for (let slot = 0; slot < MINUTES_KEPT; slot++) this.#begin(slot);
  }

  trade(timeMs: number, ticks: number, lots: number): void {
    this.#moveTo(timeMs);
    const slot = this.#minute % MINUTES_KEPT;
    this.#last = ticks;
    this.#high[slot] = Math.max(this.#high[slot] ?? ticks, ticks);
    this.#low[slot] = Math.min(this.#low[slot] ?? ticks, ticks);
    this.#volume[slot] = (this.#volume[slot] ?? 0) + lots;
  }

  /** The window that ends at `timeMs`. */
  figures(timeMs: number): DayFigures {
    this.#moveTo(timeMs);
    let [high, low, volume] = [this.#last, this.#last, 0];
    for (let slot = 0; slot < MINUTES_KEPT; slot++) {
      high = Math.max(high, this.#high[slot] ?? high);
      low = Math.min(low, this.#low[slot] ?? low);
      volume += this.#volume[slot] ?? 0;
    }
    return { last: this.#last, open: this.#open[(this.#minute + 1) % MINUTES_KEPT] ?? this.#last, high, low, volume };
  }

  /** Begins the minutes up to this time. A clock that was set back goes on filling the minute it had reached. */
  #moveTo(timeMs: number): void {
    const minute = Math.floor(timeMs / MINUTE_MS);
    const begun = Math.min(minute - this.#minute, MINUTES_KEPT);
    for (let back = begun - 1; back >= 0; back--) this.#begin((minute - back) % MINUTES_KEPT);
    this.#minute = Math.max(minute, this.#minute);
  }

  #begin(slot: number): void {
    this.#open[slot] = this.#last;
    this.#high[slot] = this.#last;
    this.#low[slot] = this.#last;
    this.#volume[slot] = 0;
  }
}
