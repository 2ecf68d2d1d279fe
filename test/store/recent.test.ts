import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Bus, EventPage } from '../../src/bus/bus.ts';
import { createMemoryBus } from '../../src/bus/memory-bus.ts';
import type { EventTopic } from '../../src/bus/topics.ts';
import { createLog } from '../../src/lib/log.ts';
import { Recent } from '../../src/store/recent.ts';
import { type Cry, cries, cry, upTo } from '../contracts/bus-topics.ts';
import { FakeClock } from '../support/fake-clock.ts';

const ANY = { routes: null, test: null };
const log = createLog('silent');
let bus: Bus;
let recent: Recent;

beforeEach(() => {
  bus = createMemoryBus({ clock: new FakeClock(), log });
  recent = new Recent(bus, log);
});

afterEach(() => bus.close());

test('the newest come, oldest first, with their positions', async () => {
  const positions = await Promise.all(upTo(10).map((n) => bus.publishEvent(cries, cry(n))));
  expect(await recent.newest(cries, ANY, 3)).toEqual(
    [8, 9, 10].map((n) => ({ ...positions[n - 1], key: 'town', value: cry(n) })),
  );
});

test('fewer than asked for come when no more are kept, and none when there are none', async () => {
  expect(await recent.newest(cries, ANY, 5)).toEqual([]);
  await bus.publishEvent(cries, cry(1));
  expect(await recent.newest(cries, ANY, 5)).toHaveLength(1);
});

test('a rare match is found behind many pages, once, up to the very first event', async () => {
  for (const n of upTo(3_001)) await bus.publishEvent(cries, cry(n, n % 1_000 === 1 ? 'rare' : 'town'));
  const found = await recent.newest(cries, { routes: null, test: (each) => each.by === 'rare' }, 10);
  expect(found.map(({ value }) => Number(value.id))).toEqual([1, 1_001, 2_001, 3_001]);
});

test('routes choose by what a key leads to, without reading the rest', async () => {
  const byFirstLetter: EventTopic<Cry> = { ...cries, routeOf: (key) => key.slice(0, 1) };
  for (const [at, by] of ['ant', 'bee', 'asp', 'cow'].entries()) await bus.publishEvent(byFirstLetter, cry(at, by));
  const tested: string[] = [];
  const choice = { routes: ['a', 'c'], test: (each: Cry) => tested.push(each.by) > 0 };
  expect((await recent.newest(byFirstLetter, choice, 10)).map(({ value }) => value.by)).toEqual(['ant', 'asp', 'cow']);
  expect(tested).toEqual(['cow', 'asp', 'ant']);
  expect(await recent.newest(cries, { routes: ['a'], test: null }, 10)).toEqual([]);
});

test('an event that is not readable is passed over and counted', async () => {
  await Promise.all(upTo(3).map((n) => bus.publishEvent(cries, cry(n))));
  const page = await bus.readAfter(cries, 0, 3);
  const records = page.records.map((record) => (record.sequence === 2 ? { ...record, payload: 'nonsense' } : record));
  recent = new Recent({ ...bus, readBefore: async () => ({ ...page, records }) }, log);
  expect((await recent.newest(cries, ANY, 3)).map(({ sequence }) => sequence)).toEqual([1, 3]);
  expect(recent.unreadable).toBe(1);
});

test('a new epoch that begins while pages are read ends the reading with what was found', async () => {
  for (const n of upTo(600)) await bus.publishEvent(cries, cry(n));
  const pages: EventPage[] = [
    await bus.readBefore(cries, Number.MAX_SAFE_INTEGER, 500),
    { records: [], epoch: 'another', head: 0, oldest: 1 },
  ];
  const readBefore = async () => pages.shift() ?? Promise.reject(new Error('read on after the epoch ended'));
  recent = new Recent({ ...bus, readBefore }, log);
  const found = await recent.newest(cries, ANY, 600);
  expect(found.map(({ sequence }) => sequence)).toEqual(upTo(600).slice(100));
});
