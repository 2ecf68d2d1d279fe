import { siblingNumber, startApiProcesses } from './api-processes.ts';
import { startApi } from './api-server.ts';
import { ConfigError } from './config.ts';
import { runProcess } from './process.ts';
import { sharedBus } from './shared-bus.ts';
import { connectStorage } from './storage.ts';

/** The read side alone: as many as wanted, meeting the workers in Redis, and each other in PostgreSQL. */
await runProcess(async (parts) => {
  const { REDIS_URL, DATABASE_URL, WEB_CONCURRENCY } = parts.config;
  if (!REDIS_URL)
    throw new ConfigError('REDIS_URL: an api of its own needs it, to hear the workers; `npm start` runs both in one.');
  if (!DATABASE_URL)
    throw new ConfigError('DATABASE_URL: an api of its own needs it, to share what lasts; `npm start` brings its own.');
  if (WEB_CONCURRENCY > 1 && siblingNumber === null) return startApiProcesses(WEB_CONCURRENCY, parts, DATABASE_URL);
  const storage = await connectStorage(DATABASE_URL, parts);
  const bus = sharedBus(parts);
  const api = await startApi(bus, storage.database, parts);
  parts.log.info({ url: `${api.url}/graphql` }, 'listening');
  return async () => {
    await api.stop();
    await bus.close();
    await storage.close();
  };
});
