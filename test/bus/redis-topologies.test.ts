import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SharedBus } from '../../src/bus/bus.ts';
import { Fenced } from '../../src/bus/lease.ts';
import { createRedisBus } from '../../src/bus/redis-bus.ts';
import type { RedisServer } from '../../src/bus/redis-client.ts';
import { streamOf } from '../../src/bus/topics.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createLog } from '../../src/lib/log.ts';
import { HeldCounts } from '../../src/server/limits/held-counts.ts';
import { LimitsRedis } from '../../src/server/limits/limits-redis.ts';
import { busContract } from '../contracts/bus.ts';
import { busOwnersContract } from '../contracts/bus-owners.ts';
import { cries, cry, Hearing, owner, tallies, whisper, whispers } from '../contracts/bus-topics.ts';
import { redisRuntime } from '../support/private-redis.ts';
import { inState } from '../support/redis-state.ts';
import { RedisServers } from '../support/redis-topologies.ts';
import { until } from '../support/until.ts';

const log = createLog('silent');
const here = redisRuntime === 'binary';

function open(server: RedisServer, prefix: string): SharedBus {
  return createRedisBus({ ...server, clock: systemClock, log, prefix });
}

/** What one publishes the other hears, of each kind of topic. */
async function deliver(one: SharedBus, other: SharedBus, mark: string): Promise<void> {
  const alice = owner(1);
  const heard = [new Hearing(), new Hearing(), new Hearing()] as const;
  const stops = [
    await other.subscribe(cries, heard[0]),
    await other.subscribe(tallies, heard[1]),
    await other.subscribe(streamOf(whispers, alice), heard[2]),
  ];
  await one.publishEvent(cries, cry(mark));
  await one.publishState(tallies, { name: mark, total: 1 });
  await one.publishEvent(whispers, whisper(alice, mark));
  for (const hearing of heard) await hearing.heard(1);
  for (const stop of stops) stop();
  const { records } = await other.readBefore(cries, Number.MAX_SAFE_INTEGER, 1);
  expect(records.map(({ payload }) => payload)).toEqual([JSON.stringify(cry(mark))]);
  expect([...(await other.latest(tallies, [mark])).keys()]).toEqual([mark]);
}

describe.skipIf(!here)('a Redis Cluster', () => {
  const servers = new RedisServers();
  let server: RedisServer;
  beforeAll(async () => {
    server = await servers.cluster();
  });
  afterAll(() => servers.stop());

  const bench: Parameters<typeof busContract>[1] = async (clock, retention) => {
    const prefix = `test-${randomUUID()}`;
    const buses: SharedBus[] = [];
    return {
      open: async () => {
        const bus = createRedisBus({ ...server, clock, log, prefix, ...retention });
        buses.push(bus);
        await inState(bus, 'ready');
        return bus;
      },
      close: async () => void (await Promise.all(buses.map((bus) => bus.close()))),
    };
  };
  busContract('a Redis Cluster', bench);
  busOwnersContract('a Redis Cluster', bench);

  test('refuses a late holder of a lease on every stream that a later one has written to', async () => {
    const bus = open(server, randomUUID());
    await inState(bus, 'ready');
    const [old, fresh] = [bus.fenced({ name: 'one', token: 5 }), bus.fenced({ name: 'one', token: 6 })];
    await fresh.publishEvent(whispers, whisper(owner(1), 'a'));
    await expect(old.publishEvent(whispers, whisper(owner(1), 'b'))).rejects.toBeInstanceOf(Fenced);
    await bus.announce({ name: 'two', token: 6 });
    const held = await bus.leases.exchange({ member: 'm', wants: ['one'], keep: [], take: ['one'], give: [] });
    expect(held.held.map(({ name }) => name)).toEqual(['one']);
    await bus.close();
  });

  test('counts connections of several subjects together', async () => {
    const prefix = randomUUID();
    const shared = [1, 2].map(() => new LimitsRedis({ ...server, prefix, clock: systemClock, log }));
    const [one, two] = shared.map((redis) => new HeldCounts(redis, systemClock));
    await until('both are connected', () => shared.every(({ ready }) => ready));
    const claims = [
      { subject: 'connections:ip:192.0.2.1', limit: 1 },
      { subject: 'connections:user:u', limit: 1 },
    ];
    expect(await one?.claim(claims)).toBe(null);
    expect(await two?.claim(claims)).toEqual(claims[0]);
    for (const counts of [one, two]) counts?.stop();
    await Promise.all(shared.map((redis) => redis.close()));
  });

  test('that loses a node says so, and goes on where it stopped when the node is back', async () => {
    const bus = open(server, randomUUID());
    const other = open(server, randomUUID());
    await Promise.all([inState(bus, 'ready'), inState(other, 'ready')]);
    const before = await bus.publishEvent(cries, cry('before'));
    // The one that serves the topic.
    await servers.restart(1);
    const after = await bus.publishEvent(cries, cry('after'));
    expect(after).toEqual({ epoch: before.epoch, sequence: before.sequence + 1 });
    await Promise.all([bus.close(), other.close()]);
  });
});

test.skipIf(!here)('Sentinels lead to the server, and to the one that takes over from it: a new epoch', async () => {
  const servers = new RedisServers();
  try {
    const server = await servers.sentinel();
    const prefix = randomUUID();
    const [one, other] = [open(server, prefix), open(server, prefix)];
    await Promise.all([inState(one, 'ready'), inState(other, 'ready')]);
    await deliver(one, other, 'a');
    const { epoch } = await one.publishEvent(cries, cry('b'));
    servers.servers[0]?.signal('SIGKILL');
    await until('it is noticed', () => one.state() === 'down' && other.state() === 'down');
    await Promise.all([inState(one, 'ready'), inState(other, 'ready')]);
    await deliver(one, other, 'c');
    // The replica may not have had everything: whoever resumes is told.
    expect((await one.publishEvent(cries, cry('d'))).epoch).not.toBe(epoch);
    await Promise.all([one.close(), other.close()]);
  } finally {
    await servers.stop();
  }
});

const openssl = spawnSync('openssl', ['version']).status === 0;

test.skipIf(!here || !openssl)(
  'TLS by a certificate of its own, and a user who may do only what is needed',
  async () => {
    const servers = new RedisServers();
    try {
      const server = await servers.secured('tide');
      const [one, other] = [open(server, 'tide'), open(server, 'tide')];
      const limits = new LimitsRedis({ ...server, prefix: 'tide', clock: systemClock, log });
      await Promise.all([inState(one, 'ready'), inState(other, 'ready')]);
      await deliver(one, other, 'a');
      const fence = { name: 'one', token: 1 };
      await one.announce(fence);
      await one.fenced(fence).publishEvent(cries, cry('b'));
      await one.fenced(fence).drop(tallies, ['a']);
      await one.leases.exchange({ member: 'm', wants: ['one'], keep: [], take: [], give: [] });
      await until('limits are connected', () => limits.ready);
      expect(await new HeldCounts(limits, systemClock).claim([{ subject: 'connections:ip:x', limit: 1 }])).toBe(null);
      await Promise.all([one.close(), other.close(), limits.close()]);
      // Another's certificate is not believed.
      const stranger = new Redis(server.url, { lazyConnect: true, retryStrategy: () => null });
      stranger.on('error', () => undefined);
      await expect(stranger.connect()).rejects.toThrow();
    } finally {
      await servers.stop();
    }
  },
);
