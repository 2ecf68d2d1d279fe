import { randomUUID } from 'node:crypto';
import { expect, inject, onTestFinished, test } from 'vitest';
import { createRedisBus } from '../../src/bus/redis-bus.ts';
import { topics } from '../../src/bus/topics.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { isOfShare } from '../../src/model/owner-share.ts';
import type { PositionEvent } from '../../src/model/position-event.ts';
import { Latest } from '../../src/store/latest.ts';
import { heldBy } from '../support/held-leases.ts';
import { migratedDatabaseUrl } from '../support/postgres.ts';
import { type Role, startRole } from '../support/role.ts';
import { silentLog, eventually as within } from '../support/server.ts';

const SHARES = 4;

/** Whole processes start here, on a machine that may be doing other things. */
const eventually = (what: string, holds: () => boolean | Promise<boolean>) => within(what, holds, 180_000);

const shares = (role: Role) => heldBy(role).filter((lease) => lease.startsWith('risk:'));

test('two workers have a share of the owners each; one is killed, the other goes on with all, and nothing is told twice', async () => {
  const environment = {
    REDIS_URL: inject('redisUrl'),
    REDIS_PREFIX: `test-${randomUUID()}`,
    DATABASE_URL: await migratedDatabaseUrl(),
    RISK_SHARDS: String(SHARES),
    POSITION_INTERVAL_MS: '200',
    LIQUIDATION_INTERVAL_MS: '200',
  };
  const bus = createRedisBus({
    url: environment.REDIS_URL,
    prefix: environment.REDIS_PREFIX,
    clock: systemClock,
    log: silentLog,
  });
  onTestFinished(() => bus.close());
  const latest = new Latest(bus, silentLog);
  const values = async () => (await latest.all(topics.positionValue)).map(({ value }) => value);
  const shareOf = (owner: string) =>
    Array.from({ length: SHARES }, (_, number) => ({ number, of: SHARES })).filter((share) =>
      isOfShare(share, owner),
    )[0]?.number;
  /** Shares of whose owners something was said after a time. */
  const told = async (after: number) =>
    new Set(
      (await values()).filter(({ receivedAt }) => receivedAt > after).map(({ position }) => shareOf(position.owner)),
    );

  const [one, two] = await Promise.all([startRole('worker', environment), startRole('worker', environment)]);
  await eventually(
    'each of them has some of the shares',
    () => shares(one).length > 0 && shares(two).length > 0 && new Set([...shares(one), ...shares(two)]).size === SHARES,
  );
  await eventually('each share tells of its owners', async () => (await told(0)).size === SHARES);

  await one.end('SIGKILL');
  const killedAt = Date.now();
  await eventually('the other has all of them', () => shares(two).length === SHARES);
  await eventually('of every share it is told on', async () => (await told(killedAt)).size === SHARES);
  await eventually('the lists of all shares are put together', async () => {
    const lists = (await latest.all(topics.liquidations)).map(({ value }) => value);
    const parts = (await latest.all(topics.liquidationShares)).map(({ value }) => value);
    return (
      parts.length > 0 &&
      lists.some(
        ({ symbol, count }) =>
          count ===
          parts.reduce((sum, { liquidations }) => sum + (liquidations.symbol === symbol ? liquidations.count : 0), 0),
      )
    );
  });

  const owners = [...new Set((await values()).map(({ position }) => position.owner))];
  const ids: string[] = [];
  for (const owner of owners) {
    const { records } = await bus.readAfter({ kind: 'event', name: topics.positionEvents.name, owner }, 0, 10_000);
    ids.push(...records.map(({ payload }) => (JSON.parse(payload) as PositionEvent).id));
  }
  expect(ids.length).toBeGreaterThan(0);
  expect(new Set(ids).size).toBe(ids.length);
  expect(await two.end('SIGTERM')).toBe(0);
}, 600_000);
