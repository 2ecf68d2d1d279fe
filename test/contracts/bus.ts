import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Bus, BusRecord } from '../../src/bus/bus.ts';
import type { RetentionSettings } from '../../src/bus/retention.ts';
import { type Cry, cries, cry, Hearing, tallies, upTo } from './bus-topics.ts';
import { LeapClock } from './leap-clock.ts';

/** One store of a bus engine, empty at first. */
export interface BusBench {
  /** A bus on the store; of an engine whose store is shared, as another process has it. It is closed with the bench. */
  open(): Promise<Bus>;
  close(): Promise<void>;
}

/** What every bus engine promises. Its own faults (a store that goes away, falls back, is emptied) are tested beside it. */
export function busContract(
  name: string,
  makeBench: (clock: LeapClock, retention: RetentionSettings) => Promise<BusBench>,
): void {
  describe(`the bus contract, kept by ${name}`, () => {
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

    test('together: an event is numbered, kept and heard', async () => {
      const hearing = new Hearing();
      await other.subscribe(cries, hearing);
      const position = await bus.publishEvent(cries, cry('a'));
      await hearing.heard(1);
      expect(position.sequence).toBe(1);
      const record = { ...position, key: 'town', form: 'value', payload: JSON.stringify(cry('a')) };
      expect(hearing.records).toEqual([record]);
      expect(await other.readAfter(cries, 0, 10)).toEqual({
        records: [record],
        epoch: position.epoch,
        head: 1,
        oldest: 1,
      });
    });

    test('together: a state is numbered within its key, kept as the latest and heard', async () => {
      const hearing = new Hearing();
      await other.subscribe(tallies, hearing);
      const first = await bus.publishState(tallies, { name: 'x', total: 1 });
      expect(await bus.publishState(tallies, { name: 'y', total: 7 })).toEqual({ epoch: first.epoch, sequence: 1 });
      expect(await other.publishState(tallies, { name: 'x', total: 2 })).toEqual({ epoch: first.epoch, sequence: 2 });
      await hearing.heard(3);
      expect(hearing.records.map(({ key, sequence }) => [key, sequence])).toEqual([
        ['x', 1],
        ['y', 1],
        ['x', 2],
      ]);
      const latest = await other.latest(tallies);
      expect([...latest.keys()].sort()).toEqual(['x', 'y']);
      expect(latest.get('x')).toEqual({
        epoch: first.epoch,
        sequence: 2,
        key: 'x',
        form: 'value',
        payload: '{"name":"x","total":2}',
      });
    });

    test('order: events published without waiting by two processes are dense, and in the order of each', async () => {
      const hearing = new Hearing();
      await bus.subscribe(cries, hearing);
      const published = upTo(1_500).flatMap((n) => [
        bus.publishEvent(cries, cry(`a${n}`, 'a', `${n}`)),
        other.publishEvent(cries, cry(`b${n}`, 'b', `${n}`)),
      ]);
      const positions = await Promise.all(published);
      await hearing.heard(3_000);
      expect(hearing.sequences).toEqual(upTo(3_000));
      for (const by of ['a', 'b']) {
        const words = hearing.values.filter((value) => (value as Cry).by === by).map((value) => (value as Cry).words);
        expect(words).toEqual(upTo(1_500).map(String));
      }
      expect(positions.map(({ sequence }) => sequence).toSorted((a, b) => a - b)).toEqual(upTo(3_000));
      const page = await bus.readAfter(cries, 0, 5_000);
      expect(page.records.map((record) => JSON.parse(record.payload))).toEqual(hearing.values);
    });

    test('order: states published without waiting are dense within each key', async () => {
      const hearing = new Hearing();
      await bus.subscribe(tallies, hearing);
      const published = upTo(900).map((n) => bus.publishState(tallies, { name: `k${n % 3}`, total: n }));
      await Promise.all(published);
      await hearing.heard(900);
      for (const key of ['k0', 'k1', 'k2']) {
        const ofKey = hearing.records.filter((record) => record.key === key);
        expect(ofKey.map(({ sequence }) => sequence)).toEqual(upTo(300));
        const totals = ofKey.map(({ payload }) => JSON.parse(payload).total);
        expect(totals).toEqual(totals.toSorted((a, b) => a - b));
      }
    });

    test('order: a listener that publishes does not overtake the record that it heard', async () => {
      const later = new Hearing();
      const published: Promise<unknown>[] = [];
      await bus.subscribe(cries, {
        message: (record) => {
          if (record.sequence < 5) published.push(bus.publishEvent(cries, cry(record.sequence + 1)));
        },
        restored: () => {},
      });
      await bus.subscribe(cries, later);
      await bus.publishEvent(cries, cry(1));
      await later.heard(5);
      await Promise.all(published);
      expect(later.sequences).toEqual(upTo(5));
    });

    test('once: an event id that was seen is answered with its first position, whoever sends it', async () => {
      const hearing = new Hearing();
      await bus.subscribe(cries, hearing);
      const [first, again] = await Promise.all([bus.publishEvent(cries, cry('a')), bus.publishEvent(cries, cry('a'))]);
      const second = await bus.publishEvent(cries, cry('b'));
      expect(again).toEqual(first);
      expect(await other.publishEvent(cries, cry('a', 'town', 'other words'))).toEqual(first);
      expect(second.sequence).toBe(2);
      expect((await bus.publishEvent(cries, cry('c'))).sequence).toBe(3);
      await hearing.heard(3);
      expect(hearing.values).toEqual([cry('a'), cry('b'), cry('c')]);
      expect((await bus.readAfter(cries, 0, 10)).records).toHaveLength(3);
    });

    test('once: an event id is forgotten with its event', async () => {
      const first = await bus.publishEvent(cries, cry('a'));
      clock.leap(60_001);
      await bus.readAfter(cries, 0, 1);
      expect(await bus.publishEvent(cries, cry('a'))).toEqual({ epoch: first.epoch, sequence: 2 });
    });

    test('changes: listeners hear the change, the store keeps the whole, and the first of a key is whole', async () => {
      const hearing = new Hearing();
      await other.subscribe(tallies, hearing);
      await bus.publishState(tallies, { name: 'x', total: 1 }, { more: 1 });
      await bus.publishState(tallies, { name: 'x', total: 3 }, { more: 2 });
      await bus.publishState(tallies, { name: 'x', total: 9 }, null);
      await hearing.heard(3);
      expect(hearing.records.map(({ form, payload }) => [form, payload])).toEqual([
        ['value', '{"name":"x","total":1}'],
        ['change', '{"more":2}'],
        ['value', '{"name":"x","total":9}'],
      ]);
      await bus.publishState(tallies, { name: 'x', total: 10 }, { more: 1 });
      const record = (await other.latest(tallies, ['x'])).get('x');
      expect(record).toMatchObject({ sequence: 4, form: 'value', payload: '{"name":"x","total":10}' });
    });

    test('latest: keys without a value are absent, and no keys means none', async () => {
      await bus.publishState(tallies, { name: 'x', total: 1 });
      expect([...(await other.latest(tallies, ['nobody', 'x'])).keys()]).toEqual(['x']);
      expect((await other.latest(tallies, [])).size).toBe(0);
      expect((await other.latest({ kind: 'state', name: 'silence' })).size).toBe(0);
    });

    test('positions: of keys or of all of a topic, without their values; a key without a value is absent', async () => {
      expect((await other.positions(tallies)).size).toBe(0);
      const x = await bus.publishState(tallies, { name: 'x', total: 1 });
      await bus.publishState(tallies, { name: 's:y', total: 1 });
      const y = await bus.publishState(tallies, { name: 's:y', total: 2 }, { more: 1 });
      expect([...(await other.positions(tallies))].sort()).toEqual([
        ['s:y', y],
        ['x', x],
      ]);
      expect([...(await other.positions(tallies, ['nobody', 's:y']))]).toEqual([['s:y', y]]);
      expect((await other.positions(tallies, [])).size).toBe(0);
      expect((await other.positions({ kind: 'state', name: 'silence' }, ['x'])).size).toBe(0);
    });

    test('epoch: a reader who comes before the first event is in the epoch of that event', async () => {
      const before = await other.readAfter(cries, 0, 10);
      expect(before).toEqual({ records: [], epoch: before.epoch, head: 0, oldest: 1 });
      expect(before.epoch).not.toBe('');
      expect(await bus.publishEvent(cries, cry('a'))).toEqual({ epoch: before.epoch, sequence: 1 });
    });

    test('epoch: another store lives another life', async () => {
      const { epoch } = await bus.publishEvent(cries, cry('a'));
      await begin({});
      expect(await bus.publishEvent(cries, cry('a'))).toEqual({ epoch: expect.not.stringMatching(epoch), sequence: 1 });
    });

    test('retention: by count, and what is gone is told by `oldest`', async () => {
      await begin({ retentionEvents: 100 });
      await Promise.all(upTo(450).map((n) => bus.publishEvent(cries, cry(n))));
      const page = await other.readAfter(cries, 0, 1_000);
      expect([page.oldest, page.head]).toEqual([351, 450]);
      expect(page.records.map(({ sequence }) => sequence)).toEqual(upTo(450).slice(350));
    });

    test('retention: by time, also where nothing more is published, and numbering goes on', async () => {
      await bus.publishEvent(cries, cry(1));
      clock.leap(40_000);
      await bus.publishEvent(cries, cry(2));
      clock.leap(30_000);
      expect(await other.readAfter(cries, 0, 10)).toMatchObject({ oldest: 2, head: 2, records: [{ sequence: 2 }] });
      clock.leap(31_000);
      expect(await other.readBefore(cries, 99, 10)).toMatchObject({ oldest: 3, head: 2, records: [] });
      expect((await bus.publishEvent(cries, cry(3))).sequence).toBe(3);
    });

    test('pages: forwards and backwards, oldest first, without a hole, and never beyond the ends', async () => {
      await Promise.all(upTo(10).map((n) => bus.publishEvent(cries, cry(n))));
      const sequences = ({ records }: { records: readonly BusRecord[] }) => records.map(({ sequence }) => sequence);
      expect(sequences(await other.readAfter(cries, 3, 4))).toEqual([4, 5, 6, 7]);
      expect(sequences(await other.readAfter(cries, 8, 4))).toEqual([9, 10]);
      expect(sequences(await other.readAfter(cries, 10, 4))).toEqual([]);
      expect(sequences(await other.readAfter(cries, Number.MAX_SAFE_INTEGER, 4))).toEqual([]);
      expect(sequences(await other.readBefore(cries, 8, 3))).toEqual([5, 6, 7]);
      expect(sequences(await other.readBefore(cries, 3, 5))).toEqual([1, 2]);
      expect(sequences(await other.readBefore(cries, 1, 5))).toEqual([]);
      expect(sequences(await other.readBefore(cries, Number.MAX_SAFE_INTEGER, 2))).toEqual([9, 10]);
      expect(await other.readAfter(cries, 5, 0)).toMatchObject({ records: [], head: 10, oldest: 1 });
    });

    test('join: whatever is published after a subscription resolves is heard', async () => {
      const publishing = upTo(500).map((n) => other.publishEvent(cries, cry(n)));
      const hearing = new Hearing();
      await bus.subscribe(cries, hearing);
      const { head } = await bus.readAfter(cries, Number.MAX_SAFE_INTEGER, 1);
      await Promise.all(publishing);
      const { sequence: last } = await other.publishEvent(cries, cry('last'));
      await hearing.until(() => hearing.sequences.at(-1) === last);
      const after = hearing.sequences.filter((sequence) => sequence > head);
      expect(after).toEqual(upTo(last).slice(head));
    });

    test('listeners: each subscription ends by itself, and one that throws costs the others nothing', async () => {
      const hearing = new Hearing();
      await bus.subscribe(cries, {
        message: () => {
          throw new Error('a listener that breaks its promise');
        },
        restored: () => {},
      });
      const stop = await bus.subscribe(cries, hearing);
      const stopAgain = await bus.subscribe(cries, hearing);
      await bus.publishEvent(cries, cry(1));
      await hearing.heard(2);
      stop();
      stop();
      await bus.publishEvent(cries, cry(2));
      await hearing.heard(3);
      stopAgain();
      const witness = new Hearing();
      await bus.subscribe(cries, witness);
      await bus.publishEvent(cries, cry(3));
      await witness.heard(1);
      expect(hearing.sequences).toEqual([1, 1, 2]);
    });

    test('a topic that nobody listened to any more can be listened to again', async () => {
      (await bus.subscribe(cries, new Hearing()))();
      const hearing = new Hearing();
      const listening = bus.subscribe(cries, hearing);
      await listening;
      await other.publishEvent(cries, cry(1));
      await hearing.heard(1);
      expect(hearing.restorations).toBe(0);
    });

    test('any text travels: colons in keys, line feeds, other scripts, a megabyte', async () => {
      const hearing = new Hearing();
      await bus.subscribe(cries, hearing);
      const all = [
        cry('a:b', 'x:v:y', 'one\ntwo'),
        cry('ω', 'αβγ:東京', '¥ 😀 \u2028 \\n'),
        cry('long', 'k'.repeat(200), '€'.repeat(350_000)),
      ];
      for (const each of all) await other.publishEvent(cries, each);
      await hearing.heard(3);
      expect(hearing.values).toEqual(all);
      expect(hearing.records.map(({ key }) => key)).toEqual(all.map(({ by }) => by));
      expect((await bus.readAfter(cries, 0, 3)).records.map(({ payload }) => JSON.parse(payload))).toEqual(all);
      const tally = { name: 'αβγ:東京', total: 1 };
      await bus.publishState(tallies, tally);
      expect(JSON.parse((await other.latest(tallies, [tally.name])).get(tally.name)?.payload ?? '')).toEqual(tally);
    });

    test.each(['', 'two\nlines', 'é'.repeat(101)])('a key that cannot travel is refused: %j', async (by) => {
      await expect(bus.publishEvent(cries, cry('a', by))).rejects.toThrow(RangeError);
      await expect(bus.publishState(tallies, { name: by, total: 1 })).rejects.toThrow(RangeError);
    });

    test('closed: publishes, reads and subscriptions are refused', async () => {
      expect(bus.state()).toBe('ready');
      await bus.close();
      expect(bus.state()).toBe('down');
      const unavailable = expect.objectContaining({ code: 'UNAVAILABLE' });
      await expect(bus.publishEvent(cries, cry('a'))).rejects.toEqual(unavailable);
      await expect(bus.publishState(tallies, { name: 'x', total: 1 })).rejects.toEqual(unavailable);
      await expect(bus.readAfter(cries, 0, 1)).rejects.toEqual(unavailable);
      await expect(bus.latest(tallies)).rejects.toEqual(unavailable);
      await expect(bus.positions(tallies)).rejects.toEqual(unavailable);
      await expect(bus.subscribe(cries, new Hearing())).rejects.toEqual(unavailable);
      await bus.close();
    });
  });
}
