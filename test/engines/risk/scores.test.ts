import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RiskEvent } from '../../../src/engines/risk/events.ts';
import { RiskEngine } from '../../../src/engines/risk/risk-engine.ts';
import { DEFAULT_HISTORY } from '../../../src/engines/risk/value-history.ts';
import { decimal } from '../../../src/lib/decimal.ts';
import { changed, flat, lp, perp, spot, T0 } from '../../support/open-positions.ts';
import { book } from './book.ts';

const d = decimal;

describe('the risk score', () => {
  it('is explained: contributions sum to it at every frame, changes to its change, to the last bit', () => {
    const step = fc.record({
      dollars: fc.integer({ min: 500, max: 5_000 }),
      volatilityPct: fc.integer({ min: 0, max: 300 }),
      depth: fc.integer({ min: 0, max: 1_000_000 }),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 2, maxLength: 12 }), (steps) => {
        const { engine, price, open, tell } = book();
        price('ETHUSDT', '2000');
        open(lp(['ETHUSDT', '10', '2000'], ['USDT', '20000', '1']));
        let last = 0;
        for (const { dollars, volatilityPct, depth } of steps) {
          tell({ kind: 'depth', symbol: 'ETHUSDT', depth: { bidUsd: depth, askUsd: depth } });
          price('ETHUSDT', String(dollars), { volatilityPct });
          const [update] = engine.flush('riskUpdates');
          if (update === undefined) throw new Error('a book that changed is an update');
          const { overallRiskScore: score } = update.metrics;
          const sum = (of: 'contribution' | 'change') =>
            update.attribution.reduce((total, part) => total + part[of], 0);
          expect(sum('contribution')).toBe(score);
          expect(sum('change')).toBe(score - last);
          expect(score >= 0 && score <= 1).toBe(true);
          last = score;
        }
      }),
    );
  });

  it('has a MEV part once somebody has told of the pool, and a reason until then', () => {
    const { engine, price, open, tell } = book();
    price('ETHUSDT', '2000');
    const share = lp(['ETHUSDT', '1', '2000'], ['USDT', '2000', '1']);
    open(share);
    const [first] = engine.flush('riskUpdates');
    expect(first?.metrics.mevRiskScore).toBeNull();
    const reason = 'no chain worker has told of the pool';
    expect(first?.metrics.unavailable).toContainEqual({ field: 'mevRiskScore', reason });
    const pool = share.poolAddress?.toLowerCase() ?? '';
    tell({ kind: 'extraction', chainId: 1, pool, swaps: 100, arbitrageSwaps: 5, sandwichedSwaps: 5 });
    price('ETHUSDT', '2001');
    expect(engine.flush('riskUpdates')[0]?.metrics.mevRiskScore).toBe(0.5);
  });

  it('carries the statistics of the value, sampled at even times, payments left out', () => {
    const { engine, price, open, tell, change } = book({
      history: { ...DEFAULT_HISTORY, sampleMs: 1_000, minReturns: 3 },
    });
    price('ETHUSDT', '100');
    open(spot('10', '100'));
    for (const [second, dollars] of ['100', '110', '99', '99', '108.9'].entries()) {
      price('ETHUSDT', dollars);
      if (second === 3) change({ type: 'RESIZE', amount: d('90'), ...changed() });
      tell({ kind: 'time', now: T0 + second * 1_000 });
    }
    const [update] = engine.flush('riskUpdates');
    // Returns 10 %, -10 %, 0, 10 %: that of the deposit is none.
    expect(update?.metrics.maxDrawdownPct).toBeCloseTo(10, 10);
    expect(update?.metrics.conventions).toMatchObject({ samples: 4, sampleMs: 1_000, periodsPerYear: 31_536_000 });
    expect(update?.metrics.sharpeRatio).toBeCloseTo((0.025 / Math.sqrt(0.0275 / 3)) * Math.sqrt(31_536_000), 4);
    // The worst twentieth of four, interpolated: -10 % + 0.15 * 10 %.
    expect(update?.metrics.var95Pct).toBeCloseTo(8.5 * Math.sqrt(86_400), 6);
  });

  it('leaves a return over a gap out of the samples, and counts its loss in the drawdown', () => {
    const { engine, price, open, tell } = book({ history: { ...DEFAULT_HISTORY, sampleMs: 1_000 } });
    price('ETHUSDT', '100');
    open(spot('1', '100'));
    tell({ kind: 'time', now: T0 });
    price('ETHUSDT', '50');
    tell({ kind: 'time', now: T0 + 60_000 });
    price('ETHUSDT', '51');
    tell({ kind: 'time', now: T0 + 61_000 });
    const [update] = engine.flush('riskUpdates');
    expect(update?.metrics).toMatchObject({ maxDrawdownPct: 50, conventions: { samples: 1 } });
  });
});

const symbols = fc.constantFrom('ETHUSDT', 'BTCUSDT');
const places = fc.integer({ min: 0, max: 3 });
const opened = fc.record({
  place: places,
  symbol: symbols,
  margin: fc.integer({ min: 20, max: 90 }),
  marginMode: fc.constantFrom('CROSS' as const, 'ISOLATED' as const),
});

const anyEvent: fc.Arbitrary<RiskEvent> = fc.oneof(
  fc.record({
    kind: fc.constant('price' as const),
    symbol: symbols,
    price: fc.integer({ min: 900, max: 1_100 }).map((value) => d(String(value))),
    confidence: fc.constantFrom(null, d('3')),
    volatilityPct: fc.constantFrom(null, 40),
    stale: fc.boolean(),
    timestamp: fc.constant(T0),
    receivedAt: fc.constant(T0),
  }),
  fc.integer({ min: 0, max: 20 }).map((minute) => ({ kind: 'time' as const, now: T0 + minute * 60_000 })),
  opened.map(({ place, symbol, margin, marginMode }) => {
    const facts = { id: `p${place}`, symbol, collateral: d(String(margin)), marginMode, maintenance: flat('0.02') };
    const change = { type: 'OPEN' as const, position: perp('1', '1000', facts), ...changed(`p${place}`) };
    return { kind: 'change' as const, change };
  }),
  places.map((place) => ({
    kind: 'change' as const,
    change: { type: 'LIQUIDATE' as const, liquidatorAddress: null, ...changed(`p${place}`) },
  })),
);

it('the same events give the same outputs, and the same flushes', () => {
  fc.assert(
    fc.property(fc.array(anyEvent, { maxLength: 60 }), (events) => {
      const replay = () => {
        const engine = new RiskEngine({});
        return events.map((each) => [
          engine.process(each),
          engine.touched.map(({ position }) => position.id),
          engine.flush('positionValue'),
          engine.flush('positions'),
          engine.flush('riskUpdates'),
          engine.flush('liquidations'),
        ]);
      };
      expect(replay()).toEqual(replay());
    }),
    { numRuns: 40 },
  );
});
