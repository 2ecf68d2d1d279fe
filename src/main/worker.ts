import { ConfigError } from './config.ts';
import { runProcess } from './process.ts';
import { sharedBus, startWorkers } from './wiring.ts';

/** The write side alone: feeds and engines, publishing to Redis. */
await runProcess(async (parts) => {
  if (!parts.config.REDIS_URL)
    throw new ConfigError('REDIS_URL: a worker of its own needs it, to be heard; `npm start` runs both in one.');
  const bus = sharedBus(parts);
  const stopWorkers = startWorkers(bus, parts);
  parts.log.info({ feeds: parts.config.FEEDS }, 'working');
  return async () => {
    await stopWorkers();
    await bus.close();
  };
});
