import { compareDecimals, type Decimal, decimal, decimalPlaces, ZERO } from '../lib/decimal.ts';
import { badInput } from '../lib/errors.ts';
import { FIXED_PLACES } from '../lib/fixed.ts';

/** Largest amount taken: above all money there is, and far below what arithmetic could not hold. */
const MOST = decimal('1000000000000000000');

/** @throws ApiError `BAD_USER_INPUT` for an amount that is not above zero, absurdly large, or with more places than are kept. */
export function positiveAmount(value: string, argument: string): Decimal {
  return inRange(value, argument, compareDecimals(value as Decimal, ZERO) > 0, 'above 0');
}

/** The same of an amount that may be zero. */
export function amountOrZero(value: string, argument: string): Decimal {
  return inRange(value, argument, compareDecimals(value as Decimal, ZERO) >= 0, '0 or more');
}

/** The same of an amount of any sign but zero. */
export function signedAmount(value: string, argument: string): Decimal {
  return inRange(value, argument, value !== ZERO, 'not 0');
}

/** A part of a whole. */
export function fraction(value: string, argument: string): Decimal {
  const isPart = compareDecimals(value as Decimal, ZERO) > 0 && compareDecimals(value as Decimal, decimal('1')) < 0;
  return inRange(value, argument, isPart, 'above 0 and below 1');
}

function inRange(value: string, argument: string, holds: boolean, allowed: string): Decimal {
  const size = (value.startsWith('-') ? value.slice(1) : value) as Decimal;
  if (holds && compareDecimals(size, MOST) <= 0 && decimalPlaces(value) <= FIXED_PLACES) return value as Decimal;
  throw badInput(
    argument,
    `${argument} is ${value.slice(0, 50)}.`,
    `${allowed}, at most ${MOST}, with at most ${FIXED_PLACES} places`,
  );
}
