import { describe, expect, test } from 'vitest';
import { createMemoryBus } from '../../src/bus/memory-bus.ts';
import { topics } from '../../src/bus/topics.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { decimal } from '../../src/lib/decimal.ts';
import type { Alert, AlertRule } from '../../src/model/alert.ts';
import type { FundingRate } from '../../src/model/market-stats.ts';
import type { PerpPosition, Position } from '../../src/model/position.ts';
import { globalId } from '../../src/schema/ids.ts';
import { Alerts } from '../../src/store/alerts.ts';
import { ArchiveWriter } from '../../src/store/archive/archive-writer.ts';
import type { Database } from '../../src/store/database.ts';
import { Positions } from '../../src/store/positions.ts';
import { funding, stats } from '../support/market.ts';
import { perp } from '../support/open-positions.ts';
import { alert, alertRule, spotPosition } from '../support/positions.ts';
import { freshDatabase } from '../support/postgres.ts';
import { riskGround } from '../support/risk-ground.ts';
import { eventually, query, silentLog } from '../support/server.ts';

const OWNER = '0x00000000000000000000000000000000000000A1';

/** Told while the value is below 100 dollars, until it is 110. */
const RULE = alertRule('low', OWNER, { threshold: decimal('100'), hysteresis: decimal('10') });

const raised = (id: string, more: Partial<Alert> = {}): Alert =>
  alert(id, OWNER, 1, { ruleId: RULE.id, positionId: 'p', symbol: 'BTCUSDT', ...more });

async function stored(
  database: Database,
  positions: readonly Position[],
  rules: readonly AlertRule[],
  alerts: readonly Alert[],
): Promise<Alerts> {
  const kept = new Alerts(database);
  await new Positions(database).put(positions.map((position) => ({ position, warningLevel: 0 })));
  await kept.addRules(rules);
  await kept.put(alerts);
  return kept;
}

const isOver = async (kept: Alerts, id: string) => (await kept.find(id))?.state === 'RESOLVED';

describe('an alert that lasted when the worker ended', () => {
  test('is resolved at the start where its position has ended, or its rule is gone or switched off', async () => {
    const database = await freshDatabase();
    const off = alertRule('off', OWNER, { enabled: false });
    const kept = await stored(
      database,
      [spotPosition('p', OWNER, { status: 'CLOSED', closedAt: 1 }), spotPosition('q', OWNER)],
      [RULE, off],
      [
        raised('of an ended position'),
        raised('of no position known', { positionId: 'never' }),
        raised('of a rule that is gone', { ruleId: 'gone', positionId: 'q' }),
        raised('of a rule that is off', { ruleId: off.id, positionId: 'q', state: 'ACKNOWLEDGED', acknowledgedAt: 2 }),
      ],
    );
    await riskGround(database);
    for (const id of [
      'of an ended position',
      'of no position known',
      'of a rule that is gone',
      'of a rule that is off',
    ])
      await eventually(`the alert ${id} is over`, () => isOver(kept, id));
    expect(await kept.find('of an ended position')).toMatchObject({ version: 2, currentValue: null });
    expect(await kept.lasting()).toEqual([]);
  });

  test('is resolved with the first price where its condition has ended meanwhile, and lasts where it has not', async () => {
    const database = await freshDatabase();
    const kept = await stored(
      database,
      [spotPosition('p', OWNER), spotPosition('q', OWNER, { symbol: 'ETHUSDT' })],
      [RULE],
      [raised('over'), raised('lasting', { positionId: 'q', symbol: 'ETHUSDT' })],
    );
    const { price } = await riskGround(database);
    await price('ETHUSDT', '109');
    await price('BTCUSDT', '109');
    await price('BTCUSDT', '110');
    await eventually('its end is stored', () => isOver(kept, 'over'));
    expect(await kept.find('over')).toMatchObject({ version: 2, currentValue: '110' });
    expect(await kept.lasting()).toMatchObject([{ id: 'lasting', version: 1 }]);
  });

  test('over all positions of an owner is judged when all of them have a price, and not before', async () => {
    const database = await freshDatabase();
    const all = alertRule('all', OWNER, {
      metric: 'OWNER_EXPOSURE_USD',
      comparison: 'ABOVE',
      threshold: decimal('150'),
    });
    const kept = await stored(
      database,
      [spotPosition('p', OWNER), spotPosition('q', OWNER, { symbol: 'ETHUSDT' })],
      [all],
      [raised('too much', { ruleId: all.id, metric: all.metric, positionId: null, symbol: null })],
    );
    const { price } = await riskGround(database);
    await price('BTCUSDT', '100');
    await price('ETHUSDT', '60');
    await price('ETHUSDT', '40');
    await eventually('its end is stored', () => isOver(kept, 'too much'));
    expect(await kept.find('too much')).toMatchObject({ version: 2, currentValue: '140' });
  });
});

