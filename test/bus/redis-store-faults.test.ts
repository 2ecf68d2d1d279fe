import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cries, cry, Hearing, tallies, upTo } from '../contracts/bus-topics.ts';
import { redisRuntime } from '../support/private-redis.ts';
import { FaultBench } from '../support/redis-faults.ts';
import { inState } from '../support/redis-state.ts';

const UNAVAILABLE = expect.objectContaining({ code: 'UNAVAILABLE' });

// Needs a redis-server or Docker beside TEST_REDIS_URL: these tests break the server.
describe.skipIf(redisRuntime === null)('when the store loses what it had', () => {
  let bench: FaultBench;
  beforeEach(async () => {
    bench = await FaultBench.start();
  });
  afterEach(() => bench.end());

  test('emptied: the next publish begins a new epoch with sequence 1', async () => {
    const bus = bench.open();
    const hearing = new Hearing();
    await bus.subscribe(cries, hearing);
    const first = await bus.publishEvent(cries, cry(1));
    await bus.publishEvent(cries, cry(2));
    const state = await bus.publishState(tallies, { name: 'x', total: 1 });
    await bench.operator.flushall();
    const next = await bus.publishEvent(cries, cry(2));
    expect(next).toEqual({ epoch: expect.not.stringMatching(first.epoch), sequence: 1 });
    const nextState = await bus.publishState(tallies, { name: 'x', total: 3 }, { more: 2 });
    expect(nextState).toEqual({ epoch: expect.not.stringMatching(state.epoch), sequence: 1 });
    await hearing.heard(3);
    expect(hearing.records.map(({ epoch, sequence }) => ({ epoch, sequence })).at(-1)).toEqual(next);
    // A change of what is gone would mean nothing: the whole value is sent.
    const whole = new Hearing();
    await bus.subscribe(tallies, whole);
    await bus.publishState(tallies, { name: 'x', total: 4 }, { more: 1 });
    await whole.heard(1);
    expect(whole.records[0]).toMatchObject({ form: 'change', sequence: 2 });
  });

  test('emptied: a reader learns of it before anything is published', async () => {
    const bus = bench.open();
    const { epoch } = await bus.publishEvent(cries, cry(1));
    await bench.operator.flushall();
    const page = await bus.readAfter(cries, 0, 10);
    expect(page).toEqual({ records: [], epoch: expect.not.stringMatching(epoch), head: 0, oldest: 1 });
    expect(await bus.publishEvent(cries, cry(1))).toEqual({ epoch: page.epoch, sequence: 1 });
  });

  test('rewound to an older snapshot: a new epoch, though every key looks as it should', async () => {
    const bus = bench.open();
    const hearing = new Hearing();
    await bus.subscribe(cries, hearing);
    await Promise.all(upTo(10).map((n) => bus.publishEvent(cries, cry(n))));
    await bus.publishState(tallies, { name: 'x', total: 1 });
    await bench.operator.save();
    const { epoch } = await bus.publishEvent(cries, cry(11));
    await bus.publishState(tallies, { name: 'x', total: 2 });
    await bench.kill();
    await bench.server.revive();
    await inState(bus, 'ready');
    const next = await bus.publishEvent(cries, cry(12));
    expect(next).toEqual({ epoch: expect.not.stringMatching(epoch), sequence: 1 });
    expect(await bus.publishState(tallies, { name: 'x', total: 3 })).toMatchObject({ sequence: 1 });
    await hearing.heard(12);
    expect(hearing.restorations).toBe(1);
    const page = await bus.readAfter(cries, 0, 100);
    expect(page).toMatchObject({ epoch: next.epoch, head: 1, oldest: 1 });
    expect(page.records.map(({ payload }) => JSON.parse(payload))).toEqual([cry(12)]);
  });

  test('rewound, and only a producer without memory is left: a new epoch all the same', async () => {
    const bus = bench.open();
    await bus.publishEvent(cries, cry(1));
    await bench.operator.save();
    const { epoch } = await bus.publishEvent(cries, cry(2));
    await bus.close();
    await bench.kill();
    await bench.server.revive();
    const later = bench.open();
    expect(await later.publishEvent(cries, cry(3))).toEqual({ epoch: expect.not.stringMatching(epoch), sequence: 1 });
  });

  test('rewound while the server runs on: the producer that was told more notices', async () => {
    const bus = bench.open();
    await bus.publishEvent(cries, cry(1));
    const backup = await bench.operator.dumpBuffer('tidewire:{cries}:life');
    const stream = await bench.operator.dumpBuffer('tidewire:{cries}:stream');
    const { epoch } = await bus.publishEvent(cries, cry(2));
    await bench.operator.restore('tidewire:{cries}:life', 0, backup, 'REPLACE');
    await bench.operator.restore('tidewire:{cries}:stream', 0, stream, 'REPLACE');
    expect(await bus.publishEvent(cries, cry(3))).toEqual({ epoch: expect.not.stringMatching(epoch), sequence: 1 });
  });

  test('rewound: the newest value that is left of a key stays readable, in its own epoch', async () => {
    const bus = bench.open();
    const { epoch } = await bus.publishState(tallies, { name: 'x', total: 1 });
    await bench.operator.save();
    await bench.kill();
    await bench.server.revive();
    await inState(bus, 'ready');
    await bus.publishState(tallies, { name: 'y', total: 1 });
    const latest = await bus.latest(tallies);
    expect(latest.get('x')).toMatchObject({ epoch, sequence: 1 });
    expect(latest.get('y')?.epoch).not.toBe(epoch);
  });
});

