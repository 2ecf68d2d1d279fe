import { messageOf } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import { Database } from '../store/database.ts';
import { migrate } from '../store/migrations.ts';
import { isInSoleUse, SoleUse } from '../store/sole-use.ts';
import { ConfigError } from './config.ts';
import type { Parts } from './parts.ts';
import { startEmbeddedPostgres } from './postgres/embedded-postgres.ts';

/** The PostgreSQL of a process, brought to the state that this version needs. */
export interface Storage {
  readonly database: Database;
  close(): Promise<void>;
}

/**
 * For a process that meets others in Redis.
 * @throws ConfigError when the server at DATABASE_URL cannot be reached or cannot be migrated, or belongs to a process that is alone.
 */
export async function connectStorage(url: string, { log }: Parts): Promise<Storage> {
  if (await isInSoleUse(url).catch(unusable))
    throw new ConfigError(
      'DATABASE_URL: a process without REDIS_URL works on this database alone; end it, or give it the same REDIS_URL.',
    );
  return openedStorage(url, log);
}

/** For a tool that does one thing and ends, beside whatever runs. */
export async function visitStorage(parts: Parts): Promise<Storage> {
  const { DATABASE_URL: url } = parts.config;
  return url ? openedStorage(url, parts.log) : openStorage(parts);
}

async function openedStorage(url: string, log: Log): Promise<Storage> {
  await migrate(url, log).catch(unusable);
  const database = new Database(url, log);
  return { database, close: () => database.close() };
}

/** The server at DATABASE_URL, for this process alone where no Redis is named; a PostgreSQL of its own where none is. */
export async function openStorage(parts: Parts): Promise<Storage> {
  const { DATABASE_URL: url, DATA_DIR: dataDir, REDIS_URL: redis } = parts.config;
  if (url) return redis ? connectStorage(url, parts) : holdStorage(url, parts);
  const embedded = await startEmbeddedPostgres(dataDir, parts.log);
  try {
    await migrate(embedded.url, parts.log);
  } catch (error) {
    await embedded.stop();
    throw error;
  }
  const database = new Database(embedded.url, parts.log);
  return {
    database,
    close: async () => {
      await database.close();
      await embedded.stop();
    },
  };
}

async function holdStorage(url: string, { clock, log }: Parts): Promise<Storage> {
  const taken = () => {
    log.fatal('another process has taken the database of DATABASE_URL while it could not be reached from here');
    process.exit(1);
  };
  const use = await SoleUse.take({ url, clock, log, taken }).catch(unusable);
  if (!use)
    throw new ConfigError(
      'DATABASE_URL: another process works on this database, and without REDIS_URL there can be one alone; give all of them the same REDIS_URL.',
    );
  const opened = await openedStorage(url, log);
  return {
    ...opened,
    close: async () => {
      await opened.close();
      await use.release();
    },
  };
}

function unusable(error: unknown): never {
  throw new ConfigError(`DATABASE_URL: its server cannot be used: ${messageOf(error)}.`);
}
