import { describe, expect, it } from 'vitest';
import { RealisedVolatility } from '../../../src/engines/prices/realised-volatility.ts';
import { MINUTE, START } from './events.ts';

/** One price a minute, from the start on. */
function heard(prices: readonly number[], volatility = new RealisedVolatility(), from = START): RealisedVolatility {
  prices.forEach((price, minute) => volatility.add(price, from + minute * MINUTE));
  return volatility;
}

/** By definition, of the closes of complete minutes. */
function expected(closes: readonly number[], minutesAYear = 525_600): number {
  const returns = closes.slice(1).map((close, index) => Math.log(close / (closes[index] ?? 0)));
  const mean = returns.reduce((sum, value) => sum + value, 0) / returns.length;
  const variance = returns.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (returns.length - 1);
  return Math.sqrt(variance * minutesAYear) * 100;
}

const wave = Array.from({ length: 100 }, (_, index) => 100 + 3 * Math.sin(index * 1.7) + index / 10);

describe('realised volatility', () => {
  it('is that of the last 60 returns of one-minute closes', () => {
    expect(heard(wave.slice(0, 12)).annualisedPct('SPOT')).toBeCloseTo(expected(wave.slice(0, 11)), 9);
    expect(heard(wave).annualisedPct('PERP')).toBeCloseTo(expected(wave.slice(38, 99)), 9);
  });

  it('of shares counts the minutes of their sessions only', () => {
    expect(heard(wave).annualisedPct('EQUITY')).toBeCloseTo(expected(wave.slice(38, 99), 98_280), 9);
  });

  it('is unknown before ten returns, and zero where nothing moves', () => {
    expect(heard(wave.slice(0, 11)).annualisedPct('SPOT')).toBeNull();
    expect(heard(Array(12).fill(5)).annualisedPct('SPOT')).toBe(0);
  });

  it('takes the last price of a minute for its close, and the close before for a minute without one', () => {
    const volatility = new RealisedVolatility();
    const closes = wave.slice(0, 11);
    closes.forEach((close, minute) => {
      volatility.add(1, START + 2 * minute * MINUTE);
      volatility.add(close, START + 2 * minute * MINUTE + 59_999);
    });
    const everyMinute = closes.flatMap((close) => [close, close]).slice(0, -2);
    expect(volatility.annualisedPct('SPOT')).toBeCloseTo(expected(everyMinute), 9);
  });

  it('leaves out what comes late and what is no price', () => {
    const volatility = heard(wave.slice(0, 12));
    const known = volatility.annualisedPct('SPOT');
    volatility.add(1_000, START);
    volatility.add(0, START + 12 * MINUTE);
    expect(volatility.annualisedPct('SPOT')).toBe(known);
  });

  it('begins anew after an hour without a price', () => {
    const volatility = heard(wave.slice(0, 12));
    volatility.add(100, START + (11 + 61) * MINUTE);
    expect(volatility.annualisedPct('SPOT')).toBeNull();
    const next = START + 72 * MINUTE;
    expect(heard(wave.slice(0, 12), volatility, next).annualisedPct('SPOT')).toBeCloseTo(
      expected(wave.slice(0, 11)),
      9,
    );
  });
});
