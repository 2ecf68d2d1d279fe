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
  const database = new Database(await fileDatabaseUrl(), silentLog);
  afterAll(() => database.close());
  return database;
}

/** A migrated database for several tests: it is dropped by what `atEnd` is given. */
export async function fileDatabaseUrl(atEnd: (drop: () => Promise<void>) => void = afterAll): Promise<string> {
  return databaseUrl(inject('postgresTemplate'), atEnd);
}

async function databaseUrl(
  template: string,
  atEnd: (drop: () => Promise<void>) => void = onTestFinished,
): Promise<string> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await command(server, `CREATE DATABASE ${name} TEMPLATE ${template}`);
  atEnd(() => command(server, `DROP DATABASE ${name} WITH (FORCE)`));
  return withDatabase(server, name);
}
