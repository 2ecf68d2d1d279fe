import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Bus } from '../../src/bus/bus.ts';
import { createMemoryBus } from '../../src/bus/memory-bus.ts';
import { createLog } from '../../src/lib/log.ts';
import { Latest } from '../../src/store/latest.ts';
import { tallies } from '../contracts/bus-topics.ts';
import { FakeClock } from '../support/fake-clock.ts';

let bus: Bus;
let latest: Latest;
let logged: { readonly msg: string; readonly key?: string }[];

beforeEach(() => {
  logged = [];
  const log = createLog('debug', { write: (line) => logged.push(JSON.parse(line)) });
  bus = createMemoryBus({ clock: new FakeClock(), log });
  latest = new Latest(bus, log);
});

afterEach(() => bus.close());

test('a key gives its newest whole value and where it stands', async () => {
  await bus.publishState(tallies, { name: 'x', total: 1 });
  const position = await bus.publishState(tallies, { name: 'x', total: 3 }, { more: 2 });
  expect(await latest.get(tallies, 'x')).toEqual({ ...position, key: 'x', value: { name: 'x', total: 3 } });
});

test('a key without a value gives null, and is not among all', async () => {
  await bus.publishState(tallies, { name: 'x', total: 1 });
  await bus.publishState(tallies, { name: 'y', total: 2 });
  expect(await latest.get(tallies, 'nobody')).toBeNull();
  expect((await latest.all(tallies)).map(({ value }) => value.name)).toEqual(['x', 'y']);
  expect((await latest.all(tallies, ['y', 'nobody'])).map(({ value }) => value.name)).toEqual(['y']);
});

test('a stored value that is not readable counts as absent, and is told and counted', async () => {
  await bus.publishState(tallies, { name: 'x', total: 1 });
  const records = await bus.latest(tallies);
  const broken = new Map(
    [...records].map(([key, record]) => [`${key}2`, { ...record, key: `${key}2`, payload: '{"name":' }]),
  );
  const reading = { ...bus, latest: async () => new Map([...records, ...broken]) };
  const log = createLog('debug', { write: (line) => logged.push(JSON.parse(line)) });
  latest = new Latest(reading, log);
  expect((await latest.all(tallies)).map(({ key }) => key)).toEqual(['x']);
  expect(await latest.get(tallies, 'x2')).toBeNull();
  expect(latest.unreadable).toBe(2);
  expect(logged.map(({ key }) => key)).toEqual(['x2', 'x2']);
});

test('a bus that cannot be read is not taken for an empty one', async () => {
  await bus.close();
  await expect(latest.get(tallies, 'x')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  await expect(latest.all(tallies)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
});
