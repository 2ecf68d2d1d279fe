import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { contextOf, DirectReader, directDelivery } from '../support/direct-delivery.ts';
import { ALICE, ALICE_TOO, BOB, note, notes, user } from '../support/owner-schema.ts';
import { redisRuntime } from '../support/private-redis.ts';
import { FaultBench } from '../support/redis-faults.ts';
import { inState } from '../support/redis-state.ts';
import { until } from '../support/until.ts';

const NOTES = 'subscription ($after: Cursor) { notes(after: $after) { owner number } }';

const OWNERS = [ALICE, ALICE_TOO] as const;

const ROUNDS = 15;
const A_ROUND = 40;

// Needs a redis-server or Docker beside TEST_REDIS_URL: these tests break the server.
describe.skipIf(redisRuntime === null)('a subscription over the streams of several addresses, through Redis', () => {
  let bench: FaultBench;
  beforeEach(async () => {
    bench = await FaultBench.start();
  });
  afterEach(() => bench.end());

  test('gets each event once, in the order of its stream, while connections are cut again and again, and goes on in another process', async () => {
    const [publisher, heard, elsewhere] = [bench.open(), bench.open(), bench.open()];
    const buses = [publisher, heard, elsewhere];
    await Promise.all(buses.map((bus) => inState(bus, 'ready')));
    const follow = (bus: typeof heard, after: string | null) => {
      const context = contextOf(bus, user('alice', OWNERS));
      return new DirectReader().subscribe(directDelivery(bus), context, NOTES, { after });
    };
    const reader = await follow(heard, null);
    let published = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const publishing: Promise<unknown>[] = [];
      for (let n = 0; n < A_ROUND; n++) {
        published++;
        for (const owner of [...OWNERS, BOB]) publishing.push(publisher.publishEvent(notes, note(owner, published)));
      }
      await bench.cut(round % 3 === 0 ? 'tidewire-commands' : 'tidewire-live');
      await Promise.all(publishing);
      await Promise.all(buses.map((bus) => inState(bus, 'ready')));
    }
    const all = Array.from({ length: published }, (_, at) => at + 1);
    const numbers = (one: DirectReader, owner: string) =>
      one.frames.flatMap((frame) => (frame['owner'] === owner ? [frame['number']] : []));
    await until('all has come', () => reader.frames.length >= OWNERS.length * published);
    for (const owner of OWNERS) expect(numbers(reader, owner)).toEqual(all);
    const middle = Math.floor(reader.frames.length / 2);
    const before = reader.frames.slice(0, middle);
    const again = await follow(elsewhere, reader.cursors[middle - 1] ?? null);
    await until('the rest has come', () => again.frames.length >= reader.frames.length - middle);
    for (const owner of OWNERS) {
      const kept = before.flatMap((frame) => (frame['owner'] === owner ? [frame['number']] : []));
      expect([...kept, ...numbers(again, owner)]).toEqual(all);
    }
    expect(again.lives).toBe(1);
  });
});
