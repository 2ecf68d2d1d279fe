import { ConfigError } from './config.ts';
import { runProcess } from './process.ts';
import { sharedBus, startApi } from './wiring.ts';

/** The read side alone: as many as wanted, meeting the workers in Redis. */
await runProcess(async (parts) => {
  if (!parts.config.REDIS_URL)
    throw new ConfigError('REDIS_URL: an api of its own needs it, to hear the workers; `npm start` runs both in one.');
  const bus = sharedBus(parts);
  const api = await startApi(bus, parts);
  parts.log.info({ url: `${api.url}/graphql` }, 'listening');
  return async () => {
    await api.stop();
    await bus.close();
  };
});
