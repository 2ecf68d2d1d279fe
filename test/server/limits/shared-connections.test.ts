import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { describe, expect, inject, onTestFinished, test } from 'vitest';
import { systemClock } from '../../../src/lib/clock.ts';
import { LimitsRedis } from '../../../src/server/limits/limits-redis.ts';
import type { ServerOptions } from '../../../src/server/server.ts';
import { PrivateRedis, redisRuntime } from '../../support/private-redis.ts';
import { startRole } from '../../support/role.ts';
import { eventually, silentLog, type TestServer, testServer } from '../../support/server.ts';
import { WireClient } from '../../support/wire-client.ts';

/** A server that counts with others of the same prefix. */
async function sharing(prefix: string, options: Partial<ServerOptions>, url = inject('redisUrl')): Promise<TestServer> {
  const limitsRedis = new LimitsRedis({ url, prefix, clock: systemClock, log: silentLog });
  onTestFinished(() => limitsRedis.close());
  await eventually('Redis is reached', () => limitsRedis.ready);
  return testServer({ ...options, limitsRedis });
}

/** Tries until one is let in. */
const eventuallyLetIn = (url: string) =>
  eventually('one is let in', () =>
    WireClient.connect(url).then(
      () => true,
      () => false,
    ),
  );

interface Health {
  readonly components: readonly { readonly name: string; readonly status: string; readonly message: string }[];
}

async function limitsHealth({ url }: { readonly url: string }) {
  const { components } = (await (await fetch(`${url}/status`)).json()) as Health;
  return components.find(({ name }) => name === 'limits');
}

describe('processes that meet in Redis', () => {
  test('count the connections of an address together, and give them back together', async () => {
    const prefix = `test-${randomUUID()}`;
    const [one, two] = [
      await sharing(prefix, { maxConnectionsPerIp: 2 }),
      await sharing(prefix, { maxConnectionsPerIp: 2 }),
    ];
    const first = await WireClient.connect(one.url);
    await WireClient.connect(two.url);
    for (const { url } of [one, two])
      expect(await WireClient.refused(url)).toMatchObject({
        status: 429,
        error: { extensions: { code: 'TOO_MANY_CONNECTIONS', limit: 2 } },
      });
    await first.close();
    await eventuallyLetIn(two.url);
    expect((await WireClient.refused(one.url)).status).toBe(429);
    expect(await limitsHealth(one)).toMatchObject({ status: 'HEALTHY' });
  });

  test('never let in more than there may be, whoever comes where', async () => {
    const prefix = `test-${randomUUID()}`;
    const servers = await Promise.all([1, 2].map(() => sharing(prefix, { maxConnectionsPerIp: 5 })));
    const attempts = await Promise.allSettled(
      Array.from({ length: 40 }, (_, i) => WireClient.connect(servers[i % 2]?.url ?? '')),
    );
    expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
  });

  test('count what begins in a second together', async () => {
    const prefix = `test-${randomUUID()}`;
    const servers = await Promise.all([1, 2].map(() => sharing(prefix, { connectionsPerSecondPerIp: 4 })));
    const attempts = await Promise.allSettled(
      Array.from({ length: 20 }, (_, i) => WireClient.connect(servers[i % 2]?.url ?? '')),
    );
    // Alone, each would have let in four in its second.
    expect(attempts.filter(({ status }) => status === 'fulfilled').length).toBeLessThan(8);
  });

  test('leave nothing behind when they stop', async () => {
    const prefix = `test-${randomUUID()}`;
    const one = await sharing(prefix, {});
    await WireClient.connect(one.url);
    await one.stop();
    const redis = new Redis(inject('redisUrl'));
    onTestFinished(() => void redis.disconnect());
    await eventually(
      'it has said that it is gone',
      async () => (await redis.keys(`${prefix}:{limits}:alive:*`)).length === 0,
    );
  });

  test('forget one that was killed, some seconds later', async () => {
    const environment = {
      REDIS_URL: inject('redisUrl'),
      REDIS_PREFIX: `test-${randomUUID()}`,
      MAX_CONNECTIONS_PER_IP: '1',
      CONNECTIONS_PER_SECOND_PER_IP: '1000',
    };
    const [one, two] = await Promise.all([startRole('api', environment), startRole('api', environment)]);
    await Promise.all(
      [one, two].map((api) =>
        eventually('Redis is reached', async () => (await limitsHealth(api))?.status === 'HEALTHY'),
      ),
    );
    await WireClient.connect(one.url);
    expect((await WireClient.refused(two.url)).status).toBe(429);
    await one.end('SIGKILL');
    await eventuallyLetIn(two.url);
  });
});

describe.skipIf(!redisRuntime)('while Redis', () => {
  async function broken(): Promise<{ readonly redis: PrivateRedis; readonly server: TestServer }> {
    const redis = await PrivateRedis.start();
    onTestFinished(() => redis.stop());
    const server = await sharing('test', { maxConnectionsPerIp: 2 }, redis.url);
    return { redis, server };
  }

  test('hangs, clients get in, this process counts alone, and says so', async () => {
    const { redis, server } = await broken();
    await WireClient.connect(server.url);
    redis.freeze();
    onTestFinished(() => redis.thaw());
    await WireClient.connect(server.url);
    expect((await WireClient.refused(server.url)).status).toBe(429);
    await eventually('it is told', async () => (await limitsHealth(server))?.status === 'DEGRADED');
    const ready = (await (await fetch(`${server.url}/health/ready`)).json()) as { degraded: string[] };
    expect(ready.degraded).toContain('limits: Redis does not answer; each process counts connections for itself');
    redis.thaw();
    await eventually('it is well again', async () => (await limitsHealth(server))?.status === 'HEALTHY');
  });

  test('was killed and is back empty, what is held counts again', async () => {
    const { redis, server } = await broken();
    const clients = [await WireClient.connect(server.url), await WireClient.connect(server.url)];
    await redis.kill();
    await eventually('it is missed', async () => (await limitsHealth(server))?.status === 'DEGRADED');
    // What is given back while nobody listens must not count for ever.
    await clients[0]?.close();
    await redis.revive();
    await eventually('it is back', async () => (await limitsHealth(server))?.status === 'HEALTHY');
    const other = await sharing('test', { maxConnectionsPerIp: 2 }, redis.url);
    await WireClient.connect(other.url);
    expect((await WireClient.refused(other.url)).status).toBe(429);
  });
});
