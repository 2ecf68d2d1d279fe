import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lastingDatabaseUrl, migratedDatabaseUrl } from '../support/postgres.ts';
import { spawnRole, startRole } from '../support/role.ts';
import { eventually, query } from '../support/server.ts';
import { WireClient } from '../support/wire-client.ts';

/** Everything that runs in one process, on the simulated venue, as `npm start` runs it: asked by clients. */
const QUICK = { POSITION_INTERVAL_MS: '200', LIQUIDATION_INTERVAL_MS: '200', RISK_HISTORY_INTERVAL_MS: '1000' };

/** Until everything has begun: bounds a hang, on a machine that does other things as well. */
const START_MS = 60_000;

interface Owned {
  readonly positions: {
    readonly owner: string;
    readonly positions: { readonly id: string; readonly kind: string }[];
  }[];
}

const OWN = '{ positions { owner positions { id kind } } }';

const TRACK = `mutation Track($input: TrackPositionInput!) {
  trackPosition(input: $input) { position { id version kind status provenance side size entryPrice healthFactor } }
}`;

/** One product for all tests of this file but the last: each has positions, rules and keys of its own in it. */
let url = '';
let end: () => Promise<void> = async () => undefined;

beforeAll(async () => {
  const environment = { ...QUICK, DATABASE_URL: await lastingDatabaseUrl() };
  ({ url } = await spawnRole('all', environment, (kill) => {
    end = kill;
  }));
  await eventually(
    'the demo owner has positions',
    async () => {
      const { data } = await query<Owned>(url, OWN);
      return (data?.positions[0]?.positions.length ?? 0) >= 8;
    },
    START_MS,
  );
});

afterAll(() => end());

