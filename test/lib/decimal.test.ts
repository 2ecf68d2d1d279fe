import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addDecimals,
  atLeast,
  compareDecimals,
  type Decimal,
  decimal,
  decimalPlaces,
  fromUnits,
  MAX_DECIMAL_DIGITS,
  percentChange,
  subtractDecimals,
  toUnits,
} from '../../src/lib/decimal.ts';

/** Wide enough for every number below. */
const SCALE = 30;
const CANONICAL = /^(?:0|-?(?:[1-9]\d*|(?:0|[1-9]\d*)\.\d*[1-9]))$/;

const number = fc
  .tuple(fc.bigInt({ min: -(10n ** 45n), max: 10n ** 45n }), fc.nat({ max: SCALE }))
  .map(([units, scale]) => fromUnits(units, scale));

const sign = (value: bigint) => (value < 0n ? -1 : value > 0n ? 1 : 0);

describe('decimal', () => {
  it.each([
    ['61737.63000000', '61737.63'],
    ['0.00000000', '0'],
    ['100', '100'],
    ['100.00', '100'],
    ['0.10', '0.1'],
    ['1.50', '1.5'],
    ['007.5', '7.5'],
    ['00', '0'],
    ['+3', '3'],
    ['-0', '0'],
    ['-0.000', '0'],
    ['-01.20', '-1.2'],
    ['.5', '0.5'],
    ['5.', '5'],
    ['1e3', '1000'],
    ['1.25E+1', '12.5'],
    ['15e-3', '0.015'],
    ['-1000e-3', '-1'],
    ['0e9', '0'],
  ])('reads %s as %s', (text, canonical) => {
    expect(decimal(text)).toBe(canonical);
  });

  it.each([
    '',
    '.',
    '-',
    '+',
    '1.2.3',
    '1,5',
    ' 1',
    '1 ',
    '0x10',
    'NaN',
    'Infinity',
    '1e',
    'e5',
    '--1',
    '1e99999',
    '１',
  ])('refuses %j', (text) => {
    expect(() => decimal(text)).toThrow(RangeError);
  });

  it('takes as many digits as it says, in every spelling, and not one more', () => {
    const most = '9'.repeat(MAX_DECIMAL_DIGITS);
    expect(decimal(most)).toBe(most);
    expect(decimal(`9.${most.slice(1)}`)).toBe(`9.${most.slice(1)}`);
    for (const text of [`${most}9`, `0.${most}`, `-${most}9`, '1e78', '1e-78'])
      expect(() => decimal(text)).toThrow(RangeError);
  });

  it('gives text that is canonical and the same number, however the number is spelled', () => {
    const zeros = fc.nat({ max: 3 }).map((count) => '0'.repeat(count));
    fc.assert(
      fc.property(number, zeros, zeros, fc.boolean(), (value, before, after, exponent) => {
        const [digits, minus] = value.startsWith('-') ? [value.slice(1), '-'] : [value, ''];
        const tail = value.includes('.') ? after : after && `.${after}`;
        const spelled = `${minus}${before}${digits}${tail}${exponent ? 'e0' : ''}`;
        expect(decimal(spelled)).toBe(value);
        expect(value).toMatch(CANONICAL);
      }),
    );
  });

  it('moves the point by the exponent, exactly', () => {
    fc.assert(
      fc.property(number, fc.integer({ min: -15, max: 15 }), (value, exponent) => {
        const moved = toUnits(decimal(`${value}e${exponent}`), SCALE + 15);
        expect(moved).toBe(toUnits(value, SCALE) * 10n ** BigInt(15 + exponent));
      }),
    );
  });

  it('reads any text as the same number as the plain rules do, or refuses it', () => {
    const text = fc.string({ unit: fc.constantFrom('0', '1', '9', '.', '-', '+', 'e'), maxLength: 12 });
    fc.assert(
      fc.property(text, (candidate) => {
        if (
          /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,4})?$/.test(candidate) &&
          Math.abs(Number(/e(.+)/.exec(candidate)?.[1] ?? 0)) < 60
        )
          expect(Number(decimal(candidate))).toBe(Number(candidate) + 0);
        else if (!/e/.test(candidate)) expect(() => decimal(candidate)).toThrow(RangeError);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('a minimum', () => {
  const texts = fc
    .tuple(fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }), fc.nat({ max: 40 }))
    .map(([units, scale]) => fromUnits(units, scale));

  it('lets through exactly what is not less', () => {
    fc.assert(
      fc.property(texts, texts, (a, b) => {
        expect(atLeast(b)(a)).toBe(compareDecimals(a, b) >= 0);
      }),
    );
  });

  it('tells numbers apart that a JS number does not', () => {
    const near = fc.tuple(fc.bigInt({ min: 10n ** 30n, max: 10n ** 31n }), fc.integer({ min: -3, max: 3 }));
    fc.assert(
      fc.property(near, fc.nat({ max: 30 }), ([units, step], scale) => {
        const minimum = atLeast(fromUnits(units, scale));
        expect(minimum(fromUnits(units + BigInt(step), scale))).toBe(step >= 0);
        expect(minimum(fromUnits(-units, scale))).toBe(false);
      }),
    );
  });
});

describe('fixed-point units', () => {
  it('go to text and back without a change', () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.nat({ max: 100 }), (value, scale) => {
        expect(toUnits(fromUnits(value, scale), scale)).toBe(value);
      }),
    );
  });

  it('never drop a digit in silence', () => {
    expect(toUnits('1.2500', 2)).toBe(125n);
    expect(() => toUnits('1.2501', 2)).toThrow(RangeError);
    expect(() => toUnits('0.1', 0)).toThrow(RangeError);
  });

  it.each(['', '.', '1.', '.5', '0x10', ' 5', '1e3', '+1', '--1'])('refuse %j, which is no plain number', (text) => {
    expect(() => toUnits(text, 2)).toThrow(SyntaxError);
  });

  it('keep the sign of numbers between -1 and 0', () => {
    expect(toUnits('-0.05', 2)).toBe(-5n);
    expect(fromUnits(-5n, 2)).toBe('-0.05');
    expect(fromUnits(0n, 5)).toBe('0');
  });
});

