import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Bus } from '../../src/bus/bus.ts';
import type { RetentionSettings } from '../../src/bus/retention.ts';
import { streamOf } from '../../src/bus/topics.ts';
import type { BusBench } from './bus.ts';
import { Hearing, owner, upTo, whisper, whispers } from './bus-topics.ts';
import { LeapClock } from './leap-clock.ts';

/** More owners than there are channels for them: some share one. */
const MANY = 150;

/** What every bus engine promises of a topic that is one stream an owner. */
export function busOwnersContract(
  name: string,
  makeBench: (clock: LeapClock, retention: RetentionSettings) => Promise<BusBench>,
): void {
  describe(`the bus contract for owners, kept by ${name}`, () => {
    const [alice, bob] = [owner(1), owner(2)];
    const to = (whom: string) => streamOf(whispers, whom);
    let clock: LeapClock;
    let bench: BusBench;
    let bus: Bus;
    let other: Bus;

    const begin = async (retention: RetentionSettings) => {
      await bench?.close();
      bench = await makeBench(clock, retention);
      bus = await bench.open();
      other = await bench.open();
    };

    beforeEach(async () => {
      clock = new LeapClock();
      await begin({ retentionMs: 60_000 });
    });

    afterEach(() => bench.close());

    test('each is numbered densely from 1, in the order of each publisher, and read apart', async () => {
      const published = upTo(300).flatMap((n) => [
        bus.publishEvent(whispers, whisper(n % 3 === 0 ? bob : alice, `a${n}`, `${n}`)),
        other.publishEvent(whispers, whisper(n % 3 === 0 ? bob : alice, `b${n}`, `${n}`)),
      ]);
      await Promise.all(published);
      for (const [whom, count] of [
        [alice, 400],
        [bob, 200],
      ] as const) {
        const { records, head, oldest } = await other.readAfter(to(whom), 0, 1_000);
        expect([head, oldest, records.map(({ sequence }) => sequence)]).toEqual([count, 1, upTo(count)]);
        const values = records.map(({ payload }) => JSON.parse(payload));
        expect(new Set(values.map((value) => value.to))).toEqual(new Set([whom]));
        for (const by of ['a', 'b']) {
          const numbers = values.filter(({ id }) => id.startsWith(by)).map((value) => Number(value.by));
          expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
        }
      }
      expect((await other.readBefore(to(bob), 4, 2)).records.map(({ sequence }) => sequence)).toEqual([2, 3]);
    });

    test('each is heard by who listens to it, and by nobody else, however many share a channel', async () => {
      const hearings = new Map(upTo(MANY).map((number) => [owner(number), new Hearing()]));
      for (const [whom, hearing] of hearings) await bus.subscribe(to(whom), hearing);
      await Promise.all(
        upTo(MANY + 20).flatMap((number) => [1, 2].map((n) => other.publishEvent(whispers, whisper(owner(number), n)))),
      );
      for (const [whom, hearing] of hearings) {
        await hearing.heard(2);
        expect(hearing.sequences).toEqual([1, 2]);
        expect(hearing.values).toEqual([whisper(whom, 1), whisper(whom, 2)]);
      }
    });

    test('an address means the same in any case', async () => {
      const hearing = new Hearing();
      const [upper, lower] = [owner(10), owner(10).toLowerCase()];
      expect(upper).not.toBe(lower);
      await bus.subscribe(to(upper), hearing);
      await bus.publishEvent(whispers, whisper(lower, 1));
      expect((await bus.publishEvent(whispers, whisper(upper, 2))).sequence).toBe(2);
      await hearing.heard(2);
      expect((await other.readAfter(to(lower), 0, 10)).records).toHaveLength(2);
    });

    test('an event id is remembered for each apart, and a repeat answered with its first position', async () => {
      const first = await bus.publishEvent(whispers, whisper(alice, 'same'));
      await bus.publishEvent(whispers, whisper(bob, 'before'));
      expect((await bus.publishEvent(whispers, whisper(bob, 'same'))).sequence).toBe(2);
      expect(await other.publishEvent(whispers, whisper(alice, 'same', 'another'))).toEqual(first);
      expect((await bus.readAfter(to(alice), 0, 10)).records).toHaveLength(1);
    });

    test('what is kept of one has nothing to do with how much there is of another', async () => {
      await begin({ retentionEvents: 100 });
      await bus.publishEvent(whispers, whisper(alice, 'rare'));
      await Promise.all(upTo(450).map((n) => bus.publishEvent(whispers, whisper(bob, n))));
      expect(await other.readAfter(to(bob), 0, 1_000)).toMatchObject({ oldest: 351, head: 450 });
      expect(await other.readAfter(to(alice), 0, 1_000)).toMatchObject({ oldest: 1, head: 1, records: [{}] });
    });

    test('numbering goes on when one has been quiet for longer than anything is kept', async () => {
      const { epoch } = await bus.publishEvent(whispers, whisper(alice, 1));
      clock.leap(60_001);
      expect(await other.readAfter(to(alice), 0, 10)).toMatchObject({ epoch, head: 1, oldest: 2, records: [] });
      expect(await bus.publishEvent(whispers, whisper(alice, 2))).toEqual({ epoch, sequence: 2 });
    });

    test('who stops listening to one still hears another of the same channel, and can begin again', async () => {
      const owners = upTo(MANY).map(owner);
      const stops = await Promise.all(owners.map((whom) => bus.subscribe(to(whom), new Hearing())));
      const kept = new Hearing();
      await bus.subscribe(to(alice), kept);
      for (const stop of stops) stop();
      const again = new Hearing();
      await bus.subscribe(to(bob), again);
      await other.publishEvent(whispers, whisper(alice, 1));
      await other.publishEvent(whispers, whisper(bob, 1));
      await Promise.all([kept.heard(1), again.heard(1)]);
    });

    test('all of them at once can be neither read nor heard', async () => {
      await bus.publishEvent(whispers, whisper(alice, 1));
      await expect(bus.readAfter(whispers, 0, 10)).rejects.toThrow(RangeError);
      await expect(bus.readBefore(whispers, 9, 10)).rejects.toThrow(RangeError);
      await expect(bus.subscribe(whispers, new Hearing())).rejects.toThrow(RangeError);
      expect((await bus.readAfter({ kind: 'event', name: whispers.name }, 0, 10)).records).toEqual([]);
    });

    test.each(['', 'alice', `${owner(1)}0`, `${owner(1)}\n`, '0x{}/:*'])(
      'what is no address names no stream: %j',
      async (whom) => {
        await expect(bus.publishEvent(whispers, whisper(whom, 1))).rejects.toThrow(RangeError);
        await expect(bus.readAfter(to(whom), 0, 1)).rejects.toThrow(RangeError);
        await expect(bus.subscribe(to(whom), new Hearing())).rejects.toThrow(RangeError);
      },
    );
  });
}
