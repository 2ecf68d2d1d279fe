import { randomUUID } from 'node:crypto';
import { afterAll, inject, onTestFinished } from 'vitest';
import { Database } from '../../src/store/database.ts';
import { command, withDatabase } from './postgres-server.ts';
import { silentLog } from './server.ts';

const server = inject('postgresUrl');

/** A database of this test alone, without a table. Dropped when the test ends. */
export async function emptyDatabaseUrl(): Promise<string> {
  return databaseUrl('template0');
}

/** A migrated database of this test alone. Dropped when the test ends. */
export async function migratedDatabaseUrl(): Promise<string> {
  return databaseUrl(inject('postgresTemplate'));
}

/** A migrated database that lasts as long as the server, which the whole run has: for what serves all tests of a file. */
export async function lastingDatabaseUrl(): Promise<string> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await command(server, `CREATE DATABASE ${name} TEMPLATE ${inject('postgresTemplate')}`);
  return withDatabase(server, name);
}

/** The connection to a migrated database of this test alone. Closed and dropped when the test ends. */
export async function freshDatabase(): Promise<Database> {
  const database = new Database(await migratedDatabaseUrl(), silentLog);
  onTestFinished(() => database.close());
  return database;
}

/** The connection to a migrated database of this test file. For a `beforeAll`: closed and dropped after the last test. */
export async function fileDatabase(): Promise<Database> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await command(server, `CREATE DATABASE ${name} TEMPLATE ${inject('postgresTemplate')}`);
  const database = new Database(withDatabase(server, name), silentLog);
  afterAll(async () => {
    await database.close();
    await command(server, `DROP DATABASE ${name} WITH (FORCE)`);
  });
  return database;
}

async function databaseUrl(template: string): Promise<string> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await command(server, `CREATE DATABASE ${name} TEMPLATE ${template}`);
  onTestFinished(() => command(server, `DROP DATABASE ${name} WITH (FORCE)`));
  return withDatabase(server, name);
}
