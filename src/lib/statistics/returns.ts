import { finite, NOT_POSITIVE, type Refused, TOO_SHORT } from './series.ts';

/**
 * Simple returns `v[i] / v[i-1] - 1` of a series of values or prices, fractions (0.01 = 1 %). Gaps (NaN) are left out: the
 * return spans them. Refused where a value is not above zero: what has been nothing or less has no return.
 */
export function simpleReturns(values: readonly number[]): readonly number[] | Refused {
  return between(values, (before, after) => after / before - 1);
}

/** Log returns `ln(v[i] / v[i-1])`, under the rules of {@link simpleReturns}. */
export function logReturns(values: readonly number[]): readonly number[] | Refused {
  return between(values, (before, after) => Math.log(after / before));
}

function between(
  values: readonly number[],
  change: (before: number, after: number) => number,
): readonly number[] | Refused {
  const known = finite(values);
  if (known.length < 2) return TOO_SHORT;
  if (known.some((value) => value <= 0)) return NOT_POSITIVE;
  return known.slice(1).map((value, index) => change(known[index] as number, value));
}
