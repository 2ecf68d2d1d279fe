import { expect, test } from 'vitest';
import { topics } from '../../src/bus/topics.ts';
import { heldBy } from '../support/held-leases.ts';
import { type Role, startRole } from '../support/role.ts';
import { eventually as within } from '../support/server.ts';
import { sharedGround } from '../support/shared-ground.ts';

/** Whole processes start and are scheduled here, on a machine that may be doing other things. */
const eventually = (what: string, holds: () => boolean | Promise<boolean>) => within(what, holds, 60_000);

const all = (...workers: readonly Role[]) => workers.flatMap(heldBy).sort();

test('workers share the work, take it over from one that is killed, and refuse one that stood still', async () => {
  const { environment, bus, latest } = await sharedGround({ LOG_LEVEL: 'info', MARKET_SHARDS: '2' });
  // Of the symbol that is furthest behind: they are shared out, and each share is somebody's.
  const newest = async () => {
    const prices = (await latest.all(topics.prices)).map(({ value }) => value);
    const listed = await latest.all(topics.instruments);
    return prices.length < listed.length ? 0 : Math.min(...prices.map(({ receivedAt }) => receivedAt));
  };

  const [one, two] = await Promise.all([startRole('worker', environment), startRole('worker', environment)]);
  const leases = ['bots', 'candles', 'chain:137', 'chain:56', 'market:1/2', 'market:2/2', 'risk', 'signals', 'trading'];
  const shared = (...workers: readonly Role[]) =>
    workers.every((worker) => Math.abs(heldBy(worker).length - leases.length / workers.length) < 1) &&
    all(...workers).length === leases.length;
  await eventually('they share', () => shared(one, two));
  expect(all(one, two)).toEqual(leases);
  await eventually('prices come', async () => (await newest()) > 0);

  // Killed: what it had goes to the other and to one that comes, and prices go on.
  await one.end('SIGKILL');
  const killedAt = Date.now();
  const three = await startRole('worker', environment);
  await eventually('the others share', () => shared(two, three));
  expect(all(two, three)).toEqual(leases);
  await eventually('prices go on', async () => (await newest()) > killedAt);

  // Frozen: the other takes over; when it wakes, nothing of it is heard, and it begins nothing before it is its turn.
  two.process.kill('SIGSTOP');
  await eventually('the other has everything', () => heldBy(three).length === leases.length);
  two.process.kill('SIGCONT');
  await eventually('it hears that its work was taken', () =>
    two.log.some((line) => line.includes('another process has')),
  );
  await eventually('they share again', () => shared(two, three));
  expect(all(two, three)).toEqual(leases);

  // In order: what it had is free at once.
  expect(await three.end('SIGTERM')).toBe(0);
  await eventually('the last has everything', () => heldBy(two).length === leases.length);
  expect(await two.end('SIGTERM')).toBe(0);
  expect((await bus.leases.exchange({ member: 'x', wants: ['y'], keep: [], take: [], give: [] })).holders.size).toBe(0);
}, 400_000);
