import { type Clock, systemClock } from '../../src/lib/clock.ts';

/** Wall time whose date can be moved on: timers, and so the network's, keep to the real one. */
export class LeapClock implements Clock {
  #aheadMs = 0;

  readonly after = systemClock.after;
  readonly every = systemClock.every;

  now(): number {
    return systemClock.now() + this.#aheadMs;
  }

  leap(ms: number): void {
    this.#aheadMs += ms;
  }
}
