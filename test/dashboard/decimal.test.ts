import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { amount, compact, dollars, gain, grouped, price, toPlaces } from '../../dashboard/src/format/decimal.ts';
import { textOf, unitsOf } from '../../dashboard/src/format/exact.ts';

/** Canonical text of the API's Decimal. */
const decimals = fc
  .tuple(fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }), fc.integer({ min: 0, max: 18 }))
  .map(([units, places]) => {
    const digits = `${units < 0n ? -units : units}`.padStart(places + 1, '0');
    const text = places === 0 ? digits : `${digits.slice(0, -places)}.${digits.slice(-places)}`;
    const canonical = text.includes('.') ? text.replace(/\.?0+$/, '') : text;
    return units < 0n && canonical !== '0' ? `-${canonical}` : canonical;
  });

describe('Money on the screen', () => {
  test('is never further from the truth than half of its last place', () => {
    fc.assert(
      fc.property(decimals, fc.integer({ min: 0, max: 8 }), (text, places) => {
        const shown = unitsOf(toPlaces(text, places));
        const error = shown - unitsOf(text);
        expect((error < 0n ? -error : error) * 2n).toBeLessThanOrEqual(10n ** BigInt(18 - places));
      }),
    );
  });

  test('keeps digits that a floating point number would lose', () => {
    expect(price('9007199254740993.25')).toBe('9,007,199,254,740,993.25');
    expect(toPlaces('0.1234567890123456789', 18)).toBe('0.123456789012345679');
  });

  test('has separators every three digits and nowhere else', () => {
    fc.assert(
      fc.property(decimals, (text) => {
        const written = grouped(text);
        expect(written.replaceAll(',', '')).toBe(text);
        expect(written).toMatch(/^-?\d{1,3}(,\d{3})*(\.\d+)?$/);
      }),
    );
  });

  test.each([
    [toPlaces('1.005', 2), '1.01'],
    [toPlaces('999.995', 2), '1000.00'],
    [toPlaces('-0.004', 2), '0.00'],
    [dollars('-1234.5'), '−$1,234.50'],
    [gain('1234.5'), '+$1,234.50'],
    [gain('0.001'), '$0.00'],
    [price('0.00001234567'), '0.00001235'],
    [price('61737.63'), '61,737.63'],
    [compact('14170.5'), '14.17K'],
    [compact('835105877.35'), '835.11M'],
    [compact('-1200000000'), '−1.20B'],
    [amount('0.001824'), '0.00182'],
  ])('is written as people write it: %s', (written, expected) => expect(written).toBe(expected));

  test('is added up exactly', () => {
    fc.assert(
      fc.property(decimals, (text) => {
        expect(textOf(unitsOf(text))).toBe(text);
      }),
    );
  });
});
