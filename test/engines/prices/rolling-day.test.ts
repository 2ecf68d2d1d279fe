import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RollingDay } from '../../../src/engines/prices/rolling-day.ts';
import { addDecimals, type Decimal, decimal, ZERO } from '../../../src/lib/decimal.ts';
import { DAY, MINUTE, START } from './events.ts';

interface Traded {
  readonly price: Decimal;
  readonly at: number;
}

/** What the figures are by definition, out of every trade. */
function figuresOf(trades: readonly Traded[], now: number) {
  const first = Math.floor(now / MINUTE) - 24 * 60 + 1;
  const within = trades.filter(({ at }) => Math.floor(at / MINUTE) >= first);
  if (now - (trades[0]?.at ?? now) < DAY || within.length === 0) return null;
  const prices = within.map(({ price }) => Number(price));
  return {
    open: within[0]?.price,
    high: String(Math.max(...prices)),
    low: String(Math.min(...prices)),
    volume: within.reduce((sum) => addDecimals(sum, decimal('0.1')), ZERO),
  };
}

describe('a rolling day', () => {
  it('has the figures of the trades within its minutes, whenever they came', () => {
    const gaps = fc.oneof(fc.nat({ max: MINUTE }), fc.nat({ max: 5 * 60 * MINUTE }));
    const steps = fc.array(fc.tuple(fc.integer({ min: 1, max: 50 }), gaps), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(steps, (moves) => {
        const day = new RollingDay();
        const trades: Traded[] = [];
        let at = START;
        for (const [value, gap] of moves) {
          at += gap;
          const price = decimal(String(value));
          day.add(price, decimal('0.1'), at);
          trades.push({ price, at });
          expect(day.figures(at)).toEqual(
            figuresOf(trades, at) === null ? null : expect.objectContaining(figuresOf(trades, at)),
          );
        }
      }),
      { numRuns: 500 },
    );
  });

  it('counts a late trade in its own minute', () => {
    const day = new RollingDay();
    const add = (price: string, at: number) => day.add(decimal(price), decimal('1'), at);
    add('10', START);
    add('20', START + DAY - 2 * MINUTE);
    add('30', START + DAY);
    expect(day.figures(START + DAY)).toMatchObject({ open: '20', high: '30', low: '20', volume: '2' });
    add('5', START + DAY - 2 * MINUTE + 1);
    add('40', START + DAY - MINUTE);
    expect(day.figures(START + DAY)).toMatchObject({ open: '20', high: '40', low: '5', volume: '4' });
    add('1', START);
    expect(day.figures(START + DAY)).toMatchObject({ low: '5', volume: '4' });
  });

  it('has none when a day has passed without a trade', () => {
    const day = new RollingDay();
    day.add(decimal('10'), decimal('1'), START);
    expect(day.figures(START + DAY + MINUTE)).toBeNull();
  });
});
