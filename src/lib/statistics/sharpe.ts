import { CONSTANT, finite, held, mean, type Statistic, standardDeviation, TOO_SHORT } from './series.ts';

export interface SharpeOptions {
  /** Periods of the series in a year: 365 for daily returns of what trades every day, 252 for shares. */
  readonly periodsPerYear: number;
  /** Riskless return of one period, as a fraction. */
  readonly riskFree?: number;
}

/**
 * Annualised Sharpe ratio: mean excess return over its sample standard deviation (n - 1), times the square root of the
 * periods in a year (W. F. Sharpe, "The Sharpe Ratio", 1994; conventions of empyrical). Refused for fewer than two returns, and for
 * a constant series, where empyrical says infinity.
 */
export function sharpeRatio(returns: readonly number[], { periodsPerYear, riskFree = 0 }: SharpeOptions): Statistic {
  const known = finite(returns);
  if (known.length < 2) return TOO_SHORT;
  const deviation = standardDeviation(known);
  if (deviation === 0) return CONSTANT;
  return held(((mean(known) - riskFree) / deviation) * Math.sqrt(periodsPerYear));
}

/**
 * Annualised volatility as a fraction: sample standard deviation (n - 1) of the returns times the square root of the
 * periods in a year. Zero for a constant series; refused for fewer than two returns.
 */
export function annualVolatility(returns: readonly number[], periodsPerYear: number): Statistic {
  const known = finite(returns);
  return known.length < 2 ? TOO_SHORT : held(standardDeviation(known) * Math.sqrt(periodsPerYear));
}
