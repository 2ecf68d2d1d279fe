import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Position } from '../../src/bus/bus.ts';
import { streamOf } from '../../src/bus/topics.ts';
import { Hearing, owner, upTo, whisper, whispers } from '../contracts/bus-topics.ts';
import { redisRuntime } from '../support/private-redis.ts';
import { FaultBench } from '../support/redis-faults.ts';
import { becomes, inState } from '../support/redis-state.ts';

const OWNERS = upTo(20).map(owner);

const to = (whom: string) => streamOf(whispers, whom);

// Needs a redis-server or Docker beside TEST_REDIS_URL: these tests break the server.
describe.skipIf(redisRuntime === null)('streams of owners', () => {
  let bench: FaultBench;
  beforeEach(async () => {
    bench = await FaultBench.start();
  });
  afterEach(() => bench.end());

  test('store each event once, in order, at the position told, while connections are cut again and again', async () => {
    const [bus, other] = [bench.open(), bench.open()];
    const told = new Map<string, Promise<Position>[]>(OWNERS.map((whom) => [whom, []]));
    for (const _round of upTo(12)) {
      await Promise.all([inState(bus, 'ready'), inState(other, 'ready')]);
      const cut = [becomes(bus, 'down'), becomes(other, 'down')];
      for (const n of upTo(400)) {
        const whom = OWNERS[n % OWNERS.length] ?? '';
        const positions = told.get(whom) ?? [];
        // In turn from each of the two: what one of them sent twice would come between.
        positions.push((positions.length % 2 ? bus : other).publishEvent(whispers, whisper(whom, positions.length)));
      }
      expect(await bench.cut('tidewire-commands')).toBe(2);
      await Promise.all(cut);
    }
    for (const [whom, positions] of told) {
      const { records } = await bus.readAfter(to(whom), 0, 1_000);
      const stored = records.map(({ payload }) => Number(JSON.parse(payload).id));
      expect(stored.toSorted((a, b) => a - b)).toEqual([...positions.keys()]);
      for (const odd of [0, 1]) {
        const ofOne = stored.filter((id) => id % 2 === odd);
        expect(ofOne).toEqual(ofOne.toSorted((a, b) => a - b));
      }
      const sequences = (await Promise.all(positions)).map(({ sequence }) => sequence);
      expect(sequences.map((sequence) => stored[sequence - 1])).toEqual([...positions.keys()]);
    }
  });

  test('tell each listener that it may have missed something, on every channel', async () => {
    const [bus, other] = [bench.open(), bench.open()];
    await Promise.all([inState(bus, 'ready'), inState(other, 'ready')]);
    const hearings = new Map(OWNERS.map((whom) => [whom, new Hearing()]));
    for (const [whom, hearing] of hearings) await bus.subscribe(to(whom), hearing);
    await bench.cut('tidewire-live');
    for (const hearing of hearings.values()) await hearing.until(() => hearing.restorations === 1);
    for (const whom of OWNERS) await other.publishEvent(whispers, whisper(whom, 1));
    for (const hearing of hearings.values()) await hearing.heard(1);
  });

  test('begin a new life each when the store was emptied', async () => {
    const bus = bench.open();
    for (const whom of OWNERS) await bus.publishEvent(whispers, whisper(whom, 1));
    const before = await Promise.all(OWNERS.map((whom) => bus.readAfter(to(whom), 0, 1)));
    await bench.operator.flushall();
    for (const [at, whom] of OWNERS.entries()) {
      const { epoch = '' } = before[at] ?? {};
      const next = await bus.publishEvent(whispers, whisper(whom, 1));
      expect(next).toEqual({ epoch: expect.not.stringMatching(epoch), sequence: 1 });
    }
  });
});
