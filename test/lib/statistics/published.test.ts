import { describe, expect, test } from 'vitest';
import { Drawdown, maxDrawdown } from '../../../src/lib/statistics/drawdown.ts';
import { linearQuantile } from '../../../src/lib/statistics/series.ts';
import { annualVolatility, sharpeRatio } from '../../../src/lib/statistics/sharpe.ts';
import {
  expectedShortfall,
  historicalVar,
  normalQuantile,
  normalVar,
  orderStatisticVar,
  parametricVar,
} from '../../../src/lib/statistics/value-at-risk.ts';

/** Daily returns of empyrical's own tests, with the gap that they have. */
const MIXED = [Number.NaN, 1, 10, -4, 2, 3, 2, 1, -10].map((pct) => pct / 100);
const percent = (...values: readonly number[]) => values.map((pct) => pct / 100);

describe('quantiles', () => {
  test.each([
    [[1, 81, 82, 83, 84, 85], 0.1, 41],
    [[1, 81, 82, 83, 84, 85], 0.2, 81],
    [[1, 81, 82, 83, 84, 85], 0.3, 81.5],
    [[1, 2], 0.3, 1.3],
  ])('of %j at %s is %s', (series, q, expected) => {
    expect(linearQuantile(series, q)).toBeCloseTo(expected, 12);
  });

  test('of the normal distribution are those of the tables', () => {
    expect(normalQuantile(0.95)).toBeCloseTo(1.6448536, 6);
    expect(normalQuantile(0.5)).toBe(0);
    expect(normalQuantile(0.001)).toBeCloseTo(-3.0902323, 6);
    expect(() => normalQuantile(1)).toThrow(RangeError);
  });
});

describe('value at risk', () => {
  test('by order statistic is the sixth of a hundred, and the fourth of three hundred at 99 per cent', () => {
    const hundred = Array.from({ length: 100 }, (_, at) => -at / 100);
    expect(orderStatisticVar(hundred, 0.95)).toBeCloseTo(0.94, 12);
    const worst = [-30, -27, -23, -21, -19, ...Array.from({ length: 295 }, () => 0)];
    expect(orderStatisticVar(worst, 0.99)).toBe(21);
  });

  test('of a share of 115 at 20 per cent is 37.83 a year', () => {
    expect(115 * normalVar({ mean: 0, deviation: 0.2, periods: 1, confidence: 0.95 })).toBeCloseTo(37.8316, 3);
  });

  test('of the mixed returns is 7.9 per cent historically, and 8.8418 of a normal distribution', () => {
    expect(historicalVar(MIXED, 0.95)).toBeCloseTo(0.079, 10);
    expect(parametricVar(MIXED, 0.95)).toBeCloseTo(0.088418, 5);
    expect(expectedShortfall(MIXED, 0.95)).toBeCloseTo(0.1, 10);
  });

  test.each([[[]], [[Number.NaN]]])('of %j is refused, with a reason', (series) => {
    for (const measure of [historicalVar, parametricVar, expectedShortfall, orderStatisticVar])
      expect(measure(series, 0.95)).toEqual({ reason: expect.any(String) });
  });
});

describe('the Sharpe ratio', () => {
  test.each([
    [MIXED, 252, 1.7238613961706866],
    [percent(1, 2, 1, 1, 1, 1, 1, 1, 1), 252, 52.915026221291804],
    [percent(0, -6, -7, -1, -9, -2, -6, -8, -5), 252, -24.406808633910085],
    [MIXED, 365, 2.0746675],
  ])('of %j over %s periods is %s', (series, periodsPerYear, published) => {
    expect(sharpeRatio(series, { periodsPerYear })).toBeCloseTo(published, 6);
  });

  test('of a constant or short series is refused, never infinite', () => {
    expect(sharpeRatio(percent(1, 1, 1), { periodsPerYear: 252 })).toEqual({ reason: expect.stringMatching(/move/) });
    expect(sharpeRatio([0.01], { periodsPerYear: 252 })).toEqual({ reason: expect.stringMatching(/short/) });
  });

  test('volatility is annualised by the same periods', () => {
    expect(annualVolatility(MIXED, 252)).toBeCloseTo(0.9136465399704637, 12);
  });
});

describe('drawdown', () => {
  test.each([
    [MIXED, 0.1],
    [percent(10, -10, 10), 0.1],
    [percent(-50, 100), 0.5],
    [percent(1, 1), 0],
  ])('of %j is %s', (series, published) => {
    expect(maxDrawdown(series)).toBeCloseTo(published, 12);
  });

  test('what is lost is lost', () => {
    const falls = new Drawdown();
    for (const value of [-1, 5, 5]) falls.add(value);
    expect(falls.max).toBe(1);
    expect(maxDrawdown([])).toEqual({ reason: expect.any(String) });
  });
});
