import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import type { Log } from '../lib/log.ts';

/** One folder of `prisma/migrations`. */
interface Migration {
  /** `20261121000000_identity`: migrations are applied in the order of their names. */
  readonly name: string;
  readonly script: string;
}

const FOLDER = fileURLToPath(new URL('../../prisma/migrations', import.meta.url));

/** Any number, the same in every process: who holds it migrates, the others wait and then find nothing left to do. */
const MIGRATION_LOCK = 7_461_002;

/**
 * The table in which Prisma records what it applied, as its own engine makes it: `prisma migrate deploy` goes on from
 * here, and this from what that has applied.
 */
const RECORD = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
  "id" VARCHAR(36) PRIMARY KEY NOT NULL,
  "checksum" VARCHAR(64) NOT NULL,
  "finished_at" TIMESTAMPTZ,
  "migration_name" VARCHAR(255) NOT NULL,
  "logs" TEXT,
  "rolled_back_at" TIMESTAMPTZ,
  "started_at" TIMESTAMPTZ NOT NULL DEFAULT now(),
  "applied_steps_count" INTEGER NOT NULL DEFAULT 0
)`;

interface Recorded {
  readonly migration_name: string;
  readonly checksum: string;
  readonly finished: boolean;
}

/**
 * Brings a database to the state that this version needs. Each migration is one transaction, recorded in it: a process
 * that dies in the middle leaves the one before. Any number of processes may start at once.
 * @throws Error when the database was migrated by scripts that are not the ones here, or by a migration that failed.
 */
export async function migrate(url: string, log: Log): Promise<void> {
  const client = new pg.Client({ connectionString: url, application_name: 'tidewire-migrations' });
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await client.query(RECORD);
    const { rows } = await client.query<Recorded>(
      `SELECT migration_name, checksum, finished_at IS NOT NULL AS finished
       FROM "_prisma_migrations" WHERE rolled_back_at IS NULL`,
    );
    const recorded = new Map(rows.map((row) => [row.migration_name, row]));
    for (const migration of await migrations()) {
      if (isApplied(migration, recorded.get(migration.name))) continue;
      await apply(client, migration);
      log.info({ migration: migration.name }, 'migration applied');
    }
  } finally {
    await client.end();
  }
}

async function migrations(): Promise<readonly Migration[]> {
  const entries = await readdir(FOLDER, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const read = async (name: string) => ({ name, script: await readFile(join(FOLDER, name, 'migration.sql'), 'utf8') });
  return Promise.all(names.sort().map(read));
}

function isApplied({ name, script }: Migration, recorded: Recorded | undefined): boolean {
  if (!recorded) return false;
  if (!recorded.finished)
    throw new Error(`migration ${name} was begun by something else and never finished: see "_prisma_migrations"`);
  if (recorded.checksum !== checksumOf(script))
    throw new Error(`migration ${name} was applied in another version than the one here`);
  return true;
}

async function apply(client: pg.Client, { name, script }: Migration): Promise<void> {
  await client.query('BEGIN');
  try {
    await client.query(script);
    await client.query(
      `INSERT INTO "_prisma_migrations" (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
       VALUES ($1, $2, $3, now(), clock_timestamp(), 1)`,
      [randomUUID(), checksumOf(script), name],
    );
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw new Error(`migration ${name} failed`, { cause: error });
  }
}

function checksumOf(script: string): string {
  return createHash('sha256').update(script).digest('hex');
}