describe.skipIf(redisRuntime === null)('when the store keeps an append-only file', () => {
  test('killed and back: the epoch goes on, without a hole and without a repeat', async () => {
    const bench = await FaultBench.start('--appendonly', 'yes');
    try {
      const bus = bench.open();
      const before = await Promise.all(upTo(50).map((n) => bus.publishEvent(cries, cry(n))));
      await bench.kill();
      const waiting = upTo(5).map((n) => bus.publishEvent(cries, cry(50 + n)));
      await bench.server.revive();
      const after = await Promise.all(waiting);
      expect([...before, ...after]).toEqual(upTo(55).map((sequence) => ({ epoch: before[0]?.epoch, sequence })));
      expect((await bus.readAfter(cries, 0, 100)).records).toHaveLength(55);
    } finally {
      await bench.end();
    }
  });
});

describe.skipIf(redisRuntime === null)('when what lies in the store is not ours', () => {
  let bench: FaultBench;
  beforeEach(async () => {
    bench = await FaultBench.start();
  });
  afterEach(() => bench.end());

  test('garbage on a channel is ignored, and the log says so once', async () => {
    const bus = bench.open();
    const hearing = new Hearing();
    await bus.subscribe(cries, hearing);
    const garbage = [
      '',
      'hello',
      '{"a":1}',
      '\n',
      'e:1:v:key',
      'e:0:v:key\nx',
      'e:1:x:key\nx',
      ':1:v:k\nx',
      `${'9'.repeat(900)}\n`,
    ];
    for (const each of garbage) await bench.operator.publish('tidewire:{cries}:live:0', each);
    await bus.publishEvent(cries, cry(1));
    await hearing.heard(1);
    expect(hearing.values).toEqual([cry(1)]);
    expect(bench.logged.filter(({ msg }) => msg.includes('no records'))).toHaveLength(1);
  });

  test('garbage among the latest values is ignored, and the log names it', async () => {
    const bus = bench.open();
    await bus.publishState(tallies, { name: 'x', total: 1 });
    await bench.operator.hset('tidewire:{tallies}:latest', { rubbish: 'hello', stolen: 'e:5:v:x\n{}' });
    expect([...(await bus.latest(tallies)).keys()]).toEqual(['x']);
    expect((await bus.latest(tallies, ['rubbish', 'stolen'])).size).toBe(0);
    expect(bench.logged).toContainEqual(expect.objectContaining({ topic: 'tallies', key: 'rubbish' }));
  });

  test('a key of another type is an error of that read, not of the process', async () => {
    const bus = bench.open();
    await inState(bus, 'ready');
    await bench.operator.set('tidewire:{tallies}:latest', 'hello');
    await expect(bus.latest(tallies)).rejects.toEqual(UNAVAILABLE);
    await bench.operator.del('tidewire:{tallies}:latest');
    expect((await bus.latest(tallies)).size).toBe(0);
  });
});
