import { describe, expect, test } from 'vitest';
import { TokenBucket } from '../../../src/server/limits/token-bucket.ts';

describe('a token bucket', () => {
  test('gives a burst, then so many a second, and says when there will be one', () => {
    const bucket = new TokenBucket(20, 3, 0);
    expect([bucket.take(0), bucket.take(0), bucket.take(0)]).toEqual([0, 0, 0]);
    expect(bucket.take(0)).toBe(50);
    expect(bucket.take(49)).toBe(1);
    expect(bucket.take(50)).toBe(0);
    expect(bucket.take(50)).toBe(50);
  });

  test('takes nothing from who is refused, and never holds more than the burst', () => {
    const bucket = new TokenBucket(10, 2, 0);
    expect([bucket.take(0, 2), bucket.take(0), bucket.take(0)]).toEqual([0, 100, 100]);
    expect([bucket.take(60_000, 2), bucket.take(60_000)]).toEqual([0, 100]);
  });

  test('of a debt says when it will be paid, and one more is there', () => {
    const bucket = new TokenBucket(10, 1, 0);
    expect([bucket.charge(0), bucket.charge(0), bucket.charge(0)]).toEqual([0, 200, 300]);
    expect(bucket.debt).toBe(2);
    expect(bucket.take(200)).toBe(100);
    expect(bucket.take(300)).toBe(0);
  });

  test('lets through what is more than any burst when it is full', () => {
    const bucket = new TokenBucket(1, 4, 0);
    expect(bucket.take(0, 9)).toBe(0);
    expect(bucket.take(0, 9)).toBe(9_000);
  });

  test('gives nothing for a clock that is set back, and loses nothing', () => {
    const bucket = new TokenBucket(10, 1, 1_000);
    expect(bucket.take(1_000)).toBe(0);
    expect(bucket.take(500)).toBe(100);
    expect(bucket.take(600)).toBe(0);
  });
});
