import { decimal } from '../../lib/decimal.ts';
import type { VenueLevel } from '../../model/market-event.ts';

/** Prices of at most this many characters are different exactly when their keys are: 15 digits survive in a double. */
export const EXACT_LENGTH = 15;

/**
 * The double nearest to a price, to search by: of two prices the greater never has the smaller key. It is no price, and
 * long neighbours may share one: where keys are equal and a text is longer than {@link EXACT_LENGTH}, the texts decide.
 *
 * @throws RangeError when the text is no decimal number.
 */
export function searchKey(text: string): number {
  return Number(decimal(text));
}

/** The key of each level's price. */
export function searchKeys(levels: readonly VenueLevel[]): number[] {
  return levels.map(([price]) => searchKey(price));
}
