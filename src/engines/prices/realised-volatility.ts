import type { MarketKind } from '../../model/instrument.ts';

const MINUTE_MS = 60_000;
/** Returns in the window. */
const WINDOW_MINUTES = 60;
/** With fewer returns the deviation says more about chance than about the market. */
const MIN_RETURNS = 10;

/** Minutes of trading in a year: crypto never closes; shares trade 252 sessions of 6.5 hours. */
const MINUTES_A_YEAR: Readonly<Record<MarketKind, number>> = {
  SPOT: 365 * 24 * 60,
  PERP: 365 * 24 * 60,
  EQUITY: 252 * 390,
};

/**
 * Realised volatility: the sample standard deviation (n - 1) of the log returns of one-minute closes over the last 60
 * minutes, annualised by the square root of the minutes of trading in a year, in per cent.
 *
 * The close of a minute is its last price; a minute without one closes where the minute before did. The running minute
 * has no close yet. After 60 minutes without a price the window starts anew, so a night is no return.
 */
export class RealisedVolatility {
  /** Of complete minutes, oldest first: one more than returns. */
  #closes: number[] = [];
  #minute: number | null = null;
  #price = 0;
  /** Of one-minute returns; null while there are too few. */
  #deviation: number | null = null;

  /** A statistic: the price may be rounded. Late ones (of a minute that has closed) and those not above zero are left out. */
  add(price: number, timestamp: number): void {
    const minute = Math.floor(timestamp / MINUTE_MS);
    if (!(price > 0) || (this.#minute !== null && minute < this.#minute)) return;
    if (this.#minute !== null && minute > this.#minute) this.#close(minute - this.#minute);
    this.#minute = minute;
    this.#price = price;
  }

  /** Null until 10 returns have been seen. */
  annualisedPct(kind: MarketKind): number | null {
    return this.#deviation === null ? null : this.#deviation * Math.sqrt(MINUTES_A_YEAR[kind]) * 100;
  }

  #close(minutes: number): void {
    if (minutes > WINDOW_MINUTES) this.#closes = [];
    else {
      for (let minute = 0; minute < minutes; minute++) this.#closes.push(this.#price);
      this.#closes = this.#closes.slice(-WINDOW_MINUTES - 1);
    }
    this.#deviation = deviationOfReturns(this.#closes);
  }
}

function deviationOfReturns(closes: readonly number[]): number | null {
  const returns = closes.slice(1).map((close, index) => Math.log(close / (closes[index] as number)));
  if (returns.length < MIN_RETURNS) return null;
  const mean = returns.reduce((sum, value) => sum + value, 0) / returns.length;
  const squares = returns.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (returns.length - 1));
}
