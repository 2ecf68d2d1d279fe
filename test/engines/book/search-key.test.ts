import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EXACT_LENGTH, searchKey } from '../../../src/engines/book/search-key.ts';
import { compareDecimals, decimal, fromUnits } from '../../../src/lib/decimal.ts';

const price = fc
  .tuple(
    fc.oneof(fc.bigInt({ min: 0n, max: 10n ** 16n }), fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n })),
    fc.nat({ max: 30 }),
  )
  .map(([units, scale]) => fromUnits(units, scale));

describe('a search key', () => {
  it('is the double nearest to the price, however it is spelled', () => {
    fc.assert(
      fc.property(price, fc.nat({ max: 8 }), (text, zeros) => {
        const spelled = text.includes('.')
          ? text + '0'.repeat(zeros)
          : `${text}${zeros > 0 ? '.' : ''}${'0'.repeat(zeros)}`;
        expect(searchKey(text)).toBe(Number(text));
        expect(searchKey(spelled)).toBe(Number(text));
      }),
      { numRuns: 5_000 },
    );
  });

  it('never orders two prices the wrong way round, and tells all short ones apart', () => {
    const close = fc
      .tuple(fc.bigInt({ min: 0n, max: 10n ** 20n }), fc.bigInt({ min: -5n, max: 5n }), fc.nat({ max: 20 }))
      .map(([units, step, scale]) => [fromUnits(units, scale), fromUnits(units + step, scale)] as const);
    fc.assert(
      fc.property(fc.oneof(close, fc.tuple(price, price)), ([a, b]) => {
        const order = Math.sign(searchKey(a) - searchKey(b));
        if (order !== 0) expect(order).toBe(compareDecimals(a, b));
        else if (a.length <= EXACT_LENGTH && b.length <= EXACT_LENGTH) expect(a).toBe(b);
      }),
      { numRuns: 5_000 },
    );
  });

  it.each(['', '.', '1.2.3', 'abc', '1e', ' 1', '1,0', '-', '12345678901234567x'])('is refused to %j', (text) => {
    expect(() => searchKey(text)).toThrow(RangeError);
  });

  it.each(['.5', '5.', '+5', '-5', '005', '5e2'])('of %s is that of the number it means', (text) => {
    expect(searchKey(text)).toBe(Number(decimal(text)));
  });
});
