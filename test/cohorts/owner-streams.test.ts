import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import type { ProcessBus } from '../../src/bus/bus.ts';
import { createMemoryBus } from '../../src/bus/memory-bus.ts';
import { streamOf, topics } from '../../src/bus/topics.ts';
import { encodeCursor, joinCursors } from '../../src/cohorts/cursor.ts';
import type { Delivery } from '../../src/cohorts/delivery.ts';
import { systemClock } from '../../src/lib/clock.ts';
import type { Identity } from '../../src/model/identity.ts';
import type { Context } from '../../src/schema/context.ts';
import { liveCursorOf } from '../../src/schema/facts.ts';
import { ownersOf } from '../../src/schema/owner.ts';
import { contextOf, DirectReader, directDelivery } from '../support/direct-delivery.ts';
import { trade } from '../support/market.ts';
import { ALICE, ALICE_TOO, BOB, note, notes, user } from '../support/owner-schema.ts';
import { silentLog } from '../support/server.ts';
import { quietly } from '../support/until.ts';

const NOTES = `subscription ($owner: Address, $after: Cursor, $last: Int, $least: Int) {
  notes(filter: {owner: $owner, least: $least}, after: $after, last: $last) { owner number replayed c: cursor }
}`;

const alice = user('alice', [ALICE, ALICE_TOO]);
const operator = user('operator', [], ['operator']);

