import { createMemoryBus } from '../../src/bus/memory-bus.ts';
import { createLog } from '../../src/lib/log.ts';
import { busContract } from '../contracts/bus.ts';

busContract('the memory bus', async (clock, retention) => {
  const bus = createMemoryBus({ clock, log: createLog('silent'), ...retention });
  return { open: async () => bus, close: () => bus.close() };
});
