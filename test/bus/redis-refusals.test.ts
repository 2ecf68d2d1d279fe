import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Position } from '../../src/bus/bus.ts';
import { cries, cry, Hearing, tallies, upTo } from '../contracts/bus-topics.ts';
import { redisRuntime } from '../support/private-redis.ts';
import { FaultBench } from '../support/redis-faults.ts';
import { RedisProxy } from '../support/redis-proxy.ts';
import { inState } from '../support/redis-state.ts';

const UNAVAILABLE = expect.objectContaining({ code: 'UNAVAILABLE' });

// Needs a redis-server or Docker beside TEST_REDIS_URL: these tests break the server.
describe.skipIf(redisRuntime === null)('while the store is away', () => {
  let bench: FaultBench;
  beforeEach(async () => {
    // It comes back with all that it had: what is tested here must not be a new epoch's doing.
    bench = await FaultBench.start('--appendonly', 'yes');
  });
  afterEach(() => bench.end());

  test('publishes wait up to a bound, are refused beyond it, and those that waited arrive in order', async () => {
    const bus = bench.open();
    await inState(bus, 'ready');
    await bench.kill();
    const waiting = upTo(100_000).map((n) => bus.publishEvent(cries, cry(n)));
    await expect(bus.publishEvent(cries, cry('one too many'))).rejects.toEqual(UNAVAILABLE);
    await expect(bus.publishState(tallies, { name: 'x', total: 1 })).rejects.toEqual(UNAVAILABLE);
    await bench.server.revive();
    const positions = await Promise.all(waiting);
    expect(positions.every(({ sequence }, at) => sequence === at + 1)).toBe(true);
    expect((await bus.readBefore(cries, Number.MAX_SAFE_INTEGER, 1)).records[0]?.payload).toBe(
      JSON.stringify(cry(100_000)),
    );
  });

  test('a publish that has waited ten minutes is refused', async () => {
    const bus = bench.open();
    await inState(bus, 'ready');
    await bench.kill();
    const old = bus.publishEvent(cries, cry('old')).catch((error: unknown) => error);
    bench.clock.leap(400_000);
    const young = bus.publishEvent(cries, cry('young'));
    bench.clock.leap(200_001);
    expect(await old).toEqual(UNAVAILABLE);
    await bench.server.revive();
    expect((await young).sequence).toBe(1);
  });

  test('of a state only the newest value waits, and it is sent whole', async () => {
    const proxy = await RedisProxy.to(bench.server.url);
    const [bus, witness] = [bench.open(proxy.url), bench.open()];
    try {
      const hearing = new Hearing();
      await witness.subscribe(tallies, hearing);
      await bus.publishState(tallies, { name: 'x', total: 1 });
      proxy.sever();
      await bench.lost('tidewire-commands');
      const folded = upTo(500).map((n) => bus.publishState(tallies, { name: 'x', total: n + 1 }, { more: 1 }));
      const apart = bus.publishState(tallies, { name: 'y', total: 7 });
      proxy.mend();
      const positions = await Promise.all([...folded, apart]);
      expect(positions.map(({ sequence }) => sequence)).toEqual([...folded.map(() => 2), 1]);
      await bus.publishState(tallies, { name: 'x', total: 502 }, { more: 1 });
      await hearing.heard(4);
      expect(hearing.records.map(({ form, payload }) => [form, payload])).toEqual([
        ['value', '{"name":"x","total":1}'],
        ['value', '{"name":"x","total":501}'],
        ['value', '{"name":"y","total":7}'],
        ['change', '{"more":1}'],
      ]);
    } finally {
      await bus.close();
      await proxy.close();
    }
  });

  test('the change that follows a refused value is sent whole', async () => {
    const bus = bench.open();
    const hearing = new Hearing();
    await bus.publishState(tallies, { name: 'x', total: 1 });
    await bench.kill();
    const refused = bus.publishState(tallies, { name: 'x', total: 2 }, { more: 1 }).catch((error: unknown) => error);
    bench.clock.leap(600_001);
    expect(await refused).toEqual(UNAVAILABLE);
    await bench.server.revive();
    await inState(bus, 'ready');
    await bus.subscribe(tallies, hearing);
    await bus.publishState(tallies, { name: 'y', total: 1 });
    await bus.publishState(tallies, { name: 'x', total: 3 }, { more: 1 });
    await bus.publishState(tallies, { name: 'x', total: 4 }, { more: 1 });
    await hearing.heard(3);
    expect(hearing.records.map(({ form }) => form)).toEqual(['value', 'value', 'change']);
  });

  test('closing sends what waits; what cannot be sent is refused, and closing ends', async () => {
    const bus = bench.open();
    await inState(bus, 'ready');
    const last = upTo(700).map((n) => bus.publishEvent(cries, cry(n)));
    await bus.close();
    expect((await Promise.all(last)).map(({ sequence }) => sequence)).toEqual(upTo(700));
    await bench.kill();
    const lost = bench.open();
    const refused = lost.publishEvent(cries, cry('lost')).catch((error: unknown) => error);
    await lost.close();
    expect(await refused).toEqual(UNAVAILABLE);
    await bench.server.revive();
  });
});