describe('a subscription over the streams of several addresses', () => {
  let bus: ProcessBus;
  let delivery: Delivery<Context>;

  beforeEach(() => {
    bus = createMemoryBus({ clock: systemClock, log: silentLog });
    delivery = directDelivery(bus);
  });

  const follow = (identity: Identity, variables: Readonly<Record<string, unknown>> = {}, by = delivery) =>
    new DirectReader().subscribe(by, contextOf(bus, identity), NOTES, variables);

  const publish = async (owner: string, ...numbers: readonly number[]) => {
    for (const number of numbers) await bus.publishEvent(notes, note(owner, number));
  };

  const numbers = ({ frames }: DirectReader, owner: string) =>
    frames.filter((frame) => frame['owner'] === owner).map((frame) => frame['number']);

  const positionOf = async (owner: string, sequence: number) => {
    const { epoch } = await bus.readAfter(streamOf(notes, owner), 0, 0);
    return encodeCursor(notes.name, { epoch, sequence }, owner);
  };

  test('gives those of each in order, says once that it is live, and gives nobody else’s', async () => {
    const reader = await follow(alice);
    await publish(BOB, 1, 2, 3);
    await publish(ALICE, 1, 2);
    await publish(ALICE_TOO, 1);
    await publish(ALICE, 3);
    expect(numbers(reader, ALICE)).toEqual([1, 2, 3]);
    expect(numbers(reader, ALICE_TOO)).toEqual([1]);
    expect(reader.frames).toHaveLength(4);
    expect(reader.lives).toBe(1);
  });

  test('shows in each frame the cursor that its transport is told', async () => {
    const reader = await follow(alice);
    await publish(ALICE, 1);
    await publish(ALICE_TOO, 1);
    expect(reader.frames.map((frame) => frame['c'])).toEqual(reader.cursors);
    expect(new Set(reader.cursors).size).toBe(2);
    expect(reader.progress?.split('.').toSorted()).toEqual(reader.cursors.at(-1)?.split('.').toSorted());
  });

  test('is taken up after any of its frames and any of its progress, in any process, without loss or repetition', async () => {
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.record({ does: fc.constant('publish' as const), other: fc.boolean() }) },
      { weight: 2, arbitrary: fc.record({ does: fc.constant('block' as const) }) },
      { weight: 2, arbitrary: fc.record({ does: fc.constant('unblock' as const) }) },
      {
        weight: 2,
        arbitrary: fc.record({ does: fc.constant('back' as const), to: fc.nat(), elsewhere: fc.boolean() }),
      },
      { weight: 2, arbitrary: fc.record({ does: fc.constant('progress' as const), elsewhere: fc.boolean() }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60, size: 'max' }), async (steps) => {
        bus = createMemoryBus({ clock: systemClock, log: silentLog });
        const processes = [directDelivery(bus), directDelivery(bus)] as const;
        const published = new Map([ALICE, ALICE_TOO].map((owner) => [owner, 0]));
        // In one of the processes somebody else keeps the newest events in memory; in the other they are read.
        await follow(alice, {}, processes[0]);
        let reader = await follow(alice, {}, processes[0]);
        // What the client has kept: the frames up to the position that it went on from.
        const kept: (readonly [unknown, unknown])[] = [];
        const shown = (count: number) =>
          reader.frames.slice(0, count).map((frame) => [frame['owner'], frame['number']] as const);
        const again = async (after: string | null, count: number, elsewhere: boolean) => {
          if (after === null) return;
          kept.push(...shown(count));
          reader.end();
          reader = await follow(alice, { after }, processes[elsewhere ? 1 : 0]);
        };
        for (const one of steps) {
          if (one.does === 'publish') {
            const owner = one.other ? ALICE_TOO : ALICE;
            const number = (published.get(owner) ?? 0) + 1;
            published.set(owner, number);
            await publish(owner, number);
          } else if (one.does === 'block') reader.blocked = true;
          else if (one.does === 'unblock') reader.resume();
          else if (one.does === 'progress') await again(reader.progress, reader.frames.length, one.elsewhere);
          else {
            const at = one.to % Math.max(1, reader.frames.length);
            await again(reader.cursors[at] ?? null, at + 1, one.elsewhere);
          }
        }
        reader.resume();
        await quietly();
        const all = [...kept, ...shown(reader.frames.length)];
        for (const [owner, count] of published) {
          const got = all.filter(([whose]) => whose === owner).map(([, number]) => number);
          expect(got).toEqual(Array.from({ length: count }, (_, at) => at + 1));
        }
        expect(reader.lives).toBe(1);
      }),
      { numRuns: 150 },
    );
  });

  test('keeps its cursor under another owner filter: what was asked for is not lost, what was not is not given', async () => {
    const one = await follow(alice, { owner: ALICE });
    await publish(ALICE, 1);
    await publish(ALICE_TOO, 1);
    await publish(ALICE, 2);
    expect(one.frames).toHaveLength(2);
    const cursor = one.progress;
    await publish(ALICE, 3);
    await publish(ALICE_TOO, 2);
    const both = await follow(alice, { after: cursor });
    expect([numbers(both, ALICE), numbers(both, ALICE_TOO)]).toEqual([[3], [2]]);
    const other = await follow(alice, { after: cursor, owner: ALICE_TOO });
    expect([numbers(other, ALICE), numbers(other, ALICE_TOO)]).toEqual([[], [2]]);
  });

  test('begins with the newest of all by their time, oldest first, and any of them is a place to go on from', async () => {
    // By time: 10 ALICE, 15 TOO, 20 ALICE, 25 TOO, ...
    for (const number of [1, 2, 3, 4]) {
      await bus.publishEvent(notes, note(ALICE, number, { timestamp: number * 10 }));
      await bus.publishEvent(notes, note(ALICE_TOO, number, { timestamp: number * 10 + 5 }));
    }
    const reader = await follow(alice, { last: 5 });
    await quietly();
    const shown = (of: DirectReader) => of.frames.map((frame) => [frame['owner'], frame['number']]);
    const five = [
      [ALICE_TOO, 2],
      [ALICE, 3],
      [ALICE_TOO, 3],
      [ALICE, 4],
      [ALICE_TOO, 4],
    ];
    expect(shown(reader)).toEqual(five);
    expect(reader.frames.every((frame) => frame['replayed'])).toBe(true);
    expect(reader.lives).toBe(1);
    await publish(ALICE, 5);
    for (const [at, after] of reader.cursors.slice(0, 5).entries()) {
      const again = await follow(alice, { after });
      const rest = [...five.slice(at + 1), [ALICE, 5]];
      for (const owner of [ALICE, ALICE_TOO])
        expect(numbers(again, owner)).toEqual(rest.flatMap(([whose, number]) => (whose === owner ? [number] : [])));
    }
  });

  test('begins with the newest at the pace of a reader that takes one at a time, in their order', async () => {
    for (const number of [1, 2, 3]) {
      await bus.publishEvent(notes, note(ALICE, number, { timestamp: number }));
      await bus.publishEvent(notes, note(ALICE_TOO, number, { timestamp: number + 0.5 }));
    }
    class Slow extends DirectReader {
      override next(payload: Buffer, cursor: (() => string) | null): void {
        super.next(payload, cursor);
        this.blocked = true;
      }
    }
    const reader = await new Slow().subscribe(delivery, contextOf(bus, alice), NOTES, { last: 6 });
    for (let at = 0; at < 10; at++) {
      await quietly();
      reader.resume();
    }
    expect(reader.frames.map((frame) => [frame['owner'], frame['number']])).toEqual(
      [1, 2, 3].flatMap((number) => [
        [ALICE, number],
        [ALICE_TOO, number],
      ]),
    );
    expect(reader.lives).toBe(1);
  });

  test('gives of an address that was not yet the caller’s when the cursor was made all that is kept', async () => {
    await publish(ALICE_TOO, 1);
    const before = await follow(user('alice', [ALICE]));
    await publish(ALICE, 1);
    await publish(ALICE_TOO, 2);
    const [cursor] = before.cursors;
    await publish(ALICE, 2);
    const now = await follow(alice, { after: cursor });
    expect([numbers(now, ALICE), numbers(now, ALICE_TOO)]).toEqual([[2], [1, 2]]);
  });

  test('goes on from where a query was made, in every stream', async () => {
    await publish(ALICE, 1);
    for (const identity of [alice, user('nobody', [])]) {
      const context = contextOf(bus, identity);
      const after = await liveCursorOf(notes, ownersOf(null, context), context);
      await publish(ALICE, 2);
      await publish(ALICE_TOO, 1);
      const reader = await follow(identity, { after });
      const expected = identity === alice ? [[2], [1]] : [[], []];
      expect([numbers(reader, ALICE), numbers(reader, ALICE_TOO)]).toEqual(expected);
    }
    const { epoch } = await bus.publishEvent(topics.trades, trade('A', 1));
    const context = contextOf(bus, null);
    expect(await liveCursorOf(topics.trades, null, context)).toBe(encodeCursor('trades', { epoch, sequence: 1 }));
  });

  test('is refused with a cursor of anybody else, of another topic, or that is none', async () => {
    await publish(ALICE, 1);
    await publish(BOB, 1);
    const [own, bobs] = [await positionOf(ALICE, 0), await positionOf(BOB, 0)];
    const { epoch } = await bus.publishEvent(topics.trades, trade('A', 1));
    const stranger = await follow(user('bob', [BOB]));
    await publish(BOB, 2);
    for (const [after, code] of [
      [bobs, 'FORBIDDEN'],
      [stranger.cursors[0], 'FORBIDDEN'],
      [stranger.progress, 'FORBIDDEN'],
      [joinCursors([own, bobs]), 'FORBIDDEN'],
      [joinCursors([own, own]), 'BAD_USER_INPUT'],
      [`${own}.`, 'BAD_USER_INPUT'],
      ['garbage', 'BAD_USER_INPUT'],
      [encodeCursor('notes', { epoch, sequence: 1 }), 'BAD_USER_INPUT'],
      [encodeCursor('trades', { epoch, sequence: 1 }), 'BAD_USER_INPUT'],
      [encodeCursor('notes', { epoch: 'another', sequence: 1 }, ALICE), 'CURSOR_EXPIRED'],
    ] as const)
      expect([after, await follow(alice, { after }).catch((error) => error.code)]).toEqual([after, code]);
    expect(delivery.questions).toBe(1);
  });

  test('is open to an operator who names the owner, and goes on after its cursor', async () => {
    await publish(ALICE, 1);
    const reader = await follow(operator, { owner: ALICE });
    await publish(ALICE, 2);
    await publish(ALICE_TOO, 2);
    expect(numbers(reader, ALICE)).toEqual([2]);
    const again = await follow(operator, { owner: ALICE, after: await positionOf(ALICE, 0) });
    expect(numbers(again, ALICE)).toEqual([1, 2]);
    const other = { owner: BOB, after: reader.cursors[0] };
    await expect(follow(operator, other)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  test('of a caller without an address is live and quiet', async () => {
    const reader = await follow(user('nobody', []));
    await publish(ALICE, 1);
    expect([reader.lives, reader.frames, reader.progress]).toEqual([1, [], null]);
  });

  test('ends as a whole when one of its streams is lost, and says where all of them stand when it fell too far behind', async () => {
    bus = createMemoryBus({ clock: systemClock, log: silentLog, retentionEvents: 10 });
    delivery = directDelivery(bus);
    const reader = await follow(alice);
    await publish(ALICE_TOO, 1);
    reader.blocked = true;
    for (let number = 1; number <= 9_000; number++) await publish(ALICE, number);
    reader.resume();
    const error = await reader.ending();
    expect(error).toMatchObject({ code: 'SLOW_CONSUMER' });
    const { resumeCursor } = (error as { details: { resumeCursor: string } }).details;
    expect(resumeCursor.split('.')).toHaveLength(2);
    await expect(follow(alice, { after: resumeCursor })).resolves.toBeInstanceOf(DirectReader);
  });

  test('shares its bytes with another of the same caller where there is one address, and leaves nothing behind', async () => {
    const [one, two] = [await follow(user('bob', [BOB])), await follow(user('bob', [BOB]))];
    await publish(BOB, 1);
    expect(one.payloads[0]).toBe(two.payloads[0]);
    expect(delivery.questions).toBe(1);
    expect(delivery.counters.executions).toBe(1);
    const readers = [one, two, await follow(alice), await follow(alice, { owner: ALICE })];
    for (const reader of readers) reader.end();
    expect(delivery.questions).toBe(0);
  });
});
