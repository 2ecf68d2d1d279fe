import { messageOf } from '../lib/errors.ts';
import { Database } from '../store/database.ts';
import { migrate } from '../store/migrations.ts';
import { ConfigError } from './config.ts';
import type { Parts } from './parts.ts';
import { startEmbeddedPostgres } from './postgres/embedded-postgres.ts';

/** The PostgreSQL of a process, brought to the state that this version needs. */
export interface Storage {
  readonly database: Database;
  close(): Promise<void>;
}

/** @throws ConfigError when the server at DATABASE_URL cannot be reached or cannot be migrated. */
export async function connectStorage(url: string, { log }: Parts): Promise<Storage> {
  await migrate(url, log).catch((error: unknown) => {
    throw new ConfigError(`DATABASE_URL: its server cannot be used: ${messageOf(error)}.`);
  });
  const database = new Database(url, log);
  return { database, close: () => database.close() };
}

/** The server at DATABASE_URL, or a PostgreSQL of this process alone where none is named. */
export async function openStorage(parts: Parts): Promise<Storage> {
  const { DATABASE_URL: url, DATA_DIR: dataDir } = parts.config;
  if (url) return connectStorage(url, parts);
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
