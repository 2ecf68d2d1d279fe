import { ConfigError } from './config.ts';
import { runProcess } from './process.ts';
import { sharedBus } from './shared-bus.ts';
import { connectStorage } from './storage.ts';
import { worksOf } from './wiring.ts';
import { startWork } from './work.ts';
import { serveWorkerHealth } from './worker-health.ts';

/** The write side alone: feeds and engines, publishing to Redis, and keeping what lasts. */
await runProcess(async (parts) => {
  if (!parts.config.REDIS_URL)
    throw new ConfigError('REDIS_URL: a worker of its own needs it, to be heard; `npm start` runs both in one.');
  if (!parts.config.DATABASE_URL)
    throw new ConfigError('DATABASE_URL: a worker of its own needs it, for what lasts; `npm start` brings its own.');
  const storage = await connectStorage(parts.config.DATABASE_URL, parts);
  const bus = sharedBus(parts);
  const work = startWork(worksOf(parts), bus, storage.database, parts);
  const closeHttp = await serveWorkerHealth({ ...parts, work, bus, database: storage.database });
  parts.log.info({ feeds: parts.config.FEEDS }, 'working');
  return async () => {
    await work.stop();
    await closeHttp();
    await bus.close();
    await storage.close();
  };
});
