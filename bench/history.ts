import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { DAY_MS } from '../src/lib/clock.ts';
import { createLog } from '../src/lib/log.ts';
import { Database } from '../src/store/database.ts';
import { migrate } from '../src/store/migrations.ts';
import { Positions } from '../src/store/positions.ts';
import { bucketsOfPoints } from '../src/store/risk-buckets.ts';
import { startPostgres } from '../test/support/postgres-server.ts';

/**
 * How long a chart of a position takes out of a year of hourly points of many, and writing an hour more. The rows lie as a worker writes them:
 * one of every position each hour, so those of one position are spread over the whole table. Its indices are built when it is full.
 *
 *     npm run bench:history -- --positions 10000 --days 365
 */

const { values } = parseArgs({
  options: {
    positions: { type: 'string', default: '10000' },
    days: { type: 'string', default: '365' },
    charts: { type: 'string', default: '200' },
  },
});
const [positions, days, charts] = [Number(values.positions), Number(values.days), Number(values.charts)];

const HOUR_MS = DAY_MS / 24;
const END = Date.UTC(2026, 0, 1);

/** Points that a worker writes in one go. */
const BATCH = 500;

const silent = createLog('silent');
const server = await startPostgres();
try {
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  // What is measured is reading, and none of it outlives this.
  for (const setting of ['fsync', 'full_page_writes', 'autovacuum'])
    await client.query(`ALTER SYSTEM SET ${setting} = off`);
  await client.query('SELECT pg_reload_conf()');
  await migrate(server.url, silent);
  await client.query(`SET maintenance_work_mem = '1GB'`);
  const timed = async (what: string, work: () => Promise<unknown>) => {
    const began = performance.now();
    await work();
    console.log(`${what}: ${((performance.now() - began) / 1_000).toFixed(0)} s`);
  };
  const restore = await bared(client);
  await timed(`${positions * days * 24} points of ${positions} positions written`, () => fill(client));
  await timed('their indices built', restore);
  await timed('their days counted', () => countDays(client));
  await timed('vacuumed', () => client.query('VACUUM ANALYZE'));
  const { rows } = await client.query<{ name: string; size: string }>(
    `SELECT relname AS name, pg_size_pretty(pg_relation_size(oid)) AS size FROM pg_class WHERE relname ~ '^Risk(Point|Day)' ORDER BY 1`,
  );
  console.log(rows.map(({ name, size }) => `${name} ${size}`).join(', '));

  const database = new Database(server.url, silent);
  const store = new Positions(database);
  await mustAgree(database, store);
  const load = () => loadavg().map((one) => one.toFixed(1));
  const asked: readonly (readonly [string, number, number, number])[] = [
    ['a year by days', days * DAY_MS, 0, DAY_MS],
    ['a year by days, both ends cut', days * DAY_MS - 5 * HOUR_MS, 7 * HOUR_MS, DAY_MS],
    ['a month by hours', 30 * DAY_MS, 0, HOUR_MS],
    ['a day by hours', DAY_MS, 0, HOUR_MS],
  ];
  // Before any of them a connection that stands: a process that answers has one.
  await database.run((prisma) => prisma.$queryRaw`SELECT 1`);
  for (const cold of [true, false])
    for (const [what, back, less, bucketMs] of asked) {
      if (cold) await forget(client);
      const taken: number[] = [];
      for (let chart = 0; chart < charts; chart++) {
        // Another position each time: the first of each reads what nothing has brought to memory yet.
        const id = `position-${1 + ((chart * 7_919) % positions)}`;
        const start = performance.now();
        const buckets = await store.buckets(id, END - back, END - less, bucketMs);
        taken.push(performance.now() - start);
        if (buckets.length === 0) throw new Error(`no points of ${id}`);
      }
      console.log(`${what}, ${cold ? 'from disk' : 'again'}: ${summary(taken)}; load ${load()}`);
    }

  const hours = [0, 1, 2, 3, 4, 5];
  const written = new Map<boolean, number[]>([true, false].map((counted) => [counted, []]));
  for (const hour of hours) {
    const counted = hour % 2 === 0;
    await client.query(`ALTER TABLE "RiskPoint" ${counted ? 'ENABLE' : 'DISABLE'} TRIGGER "RiskPoint_days"`);
    for (let first = 1; first <= positions; first += BATCH) {
      const batch = Array.from({ length: Math.min(BATCH, positions - first + 1) }, (_, index) => ({
        ...{ positionId: `position-${first + index}`, at: END + hour * HOUR_MS, valueUsd: '10000', pnlUsd: '-4000' },
        ...{ healthFactor: '1.5', riskScore: 40 },
      }));
      const start = performance.now();
      await store.addPoints(batch);
      // What the first hour reads from disk, the next one finds in memory.
      if (hour > 1) written.get(counted)?.push(performance.now() - start);
    }
  }
  for (const [counted, taken] of written)
    console.log(`${BATCH} points written${counted ? ' and counted by days' : ''}: ${summary(taken)}; load ${load()}`);
  await database.close();
  await client.end();
} finally {
  await server.stop();
}

