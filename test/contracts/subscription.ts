import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeCursor } from '../../src/cohorts/cursor.ts';
import { until } from '../support/until.ts';
import { beginExam, type Exam, whenLive } from './subscription-exam.ts';
import type { Asking, Shown, SubscriptionFixture } from './subscription-fixtures.ts';

/** Numbers published to a reader that has stopped: of frames of 150 bytes, several windows full. */
const MANY = 1_500;

/** What every subscription field promises, whatever it is about. A field is known by its fixture alone. */
export function subscriptionContract(field: string, fixture: SubscriptionFixture): void {
  const isState = fixture.topic.kind === 'state';
  const [first] = fixture.askings;

  /** What comes of these numbers, of every key in turn, under an asking: of what changes also what leaves it. */
  const expected = (asking: Asking, keys: readonly string[], from: number, to: number) => {
    const coming: [string, number, boolean][] = [];
    for (let number = from; number <= to; number++)
      for (const key of keys) {
        const matches = asking.passes({ key, number });
        // Of a state, the reader was told of what was before since it began; an event says by itself what it follows.
        const before = isState ? (number > from ? number - 1 : null) : (fixture.before?.(number) ?? null);
        const leaves = before !== null && asking.passes({ key, number: before });
        if (matches || leaves) coming.push([key, number, matches]);
      }
    return coming;
  };

  const came = (exam: Exam, id: string) =>
    exam.payloads(id).map((payload) => {
      const { key, number } = fixture.read(payload) as Shown;
      return [key, number, payload.matches];
    });

  /** Everything that must come has come, and nothing else came with it. */
  const comes = async (exam: Exam, id: string, wanted: readonly unknown[]) => {
    await until(`${wanted.length} came to ${id}`, () => exam.payloads(id).length >= wanted.length);
    await exam.client.settled();
    expect(came(exam, id)).toEqual(wanted);
  };

  describe(`the subscription contract, kept by ${field}`, () => {
    test.runIf(isState)('begins with a snapshot of each value that passes, then says that it is live', async () => {
      const exam = await beginExam(field, fixture);
      await exam.publishAll(1, 3);
      for (const [at, asking] of fixture.askings.entries()) {
        const id = `op${at}`;
        await whenLive(exam.follow(id, asking, 'inline'));
        const frames = exam.frames(id);
        expect(frames.every(({ snapshot, matches }) => snapshot === true && matches)).toBe(true);
        const passing = exam.keys.filter((key) => asking.passes({ key, number: 3 }));
        expect(frames).toHaveLength(passing.length);
        // Of a topic that the server publishes on too, the newest may be the server's own.
        const shown = exam.shown(id);
        if (shown.length > 0) expect(shown).toEqual(passing.map((key) => ({ key, number: 3 })));
      }
    });

    test.runIf(!isState)('begins at a position that the client is told, and can be taken up from it', async () => {
      const exam = await beginExam(field, fixture);
      await exam.publishAll(1, 3);
      const following = exam.follow('a', first, 'inline');
      const { progress } = await whenLive(following);
      expect(exam.frames('a')).toEqual([]);
      await exam.publishAll(4, 5);
      await whenLive(exam.follow('b', first, 'inline', `after: "${progress['a']}"`));
      for (const id of ['a', 'b']) await comes(exam, id, expected(first, exam.keys, 4, 5));
    });

    test('misses and repeats nothing of what is published while it joins', async () => {
      const exam = await beginExam(field, fixture);
      const [key = ''] = exam.keys;
      const { epoch } = await exam.publish({ key, number: 1 });
      exam.bus.hold();
      const more = isState
        ? ''
        : `after: "${encodeCursor(fixture.topic.name, { epoch, sequence: 0 }, fixture.owner ?? null)}"`;
      const following = exam.follow('a', first, 'inline', more);
      await until('it is being read', () => exam.bus.waiting > 0);
      for (const number of [2, 3]) await exam.publish({ key, number });
      // From here on the store is ahead of what is heard.
      exam.bus.delayLive();
      for (const number of [4, 5]) await exam.publish({ key, number });
      exam.bus.release();
      await whenLive(following);
      await exam.publish({ key, number: 6 });
      exam.bus.hurryLive();
      await exam.publish({ key, number: 7 });
      await until('the last came', () => exam.shown('a').at(-1)?.number === 7);
      await exam.client.settled();
      const numbers = exam.shown('a').map(({ number }) => number);
      expect(numbers.slice(-2)).toEqual([6, 7]);
      expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
      if (!isState) expect(numbers).toEqual([1, 2, 3, 4, 5, 6, 7]);
    });

    test('honours every filter on one socket, in literals and in variables, in order, and says what leaves it', async () => {
      const exam = await beginExam(field, fixture);
      for (const [at, asking] of fixture.askings.entries())
        await whenLive(exam.follow(`inline${at}`, asking, 'inline'));
      const { questions } = await exam.server.status();
      for (const [at, asking] of fixture.askings.entries())
        await whenLive(exam.follow(`variables${at}`, asking, 'variables'));
      expect(await exam.server.status()).toMatchObject({ questions, subscriptions: 2 * fixture.askings.length });
      await exam.publishAll(1, 12);
      for (const [at, asking] of fixture.askings.entries())
        for (const form of ['inline', 'variables']) {
          await comes(exam, `${form}${at}`, expected(asking, exam.keys, 1, 12));
          asking.prove?.(exam.frames(`${form}${at}`));
        }
    });

    test.runIf(!isState)('is taken up again after any event, under any filter', async () => {
      const exam = await beginExam(field, fixture);
      const { keys } = exam;
      await whenLive(exam.follow('all', first, 'inline'));
      await exam.publishAll(1, 30);
      const all = expected(first, keys, 1, 30);
      const places = all.map(([key, number]) => [key, number] as const);
      await comes(exam, 'all', all);
      const cursors = exam.payloads('all').map(({ cursor }) => cursor);
      const place = fc.record({ at: fc.nat(all.length - 1), asking: fc.constantFrom(...fixture.askings) });
      let taken = 0;
      await fc.assert(
        fc.asyncProperty(place, async ({ at, asking }) => {
          const id = `again${++taken}`;
          await whenLive(exam.follow(id, asking, 'inline', `after: "${cursors[at]}"`));
          // The same events come as to who was there all the time.
          const rest = places.slice(at + 1).flatMap(([key, number]) => expected(asking, [key], number, number));
          expect(came(exam, id)).toEqual(rest);
          expect(exam.frames(id).every(({ replayed }) => replayed === true)).toBe(true);
          exam.client.complete(id);
        }),
        { numRuns: 20 },
      );
    });

    test('loses nothing to a reader that stops, and tells a state reader how much was folded', async () => {
      const exam = await beginExam(field, fixture);
      const [key = ''] = exam.keys;
      const askings = fixture.askings.filter(({ passes }) => passes({ key, number: 4 }));
      for (const [at, asking] of askings.entries()) await whenLive(exam.follow(`op${at}`, asking, 'inline'));
      exam.client.socket.pause();
      for (let number = 1; number <= MANY; number++) {
        await exam.publish({ key, number });
        if (number % 25 === 0) await turn();
      }
      exam.client.socket.resume();
      for (const [at, asking] of askings.entries()) {
        const id = `op${at}`;
        const coming = expected(asking, [key], 1, MANY);
        const newest = isState ? MANY - (asking.passes({ key, number: MANY }) ? 0 : 1) : (coming.at(-1)?.[1] ?? 0);
        await until(`the newest came to ${id}`, () => (exam.shown(id).at(-1)?.number ?? 0) >= newest);
        await exam.client.settled();
        const numbers = exam.shown(id).map(({ number }) => number);
        if (!isState) {
          expect(came(exam, id)).toEqual(coming);
          continue;
        }
        expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
        asking.prove?.(exam.frames(id));
        const told = exam.payloads(id).reduce((sum, { conflated = 0 }) => sum + conflated + 1, 0);
        expect(numbers.length).toBeLessThan(MANY);
        if (!asking.prove) expect(told).toBe(coming.length);
      }
    });

    test('leaves nothing behind: when it is completed, and when its socket is closed, on a topic that stays quiet', async () => {
      const exam = await beginExam(field, fixture);
      const { client, server } = exam;
      const gone = async () => {
        await until('it is gone', () => exam.bus.waiting === 0);
        const { subscriptions, questions } = await server.status();
        return subscriptions === 0 && questions === 0;
      };
      for (const [at, asking] of fixture.askings.entries()) await whenLive(exam.follow(`op${at}`, asking, 'variables'));
      expect((await server.status())['subscriptions']).toBe(fixture.askings.length);
      for (const at of fixture.askings.keys()) client.complete(`op${at}`);
      await client.settled();
      expect(await gone()).toBe(true);
      // While it is being joined, too.
      exam.bus.hold();
      exam.follow('joining', first, 'inline');
      client.complete('joining');
      await client.settled();
      exam.bus.release();
      await client.settled();
      expect(await gone()).toBe(true);
      await whenLive(exam.follow('again', first, 'inline'));
      await client.close();
      expect(await gone()).toBe(true);
    });
  });
}
