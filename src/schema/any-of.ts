import type { Predicate } from '../cohorts/predicate.ts';
import { canonicalJson } from '../cohorts/question.ts';
import { compareDecimals, type Decimal } from '../lib/decimal.ts';
import { badInput } from '../lib/errors.ts';

/** Alternatives of one filter. */
const MAX_ALTERNATIVES = 16;

/**
 * A filter and its alternatives: what is beside `anyOf` holds for each of them.
 * @throws ApiError `BAD_USER_INPUT` for an empty list, too many, or alternatives of alternatives.
 */
export function alternatives<F extends { readonly anyOf?: readonly F[] | null | undefined }>(
  filter: F | null | undefined,
): readonly { readonly filter: F; readonly argument: string }[] {
  if (!filter) return [];
  const { anyOf } = filter;
  if (anyOf == null) return [{ filter, argument: 'filter' }];
  if (anyOf.length === 0 || anyOf.length > MAX_ALTERNATIVES)
    throw badInput('filter.anyOf', `There are ${anyOf.length} alternatives.`, `1 to ${MAX_ALTERNATIVES}`);
  return anyOf.map((one, at) => {
    if (one.anyOf != null)
      throw badInput(`filter.anyOf.${at}.anyOf`, 'Alternatives have no alternatives.', 'one level');
    const given = Object.fromEntries(Object.entries(one).filter(([, value]) => value != null));
    const { anyOf: _, ...beside } = filter;
    return { filter: { ...(beside as F), ...given }, argument: `filter.anyOf.${at}` };
  });
}

/** @throws ApiError `BAD_USER_INPUT` for a range that nothing lies in. */
export function checkRange(least: string | null | undefined, most: string | null | undefined, argument: string): void {
  if (least != null && most != null && compareDecimals(least as Decimal, most as Decimal) > 0)
    throw badInput(`${argument}.minProfitUsd`, 'The smallest profit is above the largest.', 'at most maxProfitUsd');
}

/**
 * A predicate that is met by whoever meets one of these; by everybody where there is none.
 * @param beforeOf what a thing was chosen by in its version before; null in the first.
 */
export function anyPredicate<C extends object, L, V extends L>(
  choices: readonly C[],
  testOf: (choice: C) => (looks: L) => boolean,
  beforeOf: (value: V) => L | null,
): Predicate<V> {
  const tests = choices.map(testOf);
  const id = canonicalJson({ choices: [...choices] });
  if (tests.length === 0) return { id, routes: null, test: null };
  const test = (looks: L) => tests.some((one) => one(looks));
  const left = (value: V) => {
    const before = beforeOf(value);
    return before !== null && test(before);
  };
  return { id, routes: null, test, left };
}
