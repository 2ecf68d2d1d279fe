import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { decimal } from '../../src/lib/decimal.ts';
import { startEmbeddedPostgres } from '../../src/main/postgres/embedded-postgres.ts';
import type { Identity } from '../../src/model/identity.ts';
import { globalId } from '../../src/schema/ids.ts';
import { Alerts } from '../../src/store/alerts.ts';
import { Database } from '../../src/store/database.ts';
import { migrate } from '../../src/store/migrations.ts';
import { Positions } from '../../src/store/positions.ts';
import { alertRule, spotPosition } from '../support/positions.ts';
import { CuttableProxy } from '../support/proxy.ts';
import { riskGround } from '../support/risk-ground.ts';
import { eventually, query, silentLog } from '../support/server.ts';
import { WireClient } from '../support/wire-client.ts';

const OWNER = '0x00000000000000000000000000000000000000A1';

const DEMO: Identity = {
  userId: 'demo',
  addresses: [OWNER],
  permissions: ['read', 'write'],
  credential: { kind: 'demo', id: 'demo' },
  expiresAt: null,
};

/** Points of history that may wait, in this test. */
const MOST_POINTS = 3;

/** Longer than a recovery takes, on a machine that does other things as well. */
const BOUND_MS = 60_000;

/** A PostgreSQL of this test alone, that it stops and starts again, at an address that stays. */
async function mortalPostgres() {
  const folder = mkdtempSync(join(tmpdir(), 'tidewire-outage-'));
  chmodSync(folder, 0o755);
  let server = await startEmbeddedPostgres(folder, silentLog);
  await migrate(server.url, silentLog);
  const door = await CuttableProxy.to(server.url);
  const address = new URL(server.url);
  address.port = new URL(door.url).port;
  let runs = true;
  const stop = async () => {
    door.cut();
    if (runs) await server.stop();
    runs = false;
  };
  const start = async () => {
    server = await startEmbeddedPostgres(folder, silentLog);
    runs = true;
    door.mend(server.url);
  };
  const database = new Database(address.toString(), silentLog);
  onTestFinished(async () => {
    await database.close();
    await stop();
    rmSync(folder, { recursive: true, force: true });
  });
  return { database, stop, start };
}

interface Told {
  readonly alerts: {
    readonly id: string;
    readonly state: string;
    readonly version: number;
    readonly currentValue: string;
  };
}

const codeOf = ({ errors }: { errors?: readonly { readonly extensions: Record<string, unknown> }[] }) =>
  errors?.[0]?.extensions['code'];

test('PostgreSQL stops and comes back: what is live goes on, what is asked of it is refused, and nothing is lost but what was counted', async () => {
  const postgres = await mortalPostgres();
  const { database } = postgres;
  await new Positions(database).put([{ position: spotPosition('p', OWNER), warningLevel: 0 }]);
  await new Alerts(database).addRules([alertRule('low', OWNER, { threshold: decimal('100') })]);
  const { server, worker, price } = await riskGround(database, {
    demo: DEMO,
    historyIntervalMs: 20,
    mostPoints: MOST_POINTS,
  });
  const { url } = server;
  const id = globalId('Position', 'p');
  const client = await WireClient.connect(url);
  client.subscribe('alerts', 'subscription { alerts { id state version currentValue } }');
  client.subscribe('values', 'subscription { positionValue { currentValueUsd } }');
  await client.live('alerts');
  const alertOf = async () => (await client.next<Told>('alerts')).alerts;
  const valued = async (usd: string) => {
    for (;;) {
      const { positionValue } = await client.next<{ positionValue: { currentValueUsd: string } }>('values');
      if (positionValue.currentValueUsd === usd) return;
    }
  };
  const history = () => query(url, `{ riskHistory(positionId: "${id}", bucket: HOUR) { points } }`);
  const alerts = () =>
    query<{ alerts: { edges: { node: { id: string; state: string; version: number } }[] } }>(
      url,
      '{ alerts { edges { node { id state version } } } }',
    );
  const closing = () =>
    query(url, 'mutation ($id: ID!) { closePosition(input: {positionId: $id}) { position { id } } }', { id });
  await price('BTCUSDT', '120');
  await valued('120');
  expect((await history()).errors).toBeUndefined();

  await postgres.stop();
  await price('BTCUSDT', '90');
  await valued('90');
  const opened = await alertOf();
  expect(opened).toMatchObject({ state: 'OPEN', version: 1, currentValue: '90' });
  expect(codeOf(await history())).toBe('UNAVAILABLE');
  expect(codeOf(await alerts())).toBe('UNAVAILABLE');
  expect(codeOf(await closing())).toBe('UNAVAILABLE');
  await price('BTCUSDT', '130');
  await valued('130');
  expect(await alertOf()).toMatchObject({ id: opened.id, state: 'RESOLVED', version: 2 });
  await price('BTCUSDT', '80');
  const second = await alertOf();
  expect(second).toMatchObject({ state: 'OPEN', version: 1, currentValue: '80' });
  await eventually('points of history are dropped, and it is said', () => {
    const { status, message } = worker.health();
    return status === 'DEGRADED' && /\d+ values of history were dropped/.test(message);
  });

  await postgres.start();
  await eventually('it is well again', () => worker.health().status === 'HEALTHY', BOUND_MS);
  expect(worker.health().message).toMatch(/^\d+ values of history were dropped/);
  await eventually('commands are taken again', async () => codeOf(await closing()) !== 'UNAVAILABLE', BOUND_MS);
  await eventually(
    'the alerts are there as they ended',
    async () => (await alerts()).data?.alerts.edges.every(({ node }) => node.state === 'RESOLVED') ?? false,
    BOUND_MS,
  );
  const kept = (await alerts()).data?.alerts.edges.map(({ node }) => [node.id, node.version]);
  expect(kept?.toSorted()).toEqual(
    [
      [opened.id, 2],
      [second.id, 2],
    ].toSorted(),
  );
  expect((await history()).data).toMatchObject({ riskHistory: [{ points: expect.any(Number) }] });
  await client.close();
});
