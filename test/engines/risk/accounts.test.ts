import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { whatIf } from '../../../src/engines/risk/what-if.ts';
import { compareDecimals, decimal, ZERO } from '../../../src/lib/decimal.ts';
import { changed, flat, loan, perp, spot, T0 } from '../../support/open-positions.ts';
import { book, eventTypes } from './book.ts';

const d = decimal;

describe('a cross account', () => {
  const cross = { marginMode: 'CROSS', collateral: d('1000'), maintenance: flat('0.05') } as const;
  const btc = perp('0.1', '50000', { ...cross, id: 'btc', symbol: 'BTCUSDT' });
  const eth = perp('1', '3000', { ...cross, id: 'eth', side: 'SHORT' });

  function account() {
    const told = book();
    told.price('BTCUSDT', '50000');
    told.price('ETHUSDT', '3000');
    told.open(btc);
    told.open(eth);
    return told;
  }

  it('stands as one: a price of one market moves the health of all', () => {
    const { engine, figures, price } = account();
    expect(figures('btc')?.healthFactor).toBe('5');
    price('ETHUSDT', '3600');
    expect(engine.touched.map(({ position }) => position.id).sort()).toEqual(['btc', 'eth']);
    // Equity 2,000 - 600 over 5,000 * 0.05 + 3,600 * 0.05.
    expect(figures('btc')?.healthFactor).toBe('3.255813953488372093');
    expect(figures('eth')?.healthFactor).toBe('3.255813953488372093');
  });

  it('has the liquidation price at which its equity is its maintenance margin, the others as they are', () => {
    const { figures, price } = account();
    const at = figures('eth')?.liquidationPrice ?? ZERO;
    price('ETHUSDT', at);
    expect(Number(figures('eth')?.healthFactor)).toBeCloseTo(1, 12);
  });

  it('with a price missing has no health, and says which', () => {
    const { figures, open } = account();
    open(perp('1', '150', { ...cross, id: 'sol', symbol: 'SOLUSDT' }));
    expect(figures('btc')).toMatchObject({ healthFactor: null, currentValueUsd: '1000' });
    const reason = 'no price of SOLUSDT has been heard';
    expect(figures('btc')?.unavailable).toContainEqual({ field: 'healthFactor', reason });
  });

  it('bears what a closed position lost beyond its own margin: no loss goes away', () => {
    const { engine, figures, price, change } = account();
    price('ETHUSDT', '4500');
    // The short lost 1,500 of its 1,000.
    const outputs = change({ type: 'CLOSE', ...changed('eth') });
    expect(engine.position('btc')).toMatchObject({ collateral: '500', version: 2, realizedPnl: '0' });
    expect(eventTypes(outputs)).toEqual(['CLOSED', 'ADJUSTED']);
    expect(figures('btc')?.currentValueUsd).toBe('500');
  });

  it('loses a position that a report makes isolated, and its margin with it', () => {
    const { figures, change } = account();
    change({ type: 'REPORT', position: { ...eth, marginMode: 'ISOLATED' }, ...changed('eth') });
    expect(figures('btc')?.healthFactor).toBe('4');
    expect(figures('eth')?.healthFactor).toBe('6.666666666666666666');
  });
});

