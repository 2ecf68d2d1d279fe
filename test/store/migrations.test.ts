import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { describe, expect, onTestFinished, test } from 'vitest';
import { migrate } from '../../src/store/migrations.ts';
import { emptyDatabaseUrl } from '../support/postgres.ts';
import { silentLog } from '../support/server.ts';

const FOLDER = fileURLToPath(new URL('../../prisma/migrations', import.meta.url));
const NAMES = readdirSync(FOLDER, { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? [entry.name] : [],
);

async function connected(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

const recorded = async (client: pg.Client) =>
  (await client.query('SELECT * FROM "_prisma_migrations" ORDER BY migration_name')).rows;

describe('an empty database', () => {
  test('gets every migration, recorded as Prisma records it', async () => {
    const url = await emptyDatabaseUrl();
    await migrate(url, silentLog);
    const rows = await recorded(await connected(url));
    expect(rows.map((row) => row.migration_name)).toEqual(NAMES.sort());
    for (const row of rows) {
      const script = readFileSync(join(FOLDER, row.migration_name, 'migration.sql'));
      expect(row.checksum).toBe(createHash('sha256').update(script).digest('hex'));
      expect(row).toMatchObject({ applied_steps_count: 1, logs: null, rolled_back_at: null });
      expect(row.finished_at.getTime()).toBeGreaterThanOrEqual(row.started_at.getTime());
    }
  });

  test('gets each once when many processes start together', async () => {
    const url = await emptyDatabaseUrl();
    await Promise.all(Array.from({ length: 5 }, () => migrate(url, silentLog)));
    expect(await recorded(await connected(url))).toHaveLength(NAMES.length);
  });
});

describe('a database that was migrated', () => {
  test('is left as it is', async () => {
    const url = await emptyDatabaseUrl();
    await migrate(url, silentLog);
    const client = await connected(url);
    const before = await recorded(client);
    await migrate(url, silentLog);
    expect(await recorded(client)).toEqual(before);
  });

  test('by another version of a script is refused, and not touched', async () => {
    const url = await emptyDatabaseUrl();
    await migrate(url, silentLog);
    const client = await connected(url);
    await client.query(`UPDATE "_prisma_migrations" SET checksum = 'another'`);
    await expect(migrate(url, silentLog)).rejects.toThrow('in another version');
  });

  test('up to a migration that something else began and never finished is refused', async () => {
    const url = await emptyDatabaseUrl();
    await migrate(url, silentLog);
    await (await connected(url)).query('UPDATE "_prisma_migrations" SET finished_at = NULL');
    await expect(migrate(url, silentLog)).rejects.toThrow('never finished');
  });
});

test('a migration that fails leaves the database as it was', async () => {
  const url = await emptyDatabaseUrl();
  const client = await connected(url);
  // What the first migration makes stands in its way.
  await client.query('CREATE TABLE "ApiKey" (id int)');
  await expect(migrate(url, silentLog)).rejects.toThrow('failed');
  expect(await recorded(client)).toEqual([]);
  const { rows } = await client.query(`SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`);
  expect(rows.map(({ tablename }) => tablename)).toEqual(['ApiKey', '_prisma_migrations']);
});
