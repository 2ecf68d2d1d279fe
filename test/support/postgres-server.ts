import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { createLog } from '../../src/lib/log.ts';
import { startEmbeddedPostgres } from '../../src/main/postgres/embedded-postgres.ts';
import { migrate } from '../../src/store/migrations.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** A real PostgreSQL for the whole run. Tests share the server: each makes a database of its own. */
    postgresUrl: string;
    /** A migrated database there, to be copied: that takes a tenth of a second, migrating longer with each migration. */
    postgresTemplate: string;
  }
}

/** Gets the tests a PostgreSQL: `TEST_DATABASE_URL` (its user may make databases), else the embedded one. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env['TEST_DATABASE_URL'];
  if (given) return prepared(project, given, async () => {});
  const server = await startPostgres();
  // No test outlives the machine, and to drop a database would wait for all of them to be written: a third of a second each.
  for (const setting of ['fsync', 'full_page_writes']) await command(server.url, `ALTER SYSTEM SET ${setting} = off`);
  await command(server.url, 'SELECT pg_reload_conf()');
  return prepared(project, server.url, server.stop);
}

/** An embedded one of its own, empty; nothing is left of it when it has stopped. */
export async function startPostgres(): Promise<{ readonly url: string; readonly stop: () => Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'tidewire-postgres-'));
  // Run by root, PostgreSQL is another account, which must get in.
  chmodSync(folder, 0o755);
  const server = await startEmbeddedPostgres(folder, createLog('silent'));
  return {
    url: server.url,
    stop: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function prepared(project: TestProject, url: string, stop: () => Promise<void>): Promise<() => Promise<void>> {
  const template = `tidewire_template_${process.pid}`;
  await command(url, `CREATE DATABASE ${template}`);
  await migrate(withDatabase(url, template), createLog('silent'));
  project.provide('postgresUrl', url);
  project.provide('postgresTemplate', template);
  return async () => {
    await command(url, `DROP DATABASE ${template}`);
    await stop();
  };
}

/** The same server, another database. */
export function withDatabase(url: string, database: string): string {
  const other = new URL(url);
  other.pathname = `/${database}`;
  return other.toString();
}

/** Runs one statement on a connection of its own. */
export async function command(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