/** Takes from the points what makes writing many slow. Resolves to what gives back their indices. */
async function bared(client: pg.Client): Promise<() => Promise<void>> {
  const { rows: keys } = await client.query<{ name: string; text: string }>(
    `SELECT conname AS name, pg_get_constraintdef(oid) AS text FROM pg_constraint WHERE conrelid = '"RiskPoint"'::regclass AND contype = 'p'`,
  );
  const { rows: indices } = await client.query<{ name: string; text: string }>(
    `SELECT indexname AS name, indexdef AS text FROM pg_indexes WHERE tablename = 'RiskPoint' AND indexname <> ALL($1)`,
    [keys.map(({ name }) => name)],
  );
  for (const { name } of keys) await client.query(`ALTER TABLE "RiskPoint" DROP CONSTRAINT "${name}"`);
  for (const { name } of indices) await client.query(`DROP INDEX "${name}"`);
  await client.query('ALTER TABLE "RiskPoint" DISABLE TRIGGER "RiskPoint_days"');
  // Not written twice: there is no crash to recover from.
  await client.query('ALTER TABLE "RiskPoint" SET UNLOGGED');
  return async () => {
    for (const { name, text } of keys) await client.query(`ALTER TABLE "RiskPoint" ADD CONSTRAINT "${name}" ${text}`);
    for (const { text } of indices) await client.query(text);
  };
}

/** Every position's point of an hour, hour after hour. */
async function fill(client: pg.Client): Promise<void> {
  for (let day = 0; day < days; day++)
    await client.query(
      `INSERT INTO "RiskPoint" SELECT 'position-' || 1 + n % $2, to_timestamp($1::float8) + make_interval(hours => h),
         10000 + h, h - 4000, 1.5, 40 FROM (SELECT n, $3 * 24 + n / $2 AS h FROM generate_series(0, 24 * $2::int - 1) AS n) AS point`,
      [(END - days * DAY_MS) / 1_000, positions, day],
    );
}

/** What the points of each day come to, without reading them again: they are made up as well. */
async function countDays(client: pg.Client): Promise<void> {
  await client.query(
    `INSERT INTO "RiskDay" SELECT 'position-' || p, day, 24, day, day + interval '23 hours', 10000 + 24 * d, 10023 + 24 * d, 10023 + 24 * d,
       10000 + 24 * d, 24 * d - 3977, 1.5, 40
     FROM generate_series(0, $2::int - 1) AS d, to_timestamp($1::float8 + d * 86400) AS day, generate_series(1, $3::int) AS p ORDER BY d, p`,
    [(END - days * DAY_MS) / 1_000, days, positions],
  );
}

/** Charts of days are those of their points. */
async function mustAgree(database: Database, store: Positions): Promise<void> {
  for (const positionId of ['position-1', `position-${positions}`]) {
    const year = { positionId, from: END - days * DAY_MS, to: END, bucketMs: DAY_MS };
    const byPoints = await database.run((prisma) => prisma.$queryRaw(bucketsOfPoints(year)));
    assert.deepEqual(await store.buckets(positionId, year.from, END, DAY_MS), byPoints);
  }
}

/** Has the system forget what it has read of the database's files. What the server itself holds is 128 MB. */
async function forget(client: pg.Client): Promise<void> {
  await client.query('CHECKPOINT');
  const { rows } = await client.query<{ path: string }>(
    `SELECT current_setting('data_directory') || '/' || pg_relation_filepath(oid) AS path FROM pg_class WHERE relname ~ '^Risk(Point|Day)'`,
  );
  for (const { path } of rows)
    for (let part = 0; ; part++) {
      const file = part === 0 ? path : `${path}.${part}`;
      // A count of 0 means all of it.
      if (spawnSync('dd', [`if=${file}`, 'iflag=nocache', 'count=0']).status !== 0) break;
    }
}

function summary(taken: number[]): string {
  taken.sort((a, b) => a - b);
  const at = (share: number) => taken[Math.min(taken.length - 1, Math.floor(taken.length * share))]?.toFixed(1);
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${at(1)} ms`;
}
