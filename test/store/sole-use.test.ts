import { expect, inject, onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/lib/clock.ts';
import { isInSoleUse, SoleUse } from '../../src/store/sole-use.ts';
import { emptyDatabaseUrl } from '../support/postgres.ts';
import { command } from '../support/postgres-server.ts';
import { runRole } from '../support/role.ts';
import { eventually, silentLog } from '../support/server.ts';

const options = { clock: systemClock, log: silentLog, taken: () => undefined };

test('a process alone on its bus refuses every other on its database, by one line each', async () => {
  const url = await emptyDatabaseUrl();
  const use = await SoleUse.take({ ...options, url });
  onTestFinished(() => use?.release());
  const second = await runRole('all', { DATABASE_URL: url });
  expect(second.code).toBe(1);
  expect(second.output).toMatch(/^DATABASE_URL: another process works on this database.*\n$/);
  const shared = await runRole('worker', { DATABASE_URL: url, REDIS_URL: inject('redisUrl') });
  expect(shared.code).toBe(1);
  expect(shared.output).toMatch(/^DATABASE_URL: a process without REDIS_URL works on this database alone.*\n$/);
  await use?.release();
  expect(await isInSoleUse(url)).toBe(false);
});

test('who loses the connection takes the database again, unless another has come', async () => {
  const url = await emptyDatabaseUrl();
  const name = new URL(url).pathname.slice(1);
  const cut = () =>
    command(
      inject('postgresUrl'),
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}' AND application_name = 'tidewire-sole-use'`,
    );
  const lost: string[] = [];
  const first = await SoleUse.take({ ...options, url, taken: () => lost.push('taken') });
  onTestFinished(() => first?.release());
  await cut();
  await eventually('it is free for a moment', async () => !(await isInSoleUse(url)));
  await eventually('it is taken again', () => isInSoleUse(url));
  expect(lost).toEqual([]);

  await cut();
  let second: SoleUse | null = null;
  await eventually('another is quicker', async () => {
    second = await SoleUse.take({ ...options, url });
    return second !== null;
  });
  onTestFinished(() => second?.release());
  await eventually('the first hears of it', () => lost.length === 1);
});
