import { type Decimal, fromUnits, toUnits } from './decimal.ts';

/**
 * A fixed-point number: an integer of {@link FIXED_PLACES} decimal places. Sums are `+` and `-`, signs and comparisons
 * those of bigint; products and quotients are the functions below.
 */
export type Fixed = bigint;

/**
 * Places of every fixed-point number. Tokens have up to 36 decimals, and a price of 18 places times a size of 18 places
 * has 36: so no amount loses a digit, and a price times a size is exact.
 */
export const FIXED_PLACES = 36;

/** Places put out for what is a quotient or a root: more would be noise, and what is exact keeps all of its own. */
const QUOTIENT_PLACES = 18;

/** The number one. */
export const ONE: Fixed = 10n ** BigInt(FIXED_PLACES);

const UNITS_IN_ONE = Number(ONE);

const QUOTIENT_STEP = 10n ** BigInt(FIXED_PLACES - QUOTIENT_PLACES);

/** @throws RangeError when the text has more than {@link FIXED_PLACES} places: a digit is never dropped in silence. */
export function fixed(text: Decimal): Fixed {
  return toUnits(text, FIXED_PLACES);
}

/** Exact text: all places that the number has. */
export function fixedText(value: Fixed): Decimal {
  return fromUnits(value, FIXED_PLACES);
}

/** Text of a quotient or root: 18 places, rounded down (towards minus infinity), as {@link divide} rounds. */
export function quotientText(value: Fixed): Decimal {
  return fromUnits(floorDivide(value, QUOTIENT_STEP), QUOTIENT_PLACES);
}

/** `a * b`: exact while the places of both together are no more than {@link FIXED_PLACES}, else cut off towards zero. */
export function multiply(a: Fixed, b: Fixed): Fixed {
  return (a * b) / ONE;
}

/**
 * `a / b` rounded down (towards minus infinity): the quotient is below a threshold of at most {@link FIXED_PLACES} places
 * exactly when the true one is.
 * @throws RangeError when `b` is zero: ask first.
 */
export function divide(a: Fixed, b: Fixed): Fixed {
  return floorDivide(a * ONE, b);
}

/** Square root, rounded down. @throws RangeError below zero. */
export function squareRoot(value: Fixed): Fixed {
  return integerRoot(value * ONE);
}

/** Square root of `a * b`, rounded down, with the whole product under the root. @throws RangeError below zero. */
export function rootOfProduct(a: Fixed, b: Fixed): Fixed {
  return integerRoot(a * b);
}

export function absolute(value: Fixed): Fixed {
  return value < 0n ? -value : value;
}

/** The nearest JS number, for statistics only. */
export function toNumber(value: Fixed): number {
  return Number(value) / UNITS_IN_ONE;
}

function floorDivide(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  const negative = dividend < 0n !== divisor < 0n;
  return negative && quotient * divisor !== dividend ? quotient - 1n : quotient;
}

/** The largest integer whose square is not above `value`, by Newton's method. */
function integerRoot(value: bigint): bigint {
  if (value < 0n) throw new RangeError('no square root below zero');
  if (value < 2n) return value;
  let root = firstGuess(value);
  for (;;) {
    const next = (root + value / root) >> 1n;
    const step = next - root;
    root = next;
    // From below the first step jumps above the root; from there on it only falls, and stops at the root or one above.
    if (step >= -1n && step <= 1n) break;
  }
  while (root * root > value) root--;
  while ((root + 1n) * (root + 1n) <= value) root++;
  return root;
}

function firstGuess(value: bigint): bigint {
  const nearest = Number(value);
  // Sixteen digits are right at once where a double holds the number; beyond it half as many bits are near enough.
  if (nearest < Number.POSITIVE_INFINITY) return BigInt(Math.floor(Math.sqrt(nearest)));
  return 1n << BigInt(value.toString(16).length * 2);
}