describe.skipIf(redisRuntime === null)('when the store answers with a refusal', () => {
  let bench: FaultBench;
  beforeEach(async () => {
    bench = await FaultBench.start();
  });
  afterEach(() => bench.end());

  test('of a write: it is tried again until it is taken, in order, and the state tells', async () => {
    const bus = bench.open();
    await inState(bus, 'ready');
    await bus.publishEvent(cries, cry(1));
    await bench.operator.config('SET', 'maxmemory', '1');
    const waiting: Promise<Position>[] = upTo(5).map((n) => bus.publishEvent(cries, cry(n + 1)));
    await inState(bus, 'down');
    waiting.push(bus.publishEvent(cries, cry(7)));
    await bench.operator.config('SET', 'maxmemory', '0');
    expect((await Promise.all(waiting)).map(({ sequence }) => sequence)).toEqual([2, 3, 4, 5, 6, 7]);
    await inState(bus, 'ready');
    expect(bench.logged).toContainEqual(expect.objectContaining({ msg: expect.stringContaining('refused a publish') }));
  });

  test('of a new subscription: the caller is told, and the process lives on', async () => {
    await bench.operator.acl('SETUSER', 'reader', 'on', '>secret', '~*', '+@all', 'resetchannels');
    const bus = bench.open(bench.server.url.replace('//', '//reader:secret@'));
    await inState(bus, 'ready');
    const refused = bus.subscribe(cries, new Hearing());
    await inState(bus, 'down');
    await expect(refused).rejects.toEqual(UNAVAILABLE);
    // Nobody waits for it any more.
    expect(bus.state()).toBe('ready');
    await bench.operator.acl('SETUSER', 'reader', 'allchannels');
    const hearing = new Hearing();
    await bus.subscribe(cries, hearing);
    await bus.publishEvent(cries, cry(1));
    await hearing.heard(1);
    expect(bench.logged.some(({ msg }) => msg.includes('refused a subscription'))).toBe(true);
    expect(JSON.stringify(bench.logged)).not.toContain('secret');
  });

  test('of a subscription on the way back: it is tried again, and the listener is told when it is whole', async () => {
    await bench.operator.acl('SETUSER', 'reader', 'on', '>secret', '~*', '+@all', 'allchannels');
    const bus = bench.open(bench.server.url.replace('//', '//reader:secret@'));
    const hearing = new Hearing();
    await bus.subscribe(cries, hearing);
    // Redis ends the connections that listen to what they may no longer hear.
    await bench.operator.acl('SETUSER', 'reader', 'resetchannels');
    await inState(bus, 'down');
    await bench.operator.acl('SETUSER', 'reader', 'allchannels');
    await inState(bus, 'ready');
    expect(hearing.restorations).toBe(1);
    await bus.publishEvent(cries, cry(1));
    await hearing.heard(1);
  });

  test('of a password: reads and publishes are bounded as if it were away', async () => {
    await bench.operator.acl('SETUSER', 'reader', 'on', '>secret', '~*', '+@all', 'allchannels');
    const bus = bench.open(bench.server.url.replace('//', '//reader:wrong@'));
    await expect(bus.readAfter(cries, 0, 1)).rejects.toEqual(UNAVAILABLE);
    expect(bus.state()).toBe('down');
  });
});
