import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Bus, BusState, Position } from '../../src/bus/bus.ts';
import { type Cry, cries, cry, Hearing, tallies, upTo } from '../contracts/bus-topics.ts';
import { redisRuntime } from '../support/private-redis.ts';
import { FaultBench } from '../support/redis-faults.ts';
import { RedisProxy } from '../support/redis-proxy.ts';
import { becomes, inState } from '../support/redis-state.ts';

const UNAVAILABLE = expect.objectContaining({ code: 'UNAVAILABLE' });

async function everything(bus: Bus): Promise<readonly Cry[]> {
  const all: Cry[] = [];
  for (let after = 0; ; after += 1_000) {
    const { records } = await bus.readAfter(cries, after, 1_000);
    all.push(...records.map(({ payload }) => JSON.parse(payload)));
    if (records.length < 1_000) return all;
  }
}

// Needs a redis-server or Docker beside TEST_REDIS_URL: these tests break the server.
describe.skipIf(redisRuntime === null)('when the connection to the store breaks', () => {
  let bench: FaultBench;
  beforeEach(async () => {
    bench = await FaultBench.start();
  });
  afterEach(() => bench.end());

  test('publishes that go on while it is cut again and again are stored once, in order, at the positions told', async () => {
    const [bus, other] = [bench.open(), bench.open()];
    const told: Promise<Position>[] = [];
    for (const _round of upTo(30)) {
      await Promise.all([inState(bus, 'ready'), inState(other, 'ready')]);
      const cut = [becomes(bus, 'down'), becomes(other, 'down')];
      // Answers are not awaited: the cut falls between what was sent and what was answered.
      for (const n of upTo(600)) {
        told.push((n % 3 ? bus : other).publishEvent(cries, cry(told.length + 1, n % 3 ? 'a' : 'b')));
      }
      expect(await bench.cut('tidewire-commands')).toBe(2);
      await Promise.all(cut);
    }
    const positions = await Promise.all(told);
    const stored = await everything(bus);
    expect(stored).toHaveLength(told.length);
    expect(new Set(stored.map(({ id }) => id)).size).toBe(told.length);
    for (const by of ['a', 'b']) {
      const ids = stored.filter((each) => each.by === by).map(({ id }) => Number(id));
      expect(ids).toEqual(ids.toSorted((a, b) => a - b));
    }
    expect(positions.map(({ sequence }) => stored[sequence - 1]?.id)).toEqual(upTo(told.length).map(String));
  });

  test('states that go on while it is cut again and again are numbered without a hole, at the positions told', async () => {
    const bus = bench.open();
    const hearing = new Hearing();
    await bus.subscribe(tallies, hearing);
    const told: Promise<Position>[] = [];
    for (const round of upTo(40)) {
      for (const n of upTo(50)) {
        // Within one turn nothing can be known of the connection: a change follows the value that it changes.
        told.push(bus.publishState(tallies, { name: 'x', total: told.length + 1 }, n > 1 ? { more: 1 } : null));
      }
      if (round % 2 === 0) await bench.cut('tidewire-commands');
      else await bench.operator.ping();
    }
    const positions = await Promise.all(told);
    const last = positions.at(-1)?.sequence ?? 0;
    await hearing.until(() => hearing.sequences.at(-1) === last);
    expect(hearing.sequences).toEqual(upTo(last));
    // Folded as a reader folds: every value that was published last at its position is what comes out.
    let total = 0;
    const totals = hearing.records.map(({ form, payload }) => {
      const said = JSON.parse(payload);
      total = form === 'value' ? said.total : total + said.more;
      return total;
    });
    const newestAt = new Map(positions.map(({ sequence }, at) => [sequence, at + 1]));
    expect(totals).toEqual(hearing.sequences.map((sequence) => newestAt.get(sequence)));
  });

  test('an answer that was lost is given again: the publish is stored and heard once', async () => {
    const proxy = await RedisProxy.to(bench.server.url);
    try {
      const [bus, witness] = [bench.open(proxy.url), bench.open()];
      const [events, states] = [new Hearing(), new Hearing()];
      await Promise.all([witness.subscribe(cries, events), witness.subscribe(tallies, states), inState(bus, 'ready')]);
      await bus.publishState(tallies, { name: 'x', total: 1 });
      await bus.publishEvent(cries, cry(1));
      proxy.loseAnswerTo('"total":2');
      const state = bus.publishState(tallies, { name: 'x', total: 2 });
      // Another process goes on meanwhile: what is answered is still the first position.
      await states.heard(2);
      await witness.publishState(tallies, { name: 'x', total: 3 });
      expect((await state).sequence).toBe(2);
      proxy.loseAnswerTo('cry lost');
      const event = bus.publishEvent(cries, cry('lost'));
      await events.heard(2);
      // So long ago that the stream has let it go, and its id with it.
      bench.clock.leap(599_000);
      await witness.publishEvent(cries, cry(3));
      bench.clock.leap(2_000);
      await witness.readAfter(cries, 0, 1);
      expect((await event).sequence).toBe(2);
      expect(proxy.lost).toBe(2);
      await Promise.all([bus.publishState(tallies, { name: 'x', total: 4 }), bus.publishEvent(cries, cry(4))]);
      await Promise.all([states.heard(4), events.heard(4)]);
      expect(states.sequences).toEqual(upTo(4));
      expect(events.values).toEqual([cry(1), cry('lost'), cry(3), cry(4)]);
    } finally {
      await proxy.close();
    }
  });

  test('a listener whose connection is cut is told, and reading closes the hole: everything once', async () => {
    const bus = bench.open();
    const publisher = bench.open();
    const hearing = new Hearing();
    await bus.subscribe(cries, hearing);
    await inState(publisher, 'ready');
    let count = 0;
    for (const round of upTo(5)) {
      await Promise.all(upTo(40).map(() => publisher.publishEvent(cries, cry(++count))));
      expect(await bench.cut('tidewire-live')).toBeGreaterThan(0);
      await Promise.all(upTo(40).map(() => publisher.publishEvent(cries, cry(++count))));
      await hearing.until(() => hearing.restorations === round);
    }
    await publisher.publishEvent(cries, cry(++count));
    await hearing.until(() => hearing.sequences.at(-1) === count);
    expect(hearing.sequences.length).toBeLessThan(count);
    const page = await bus.readAfter(cries, 0, count);
    const merged = new Map([...page.records, ...hearing.records].map((record) => [record.sequence, record.payload]));
    expect([...merged.keys()].toSorted((a, b) => a - b)).toEqual(upTo(count));
  });

  test('what is published after `restored` is heard', async () => {
    const bus = bench.open();
    const publisher = bench.open();
    const order: string[] = [];
    const published: Promise<unknown>[] = [];
    const hearing = new Hearing();
    await bus.subscribe(cries, {
      message: (record) => {
        order.push(`${record.sequence}`);
        hearing.message(record);
      },
      restored: () => {
        order.push('restored');
        published.push(publisher.publishEvent(cries, cry(order.length)));
        hearing.restored();
      },
    });
    for (const round of upTo(3)) {
      await bench.cut('tidewire-live');
      await hearing.heard(round);
    }
    await Promise.all(published);
    expect(order).toEqual(['restored', '1', 'restored', '2', 'restored', '3']);
  });

  test('both are told: the state goes down and comes back', async () => {
    const bus = bench.open();
    const states: BusState[] = [];
    bus.onStateChange((state) => states.push(state));
    expect(bus.state()).toBe('down');
    await inState(bus, 'ready');
    await bench.kill();
    await bench.server.revive();
    await inState(bus, 'ready');
    expect(states).toEqual(['ready', 'down', 'ready']);
  });

  test('unreachable at the start: it is there, refuses reads, keeps publishes, and recovers by itself', async () => {
    await bench.kill();
    const bus = bench.open();
    const published = bus.publishEvent(cries, cry(1));
    await Promise.all([
      expect(bus.readAfter(cries, 0, 1)).rejects.toEqual(UNAVAILABLE),
      expect(bus.latest(tallies)).rejects.toEqual(UNAVAILABLE),
      expect(bus.subscribe(cries, new Hearing())).rejects.toEqual(UNAVAILABLE),
    ]);
    expect(bus.state()).toBe('down');
    await bench.server.revive();
    expect((await published).sequence).toBe(1);
    const hearing = new Hearing();
    await bus.subscribe(cries, hearing);
    await bus.publishEvent(cries, cry(2));
    await hearing.heard(1);
    expect((await bus.readAfter(cries, 0, 9)).records).toHaveLength(2);
  });

  test('frozen: reads are refused, and a publish whose answer did not come is stored once', async () => {
    const bus = bench.open();
    const hearing = new Hearing();
    await bus.subscribe(cries, hearing);
    const { epoch } = await bus.publishEvent(cries, cry(1));
    bench.server.freeze();
    const published = Promise.all(upTo(20).map((n) => bus.publishEvent(cries, cry(n + 1))));
    await expect(bus.readAfter(cries, 0, 1)).rejects.toEqual(UNAVAILABLE);
    await inState(bus, 'down');
    bench.server.thaw();
    expect(await published).toEqual(
      upTo(21)
        .slice(1)
        .map((sequence) => ({ epoch, sequence })),
    );
    expect((await everything(bus)).map(({ id }) => Number(id))).toEqual(upTo(21));
  });
});
