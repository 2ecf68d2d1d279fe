import { describe, expect, it } from 'vitest';
import { Day } from '../../src/feeds/simulated/day.ts';
import { Ladder } from '../../src/feeds/simulated/ladder.ts';
import { Random, xoshiro128 } from '../../src/feeds/simulated/random.ts';
import { venueText } from '../../src/feeds/simulated/text.ts';

describe('random numbers', () => {
  it('are those of the published generator', () => {
    // First outputs of xoshiro128** 1.1 from the state 1, 2, 3, 4, as the reference implementation gives them.
    const state = Uint32Array.of(1, 2, 3, 4);
    expect(Array.from({ length: 10 }, () => xoshiro128(state))).toEqual([
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
    ]);
  });

  it('follow from the seed, and have the distributions that they are named for', () => {
    const draw = (seed: string) => {
      const random = new Random(seed);
      return Array.from({ length: 20 }, () => random.unit());
    };
    expect(draw('1:BTCUSDT')).toEqual(draw('1:BTCUSDT'));
    expect(draw('1:BTCUSDT')).not.toEqual(draw('1:ETHUSDT'));
    const random = new Random('distributions');
    const mean = (make: () => number) => {
      let sum = 0;
      for (let n = 0; n < 50_000; n++) sum += make();
      return sum / 50_000;
    };
    expect(mean(() => random.unit())).toBeCloseTo(0.5, 1);
    expect(mean(() => random.normal())).toBeCloseTo(0, 1);
    expect(mean(() => random.normal() ** 2)).toBeCloseTo(1, 1);
    expect(mean(() => random.exponential(3))).toBeCloseTo(3, 0);
    expect(mean(() => random.poisson(4))).toBeCloseTo(4, 0);
    expect(mean(() => (random.chance(0.25) ? 1 : 0))).toBeCloseTo(0.25, 1);
    expect(mean(() => random.below(7))).toBeCloseTo(3, 0);
  });
});

describe('venue text', () => {
  it('is made of digits, with trailing zeros to the places asked for', () => {
    expect(venueText(6173763, 2, 8)).toBe('61737.63000000');
    expect(venueText(7, 5, 8)).toBe('0.00007000');
    expect(venueText(0, 5, 8)).toBe('0.00000000');
    expect(venueText(23264, 2, 4)).toBe('232.6400');
    expect(venueText(106, 0, 0)).toBe('106');
    expect(venueText(5, 0, 2)).toBe('5.00');
  });
});

describe('a ladder', () => {
  it('keeps its best level first on either side, and tells what changed once', () => {
    const bids = new Ladder('bids');
    const asks = new Ladder('asks');
    for (const ticks of [10, 12, 11]) {
      bids.set(ticks, ticks);
      asks.set(ticks, ticks);
    }
    expect(bids.levels().map((level) => level.ticks)).toEqual([12, 11, 10]);
    expect(asks.levels().map((level) => level.ticks)).toEqual([10, 11, 12]);
    expect(bids.drain()).toEqual({ levels: [10, 12, 11].map((ticks) => ({ ticks, lots: ticks })), changes: 3 });
    bids.set(11, 5);
    bids.set(11, 0);
    bids.set(99, 0);
    expect(bids.drain()).toEqual({ levels: [{ ticks: 11, lots: 0 }], changes: 2 });
    expect(bids.drain()).toEqual({ levels: [], changes: 0 });
    expect([bids.has(12), bids.has(11), bids.size]).toEqual([true, false, 2]);
  });

  it('drops what is better than the nearest price allowed and what is too far from it', () => {
    const asks = new Ladder('asks');
    const bids = new Ladder('bids');
    for (let ticks = 1; ticks <= 20; ticks++) {
      asks.set(ticks, 1);
      bids.set(ticks, 1);
    }
    asks.keepWithin(8, 4);
    bids.keepWithin(8, 4);
    expect(asks.levels().map((level) => level.ticks)).toEqual([8, 9, 10, 11, 12]);
    expect(bids.levels().map((level) => level.ticks)).toEqual([8, 7, 6, 5, 4]);
  });
});

describe('the rolling day', () => {
  const MINUTE = 60_000;

  it('has the open, high, low and volume of the last 1,440 minutes and the one under way', () => {
    const start = 1_000 * MINUTE;
    const day = new Day(start, 100);
    day.trade(start, 100, 1);
    day.trade(start + MINUTE, 150, 2);
    day.trade(start + 2 * MINUTE, 50, 4);
    day.trade(start + 3 * MINUTE, 120, 8);
    const at = (minute: number) => day.figures(start + minute * MINUTE);
    expect(at(3)).toEqual({ last: 120, open: 100, high: 150, low: 50, volume: 15 });
    expect(at(1_440)).toEqual({ last: 120, open: 100, high: 150, low: 50, volume: 15 });
    expect(at(1_441)).toEqual({ last: 120, open: 100, high: 150, low: 50, volume: 14 });
    // A minute opens where the one before it closed, so the open is always between high and low.
    expect(at(1_442)).toEqual({ last: 120, open: 150, high: 150, low: 50, volume: 12 });
    expect(at(1_443)).toEqual({ last: 120, open: 50, high: 120, low: 50, volume: 8 });
    expect(at(1_444)).toEqual({ last: 120, open: 120, high: 120, low: 120, volume: 0 });
  });

  it('is flat where nothing was traded, and survives a clock that is set back', () => {
    const day = new Day(5 * MINUTE, 70);
    expect(day.figures(9_000 * MINUTE)).toEqual({ last: 70, open: 70, high: 70, low: 70, volume: 0 });
    day.trade(8_000 * MINUTE, 80, 3);
    expect(day.figures(8_000 * MINUTE)).toEqual({ last: 80, open: 70, high: 80, low: 70, volume: 3 });
  });
});
