import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { ALL_OWNERS } from '../../src/model/owner-share.ts';
import { COMMIT, PLACE, waitingOrders } from '../../src/store/order-statements.ts';
import type { Query } from '../../src/store/statement.ts';
import { migratedDatabaseUrl } from '../support/postgres.ts';

/** After so many times PostgreSQL keeps a plan that suits all values. */
const PLANNED = 6;

const FENCE = { name: 'trading', token: 1 };

// What was planned when the tables were empty stays: a plan that reads all of a table would do so for ever after.
test('the statements of an order, planned over empty tables, look everything up', async () => {
  const client = new pg.Client({ connectionString: await migratedDatabaseUrl() });
  await client.connect();
  onTestFinished(() => client.end());
  await client.query(`INSERT INTO "LeaseFence" VALUES ($1, $2)`, [FENCE.name, FENCE.token]);
  const place = Array.from({ length: 12 }, () => null);
  const commit = ['[]', '[]', '[]', [], new Date(0), [], '[]', '{}'];
  const queries: readonly Query[] = [
    // Nothing is written: of a lease that nobody holds.
    PLACE.query(place, { name: 'none', token: 1 }),
    COMMIT.query(commit, null),
    COMMIT.query(commit, FENCE),
    waitingOrders(ALL_OWNERS, [], 500),
    waitingOrders({ number: 1, of: 4 }, [], 500),
  ];
  for (const { name, text, values } of queries) {
    for (let times = 0; times < PLANNED; times++) await client.query({ name, text, values: [...values] });
    const given = values.map((value) =>
      value === null ? 'NULL' : Array.isArray(value) ? `'{}'` : client.escapeLiteral(String(value)),
    );
    const timed = given.map((value) => (value.includes('GMT') ? 'now()' : value));
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(`EXPLAIN EXECUTE "${name}" (${timed.join(', ')})`);
    const plan = rows.map((row) => row['QUERY PLAN']);
    expect(plan.length).toBeGreaterThan(3);
    expect(plan.filter((line) => line.includes('Seq Scan') || line.includes('Hash Join'))).toEqual([]);
  }
});
