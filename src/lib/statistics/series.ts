/** Why a figure cannot be given. A refusal is data: it is put out in the figure's place, never a NaN or an infinity. */
export interface Refused {
  readonly reason: string;
}

/** A statistic, or why there is none. */
export type Statistic = number | Refused;

export const TOO_SHORT = { reason: 'the series is too short' } as const;
export const CONSTANT = { reason: 'the series does not move' } as const;
export const NO_FRACTION = { reason: 'a confidence lies between 0 and 1' } as const;
const TOO_LARGE = { reason: 'the numbers are too large' } as const;

/** A result, unless doubles could not hold it on the way. */
export function held(value: number): Statistic {
  return Number.isFinite(value) ? value : TOO_LARGE;
}

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

/** How far a place may lie from a whole one and still be meant: 0.2 * 20 is 3.999999999999999 where 0.2 was `1 - 0.8`. */
const HAIR = 1e-9;

/** A place among order statistics, whole where it is whole but for the rounding of doubles. */
export function placeOf(exact: number): number {
  const whole = Math.round(exact);
  return Math.abs(exact - whole) < HAIR ? whole : exact;
}

/**
 * The quantile by linear interpolation between order statistics (Hyndman and Fan type 7, the default of numpy and
 * empyrical): of n sorted values the one at place `q * (n - 1)`, in the unit of the series.
 * @param q from 0 to 1; refused beyond.
 */
export function linearQuantile(series: readonly number[], q: number): Statistic {
  const sorted = [...finite(series)].sort((a, b) => a - b);
  const { length } = sorted;
  if (length === 0) return TOO_SHORT;
  if (!(q >= 0 && q <= 1)) return NO_FRACTION;
  const place = placeOf(q * (length - 1));
  const below = Math.floor(place);
  const low = sorted[below] as number;
  const high = sorted[Math.min(below + 1, length - 1)] as number;
  return held(low + (high - low) * (place - below));
}