describe('arithmetic', () => {
  it('adds, subtracts and compares like integers of the smallest place', () => {
    fc.assert(
      fc.property(number, number, (a, b) => {
        const [x, y] = [toUnits(a, SCALE), toUnits(b, SCALE)];
        expect(addDecimals(a, b)).toBe(fromUnits(x + y, SCALE));
        expect(subtractDecimals(a, b)).toBe(fromUnits(x - y, SCALE));
        expect(compareDecimals(a, b)).toBe(sign(x - y));
      }),
      { numRuns: 2_000 },
    );
  });

  it('compares numbers that differ in one late digit or in length only', () => {
    const ascending = [
      '-10',
      '-9.9',
      '-0.1',
      '-0.09',
      '0',
      '0.09',
      '0.1',
      '0.10000000000000000000000000001',
      '9.9',
      '10',
      '100',
    ];
    const sorted = ascending.toReversed().sort((a, b) => compareDecimals(a as Decimal, b as Decimal));
    expect(sorted).toEqual(ascending);
  });

  it('counts the places of canonical and of venue text', () => {
    expect([decimalPlaces('1.25'), decimalPlaces('61737.63000000'), decimalPlaces('5')]).toEqual([2, 8, 0]);
  });

  it.each([
    ['100', '102.56', 2.56],
    ['100', '97.44', -2.56],
    ['3', '4', 33.33333333],
    ['3', '5', 66.66666667],
    ['-100', '-50', 50],
    ['7', '7', 0],
    ['0.00000001', '0.00000002', 100],
  ])('%s to %s is a change of %d per cent', (from, to, percent) => {
    expect(percentChange(decimal(from), decimal(to))).toBe(percent);
  });

  it('has no change in per cent of nothing', () => {
    expect(percentChange(decimal('0'), decimal('1'))).toBeNull();
  });
});
