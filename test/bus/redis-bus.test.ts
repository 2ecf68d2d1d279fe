import { randomUUID } from 'node:crypto';
import { inject } from 'vitest';
import type { Bus } from '../../src/bus/bus.ts';
import { createRedisBus } from '../../src/bus/redis-bus.ts';
import type { RetentionSettings } from '../../src/bus/retention.ts';
import { createLog } from '../../src/lib/log.ts';
import { type BusBench, busContract } from '../contracts/bus.ts';
import { busOwnersContract } from '../contracts/bus-owners.ts';
import type { LeapClock } from '../contracts/leap-clock.ts';
import { inState } from '../support/redis-state.ts';

const bench = async (clock: LeapClock, retention: RetentionSettings): Promise<BusBench> => {
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
};

busContract('the Redis bus', bench);
busOwnersContract('the Redis bus', bench);
