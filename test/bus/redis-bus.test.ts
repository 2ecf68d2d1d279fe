import { randomUUID } from 'node:crypto';
import { inject } from 'vitest';
import type { Bus } from '../../src/bus/bus.ts';
import { createRedisBus } from '../../src/bus/redis-bus.ts';
import { createLog } from '../../src/lib/log.ts';
import { busContract } from '../contracts/bus.ts';
import { inState } from '../support/redis-state.ts';

busContract('the Redis bus', async (clock, retention) => {
  const prefix = `test-${randomUUID()}`;
  const buses: Bus[] = [];
  return {
    open: async () => {
      const bus = createRedisBus({ url: inject('redisUrl'), clock, log: createLog('silent'), prefix, ...retention });
      buses.push(bus);
      await inState(bus, 'ready');
      return bus;
    },
    close: async () => {
      await Promise.all(buses.map((bus) => bus.close()));
    },
  };
});
