import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createMemoryBus } from '../../src/bus/memory-bus.ts';
import { topics } from '../../src/bus/topics.ts';
import { RiskEngine } from '../../src/engines/risk/risk-engine.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { decimal, ZERO } from '../../src/lib/decimal.ts';
import { fixed, fixedText } from '../../src/lib/fixed.ts';
import { perp, T0 } from '../support/open-positions.ts';
import { query, silentLog, testServer } from '../support/server.ts';

interface Listed {
  readonly liquidations: readonly {
    readonly count: number;
    readonly candidates: readonly {
      readonly healthFactor: string;
      readonly potentialReward: string;
      readonly liquidatable: boolean;
    }[];
  }[];
}

/** Health factors of perpetuals of one ether at 1,000 dollars that keep 50 in margin: whatever is wanted. */
function engineOf(healths: readonly string[]): RiskEngine {
  const engine = new RiskEngine({});
  for (const [place, health] of healths.entries()) {
    const collateral = fixedText(fixed(decimal(health)) * 50n);
    const maintenance = [{ upTo: null, rate: decimal('0.05'), deduction: ZERO }];
    const position = perp('1', '1000', { id: `p${place}`, collateral, maintenance });
    engine.process({ kind: 'loaded', position, warningLevel: 0 });
  }
  const times = { timestamp: T0, receivedAt: T0 };
  const price = { symbol: 'ETHUSDT', price: decimal('1000'), confidence: null, volatilityPct: null, stale: false };
  engine.process({ kind: 'price', ...price, ...times });
  return engine;
}

const health = fc.integer({ min: 1, max: 300 }).map((hundredths) => (hundredths / 100).toFixed(2));

describe('the list near liquidation', () => {
  test('holds exactly those under the threshold that is asked for, and of 1.2 where none is', async () => {
    const bus = createMemoryBus({ clock: systemClock, log: silentLog });
    const { url } = await testServer({ bus });
    const listed = async (filter: string) => {
      const { data, errors } = await query<Listed>(
        url,
        `{ liquidations${filter} { count candidates { healthFactor potentialReward liquidatable } } }`,
      );
      expect(errors).toBeUndefined();
      return data?.liquidations[0];
    };
    const thresholds = fc.constantFrom(null, '1', '1.05', '1.2', '1.5', '2');
    await fc.assert(
      fc.asyncProperty(fc.array(health, { minLength: 1, maxLength: 25 }), thresholds, async (healths, most) => {
        const [market] = engineOf(['1.99', ...healths]).flush('liquidations');
        if (!market) throw new Error('no list');
        await bus.publishState(topics.liquidations, market);
        const found = await listed(most === null ? '' : `(filter: {maxHealthFactor: "${most}"})`);
        const expected = ['1.99', ...healths].map(Number).filter((one) => one < Number(most ?? '1.2'));
        expect(found?.candidates.map(({ healthFactor }) => Number(healthFactor))).toEqual(
          expected.sort((a, b) => a - b),
        );
        expect(found?.count).toBe(expected.length);
        for (const { healthFactor, liquidatable } of found?.candidates ?? [])
          expect(liquidatable).toBe(Number(healthFactor) < 1);
      }),
      { numRuns: 25 },
    );
    // One per cent of the notional each.
    expect((await listed('(filter: {minRewardUsd: "10", maxHealthFactor: "2"})'))?.count).toBeGreaterThan(0);
    expect((await listed('(filter: {minRewardUsd: "10.01", maxHealthFactor: "2"})'))?.count).toBe(0);
    await bus.close();
  });

  test('is left and entered at the threshold itself: hysteresis is of warnings and alerts', () => {
    const engine = engineOf(['1.2']);
    const countAt = (price: string) => {
      const facts = { symbol: 'ETHUSDT', price: decimal(price), confidence: null, volatilityPct: null, stale: false };
      engine.process({ kind: 'price', ...facts, timestamp: T0, receivedAt: T0 });
      const [market] = engine.flush('liquidations');
      return market?.candidates.filter(({ healthFactor }) => Number(healthFactor) < 1.2).length;
    };
    expect([countAt('1000'), countAt('999.99'), countAt('1000.01')]).toEqual([0, 1, 0]);
  });

  test.each([
    ['maxHealthFactor: "0"', 'filter.maxHealthFactor'],
    ['maxHealthFactor: "2.01"', 'filter.maxHealthFactor'],
    ['minRewardUsd: "-1"', 'filter.minRewardUsd'],
    ['markets: []', 'filter.markets'],
  ])('of {%s} is refused, with what is allowed', async (filter, argument) => {
    const { url } = await testServer();
    const { errors } = await query(url, `{ liquidations(filter: {${filter}}) { count } }`);
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', argument, allowed: expect.anything() });
  });
});
