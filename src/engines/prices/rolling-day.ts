import { addDecimals, compareDecimals, type Decimal } from '../../lib/decimal.ts';

const MINUTE_MS = 60_000;
/** The running minute included: the window is 24 hours long at its end, and a minute shorter at its beginning. */
const MINUTES = 24 * 60;

/** 24 hours of trading. Volume is in the base currency. */
export interface DayFigures {
  readonly open: Decimal;
  readonly high: Decimal;
  readonly low: Decimal;
  readonly volume: Decimal;
}

interface Minute extends DayFigures {
  /** Whole minutes since the Unix epoch. */
  readonly minute: number;
}

/**
 * The last 24 hours of one symbol's trades, by the minute: at most 1,440 figures, however many trades.
 * All times are the trades' own, in milliseconds.
 */
export class RollingDay {
  /** Oldest first; a minute without a trade is absent. */
  #minutes: Minute[] = [];
  /** All minutes but the last together; null when they have changed since it was made. */
  #closed: DayFigures | null = null;
  /** Since when no trade is missing; null before the first. */
  #coveredSince: number | null = null;

  /** A trade that comes late is counted in its own minute. */
  add(price: Decimal, quantity: Decimal, timestamp: number): void {
    this.#coveredSince ??= timestamp;
    const trade = { minute: minuteOf(timestamp), open: price, high: price, low: price, volume: quantity };
    let index = this.#minutes.length - 1;
    while (index >= 0 && (this.#minutes[index] as Minute).minute > trade.minute) index--;
    const held = this.#minutes[index];
    if (held?.minute === trade.minute) this.#minutes[index] = { ...joined(held, trade), minute: trade.minute };
    else this.#minutes.splice(++index, 0, trade);
    if (index !== this.#minutes.length - 1 || held?.minute !== trade.minute) this.#closed = null;
    this.#forget(timestamp);
  }

  /** Trades are missing for good: what is held says too little, and the day has to be covered anew. */
  restart(): void {
    this.#minutes = [];
    this.#closed = null;
    this.#coveredSince = null;
  }

  /** The 24 hours up to `now`; null until that long has been heard without a hole, or when nothing was traded in them. */
  figures(now: number): DayFigures | null {
    if (this.#coveredSince === null || now - this.#coveredSince < MINUTES * MINUTE_MS) return null;
    this.#forget(now);
    const last = this.#minutes.at(-1);
    if (last === undefined) return null;
    this.#closed ??= this.#minutes.slice(0, -1).reduce<DayFigures | null>(joined, null);
    return joined(this.#closed, last);
  }

  #forget(now: number): void {
    const first = minuteOf(now) - MINUTES + 1;
    let old = 0;
    while (old < this.#minutes.length && (this.#minutes[old] as Minute).minute < first) old++;
    if (old === 0) return;
    this.#minutes.splice(0, old);
    this.#closed = null;
  }
}

function minuteOf(timestamp: number): number {
  return Math.floor(timestamp / MINUTE_MS);
}

/** Two stretches of time as one, the earlier first. */
function joined(earlier: DayFigures | null, later: DayFigures): DayFigures {
  if (earlier === null) return later;
  return {
    open: earlier.open,
    high: compareDecimals(later.high, earlier.high) > 0 ? later.high : earlier.high,
    low: compareDecimals(later.low, earlier.low) < 0 ? later.low : earlier.low,
    volume: addDecimals(earlier.volume, later.volume),
  };
}
