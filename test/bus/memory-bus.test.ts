import { createMemoryBus } from '../../src/bus/memory-bus.ts';
import type { RetentionSettings } from '../../src/bus/retention.ts';
import { createLog } from '../../src/lib/log.ts';
import { type BusBench, busContract } from '../contracts/bus.ts';
import { busOwnersContract } from '../contracts/bus-owners.ts';
import type { LeapClock } from '../contracts/leap-clock.ts';

const bench = async (clock: LeapClock, retention: RetentionSettings): Promise<BusBench> => {
  const bus = createMemoryBus({ clock, log: createLog('silent'), ...retention });
  return { open: async () => bus, close: () => bus.close() };
};

busContract('the memory bus', bench);
busOwnersContract('the memory bus', bench);
