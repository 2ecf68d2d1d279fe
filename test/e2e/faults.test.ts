import { randomUUID } from 'node:crypto';
import { describe, expect, inject, onTestFinished, test } from 'vitest';
import { PrivateRedis, redisRuntime } from '../support/private-redis.ts';
import { RecordedVenue } from '../support/recorded-venue.ts';
import { syntheticRecording } from '../support/recording-synthetic.ts';
import { startRole } from '../support/role.ts';
import { eventually, query } from '../support/server.ts';
import { WireClient } from '../support/wire-client.ts';

type Status = { systemStatus: { status: string; message: string; components: { name: string; status: string }[] } };

async function statusOf(url: string): Promise<Status['systemStatus']> {
  const { data } = await query<Status>(url, '{ systemStatus { status message components { name status } } }');
  if (!data) throw new Error('no status');
  return data.systemStatus;
}

const componentOf = async (url: string, name: string) =>
  (await statusOf(url)).components.find((component) => component.name === name)?.status;

describe('a Redis that is not there', () => {
  test.skipIf(!redisRuntime)('is said by an api that serves what it can, and comes back by itself', async () => {
    const redis = await PrivateRedis.start();
    onTestFinished(() => redis.stop());
    await redis.kill();
    const environment = { REDIS_URL: redis.url, FEEDS: 'simulated' };
    const api = await startRole('api', environment);
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

    const worker = await startRole('worker', environment);
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
  });
});

describe('a venue that is not there', () => {
  test('is said by the status, does not make the api unready, and comes back by itself', async () => {
    const recordings = [syntheticRecording({ market: 'spot', steps: 50 })];
    const { port } = await (async () => {
      const venue = await RecordedVenue.start({ recordings });
      const where = { port: venue.port };
      await venue.close();
      return where;
    })();
    const environment = {
      REDIS_URL: inject('redisUrl'),
      REDIS_PREFIX: randomUUID(),
      FEEDS: 'binance',
      SYMBOLS: 'BTCUSDT',
      BINANCE_WS_URL: `ws://127.0.0.1:${port}`,
      BINANCE_REST_URL: `http://127.0.0.1:${port}`,
    };
    const api = await startRole('api', environment);
    await startRole('worker', environment);
    await eventually('it is said', async () => {
      const feed = await componentOf(api.url, 'feed:binance');
      return feed === 'DEGRADED' || feed === 'DOWN';
    });
    expect((await fetch(`${api.url}/health/ready`)).status).toBe(200);
    const venue = await RecordedVenue.start({ recordings, port });
    onTestFinished(() => venue.close());
    await eventually('it is connected', () => venue.connections > 0);
    await venue.playAll();
    await eventually('a price is there', async () => {
      const { data } = await query<{ price: { price: string } | null }>(
        api.url,
        '{ price(symbol: "BTCUSDT") { price stale } }',
      );
      return data?.price !== null && data?.price !== undefined;
    });
    await eventually('all is well', async () => (await componentOf(api.url, 'feed:binance')) === 'HEALTHY');
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
