import { randomUUID } from 'node:crypto';
import type { Bus } from '../bus/bus.ts';
import { topics } from '../bus/topics.ts';
import type { Simulations } from '../schema/context.ts';

/** What may be brought about by hand while something is developed; see `simulate`. */
export function createSimulations(bus: Bus): Simulations {
  return {
    staleFeed: async (source, forMs) => {
      await bus.publishEvent(topics.interruptions, { id: randomUUID(), source, forMs });
    },
  };
}