describe('what if', () => {
  const priceOf = (symbol: string) =>
    symbol === 'ETHUSDT' ? { price: d('2000'), confidence: d('2'), stale: false, timestamp: T0, receivedAt: T0 } : null;

  it('is asked of a cross account as one', () => {
    const prices = new Map([
      ['BTCUSDT', '50000'],
      ['ETHUSDT', '3000'],
    ]);
    const of = (symbol: string) => {
      const price = prices.get(symbol);
      return price === undefined
        ? null
        : { price: d(price), confidence: null, stale: false, timestamp: T0, receivedAt: T0 };
    };
    const cross = { marginMode: 'CROSS', collateral: d('1000'), maintenance: flat('0.05') } as const;
    const btc = perp('0.1', '50000', { ...cross, id: 'btc', symbol: 'BTCUSDT' });
    const eth = perp('1', '3000', { ...cross, id: 'eth', side: 'SHORT' });
    const shocks = [{ symbol: 'ETHUSDT', changePct: 20 }];
    const answer = whatIf({ position: btc, others: [eth], priceOf: of, shocks, atRisk: d('1.2') });
    expect(answer).toMatchObject({ before: { healthFactor: '5' }, after: { healthFactor: '3.255813953488372093' } });
  });

  it('is the same as if the price had moved, the oracle\u2019s interval with it', () => {
    const position = loan([['ETHUSDT', '10', '2000']], [['USDT', '10000', '1']]);
    const shocks = [{ symbol: 'ETHUSDT', changePct: -40 }];
    const answer = whatIf({ position, others: [], priceOf, shocks, atRisk: d('1.2') });
    expect(answer).toMatchObject({ wouldBeLiquidated: true, after: { healthFactor: '0.96' } });
    const { figures, price, open } = book();
    open(position);
    price('ETHUSDT', '1200', { confidence: d('1.2'), timestamp: T0, receivedAt: T0 });
    expect(answer.after).toEqual(figures());
  });

  it('has no answer where nothing is borrowed', () => {
    const asked = { position: spot('1', '2000'), others: [], priceOf, shocks: [], atRisk: d('1.2') };
    expect(whatIf(asked)).toMatchObject({ wouldBeLiquidated: null, before: { currentValueUsd: '2000' } });
  });
});

describe('the health factor', () => {
  it('falls when the price of the collateral falls, and the liquidation price is where it is one', () => {
    const cents = fc.integer({ min: 100, max: 10_000_000 });
    fc.assert(
      fc.property(cents, cents, fc.integer({ min: 1, max: 1_000_000 }), (first, second, owed) => {
        const { figures, price, open } = book();
        price('ETHUSDT', (Math.max(first, second) / 100).toFixed(2));
        open(loan([['ETHUSDT', '3', '1000']], [['USDT', String(owed), '1']]));
        const before = figures()?.healthFactor ?? ZERO;
        price('ETHUSDT', (Math.min(first, second) / 100).toFixed(2));
        const after = figures();
        expect(compareDecimals(after?.healthFactor ?? ZERO, before)).toBe(first === second ? 0 : -1);
        price('ETHUSDT', after?.liquidationPrice ?? '1');
        expect(Number(figures()?.healthFactor)).toBeCloseTo(1, 10);
      }),
      { numRuns: 50 },
    );
  });
});

describe('candidates', () => {
  it('are exactly the public positions under the threshold, least healthy first', () => {
    const margins = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(margins, fc.integer({ min: 900, max: 1100 }), (collaterals, dollars) => {
        const { engine, figures, price, open } = book();
        price('ETHUSDT', '1000');
        for (const [place, margin] of collaterals.entries()) {
          const provenance = place % 4 === 3 ? 'PRIVATE' : 'PUBLIC';
          const facts = {
            id: `p${place}`,
            collateral: d(String(margin)),
            provenance,
            maintenance: flat('0.05'),
          } as const;
          open(perp('1', '1000', facts));
        }
        price('ETHUSDT', String(dollars));
        const expected = [...engine.readings()]
          .filter(({ position }) => position.provenance === 'PUBLIC')
          .map(({ position: { id } }) => ({ id, health: figures(id)?.healthFactor ?? ZERO }))
          .filter(({ health }) => compareDecimals(health, d('2')) < 0)
          .sort((a, b) => compareDecimals(a.health, b.health) || (a.id < b.id ? -1 : 1));
        const [market] = engine.flush('liquidations');
        const found = market?.candidates.map(({ positionId, healthFactor }) => ({
          id: positionId,
          health: healthFactor,
        }));
        expect(found ?? []).toEqual(expected);
        expect(market?.count ?? 0).toBe(expected.length);
      }),
      { numRuns: 60 },
    );
  });

  it('say what a liquidator would gain', () => {
    const { engine, price, open } = book();
    price('ETHUSDT', '2000');
    open(loan([['ETHUSDT', '1', '2000']], [['USDT', '1500', '1']]));
    open(perp('1', '2000', { id: 'p2', collateral: d('10'), liquidationFeeRate: null }));
    const [market] = engine.flush('liquidations');
    expect(market?.candidates).toMatchObject([
      { positionId: 'p2', potentialReward: null, liquidatable: false },
      { positionId: 'p1', potentialReward: '37.5', liquidatable: false },
    ]);
  });
});
