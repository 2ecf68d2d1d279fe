/** Why a figure cannot be given. A refusal is data: it is put out in the figure's place, never a NaN or an infinity. */
export interface Refused {
  readonly reason: string;
}

/** A statistic, or why there is none. */
export type Statistic = number | Refused;

export const TOO_SHORT = { reason: 'the series is too short' } as const;
export const CONSTANT = { reason: 'the series does not move' } as const;

/** The members that are finite numbers: gaps (NaN) and infinities say nothing, and are left out. */
export function finite(series: readonly number[]): readonly number[] {
  return series.every(Number.isFinite) ? series : series.filter(Number.isFinite);
}

/** Of a series that is not empty. */
export function mean(series: readonly number[]): number {
  let sum = 0;
  for (const value of series) sum += value;
  return sum / series.length;
}

/** Sample standard deviation (n - 1), of at least two values. Exactly zero where all are equal. */
export function standardDeviation(series: readonly number[]): number {
  const [first] = series;
  // The mean of equal numbers is not always that number, to the last bit: a deviation of 1e-18 would pass for movement.
  if (series.every((value) => value === first)) return 0;
  const middle = mean(series);
  let squares = 0;
  for (const value of series) squares += (value - middle) ** 2;
  return Math.sqrt(squares / (series.length - 1));
}

/**
 * The quantile by linear interpolation between order statistics (Hyndman and Fan type 7, the default of numpy and
 * empyrical): of n sorted values the one at place `q * (n - 1)`.
 * @param q from 0 to 1.
 */
export function linearQuantile(series: readonly number[], q: number): Statistic {
  const sorted = [...finite(series)].sort((a, b) => a - b);
  const { length } = sorted;
  if (length === 0) return TOO_SHORT;
  const place = Math.min(1, Math.max(0, q)) * (length - 1);
  const below = Math.floor(place);
  const low = sorted[below] as number;
  const high = sorted[Math.min(below + 1, length - 1)] as number;
  return low + (high - low) * (place - below);
}
