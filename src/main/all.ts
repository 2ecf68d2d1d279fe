import { runProcess } from './process.ts';
import { sharedBus, startApi, startWorkers } from './wiring.ts';

/** Everything in one process: what `npm start` runs. */
await runProcess(async (parts) => {
  const bus = sharedBus(parts);
  const stopWorkers = startWorkers(bus, parts);
  const api = await startApi(bus, parts);
  parts.log.info({ url: `${api.url}/graphql` }, 'listening: open this in a browser');
  return async () => {
    await api.stop();
    await stopWorkers();
    await bus.close();
  };
});
