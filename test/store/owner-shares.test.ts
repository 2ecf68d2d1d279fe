import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { createMemoryBus } from '../../src/bus/memory-bus.ts';
import { systemClock } from '../../src/lib/clock.ts';
import type { Decimal } from '../../src/lib/decimal.ts';
import { ALL_OWNERS, isOfShare, type OwnerShare, sharesOfOwners } from '../../src/model/owner-share.ts';
import { type MarketLiquidations, mergedLiquidations } from '../../src/model/risk.ts';
import { Bots } from '../../src/store/bots.ts';
import { Commands } from '../../src/store/commands.ts';
import { Database } from '../../src/store/database.ts';
import { Trading } from '../../src/store/trading.ts';
import { TradingDesk } from '../../src/store/trading-desk.ts';
import { bot } from '../support/bots.ts';
import { fileDatabaseUrl } from '../support/postgres.ts';
import { silentLog } from '../support/server.ts';
import { order, orderUpdate } from '../support/trading.ts';

const clocked = { clock: systemClock, log: silentLog };

const address = fc
  .array(fc.constantFrom(...'0123456789abcdefABCDEF'), { minLength: 40, maxLength: 40 })
  .map((digits) => `0x${digits.join('')}`);

describe('shares of the owners', () => {
  test('have each owner in exactly one of them, however its address is written', () => {
    fc.assert(
      fc.property(address, fc.integer({ min: 1, max: 64 }), (owner, of) => {
        const having = sharesOfOwners(of).filter((share) => isOfShare(share, owner));
        expect(having.length).toBe(1);
        expect(having).toEqual(sharesOfOwners(of).filter((share) => isOfShare(share, owner.toLowerCase())));
      }),
    );
  });

  test('are even, also of addresses that begin alike', () => {
    const owners = Array.from({ length: 4_000 }, (_, at) => `0x${'0'.repeat(34)}${at.toString(16).padStart(6, '0')}`);
    for (const share of sharesOfOwners(4)) {
      const count = owners.filter((owner) => isOfShare(share, owner)).length;
      expect(Math.abs(count - 1_000)).toBeLessThan(150);
    }
  });

  describe('in PostgreSQL', () => {
    const owners = fc.sample(address, { numRuns: 60, seed: 7 });
    let database: Database;
    let commands: Commands;
    let trading: Trading;
    let bots: Bots;

    beforeAll(async () => {
      database = new Database(await fileDatabaseUrl(), silentLog);
      commands = new Commands(database);
      trading = new Trading(database);
      bots = new Bots(database);
      const told = owners.map((owner, at) => orderUpdate(order(`o${at}`, owner)));
      const orders = told.map(({ order: one }) => one);
      await trading.commit({
        orders: [...orders, ...orders.map((one) => ({ ...one, id: `real-${one.id}`, venue: 'binance' as const }))],
        executions: [],
        accounts: owners.map((owner) => ({ owner, venue: 'paper', version: 1, cash: [], holdings: [] })),
        events: told.map((value) => ({ topic: 'orderUpdates', body: JSON.stringify(value) })),
        done: [],
        published: [],
        now: 0,
      });
      await bots.put(owners.map((owner, at) => bot(`b${at}`, owner)));
      const desk = new TradingDesk(database, createMemoryBus(clocked), systemClock, silentLog);
      const limits = { maxPositionUsd: null, maxExposureUsd: null, maxLossUsd: null };
      for (const owner of owners) {
        await commands.put({ about: 'risk', owner, idempotencyKey: null, body: {} });
        await desk.limit({ owner, ...limits });
      }
      return () => database.close();
    });

    const read: readonly (readonly [string, (share: OwnerShare) => Promise<readonly { readonly owner: string }[]>])[] =
      [
        ['commands of risk', (share) => commands.waiting('risk', 1_000, share)],
        ['commands of trading', (share) => trading.waiting(share, 1_000, [])],
        ['accounts', (share) => trading.accounts(share)],
        ['limits', (share) => trading.limitsOf(share)],
        ['open orders', (share) => trading.open(share)],
        ['orders of real accounts', (share) => trading.elsewhere(share)],
        ['events to be told', async (share) => (await trading.unpublished(share)).map(({ body }) => JSON.parse(body))],
        ['bots', (share) => bots.ofShare(share)],
      ];

    test.each(read)('are the same: %s of an owner are read by its share, and by it alone', async (_what, list) => {
      const ofAll = (await list(ALL_OWNERS)).map(({ owner }) => owner);
      expect(ofAll.toSorted()).toEqual(owners.toSorted());
      for (const many of [2, 5])
        for (const share of sharesOfOwners(many)) {
          const ofShare = (await list(share)).map(({ owner }) => owner);
          // In the order in which all of them are read.
          expect(ofShare).toEqual(ofAll.filter((owner) => isOfShare(share, owner)));
        }
    });

    test('what another share leaves waiting holds up nobody', async () => {
      const [first, second] = sharesOfOwners(2) as [OwnerShare, OwnerShare];
      for (const mine of [await commands.waiting('risk', 5, second), await trading.waiting(second, 5, [])]) {
        expect(mine.length).toBe(5);
        expect(mine.some(({ owner }) => isOfShare(first, owner))).toBe(false);
      }
    });
  });
});

test('lists of a market make one: all counted, the least healthy first', () => {
  const list = (healths: readonly string[], count: number, stale = false): MarketLiquidations => ({
    symbol: 'BTCUSDT',
    count,
    candidates: healths.map((healthFactor) => ({
      positionId: `p${healthFactor}`,
      owner: '0x',
      symbol: 'BTCUSDT',
      healthFactor: healthFactor as Decimal,
      liquidationPrice: null,
      currentPrice: '1' as Decimal,
      potentialReward: null,
      liquidatable: false,
    })),
    stale,
    timestamp: count,
    receivedAt: count,
  });
  const merged = mergedLiquidations('BTCUSDT', [list(['0.9', '1.1'], 700), list(['1', '1.15'], 2), list([], 0, true)]);
  expect(merged.candidates.map(({ healthFactor }) => healthFactor)).toEqual(['0.9', '1', '1.1', '1.15']);
  expect(merged).toMatchObject({ symbol: 'BTCUSDT', count: 702, stale: false, timestamp: 700 });
});
