import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { createLog } from '../src/lib/log.ts';
import { Database } from '../src/store/database.ts';
import { migrate } from '../src/store/migrations.ts';
import { Positions } from '../src/store/positions.ts';
import { startPostgres } from '../test/support/postgres-server.ts';

/**
 * How long a chart of a position takes out of a year of hourly points of many. The rows lie as a worker writes them: one of every
 * position each hour, so those of one position are spread over the whole table.
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

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const END = Date.UTC(2026, 0, 1);
/** Rows that one statement writes. */
const CHUNK_HOURS = Math.max(1, Math.floor(200_000 / positions));

const silent = createLog('silent');
const server = await startPostgres();
try {
  await migrate(server.url, silent);
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  const began = performance.now();
  const hours = days * 24;
  for (let from = 0; from < hours; from += CHUNK_HOURS)
    await client.query(
      `INSERT INTO "RiskPoint" SELECT 'position-' || p, to_timestamp($1::float8) + make_interval(hours => h),
         10000 + h, h - 4000, 1.5, 40 FROM generate_series($2::int, $3::int) AS h, generate_series(1, $4::int) AS p ORDER BY h, p`,
      [(END - days * DAY_MS) / 1_000, from, Math.min(hours, from + CHUNK_HOURS) - 1, positions],
    );
  await client.query('VACUUM ANALYZE "RiskPoint"');
  const { rows } = await client.query<{ size: string }>(
    `SELECT pg_size_pretty(pg_total_relation_size('"RiskPoint"')) AS size`,
  );
  await client.end();
  const filled = ((performance.now() - began) / 1_000).toFixed(0);
  console.log(`${positions * hours} points of ${positions} positions, ${rows[0]?.size}, written in ${filled} s`);

  const database = new Database(server.url, silent);
  const store = new Positions(database);
  const asked: readonly (readonly [string, number, number])[] = [
    ['a year by days', days, DAY_MS],
    ['a month by hours', 30, HOUR_MS],
    ['a day by hours', 1, HOUR_MS],
  ];
  for (const [what, back, bucketMs] of asked) {
    const taken: number[] = [];
    for (let chart = 0; chart < charts; chart++) {
      // Another position each time: the first of each reads what nothing has brought to memory yet.
      const id = `position-${1 + ((chart * 7_919) % positions)}`;
      const start = performance.now();
      const buckets = await store.buckets(id, END - back * DAY_MS, END, bucketMs);
      taken.push(performance.now() - start);
      if (buckets.length === 0) throw new Error(`no points of ${id}`);
    }
    taken.sort((a, b) => a - b);
    const at = (share: number) => taken[Math.min(taken.length - 1, Math.floor(taken.length * share))]?.toFixed(1);
    console.log(`${what}: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${at(1)} ms`);
  }
  await database.close();
  console.log(
    `load ${loadavg()
      .map((load) => load.toFixed(1))
      .join(' ')}`,
  );
} finally {
  await server.stop();
}
