import { describe, expect, test } from 'vitest';
import { decimal } from '../../src/lib/decimal.ts';
import type { Alert, AlertRule } from '../../src/model/alert.ts';
import type { Position } from '../../src/model/position.ts';
import { Alerts } from '../../src/store/alerts.ts';
import type { Database } from '../../src/store/database.ts';
import { Positions } from '../../src/store/positions.ts';
import { alert, alertRule, spotPosition } from '../support/positions.ts';
import { freshDatabase } from '../support/postgres.ts';
import { riskGround } from '../support/risk-ground.ts';
import { eventually } from '../support/server.ts';

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
