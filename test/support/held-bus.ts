import type { Bus, BusListener, ProcessBus } from '../../src/bus/bus.ts';

/** A bus whose reads wait until the test lets them go, and whose live path the test can break and delay. */
export interface HeldBus extends ProcessBus {
  /** From now on reads wait: each resolves with what it found when it was asked, as a slow answer of a store does. */
  hold(): void;
  /** Lets all reads go that wait, and those that come. */
  release(): void;
  /** Reads that wait. */
  readonly waiting: number;
  /** From now on listeners hear nothing. */
  breakLive(): void;
  /** Listeners hear again, and nobody tells them that they may have missed something. */
  mendLive(): void;
  /** Listeners hear again, and are told that they may have missed something. */
  restoreLive(): void;
  /** From now on what listeners would hear waits: the store is ahead of the channel. */
  delayLive(): void;
  /** Listeners hear what waits, in its order, and then as it comes. */
  hurryLive(): void;
}

export function heldBus(bus: Bus | ProcessBus): HeldBus {
  let gate: Promise<void> | null = null;
  let open: () => void = () => undefined;
  let waiting = 0;
  let broken = false;
  let delayed: (() => void)[] | null = null;
  const listeners = new Set<BusListener>();
  const held = async <T>(read: Promise<T>): Promise<T> => {
    const found = await read;
    if (!gate) return found;
    waiting++;
    await gate;
    waiting--;
    return found;
  };
  const tell = (telling: () => void) => {
    if (delayed) delayed.push(telling);
    else telling();
  };
  return {
    publishState: (topic, value, change) => bus.publishState(topic, value, change),
    publishEvent: (topic, value) => bus.publishEvent(topic, value),
    subscribe: async (topic, listener) => {
      listeners.add(listener);
      const leave = await bus.subscribe(topic, {
        message: (record) => {
          if (!broken) tell(() => listener.message(record));
        },
        restored: () => tell(() => listener.restored()),
      });
      return () => {
        listeners.delete(listener);
        leave();
      };
    },
    latest: (topic, keys) => held(bus.latest(topic, keys)),
    positions: (topic, keys) => held(bus.positions(topic, keys)),
    readAfter: (topic, after, limit) => held(bus.readAfter(topic, after, limit)),
    readBefore: (topic, before, limit) => held(bus.readBefore(topic, before, limit)),
    drop: (topic, keys) => bus.drop(topic, keys),
    forget: (topic, key) => {
      if ('forget' in bus) bus.forget(topic, key);
    },
    state: () => bus.state(),
    onStateChange: (changed) => bus.onStateChange(changed),
    close: () => bus.close(),
    hold: () => {
      gate ??= new Promise((resolve) => {
        open = resolve;
      });
    },
    release: () => {
      gate = null;
      open();
    },
    get waiting() {
      return waiting;
    },
    breakLive: () => {
      broken = true;
    },
    mendLive: () => {
      broken = false;
    },
    restoreLive: () => {
      broken = false;
      for (const listener of listeners) tell(() => listener.restored());
    },
    delayLive: () => {
      delayed ??= [];
    },
    hurryLive: () => {
      const all = delayed ?? [];
      delayed = null;
      for (const telling of all) telling();
    },
  };
}
