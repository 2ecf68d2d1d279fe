import { decimal } from '../../lib/decimal.ts';

/** Prices of at most this many characters are different exactly when their keys are: 15 digits survive in a double. */
export const EXACT_LENGTH = 15;

const POINT = 46;
const ZERO_DIGIT = 48;

const POWERS_OF_TEN = Array.from({ length: EXACT_LENGTH }, (_, exponent) => 10 ** exponent);

/**
 * The double nearest to a price, to search by: of two prices the greater never has the smaller key. It is no price, and
 * long neighbours may share one: where keys are equal and a text is longer than {@link EXACT_LENGTH}, the texts decide.
 *
 * Equal to `Number(text)`; two exact integers and one correctly rounded division take a third of its time.
 * @throws RangeError when the text is no decimal number.
 */
export function searchKey(text: string): number {
  const { length } = text;
  if (length > EXACT_LENGTH) return Number(decimal(text));
  let digits = 0;
  let point = -1;
  for (let index = 0; index < length; index++) {
    const code = text.charCodeAt(index);
    const digit = code - ZERO_DIGIT;
    if (digit >= 0 && digit <= 9) digits = digits * 10 + digit;
    else if (code === POINT && point < 0) point = index;
    else return Number(decimal(text));
  }
  if (point < 0 && length > 0) return digits;
  if (point <= 0 || point === length - 1) return Number(decimal(text));
  return digits / (POWERS_OF_TEN[length - point - 1] as number);
}
