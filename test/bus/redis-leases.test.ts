import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { beforeEach, describe, expect, inject, onTestFinished, test } from 'vitest';
import type { SharedBus } from '../../src/bus/bus.ts';
import { type Fence, Fenced, type LeaseRequest, type LeaseView } from '../../src/bus/lease.ts';
import { createRedisBus } from '../../src/bus/redis-bus.ts';
import { topics } from '../../src/bus/topics.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { cries, cry, owner, tallies, whisper, whispers } from '../contracts/bus-topics.ts';
import { inState } from '../support/redis-state.ts';
import { silentLog } from '../support/server.ts';

let prefix: string;
let bus: SharedBus;
let operator: Redis;

beforeEach(async () => {
  prefix = `test-${randomUUID()}`;
  bus = createRedisBus({ url: inject('redisUrl'), clock: systemClock, log: silentLog, prefix });
  operator = new Redis(inject('redisUrl'));
  onTestFinished(async () => {
    operator.disconnect();
    await bus.close();
  });
  await inState(bus, 'ready');
});

const ask = (member: string, more: Partial<LeaseRequest> = {}): Promise<LeaseView> =>
  bus.leases.exchange({ member, wants: ['one', 'two'], keep: [], take: [], give: [], ...more });

/** Lets a lease run out, as if its holder had been silent: the end that stands in the store is set into the past. */
async function runOut(name: string): Promise<void> {
  const entry = (await operator.hget(`${prefix}:{leases}:held`, name)) ?? '';
  await operator.hset(`${prefix}:{leases}:held`, name, entry.replace(/^\d+/, '1000'));
}

async function take(member: string, name: string): Promise<Fence> {
  const { held } = await ask(member, { take: [name] });
  const fence = held.find((one) => one.name === name);
  if (!fence) throw new Error(`${member} did not get ${name}`);
  return fence;
}

describe('a lease', () => {
  test('is held by one: who comes later is told by whom', async () => {
    const fence = await take('a', 'one');
    const view = await ask('b', { take: ['one'] });
    expect(view.held).toEqual([]);
    expect(view.holders).toEqual(new Map([['one', 'a']]));
    expect([...view.members.keys()].sort()).toEqual(['a', 'b']);
    expect(view.members.get('a')).toEqual(['one', 'two']);
    expect((await ask('a', { keep: [fence] })).held).toEqual([fence]);
  });

  test("that has run out is the next one's, under a higher token, and its holder is told", async () => {
    const early = await take('a', 'one');
    await runOut('one');
    const late = await take('b', 'one');
    expect(late.token).toBeGreaterThan(early.token);
    expect((await ask('a', { keep: [early] })).held).toEqual([]);
  });

  test('that has run out and that nobody took goes on under its token', async () => {
    const fence = await take('a', 'one');
    await runOut('one');
    expect((await ask('a', { keep: [fence] })).held).toEqual([fence]);
  });

  test("that was given back is anybody's at once", async () => {
    const early = await take('a', 'one');
    await ask('a', { give: [early] });
    expect((await take('b', 'one')).token).toBeGreaterThan(early.token);
  });

  test('in a store that was emptied stays with its holder, and no token comes twice', async () => {
    const fence = await take('a', 'one');
    await operator.del(`${prefix}:{leases}:held`, `${prefix}:{leases}:tokens`, `${prefix}:{leases}:members`);
    expect((await ask('a', { keep: [fence] })).held).toEqual([fence]);
    await operator.del(`${prefix}:{leases}:held`, `${prefix}:{leases}:tokens`);
    expect((await take('b', 'one')).token).toBeGreaterThan(fence.token);
  });

  test('whose end is further away than any can be has run out: the clock of the store stepped back', async () => {
    const early = await take('a', 'one');
    const entry = (await operator.hget(`${prefix}:{leases}:held`, 'one')) ?? '';
    await operator.hset(`${prefix}:{leases}:held`, 'one', entry.replace(/^\d+/, String(early.token + 3_600_000)));
    expect((await take('b', 'one')).token).toBeGreaterThan(early.token);
  });

  test('of a process that leaves is free, and it is there no more', async () => {
    const fence = await take('a', 'one');
    await bus.leases.leave('a', [fence]);
    const view = await ask('b');
    expect(view.holders.size).toBe(0);
    expect([...view.members.keys()]).toEqual(['b']);
  });
});

