import { startApi } from './api-server.ts';
import { ConfigError } from './config.ts';
import { runProcess } from './process.ts';
import { sharedBus } from './shared-bus.ts';
import { openStorage } from './storage.ts';
import { worksOf } from './wiring.ts';
import { startWork } from './work.ts';

/** Everything in one process: what `npm start` runs. */
await runProcess(async (parts) => {
  if (parts.config.WEB_CONCURRENCY > 1)
    throw new ConfigError(
      'WEB_CONCURRENCY: `npm start` is one process; several meet in REDIS_URL and DATABASE_URL as `npm run api`, beside an `npm run worker`.',
    );
  const storage = await openStorage(parts);
  try {
    const bus = sharedBus(parts);
    const work = startWork(worksOf(parts), bus, storage.database, parts);
    const api = await startApi(bus, storage.database, parts);
    parts.log.info({ url: `${api.url}/graphql` }, 'listening: open this in a browser');
    // To a person at a terminal alone: what a supervisor collects is kept and sent elsewhere.
    const token = process.stderr.isTTY ? await api.demoToken() : null;
    if (token !== null) process.stderr.write(`demo token, good for a day on this machine: ${token}\n`);
    return async () => {
      await api.stop();
      await work.stop();
      await bus.close();
      await storage.close();
    };
  } catch (error) {
    // The embedded PostgreSQL is a process of its own: it would live on without us.
    await storage.close();
    throw error;
  }
});
