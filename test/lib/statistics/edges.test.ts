import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Drawdown, maxDrawdown } from '../../../src/lib/statistics/drawdown.ts';
import { linearQuantile } from '../../../src/lib/statistics/series.ts';
import { annualVolatility, sharpeRatio } from '../../../src/lib/statistics/sharpe.ts';
import {
  expectedShortfall,
  historicalVar,
  orderStatisticVar,
  parametricVar,
} from '../../../src/lib/statistics/value-at-risk.ts';

const REFUSED = { reason: expect.any(String) };

const MEASURES = {
  historicalVar: (series: readonly number[]) => historicalVar(series, 0.95),
  orderStatisticVar: (series: readonly number[]) => orderStatisticVar(series, 0.95),
  parametricVar: (series: readonly number[]) => parametricVar(series, 0.95),
  expectedShortfall: (series: readonly number[]) => expectedShortfall(series, 0.95),
  sharpeRatio: (series: readonly number[]) => sharpeRatio(series, { periodsPerYear: 365 }),
  annualVolatility: (series: readonly number[]) => annualVolatility(series, 365),
  maxDrawdown,
};

const anything = fc.array(fc.double(), { maxLength: 40 });

describe.each(Object.entries(MEASURES))('%s', (_name, measure) => {
  test('of any series is a finite number or a refusal, and gaps in it change nothing', () => {
    fc.assert(
      fc.property(anything, (series) => {
        const found = measure(series);
        if (typeof found === 'number') expect(Number.isFinite(found)).toBe(true);
        else expect(found).toEqual(REFUSED);
        const gaps = series.flatMap((value) => [Number.NaN, value, Number.POSITIVE_INFINITY]);
        expect(measure(gaps)).toEqual(found);
      }),
      { numRuns: 200 },
    );
  });

  test('of nothing, or of gaps alone, is refused', () => {
    for (const series of [[], [Number.NaN], [Number.NaN, Number.NEGATIVE_INFINITY]])
      expect(measure(series)).toEqual(REFUSED);
  });
});

describe('a constant series', () => {
  const constant = Array.from({ length: 30 }, () => 0.1);

  test('has no ratio, no volatility, no drawdown, and what is gained each time for its value at risk', () => {
    expect(sharpeRatio(constant, { periodsPerYear: 365 })).toEqual(REFUSED);
    expect(annualVolatility(constant, 365)).toBe(0);
    expect(maxDrawdown(constant)).toBe(0);
    expect(historicalVar(constant, 0.95)).toBeCloseTo(-0.1, 12);
    expect(parametricVar(constant, 0.95)).toBeCloseTo(-0.1, 12);
    expect(expectedShortfall(constant, 0.95)).toBeCloseTo(-0.1, 12);
  });
});

describe('a series of one', () => {
  test('is its own quantile, and too short for a deviation', () => {
    for (const confidence of [0, 0.5, 0.95, 1]) expect(historicalVar([-0.03], confidence)).toBeCloseTo(0.03, 12);
    expect(expectedShortfall([-0.03], 0.95)).toBeCloseTo(0.03, 12);
    expect(parametricVar([-0.03], 0.95)).toEqual(REFUSED);
  });
});

describe('the quantile', () => {
  // numpy.percentile of [1, 2] and of [1, 81, 82, 83, 84, 85].
  test.each([
    [[1, 2], 0, 1],
    [[1, 2], 0.3, 1.3],
    [[1, 2], 1, 2],
    [[1, 81, 82, 83, 84, 85], 0.1, 41],
    [[1, 81, 82, 83, 84, 85], 0.2, 81],
    [[1, 81, 82, 83, 84, 85], 0.3, 81.5],
  ])('of %j at %s is %s', (series, q, published) => {
    expect(linearQuantile(series, q)).toBe(published);
  });

  test.each([Number.NaN, -0.1, 1.1])('at a confidence of %s is refused', (confidence) => {
    for (const measure of [historicalVar, orderStatisticVar, parametricVar, expectedShortfall])
      expect(measure([0.01, 0.02, -0.03], confidence)).toEqual(REFUSED);
  });

  test('lies at a whole place where it is meant to, whatever doubles make of the confidence', () => {
    const returns = Array.from({ length: 21 }, (_, place) => (place * 8) % 21);
    for (const [confidence, place] of [
      [0.95, 1],
      [0.9, 2],
      [0.8, 4],
      [0.75, 5],
      [0.4, 12],
    ] as const) {
      expect(historicalVar(returns, confidence)).toBe(0 - place);
      const upTo = Array.from({ length: place + 1 }, (_, value) => value);
      const mean = upTo.reduce((sum, value) => sum + value, 0) / upTo.length;
      expect(expectedShortfall(returns, confidence)).toBeCloseTo(-mean, 12);
    }
  });

  test('the shortfall is never below the value at risk', () => {
    const returns = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(returns, fc.double({ min: 0, max: 1, noNaN: true }), (series, confidence) => {
        const [shortfall, risk] = [expectedShortfall(series, confidence), historicalVar(series, confidence)];
        expect(Number(shortfall)).toBeGreaterThanOrEqual(Number(risk) - 1e-12);
      }),
    );
  });
});

test('the drawdown of a long steep rise and fall is that of the fall', () => {
  const falls = new Drawdown();
  for (let day = 0; day < 5_000; day++) falls.add(9);
  falls.add(-0.25);
  falls.add(-0.2);
  falls.add(1);
  expect(falls.max).toBeCloseTo(0.4, 12);
});
