import {
  finite,
  held,
  linearQuantile,
  mean,
  NO_FRACTION,
  placeOf,
  type Statistic,
  standardDeviation,
  TOO_SHORT,
} from './series.ts';

/**
 * How much is lost at most, at a confidence, as a positive fraction; negative where even the bad cases gain.
 * @param confidence 0.95: only one case in twenty is worse.
 *
 * Historical: minus the `1 - confidence` quantile of the returns, by linear interpolation (Hyndman and Fan type 7, as numpy and
 * empyrical).
 */
export function historicalVar(returns: readonly number[], confidence: number): Statistic {
  const quantile = linearQuantile(returns, 1 - confidence);
  return typeof quantile === 'number' ? 0 - quantile : quantile;
}

/**
 * Historical value at risk by order statistic: the `(1 - confidence) * n + 1`-th largest loss (J. Hull; P. Jorion), so of 100 returns
 * at 95 % the sixth. Where that is no whole number its whole part is taken.
 */
export function orderStatisticVar(returns: readonly number[], confidence: number): Statistic {
  const sorted = [...finite(returns)].sort((a, b) => a - b);
  if (sorted.length > 0 && !(confidence >= 0 && confidence <= 1)) return NO_FRACTION;
  const place = Math.floor(placeOf((1 - confidence) * sorted.length));
  const value = sorted[Math.min(place, sorted.length - 1)];
  return value === undefined ? TOO_SHORT : 0 - value;
}

/**
 * Parametric (variance-covariance): `z * deviation - mean` of normally distributed returns of one period, the deviation that of a sample
 * (n - 1). Refused for fewer than two returns.
 */
export function parametricVar(returns: readonly number[], confidence: number): Statistic {
  const known = finite(returns);
  if (known.length < 2) return TOO_SHORT;
  if (!(confidence > 0 && confidence < 1)) return NO_FRACTION;
  return held(normalVar({ mean: mean(known), deviation: standardDeviation(known), periods: 1, confidence }));
}

export interface NormalReturns {
  /** Of one period, fraction. */
  readonly mean: number;
  readonly deviation: number;
  /** Periods that the loss is over. */
  readonly periods: number;
  readonly confidence: number;
}

/** `z * deviation * sqrt(periods) - mean * periods`, a fraction of the value held. */
export function normalVar({ mean: drift, deviation, periods, confidence }: NormalReturns): number {
  return normalQuantile(confidence) * deviation * Math.sqrt(periods) - drift * periods;
}

/**
 * Expected shortfall (CVaR): minus the mean of the returns that are not above the `1 - confidence` quantile, as empyrical. At least the
 * historical value at risk.
 */
export function expectedShortfall(returns: readonly number[], confidence: number): Statistic {
  const known = finite(returns);
  const quantile = linearQuantile(known, 1 - confidence);
  if (typeof quantile !== 'number') return quantile;
  return held(0 - mean(known.filter((value) => value <= quantile)));
}

/**
 * Quantile of the standard normal distribution, for 0 < p < 1: P. J. Acklam's rational approximation (relative error 1.15e-9) without
 * its refinement step, which only a complementary error function would allow.
 */
export function normalQuantile(p: number): number {
  if (!(p > 0 && p < 1)) throw new RangeError(`a probability lies between 0 and 1: ${p}`);
  const tail = 0.02425;
  if (p < tail) return tailQuantile(Math.sqrt(-2 * Math.log(p)));
  if (p > 1 - tail) return -tailQuantile(Math.sqrt(-2 * Math.log(1 - p)));
  const q = p - 0.5;
  const r = q * q;
  return (polynomial(CENTRE_ABOVE, r) * q) / (polynomial(CENTRE_BELOW, r) * r + 1);
}

const CENTRE_ABOVE = [
  -39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716, 2.506628277459239,
];
const CENTRE_BELOW = [-54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572];
const TAIL_ABOVE = [
  -0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968,
  2.938163982698783,
];
const TAIL_BELOW = [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416];

function tailQuantile(q: number): number {
  return polynomial(TAIL_ABOVE, q) / (polynomial(TAIL_BELOW, q) * q + 1);
}

/** Highest power first. */
function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0);
}
