import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decimal } from '../../src/lib/decimal.ts';
import {
  divide,
  fixed,
  fixedText,
  multiply,
  ONE,
  quotientText,
  rootOfProduct,
  squareRoot,
  toNumber,
} from '../../src/lib/fixed.ts';

const big = fc.bigInt({ min: -(10n ** 60n), max: 10n ** 60n });
const positive = fc.bigInt({ min: 1n, max: 10n ** 70n });

describe('a fixed-point number', () => {
  it('keeps every digit of a decimal of up to 36 places, and refuses more', () => {
    for (const text of ['0', '-0.5', '123456789.123456789012345678901234567890123456', '1'])
      expect(fixedText(fixed(decimal(text)))).toBe(text);
    expect(() => fixed(decimal(`0.${'0'.repeat(36)}1`))).toThrow(RangeError);
  });

  it('multiplies a price and a size of 18 places each exactly', () => {
    const [price, size] = ['61234.123456789012345678', '0.000000000000000001'].map((text) => fixed(decimal(text)));
    expect(fixedText(multiply(price ?? 0n, size ?? 0n))).toBe('0.000000000000061234123456789012345678');
  });

  it('divides towards minus infinity, so that a quotient is below a threshold exactly when the true one is', () => {
    fc.assert(
      fc.property(big, positive, (a, b) => {
        const quotient = divide(a, b);
        expect(quotient * b <= a * ONE && (quotient + 1n) * b > a * ONE).toBe(true);
      }),
    );
    expect(quotientText(divide(-1n * ONE, 3n * ONE))).toBe('-0.333333333333333334');
    expect(() => divide(ONE, 0n)).toThrow(RangeError);
  });

  it('has the largest root whose square is not above the number', () => {
    fc.assert(
      fc.property(positive, positive, (a, b) => {
        const root = rootOfProduct(a, b);
        expect(root * root <= a * b && (root + 1n) ** 2n > a * b).toBe(true);
      }),
    );
    expect(fixedText(squareRoot(fixed(decimal('2'))))).toBe('1.414213562373095048801688724209698078');
    expect(squareRoot(0n)).toBe(0n);
    expect(() => squareRoot(-1n)).toThrow(RangeError);
  });

  it('becomes the nearest number for statistics', () => {
    expect(toNumber(fixed(decimal('-12.5')))).toBe(-12.5);
  });
});
