import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Decimal } from '../../src/lib/decimal.ts';
import { ALL_OWNERS, isOfShare, type OwnerShare } from '../../src/model/owner-share.ts';
import { type MarketLiquidations, mergedLiquidations } from '../../src/model/risk.ts';
import { Commands } from '../../src/store/commands.ts';
import { Database } from '../../src/store/database.ts';
import { fileDatabaseUrl } from '../support/postgres.ts';
import { silentLog } from '../support/server.ts';

const sharesOf = (of: number): readonly OwnerShare[] => Array.from({ length: of }, (_, number) => ({ number, of }));

const address = fc
  .array(fc.constantFrom(...'0123456789abcdefABCDEF'), { minLength: 40, maxLength: 40 })
  .map((digits) => `0x${digits.join('')}`);

describe('shares of the owners', () => {
  test('have each owner in exactly one of them, however its address is written', () => {
    fc.assert(
      fc.property(address, fc.integer({ min: 1, max: 64 }), (owner, of) => {
        const having = sharesOf(of).filter((share) => isOfShare(share, owner));
        expect(having.length).toBe(1);
        expect(having).toEqual(sharesOf(of).filter((share) => isOfShare(share, owner.toLowerCase())));
      }),
    );
  });

  test('are even, also of addresses that begin alike', () => {
    const owners = Array.from({ length: 4_000 }, (_, at) => `0x${'0'.repeat(34)}${at.toString(16).padStart(6, '0')}`);
    for (const share of sharesOf(4)) {
      const count = owners.filter((owner) => isOfShare(share, owner)).length;
      expect(Math.abs(count - 1_000)).toBeLessThan(150);
    }
  });

  describe('in PostgreSQL', () => {
    let commands: Commands;
    const owners = fc.sample(address, { numRuns: 200, seed: 7 });

    beforeAll(async () => {
      const database = new Database(await fileDatabaseUrl(), silentLog);
      commands = new Commands(database);
      for (const owner of owners) await commands.put({ about: 'risk', owner, idempotencyKey: null, body: {} });
      return () => database.close();
    });

    test.each([1, 2, 3, 64])('are the same: of %i, each command is taken by the share of its owner', async (of) => {
      const taken: string[] = [];
      for (const share of sharesOf(of)) {
        const waiting = await commands.waiting('risk', 1_000, share);
        expect(waiting.every(({ owner }) => isOfShare(share, owner))).toBe(true);
        taken.push(...waiting.map(({ id }) => id));
      }
      const all = await commands.waiting('risk', 1_000, ALL_OWNERS);
      expect(taken.sort()).toEqual(all.map(({ id }) => id).sort());
      expect(all.length).toBe(owners.length);
    });

    test('what another share leaves waiting holds up nobody', async () => {
      const [first, second] = sharesOf(2);
      const mine = await commands.waiting('risk', 5, second as OwnerShare);
      expect(mine.length).toBe(5);
      expect(mine.some(({ owner }) => isOfShare(first as OwnerShare, owner))).toBe(false);
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
