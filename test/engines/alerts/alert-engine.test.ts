import { describe, expect, test } from 'vitest';
import { AlertEngine, type AlertEvent } from '../../../src/engines/alerts/alert-engine.ts';
import { type Decimal, decimal } from '../../../src/lib/decimal.ts';
import { fixed } from '../../../src/lib/fixed.ts';
import { type Alert, type AlertRule, defaultRules } from '../../../src/model/alert.ts';
import type { PositionReading } from '../../../src/model/risk.ts';
import { alertRule, spotPosition } from '../../support/positions.ts';

const ALICE = '0x00000000000000000000000000000000000000A1';

function reading(id: string, more: Partial<PositionReading> = {}): PositionReading {
  return {
    position: spotPosition(id, ALICE),
    known: true,
    healthFactor: null,
    unthreatened: false,
    value: 0n,
    exposure: 0n,
    unrealizedPnl: 0n,
    pnl: 0n,
    pnlPct: null,
    liquidationDistancePct: null,
    marginRatioPct: null,
    impermanentLossPct: null,
    maxDrawdownPct: null,
    var95Pct: null,
    overallRiskScore: null,
    judged: null,
    stale: false,
    timestamp: 0,
    receivedAt: 0,
    ...more,
  };
}

const health = (text: string, id = 'p', more: Partial<PositionReading> = {}) =>
  reading(id, { healthFactor: fixed(decimal(text)), ...more });

function withRules(...rules: readonly AlertRule[]) {
  const engine = new AlertEngine();
  for (const rule of rules) engine.process({ kind: 'rule', rule, now: 0 });
  return {
    engine,
    at: (now: number, one: PositionReading) => engine.process({ kind: 'readings', readings: [one], now }),
    tell: (event: AlertEvent) => engine.process(event),
  };
}

const low = alertRule('low', ALICE, {
  metric: 'HEALTH_FACTOR',
  comparison: 'BELOW',
  threshold: decimal('1.2'),
  hysteresis: decimal('0.1'),
});

const states = (alerts: readonly Alert[]) => alerts.map(({ state, version }) => `${state} ${version}`);