describe('positions of a first start', () => {
  test('are of several kinds, have values, and are told live by the operation that was promised', async () => {
    const { data } = await query<Owned>(url, OWN);
    const [own] = data?.positions ?? [];
    expect(new Set(own?.positions.map(({ kind }) => kind)).size).toBeGreaterThan(2);
    const client = await WireClient.connect(url);
    client.subscribe(
      'a',
      'subscription PositionValue($positionId: ID!) { positionValue(filter: {positionId: $positionId}) { id positionId currentValueUsd pnlUsd impermanentLossPct snapshot stale sequence timestamp } }',
      { positionId: own?.positions[0]?.id },
    );
    expect(await client.next('a')).toMatchObject({
      positionValue: { positionId: own?.positions[0]?.id, currentValueUsd: expect.stringMatching(/^-?\d/) },
    });
    client.subscribe('b', 'subscription { riskUpdates { metrics { overallRiskScore } attribution { contribution } } }');
    const { riskUpdates } = await client.next<{
      riskUpdates: { metrics: { overallRiskScore: number }; attribution: { contribution: number }[] };
    }>('b');
    const sum = riskUpdates.attribution.reduce((all, { contribution }) => all + contribution, 0);
    expect(sum).toBe(riskUpdates.metrics.overallRiskScore);
    client.subscribe('c', 'subscription { liquidations { count candidates { owner healthFactor } } }');
    await client.next('c');
    await client.close();
  });

  test('of one’s own are tracked, changed and ended, each change an event; nobody else’s list shows them', async () => {
    const client = await WireClient.connect(url);
    client.subscribe(
      'events',
      'subscription { positionEvents { type positionId transactionHash position { version } } }',
    );
    await client.live('events');
    const hash = `0x${'ab'.repeat(32)}`;
    const perp = {
      symbol: 'BTC-PERP',
      side: 'LONG',
      size: '0.5',
      entryPrice: '60000',
      collateral: '700',
      transactionHash: hash,
    };
    const tracked = await query<{ trackPosition: { position: { id: string } } }>(url, TRACK, { input: { perp } });
    expect(tracked.errors).toBeUndefined();
    // It has its numbers at once, and not with the next update.
    expect(tracked.data?.trackPosition.position).toMatchObject({ healthFactor: expect.stringMatching(/^\d/) });
    const { id = '' } = tracked.data?.trackPosition.position ?? {};
    const mine = async (): Promise<{ type: string; transactionHash: string | null; position: { version: number } }> => {
      for (;;) {
        const { positionEvents } = await client.next<{
          positionEvents: {
            type: string;
            positionId: string;
            transactionHash: string | null;
            position: { version: number };
          };
        }>('events');
        if (positionEvents.positionId === id) return positionEvents;
      }
    };
    expect(await mine()).toMatchObject({ type: 'OPENED', transactionHash: hash, position: { version: 1 } });
    const asked = await query<{ position: { healthFactor: string; liquidationPrice: string } }>(
      url,
      `{ position(id: "${id}") { healthFactor liquidationPrice } whatIf(positionId: "${id}", shocks: [{symbol: "BTC-PERP", changePct: -50}]) { wouldBeLiquidated } }`,
    );
    expect(asked.data).toMatchObject({ whatIf: { wouldBeLiquidated: true } });
    const change = (field: string, input: object) =>
      query(
        url,
        `mutation ($input: ${field[0]?.toUpperCase()}${field.slice(1)}Input!) { ${field}(input: $input) { position { version } } }`,
        { input },
      );
    expect((await change('addCollateral', { positionId: id, amount: '100' })).errors).toBeUndefined();
    await untilType(mine, 'ADJUSTED');
    const tooMuch = await change('adjustPosition', { positionId: id, sizeChange: '-2' });
    expect(tooMuch.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', argument: 'input.sizeChange' });
    expect((await change('closePosition', { positionId: id })).errors).toBeUndefined();
    await untilType(mine, 'CLOSED');
    await eventually('it is stored as closed', async () => {
      const again = await change('closePosition', { positionId: id });
      return again.errors?.[0]?.extensions['code'] === 'CONFLICT';
    });
    await client.close();
  });

  test('refuse what cannot be, by the path of the field', async () => {
    const perp = { symbol: 'BTC-PERP', side: 'LONG', size: '1', entryPrice: '60000', collateral: '1000' };
    for (const [wrong, argument] of [
      [{ perp: { ...perp, size: '-1' } }, 'input.perp.size'],
      [{ perp: { ...perp, symbol: 'NOPE-PERP' } }, 'input.perp.symbol'],
      [{ perp: { ...perp, collateral: '1' } }, 'input.perp.collateral'],
      [{ perp: { ...perp, owner: '0x00000000000000000000000000000000000000A1' } }, 'input.perp.owner'],
      [{ perp: { ...perp, protocol: 'nope-v9' } }, 'input.perp.protocol'],
      [{ lending: { collaterals: [], debts: [] } }, 'input.lending.collaterals'],
    ] as const) {
      const { errors } = await query(url, TRACK, { input: wrong });
      expect(errors?.[0]?.extensions).toMatchObject({ argument });
    }
    const rule =
      'mutation { createAlertRule(input: {metric: HEALTH_FACTOR, comparison: BELOW, threshold: "120", severity: LOW}) { alertRule { id } } }';
    expect((await query(url, rule)).errors?.[0]?.extensions).toMatchObject({ argument: 'input.threshold' });
    const shocked = await query(
      url,
      `{ whatIf(positionId: "${(await query<Owned>(url, OWN)).data?.positions[0]?.positions[0]?.id}", shocks: [{symbol: "NOPE", changePct: 1}]) { wouldBeLiquidated } }`,
    );
    expect(shocked.errors?.[0]?.extensions).toMatchObject({ argument: 'shocks.0.symbol' });
    const both = await query(url, TRACK, { input: { perp, spot: { symbol: 'BTCUSDT', size: '1', entryPrice: '1' } } });
    expect(both.errors?.[0]?.message).toMatch(/[Ee]xactly one/);
  });

  test('the same key again tracks nothing twice', async () => {
    const spot = { symbol: 'AAPL', size: '3', entryPrice: '200', idempotencyKey: 'once' };
    const ids = [];
    for (let n = 0; n < 2; n++) {
      const { data } = await query<{ trackPosition: { position: { id: string } } }>(url, TRACK, { input: { spot } });
      ids.push(data?.trackPosition.position.id);
    }
    expect(ids[0]).toBeDefined();
    expect(ids[1]).toBe(ids[0]);
  });

  test('a rule raises one alert, which is acknowledged, and resolved with its rule', async () => {
    const client = await WireClient.connect(url);
    client.subscribe(
      'alerts',
      'subscription { alerts(filter: {severities: [LOW]}) { id state version title currentValue ruleId } }',
    );
    await client.live('alerts');
    const spot = { symbol: 'MSFT', size: '2', entryPrice: '400' };
    const tracked = await query<{ trackPosition: { position: { id: string } } }>(url, TRACK, { input: { spot } });
    const positionId = tracked.data?.trackPosition.position.id;
    const made = await query<{ createAlertRule: { alertRule: { id: string } } }>(
      url,
      'mutation ($input: CreateAlertRuleInput!) { createAlertRule(input: $input) { alertRule { id } } }',
      { input: { metric: 'EXPOSURE_USD', comparison: 'ABOVE', threshold: '1', severity: 'LOW', positionId } },
    );
    expect(made.errors).toBeUndefined();
    const next = async () =>
      (await client.next<{ alerts: { id: string; state: string; ruleId: string } }>('alerts')).alerts;
    const opened = await next();
    expect(opened).toMatchObject({ state: 'OPEN', version: 1, title: 'Exposure above 1 USD: MSFT' });
    const acknowledged = await query(
      url,
      `mutation { acknowledgeAlert(input: {id: "${opened.id}"}) { alert { id } } }`,
    );
    expect(acknowledged.errors).toBeUndefined();
    expect(await next()).toMatchObject({ id: opened.id, state: 'ACKNOWLEDGED', version: 2 });
    const rule = made.data?.createAlertRule.alertRule.id;
    await query(url, `mutation { deleteAlertRule(input: {id: "${rule}"}) { alertRule { enabled } } }`);
    expect(await next()).toMatchObject({ id: opened.id, state: 'RESOLVED', version: 3 });
    await client.close();
  });

  test('have a history for charts', async () => {
    const { data } = await query<Owned>(url, OWN);
    const id = data?.positions[0]?.positions[0]?.id;
    await eventually('points are written', async () => {
      const history = await query<{ riskHistory: unknown[]; positionValueHistory: { edges: unknown[] } }>(
        url,
        `{ riskHistory(positionId: "${id}", bucket: MINUTE) { points valueOpen valueHigh } positionValueHistory(positionId: "${id}", first: 2) { edges { node { at valueUsd } } } }`,
      );
      return (history.data?.riskHistory.length ?? 0) > 0 && (history.data?.positionValueHistory.edges.length ?? 0) > 0;
    });
  });
});

test('events are resumed after a restart, and what was open is open again', async () => {
  const environment = { ...QUICK, DATABASE_URL: await migratedDatabaseUrl() };
  const first = await startRole('all', environment);
  const client = await WireClient.connect(first.url);
  client.subscribe('a', 'subscription { positionEvents { id cursor } }');
  await client.live('a');
  for (let n = 0; n < 4; n++)
    await eventually(
      'something happens',
      async () => {
        const spot = { symbol: 'AAPL', size: '1', entryPrice: '200', idempotencyKey: `happens-${n}` };
        return (await query(first.url, TRACK, { input: { spot } })).errors === undefined;
      },
      START_MS,
    );
  const { positionEvents: seen } = await client.next<{ positionEvents: { id: string; cursor: string } }>('a');
  await eventually('more has happened', async () => {
    const { data } = await query<{ positionEvents: { edges: { node: { id: string } }[] } }>(
      first.url,
      '{ positionEvents(first: 500, orderBy: OLDEST_FIRST) { edges { node { id } } } }',
    );
    return (data?.positionEvents.edges.length ?? 0) > 3;
  });
  expect(await first.end('SIGTERM')).toBe(0);
  const second = await startRole('all', environment);
  const { data } = await query<{ positionEvents: { edges: { node: { id: string } }[]; liveCursor: string } }>(
    second.url,
    '{ positionEvents(first: 500, orderBy: OLDEST_FIRST) { liveCursor edges { node { id } } } }',
  );
  const all = data?.positionEvents.edges.map(({ node }) => node.id) ?? [];
  const after = all.slice(all.indexOf(seen.id) + 1);
  expect(after.length).toBeGreaterThan(0);
  const again = await WireClient.connect(second.url);
  again.subscribe('b', `subscription { positionEvents(after: "${seen.cursor}") { id replayed } }`);
  const resumed = [];
  for (let n = 0; n < after.length; n++)
    resumed.push((await again.next<{ positionEvents: { id: string } }>('b')).positionEvents.id);
  expect(resumed).toEqual(after);
  await eventually(
    'positions are valued again',
    async () => {
      const open = await query<Owned>(second.url, OWN);
      return (open.data?.positions[0]?.positions.length ?? 0) > 0;
    },
    START_MS,
  );
  await again.close();
});

async function untilType(next: () => Promise<{ readonly type: string }>, type: string): Promise<void> {
  while ((await next()).type !== type);
}