describe('what the holder of a lease publishes', () => {
  const early: Fence = { name: 'one', token: 5 };
  const late: Fence = { name: 'one', token: 6 };

  test('is refused once a later holder has published on the topic, whatever was waiting', async () => {
    const [old, fresh] = [bus.fenced(early), bus.fenced(late)];
    await old.publishEvent(cries, cry('a'));
    await fresh.publishEvent(cries, cry('b'));
    await expect(old.publishEvent(cries, cry('c'))).rejects.toBeInstanceOf(Fenced);
    // And then everything of it, also where nobody has written yet.
    await expect(old.publishState(tallies, { name: 'x', total: 1 })).rejects.toBeInstanceOf(Fenced);
    const { records } = await bus.readAfter(cries, 0, 10);
    expect(records.map(({ payload }) => payload)).toEqual([cry('a'), cry('b')].map((one) => JSON.stringify(one)));
    expect(bus.state()).toBe('ready');
  });

  test('of another lease, and under none, is not refused', async () => {
    await bus.fenced(late).publishEvent(cries, cry('a'));
    await bus.fenced({ name: 'two', token: 1 }).publishEvent(cries, cry('b'));
    await bus.publishEvent(cries, cry('c'));
    expect((await bus.readAfter(cries, 0, 10)).head).toBe(3);
  });

  test("on an owner's stream is refused once a later holder has published on another owner's", async () => {
    const [old, fresh] = [bus.fenced(early), bus.fenced(late)];
    await fresh.publishEvent(whispers, whisper(owner(1), 'a'));
    const other = whisper(owner(2), 'b');
    await expect(old.publishEvent(whispers, other)).rejects.toBeInstanceOf(Fenced);
  });

  test('is refused on every topic of the product once a later holder has announced itself', async () => {
    await bus.announce(late);
    const old = bus.fenced(early);
    await expect(old.publishEvent(topics.nudges, { id: 'n', about: 'risk' })).rejects.toBeInstanceOf(Fenced);
    await expect(bus.announce(early)).rejects.toBeInstanceOf(Fenced);
  });

  test('is not taken away by an earlier holder', async () => {
    await bus.fenced(late).publishState(tallies, { name: 'x', total: 1 });
    await expect(bus.fenced(early).drop(tallies, ['x'])).rejects.toBeInstanceOf(Fenced);
    expect((await bus.latest(tallies)).size).toBe(1);
    await bus.fenced(late).drop(tallies, ['x']);
    expect((await bus.latest(tallies)).size + (await bus.positions(tallies)).size).toBe(0);
  });

  test('is sent before its bus is closed', async () => {
    const fenced = bus.fenced(early);
    const sent = Promise.all(Array.from({ length: 1_000 }, (_, n) => fenced.publishEvent(cries, cry(`n${n}`))));
    await fenced.close();
    expect((await sent).length).toBe(1_000);
  });
});

describe('shares of another number of the same kind', () => {
  test('are not to be had as long as one of the number before is held, and then under a higher token', async () => {
    const old = await take('a', 'risk:1/2');
    expect((await ask('b', { take: ['risk:3/4', 'risk', 'market:1/4'] })).held.map(({ name }) => name)).toEqual([
      'market:1/4',
    ]);
    expect((await ask('b', { take: ['risk:2/2'] })).held.map(({ name }) => name)).toEqual(['risk:2/2']);
    await ask('a', { give: [old] });
    await runOut('risk:2/2');
    const view = await ask('b', { take: ['risk:3/4'] });
    const [fence] = view.held;
    expect(fence?.name).toBe('risk:3/4');
    expect(fence?.token).toBeGreaterThan(old.token);
    expect(view.superseded).toEqual(
      expect.arrayContaining([
        ['risk:3/4', 'risk:1/2'],
        ['risk:3/4', 'risk:2/2'],
      ]),
    );
  });

  test('refuse who held one of them and stood still: it cannot renew, and once they are announced it cannot write', async () => {
    const old = await take('a', 'risk:1/2');
    await runOut('risk:1/2');
    const { held, superseded } = await ask('b', { take: ['risk:1/4'] });
    const token = held[0]?.token ?? 0;
    expect((await ask('a', { keep: [old] })).held).toEqual([]);
    for (const [, name] of superseded) await bus.announce({ name, token });
    await bus.announce({ name: 'risk:1/4', token });
    const late = bus.fenced(old);
    await expect(late.publishEvent(topics.nudges, { id: 'n', about: 'risk' })).rejects.toBeInstanceOf(Fenced);
  });
});