describe('fundings that were settled while no worker was there', () => {
  const HOUR = 3_600_000;
  const LONG = perp('10', '100', { id: 'p', owner: OWNER, symbol: 'BTC-PERP' });
  const settled = (hour: number): FundingRate => ({
    ...funding('BTC-PERP', 0),
    fundingRate: decimal('0.001'),
    timestamp: LONG.openedAt + hour * HOUR,
  });

  /** As a feed's worker told them. */
  async function archived(database: Database, fundings: readonly FundingRate[]): Promise<void> {
    const bus = createMemoryBus({ clock: systemClock, log: silentLog });
    const writer = new ArchiveWriter(database, systemClock, silentLog);
    for (const one of fundings)
      writer.append(topics.fundingRates, one, await bus.publishEvent(topics.fundingRates, one));
    await writer.close();
    await bus.close();
  }

  const fundingOf = async (database: Database) => {
    const { fundingPaid, fundingGap } = (await new Positions(database).find('p')) as PerpPosition;
    return { fundingPaid, fundingGap };
  };

  test('are booked at the start from what is stored, once over two starts, and then what is told live', async () => {
    const database = await freshDatabase();
    await new Positions(database).put([{ position: LONG, warningLevel: 0 }]);
    await archived(database, [settled(1), settled(2), settled(3)]);
    const first = await riskGround(database);
    await first.price('BTC-PERP', '100');
    await eventually('three are booked', async () => (await fundingOf(database)).fundingPaid === '3');
    await first.stop();
    await archived(database, [settled(4)]);
    const second = await riskGround(database);
    await second.price('BTC-PERP', '100');
    // The feed tells the last ones anew, as at each of its starts.
    for (const hour of [3, 4, 5]) await second.server.bus.publishEvent(topics.fundingRates, settled(hour));
    await eventually('two more are booked', async () => (await fundingOf(database)).fundingPaid === '5');
    expect((await fundingOf(database)).fundingGap).toBeUndefined();
  });

  test('and that nobody knows are said to be missing, at the position', async () => {
    const database = await freshDatabase();
    await new Positions(database).put([{ position: LONG, warningLevel: 0 }]);
    const { price, server } = await riskGround(database, {
      demo: {
        userId: 'demo',
        addresses: [OWNER],
        permissions: ['read'],
        credential: { kind: 'demo', id: 'demo' },
        expiresAt: null,
      },
    });
    await server.bus.publishState(topics.marketStats, stats('BTC-PERP', '100', { fundingIntervalMs: HOUR }));
    await price('BTC-PERP', '100');
    await server.bus.publishEvent(topics.fundingRates, settled(5));
    const asked = `{ position(id: "${globalId('Position', 'p')}") { fundingPaid fundingGap { from to reason } } }`;
    const { from, to } = { from: new Date(LONG.openedAt), to: new Date(LONG.openedAt + 5 * HOUR) };
    await eventually('the gap is told', async () => {
      const { data } = await query<{
        position: { fundingPaid: string; fundingGap: { from: string; to: string } | null };
      }>(server.url, asked);
      const gap = data?.position.fundingGap;
      return data?.position.fundingPaid === '1' && gap?.from === from.toISOString() && gap.to === to.toISOString();
    });
  });
});
