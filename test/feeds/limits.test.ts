import { describe, expect, test } from 'vitest';
import { AttemptLimit } from '../../src/feeds/attempt-limit.ts';
import { WeightBudget } from '../../src/feeds/weight-budget.ts';

describe('the limit of attempts', () => {
  test('lets no window of its length hold more', () => {
    const limit = new AttemptLimit(3, 1_000);
    expect([0, 100, 200].map((now) => limit.take(now))).toEqual([0, 0, 0]);
    expect(limit.take(300)).toBe(700);
    expect(limit.take(999)).toBe(1);
    expect(limit.take(1_000)).toBe(0);
    expect(limit.take(1_001)).toBe(99);
  });

  test('a refused attempt does not count', () => {
    const limit = new AttemptLimit(1, 1_000);
    limit.take(0);
    limit.take(500);
    expect(limit.take(1_000)).toBe(0);
  });
});

describe('the budget of weight', () => {
  test('gives a burst, then as much as has come in since', () => {
    const budget = new WeightBudget({ burst: 500, perMinute: 6_000 }, 0);
    expect(budget.take(250, 0)).toBe(0);
    expect(budget.take(250, 0)).toBe(0);
    expect(budget.take(250, 0)).toBe(2_500);
    expect(budget.take(250, 2_499)).toBe(1);
    expect(budget.take(250, 2_500)).toBe(0);
  });

  test('never holds more than the burst, however long it was left alone', () => {
    const budget = new WeightBudget({ burst: 100, perMinute: 6_000 }, 0);
    expect(budget.take(100, 3_600_000)).toBe(0);
    expect(budget.take(1, 3_600_000)).toBeGreaterThan(0);
  });

  test('a clock that steps back takes nothing away', () => {
    const budget = new WeightBudget({ burst: 100, perMinute: 6_000 }, 10_000);
    expect(budget.take(100, 5_000)).toBe(0);
    expect(budget.take(10, 5_100)).toBe(0);
  });
});
