import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { beforeAll, describe, expect, test } from 'vitest';
import { DAY_MS } from '../../src/lib/clock.ts';
import { createLog } from '../../src/lib/log.ts';
import { Archive } from '../../src/store/archive/archive.ts';
import { Database } from '../../src/store/database.ts';
import { PrismaClient } from '../../src/store/generated/client.ts';
import { Positions } from '../../src/store/positions.ts';
import { prune } from '../../src/store/prune.ts';
import { fileDatabaseUrl } from '../support/postgres.ts';

const HOUR_MS = DAY_MS / 24;
const NOW = Date.UTC(2026, 0, 1);

interface Plan {
  readonly 'Node Type': string;
  readonly 'Index Name'?: string;
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows'?: number;
  readonly 'Actual Loops'?: number;
  readonly Plans?: readonly Plan[];
}

const nodesOf = (plan: Plan): readonly Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];

// The statements that the product sends, caught on their way, and planned by a real PostgreSQL over tables of some size.
describe('what is read of years of history is found by an index', () => {
  let client: pg.Client;
  let pool: pg.Pool;
  let database: Database;
  const sent: { readonly query: string; readonly params: string }[] = [];

  beforeAll(async () => {
    const url = await fileDatabaseUrl();
    client = new pg.Client({ connectionString: url });
    await client.connect();
    const prisma = new PrismaClient({
      adapter: new PrismaPg({ connectionString: url }),
      log: [{ emit: 'event', level: 'query' }],
    });
    prisma.$on('query', ({ query, params }) => sent.push({ query, params }));
    pool = new pg.Pool({ connectionString: url });
    database = new Database({ client: prisma, pool }, createLog('silent'));
    // 100 positions with 400 hours each, and as many events.
    await client.query(`
      INSERT INTO "RiskPoint" SELECT 'p' || (n % 100), timestamptz '${new Date(NOW).toISOString()}' - make_interval(hours => n / 100),
        n, n, 1, 50 FROM generate_series(0, 39999) AS n`);
    await client.query(`
      INSERT INTO "ArchivedEvent" SELECT 'alerts/o' || (n % 100), 'e1', n / 100 + 1, 'k', 'i' || n,
        timestamptz '${new Date(NOW).toISOString()}' - make_interval(hours => n / 100), '{}' FROM generate_series(0, 39999) AS n`);
    // An index answers alone only for what vacuum has seen.
    await client.query('VACUUM ANALYZE');
    return async () => {
      await client.end();
      await database.close();
    };
  });

  /** How a table is read by the statements that `work` sends. */
  async function scansOf(table: string, work: () => Promise<unknown>, how = ''): Promise<readonly Plan[]> {
    sent.length = 0;
    await work();
    const scans: Plan[] = [];
    for (const { query, params } of sent) {
      if (!query.includes(`"${table}"`)) continue;
      const values = JSON.parse(params) as unknown[];
      const { rows } = await client.query<{ 'QUERY PLAN': readonly { Plan: Plan }[] }>(
        `EXPLAIN (${how}FORMAT JSON) ${query}`,
        values,
      );
      const nodes = nodesOf(rows[0]?.['QUERY PLAN'][0]?.Plan ?? { 'Node Type': 'none' });
      scans.push(...nodes.filter((node) => /^(Seq|Index|Bitmap Index)/.test(node['Node Type'])));
    }
    return scans;
  }

  const plansOf = async (table: string, work: () => Promise<unknown>) =>
    (await scansOf(table, work)).map((node) => `${node['Node Type']} ${node['Index Name'] ?? ''}`);

  const byIndex = (name: string) => new RegExp(`^(Bitmap )?Index (Only )?Scan ${name}$`);

  test.each([
    [
      'a chart of a position',
      'RiskPoint',
      (db: Database) => new Positions(db).buckets('p7', NOW - 100 * HOUR_MS, NOW, 24 * HOUR_MS),
      'RiskPoint_pkey',
    ],
    [
      'a chart of its days',
      'RiskDay',
      (db: Database) => new Positions(db).buckets('p7', NOW - 16 * DAY_MS, NOW, DAY_MS),
      'RiskDay_pkey',
    ],
    ['its newest points', 'RiskPoint', (db: Database) => new Positions(db).points('p7', NOW, 50), 'RiskPoint_pkey'],
    [
      'what is too old of it',
      'RiskPoint',
      (db: Database) => prune(db, 'RiskPoint', NOW - 399 * HOUR_MS),
      'RiskPoint_at_idx',
    ],
    [
      'what is too old of its days',
      'RiskDay',
      (db: Database) => prune(db, 'RiskDay', NOW - 16 * DAY_MS),
      'RiskDay_day_idx',
    ],
    [
      'what came after a cursor',
      'ArchivedEvent',
      (db: Database) =>
        new Archive(db).after(
          { kind: 'event', name: 'alerts', owner: `0x${'0'.repeat(40)}` },
          { epoch: 'e1', sequence: 100 },
          50,
        ),
      'ArchivedEvent_pkey',
    ],
    [
      'what is too old of events',
      'ArchivedEvent',
      (db: Database) => prune(db, 'ArchivedEvent', NOW - 399 * HOUR_MS),
      'ArchivedEvent_at_idx',
    ],
  ] as const)('%s', async (_what, table, work, index) => {
    const plans = await plansOf(table, () => work(database));
    expect(plans.length).toBeGreaterThan(0);
    expect(plans.filter((plan) => plan.startsWith('Seq Scan'))).toEqual([]);
    expect(plans.some((plan) => byIndex(index).test(plan))).toBe(true);
  });

  test("a chart reads the index alone: a position's points lie all over the table", async () => {
    const chart = () => new Positions(database).buckets('p7', NOW - 100 * HOUR_MS, NOW, HOUR_MS);
    expect(new Set(await plansOf('RiskPoint', chart))).toEqual(
      // Of days it asks since when they are kept.
      new Set(['Index Only Scan RiskPoint_pkey', 'Index Only Scan RiskDay_pkey']),
    );
  });

  test('a chart of days reads a row a day, and points of the days alone that its ends cut', async () => {
    const chart = () =>
      new Positions(database).buckets('p7', NOW - 15 * DAY_MS - 2 * HOUR_MS, NOW - 20 * HOUR_MS, DAY_MS);
    const scans = await scansOf('RiskDay', chart, 'ANALYZE, ');
    const rowsBy = (index: string) =>
      scans
        .filter((node) => node['Index Name'] === index)
        .reduce((sum, node) => sum + Math.round((node['Actual Rows'] ?? 0) * (node['Actual Loops'] ?? 1)), 0);
    expect(rowsBy('RiskPoint_pkey')).toBe(2 + 4);
    // And the oldest, for each of the ends.
    expect(rowsBy('RiskDay_pkey')).toBe(14 + 2);
    expect(new Set(scans.map((node) => node['Index Name']))).toEqual(new Set(['RiskPoint_pkey', 'RiskDay_pkey']));
  });

  test('what is too old goes in batches, however much there is', async () => {
    sent.length = 0;
    expect(await prune(database, 'RiskPoint', NOW - 200 * HOUR_MS)).toBe(19_900);
    expect(sent.filter(({ query }) => query.includes('DELETE')).length).toBe(4);
    expect(await prune(database, 'RiskPoint', NOW - 200 * HOUR_MS)).toBe(0);
  });
});
