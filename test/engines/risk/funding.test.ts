import { describe, expect, test } from 'vitest';
import { type Decimal, decimal } from '../../../src/lib/decimal.ts';
import type { PerpPosition } from '../../../src/model/position.ts';
import { perp, T0 } from '../../support/open-positions.ts';
import { book } from './book.ts';

const HOUR = 3_600_000;

/** A long of 10 at 100 dollars: a rate of 0.001 costs one dollar. */
const LONG = perp('10', '100', { symbol: 'BTC-PERP' });

function held() {
  const { engine, tell, ...rest } = book();
  return {
    ...rest,
    engine,
    settle: (hour: number, rate: Decimal = decimal('0.001'), intervalMs: number | null = HOUR) =>
      tell({ kind: 'funding', symbol: 'BTC-PERP', rate, intervalMs, timestamp: T0 + hour * HOUR, receivedAt: T0 }),
    position: () => engine.position('p1') as PerpPosition,
  };
}

describe('a settlement of funding', () => {
  test('is booked once, however often it is told, and not for a time before the position or the one before', () => {
    const { open, price, settle, position } = held();
    price('BTC-PERP', '100');
    open(LONG);
    for (const hour of [0, -1, 1, 1, 2, 1, 2]) settle(hour);
    expect(position()).toMatchObject({ fundingPaid: '2', realizedPnl: '-2', collateral: '998' });
    expect(position().fundedThrough).toBe(T0 + 2 * HOUR);
    expect(position().fundingGap).toBeUndefined();
  });

  test('that comes before the price waits for it, in its order', () => {
    const { open, price, settle, position } = held();
    open(LONG);
    for (const hour of [1, 2, 3]) settle(hour);
    expect(position().fundingPaid).toBe('0');
    price('BTC-PERP', '200');
    expect(position()).toMatchObject({ fundingPaid: '6', fundedThrough: T0 + 3 * HOUR });
  });

  test('after one that was missed says which stretch is missing; what is booked is what was told', () => {
    const { open, price, settle, position } = held();
    price('BTC-PERP', '100');
    open(LONG);
    settle(1);
    settle(4);
    expect(position()).toMatchObject({ fundingPaid: '2', fundingGap: { from: T0 + HOUR, to: T0 + 4 * HOUR } });
    settle(5);
    settle(8);
    expect(position().fundingGap).toMatchObject({ from: T0 + HOUR, to: T0 + 8 * HOUR });
  });

  test('of a venue whose interval is not known misses nothing', () => {
    const { open, price, settle, position } = held();
    price('BTC-PERP', '100');
    open(LONG);
    settle(9, decimal('0.001'), null);
    expect(position()).toMatchObject({ fundingPaid: '1' });
    expect(position().fundingGap).toBeUndefined();
  });
});
