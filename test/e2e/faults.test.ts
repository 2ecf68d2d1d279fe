import { randomUUID } from 'node:crypto';
import { describe, expect, inject, onTestFinished, test } from 'vitest';
import { heldBy } from '../support/held-leases.ts';
import { migratedDatabaseUrl } from '../support/postgres.ts';
import { PrivateRedis, redisRuntime } from '../support/private-redis.ts';
import { RecordedVenue } from '../support/recorded-venue.ts';
import { FIRST_TRADE, FRAMES_A_STEP, syntheticRecording } from '../support/recording-synthetic.ts';
import { freePort } from '../support/redis-runtime.ts';
import { type Role, startRole } from '../support/role.ts';
import { eventually, query } from '../support/server.ts';
import { WireClient } from '../support/wire-client.ts';

/** Whole processes start here, on a machine that may be doing other things: this bounds a hang. */
const BOUND_MS = 400_000;

type Status = { systemStatus: { status: string; message: string; components: { name: string; status: string }[] } };

async function statusOf(url: string): Promise<Status['systemStatus']> {
  const { data } = await query<Status>(url, '{ systemStatus { status message components { name status } } }');
  if (!data) throw new Error('no status');
  return data.systemStatus;
}

const componentOf = async (url: string, name: string) =>
  (await statusOf(url)).components.find((component) => component.name === name)?.status;

describe('a Redis that is not there', () => {
  test.skipIf(!redisRuntime)(
    'is said by an api that serves what it can, and comes back by itself',
    { timeout: BOUND_MS },
    async () => {
      const redis = await PrivateRedis.start();
      onTestFinished(() => redis.stop());
      await redis.kill();
      const environment = { REDIS_URL: redis.url, FEEDS: 'simulated' };
      const [api, worker] = await Promise.all([startRole('api', environment), startRole('worker', environment)]);
      const ready = await fetch(`${api.url}/health/ready`);
      expect(ready.status).toBe(503);
      expect(await ready.json()).toMatchObject({ reasons: [expect.stringContaining('bus')] });
      expect(await statusOf(api.url)).toMatchObject({ status: 'DOWN' });
      expect((await query(api.url, '{ prices { id } }')).errors?.[0]?.extensions['code']).toBe('UNAVAILABLE');
      expect((await query<{ serverTime: string }>(api.url, '{ serverTime }')).data?.serverTime).toMatch(/Z$/);
      const client = await WireClient.connect(api.url);
      client.subscribe('status', 'subscription { systemStatus { status } }');
      expect(await client.next('status')).toEqual({ systemStatus: { status: 'DOWN' } });
      client.subscribe('prices', 'subscription { prices { symbol price } }');
      expect((await client.error('prices')).extensions['code']).toBe('UNAVAILABLE');

      await redis.revive();
      await eventually('the api is ready', async () => (await fetch(`${api.url}/health/ready`)).status === 200);
      await eventually('all is well', async () => (await statusOf(api.url)).status === 'HEALTHY');
      client.subscribe('prices', 'subscription { prices(filter: {symbols: ["BTCUSDT"]}) { symbol price } }');
      expect(await client.next('prices')).toMatchObject({ prices: { symbol: 'BTCUSDT' } });

      await redis.kill();
      await eventually('it is said', async () => (await componentOf(api.url, 'bus')) === 'DOWN');
      await redis.revive();
      await eventually('all is well again', async () => (await statusOf(api.url)).status === 'HEALTHY');
      const next = async () => JSON.stringify(await client.next('prices'));
      const before = await next();
      await eventually('prices go on', async () => (await next()) !== before);
      expect(await worker.end('SIGTERM')).toBe(0);
    },
  );
});

describe('a venue', () => {
  test('that is not there is said and comes back; what it trades while its worker is replaced is filled from its history', {
    timeout: BOUND_MS,
  }, async () => {
    const recordings = [syntheticRecording({ market: 'spot', steps: 50 })];
    const port = await freePort();
    const environment = {
      REDIS_URL: inject('redisUrl'),
      REDIS_PREFIX: randomUUID(),
      DATABASE_URL: await migratedDatabaseUrl(),
      FEEDS: 'binance',
      SYMBOLS: 'BTCUSDT',
      BINANCE_WS_URL: `ws://127.0.0.1:${port}`,
      BINANCE_REST_URL: `http://127.0.0.1:${port}`,
    };
    const roles = (['api', 'worker', 'worker'] as const).map((name) => startRole(name, environment));
    const [api, ...workers] = (await Promise.all(roles)) as [Role, Role, Role];
    await eventually('it is said', async () => {
      const feed = await componentOf(api.url, 'feed:binance');
      return feed === 'DEGRADED' || feed === 'DOWN';
    });
    expect((await fetch(`${api.url}/health/ready`)).status).toBe(200);
    await eventually('both have some of the work', () => workers.every((worker) => heldBy(worker).length > 0));

    const venue = await RecordedVenue.start({ recordings, port });
    onTestFinished(() => venue.close());
    const trades = async () => {
      const { data, errors } = await query<{ recentTrades: { tradeId: string; gapBefore: object | null }[] }>(
        api.url,
        '{ recentTrades(symbol: "BTCUSDT", last: 100) { tradeId gapBefore { reason } } }',
      );
      if (!data) throw new Error(JSON.stringify(errors));
      return data.recentTrades;
    };
    const told = (steps: number) => async () =>
      (await trades()).at(-1)?.tradeId === String(FIRST_TRADE + 2 * steps - 1);
    const joined = (after: number) => () => venue.connected.length > after;
    await eventually('it is listened to', joined(0));
    await venue.play(20 * FRAMES_A_STEP);
    await eventually('its trades are told', told(20));
    await eventually('all is well', async () => (await componentOf(api.url, 'feed:binance')) === 'HEALTHY');

    for (const garbage of ['', '{', '{"stream":"btcusdt@trade","data":{"e":"trade","s":"BTCUSDT"}}'])
      venue.send(garbage);
    const holder = workers.find((worker) => heldBy(worker).includes('market'));
    expect(holder).toBeDefined();
    const before = venue.connected.length;
    await holder?.end('SIGKILL');
    await venue.play(10 * FRAMES_A_STEP);
    await eventually('the other listens', joined(before));
    await venue.play(20 * FRAMES_A_STEP);
    await eventually('all trades are told', told(50));
    const all = Array.from({ length: 100 }, (_, at) => ({ tradeId: String(FIRST_TRADE + at), gapBefore: null }));
    expect(await trades()).toEqual(all);
    await eventually('all is well again', async () => (await componentOf(api.url, 'feed:binance')) === 'HEALTHY');
  });
});

describe('a process', () => {
  test('ends in order on SIGTERM: clients are told to come back, exit code 0', async () => {
    const all = await startRole('all', {});
    const client = await WireClient.connect(all.url);
    client.subscribe('a', 'subscription { prices { symbol } }');
    await client.next('a');
    expect(await all.end('SIGTERM')).toBe(0);
    expect(await client.closed).toEqual({ code: 1012, reason: 'restart' });
  });
});