describe('an alert', () => {
  test('is raised once, and resolved when its condition has ended by more than the hysteresis', () => {
    const { at } = withRules(low);
    expect(at(1, health('1.2'))).toEqual([]);
    const [raised] = at(2, health('1.19'));
    expect(raised).toMatchObject({
      state: 'OPEN',
      version: 1,
      alertType: 'LIQUIDATION_RISK',
      currentValue: '1.19',
      thresholdValue: '1.2',
      title: 'Health factor below 1.2: BTCUSDT',
      message: 'Health factor is 1.19, below the threshold of 1.2.',
      positionId: 'p',
    });
    expect(at(3, health('1.0'))).toEqual([]);
    expect(at(4, health('1.25'))).toEqual([]);
    expect(states(at(5, health('1.3')))).toEqual(['RESOLVED 2']);
    expect(at(6, health('1.25'))).toEqual([]);
  });

  test('waits until its condition has lasted, told by time alone, and forgets one that has not', () => {
    const { at, tell } = withRules({ ...low, dwellMs: 1_000 });
    expect(at(0, health('1.1'))).toEqual([]);
    expect(tell({ kind: 'time', now: 999 })).toEqual([]);
    expect(at(999, health('1.5'))).toEqual([]);
    expect(tell({ kind: 'time', now: 5_000 })).toEqual([]);
    at(6_000, health('1.1'));
    expect(states(tell({ kind: 'time', now: 7_000 }))).toEqual(['OPEN 1']);
  });

  test('is not raised again before it has cooled down', () => {
    const { at, tell } = withRules({ ...low, coolDownMs: 1_000 });
    at(0, health('1.1'));
    expect(states(at(10, health('2')))).toEqual(['RESOLVED 2']);
    expect(at(20, health('1.1'))).toEqual([]);
    expect(states(tell({ kind: 'time', now: 1_010 }))).toEqual(['OPEN 1']);
  });

  test('is acknowledged, lasts on, and is resolved by hand until its condition has ended once', () => {
    const { at, tell } = withRules(low);
    const [raised] = at(0, health('1.1'));
    const alertId = raised?.id ?? '';
    expect(states(tell({ kind: 'acknowledge', alertId, now: 1 }))).toEqual(['ACKNOWLEDGED 2']);
    expect(tell({ kind: 'acknowledge', alertId, now: 2 })).toEqual([]);
    expect(states(tell({ kind: 'resolve', alertId, now: 3 }))).toEqual(['RESOLVED 3']);
    expect(at(4, health('1.0'))).toEqual([]);
    at(5, health('2'));
    const [again] = at(6, health('1.1'));
    expect(again?.state).toBe('OPEN');
    expect(again?.id).not.toBe(alertId);
  });

  test('ends with its position, its rule, or a change of the rule', () => {
    for (const end of [
      { kind: 'gone', positionId: 'p', owner: ALICE, now: 9 },
      { kind: 'rule-removed', ruleId: 'low', owner: ALICE, now: 9 },
      { kind: 'rule', rule: { ...low, version: 2, threshold: '1.1' as Decimal }, now: 9 },
      { kind: 'rule', rule: { ...low, version: 2, enabled: false }, now: 9 },
    ] as const) {
      const { at, tell, engine } = withRules(low);
      at(0, health('1.15'));
      expect(states(tell(end))).toEqual(['RESOLVED 2']);
      expect(engine.lasting).toBe(0);
    }
  });

  test('is not raised, and does not end, by what is old or not known', () => {
    const { at } = withRules(low);
    expect(at(0, health('1.1', 'p', { stale: true }))).toEqual([]);
    at(1, health('1.1'));
    expect(at(2, health('9', 'p', { stale: true }))).toEqual([]);
    expect(at(3, reading('p'))).toEqual([]);
  });

  test('is taken up after a restart, and not raised twice', () => {
    const first = withRules(low);
    const [raised] = first.at(0, health('1.1'));
    if (!raised) throw new Error('nothing was raised');
    const { at, tell } = withRules(low);
    tell({ kind: 'loaded', alert: raised, now: 5 });
    expect(at(5, health('1.1'))).toEqual([]);
    expect(states(at(6, health('2')))).toEqual(['RESOLVED 2']);
  });
});

test('a limit over all positions of an owner counts them together, and each change of one', () => {
  const rule = alertRule('all', ALICE, {
    metric: 'OWNER_EXPOSURE_USD',
    comparison: 'ABOVE',
    threshold: decimal('100'),
  });
  const { at, tell } = withRules(rule);
  const size = (id: string, usd: string) => reading(id, { exposure: fixed(decimal(usd)) });
  expect(at(0, size('a', '60'))).toEqual([]);
  expect(at(1, size('b', '41'))).toMatchObject([
    { state: 'OPEN', alertType: 'POSITION_LIMIT_EXCEEDED', currentValue: '101', positionId: null },
  ]);
  expect(at(2, size('b', '45'))).toEqual([]);
  expect(tell({ kind: 'gone', positionId: 'a', owner: ALICE, now: 3 })).toMatchObject([
    { state: 'RESOLVED', currentValue: '45' },
  ]);
});

test('a new owner is told of a health factor below 1.2 and below 1.05, and the ids of its rules are always the same', () => {
  const rules = defaultRules(ALICE, 5);
  expect(rules.map(({ id }) => id)).toEqual(defaultRules(ALICE.toLowerCase(), 9).map(({ id }) => id));
  const { at } = withRules(...rules);
  expect(at(0, health('1.1')).map(({ severity }) => severity)).toEqual(['HIGH']);
  expect(at(1, health('1.0')).map(({ severity }) => severity)).toEqual(['CRITICAL']);
});
