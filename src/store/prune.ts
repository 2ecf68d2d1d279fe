import type { Database } from './database.ts';
import { Prisma } from './generated/client.ts';

/** Tables of which old rows go, and the column that says how old one is. An index leads to the oldest. */
const AGES = {
  ArchivedEvent: 'at',
  Command: 'doneAt',
  EquityPoint: 'at',
  MarketStatsPoint: 'at',
  PricePoint: 'at',
  RiskDay: 'day',
  RiskPoint: 'at',
  StoredCandle: 'openTime',
  StoredOpportunity: 'detectedAt',
  StoredTransaction: 'detectedAt',
} as const;

/**
 * Rows that one statement deletes: well below a second, so that it holds nobody up, meets no timeout, and lets vacuum take up what
 * it leaves while the rest is still being deleted.
 */
const BATCH_ROWS = 5_000;

/**
 * Deletes rows that are older than `before`, milliseconds, the oldest first, a batch at a time: what an hour leaves behind, or a month
 * in which nothing was deleted. Returns how many.
 * @param only a condition on them besides.
 */
export async function prune(
  database: Database,
  table: keyof typeof AGES,
  before: number,
  only: Prisma.Sql = Prisma.sql`true`,
): Promise<number> {
  const [name, age] = [Prisma.raw(`"${table}"`), Prisma.raw(`"${AGES[table]}"`)];
  let deleted = 0;
  for (;;) {
    const count = await database.run(
      (client) => client.$executeRaw`
        DELETE FROM ${name} WHERE ctid = ANY(ARRAY(
          SELECT ctid FROM ${name} WHERE ${age} < ${new Date(before)} AND ${only} ORDER BY ${age} LIMIT ${BATCH_ROWS}))`,
    );
    deleted += count;
    if (count < BATCH_ROWS) return deleted;
  }
}
