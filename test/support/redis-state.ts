import type { Bus, BusState } from '../../src/bus/bus.ts';

/** Resolves when the bus is in this state. */
export function inState(bus: Bus, wanted: BusState): Promise<void> {
  return bus.state() === wanted ? Promise.resolve() : becomes(bus, wanted);
}

/** Resolves when the bus next comes into this state. */
export function becomes(bus: Bus, wanted: BusState): Promise<void> {
  return new Promise((resolve) => {
    const stop = bus.onStateChange((state) => {
      if (state !== wanted) return;
      stop();
      resolve();
    });
  });
}
