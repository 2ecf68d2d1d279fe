import { beforeEach, describe, expect, test } from 'vitest';
import { createMemoryBus } from '../../src/bus/memory-bus.ts';
import { type EventTopic, topics } from '../../src/bus/topics.ts';
import { Archive } from '../../src/store/archive/archive.ts';
import { ArchiveWriter } from '../../src/store/archive/archive-writer.ts';
import type { Database } from '../../src/store/database.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { ownersOfShares } from '../support/owner-shares.ts';
import { freshDatabase } from '../support/postgres.ts';
import { noDatabase, silentLog } from '../support/server.ts';
import { order, orderUpdate } from '../support/trading.ts';

interface Note {
  readonly text: string;
  readonly timestamp: number;
}

const notes: EventTopic<Note> = {
  kind: 'event',
  name: 'notes',
  reach: 'shared',
  durable: true,
  keyOf: ({ text }) => text.slice(0, 1),
  idOf: ({ text }) => text,
  predicates: [],
  retentionEvents: 10_000,
};

const note = (text: string, timestamp = 0): Note => ({ text, timestamp });
const at = (epoch: string, sequence: number) => ({ epoch, sequence });

describe('the archive of durable events', () => {
  let database: Database;
  let archive: Archive;
  const clock = new FakeClock();

  beforeEach(async () => {
    database = await freshDatabase();
    archive = new Archive(database);
  });

  /** Writes events at positions `epoch:sequence`. */
  async function write(...positions: readonly string[]): Promise<void> {
    const writer = new ArchiveWriter(database, clock, silentLog);
    for (const position of positions) {
      const [epoch = '', sequence] = position.split(':');
      writer.append(notes, note(position), at(epoch, Number(sequence)));
    }
    await writer.close();
  }

  const textsAfter = async (epoch: string, sequence: number, limit = 100) =>
    (await archive.after(notes, at(epoch, sequence), limit))?.map(
      ({ payload }) => (JSON.parse(payload) as Note).text,
    ) ?? null;

  test('gives what came after a position, across epochs, oldest first', async () => {
    await write('a:1', 'a:2', 'a:3', 'b:1', 'b:2');
    expect(await textsAfter('a', 1)).toEqual(['a:2', 'a:3', 'b:1', 'b:2']);
    expect(await textsAfter('a', 0, 2)).toEqual(['a:1', 'a:2']);
    expect(await textsAfter('a', 3)).toEqual(['b:1', 'b:2']);
    expect(await textsAfter('b', 2)).toEqual([]);
  });

  test('does not answer for a position that it does not have', async () => {
    await write('a:2', 'a:3', 'c:1');
    expect(await textsAfter('a', 1)).toBeNull();
    expect(await textsAfter('a', 0)).toBeNull();
    expect(await textsAfter('b', 7)).toBeNull();
  });

  test('ends at a hole, and begins at none', async () => {
    await write('a:1', 'a:2', 'a:4', 'b:2');
    expect(await textsAfter('a', 1)).toEqual(['a:2']);
    expect(await textsAfter('a', 2)).toBeNull();
    expect(await textsAfter('a', 4)).toBeNull();
  });

  test('an event written twice stands once', async () => {
    await write('a:1', 'a:1', 'a:2');
    expect(await textsAfter('a', 0)).toEqual(['a:1', 'a:2']);
    const newest = await archive.before(notes, at('b', 0), 10);
    expect(newest.map(({ sequence }) => sequence)).toEqual([2, 1]);
  });

  test('what a process published and did not write is written by the next', async () => {
    const bus = createMemoryBus({ clock, log: silentLog });
    const writer = new ArchiveWriter(database, clock, silentLog);
    const positions = [];
    for (let n = 0; n < 1_200; n++) positions.push(await bus.publishEvent(notes, note(`n${n}`)));
    const [first] = positions;
    if (first) writer.append(notes, note('n0'), first);
    await writer.close();
    const next = new ArchiveWriter(database, clock, silentLog);
    expect(await next.repair(bus, notes, 0)).toBe(1_199);
    await next.close();
    const { epoch = '' } = first ?? {};
    expect(await textsAfter(epoch, 0, 2_000)).toEqual(positions.map((_, n) => `n${n}`));
    expect(await new ArchiveWriter(database, clock, silentLog).repair(bus, notes, 0)).toBe(0);
    await bus.close();
  });

  test('what a process did not write of owners is written by the next one for its share of them, and no other', async () => {
    const bus = createMemoryBus({ clock, log: silentLog });
    const writer = new ArchiveWriter(database, clock, silentLog);
    for (const owner of ownersOfShares(2, 2).flat()) {
      const written = orderUpdate(order(`one-${owner}`, owner));
      writer.append(topics.orderUpdates, written, await bus.publishEvent(topics.orderUpdates, written));
      await bus.publishEvent(topics.orderUpdates, orderUpdate(order(`two-${owner}`, owner)));
    }
    await writer.close();
    const streams = async () => {
      const found = await database.run((client) =>
        client.archivedEvent.findMany({ where: { eventId: { startsWith: 'two' } }, orderBy: { stream: 'asc' } }),
      );
      return found.map(({ stream }) => stream);
    };
    const [first, second] = ownersOfShares(2, 2).map((owners) => owners.map((owner) => `orderUpdates/${owner}`));
    for (const [share, expected] of [
      [{ number: 1, of: 2 }, second],
      [{ number: 0, of: 2 }, [...(first ?? []), ...(second ?? [])].sort()],
    ] as const) {
      const next = new ArchiveWriter(database, clock, silentLog);
      expect(await next.repair(bus, topics.orderUpdates, 0, share)).toBe(2);
      await next.close();
      expect(await streams()).toEqual(expected);
    }
    await bus.close();
  });

  test('what is older than the retention is deleted, and a cursor from then is known to be too old', async () => {
    const writer = new ArchiveWriter(database, clock, silentLog);
    writer.append(notes, note('old', 1_000), at('a', 1));
    writer.append(notes, note('new', 5_000), at('a', 2));
    await writer.close();
    expect(await writer.prune(2_000)).toBe(1);
    expect(await textsAfter('a', 1)).toBeNull();
    expect(await textsAfter('a', 2)).toEqual([]);
  });
});

test('events wait while the database is away, in bounded number, and the oldest are dropped and counted', async () => {
  const writer = new ArchiveWriter(noDatabase, new FakeClock(), silentLog);
  for (let n = 1; n <= 50_010; n++) writer.append(notes, note('x'), at('a', n));
  expect(writer.dropped).toBe(10);
  await writer.close();
  expect(writer.failing).toBe(true);
});
