import type { Cancel, Clock } from '../lib/clock.ts';
import type { Perishable } from '../model/observed.ts';

interface Key<V> {
  /** When a value of this key was last let through, and whether it was stale. */
  passedAt: number;
  stale: boolean;
  /** The newest value since, if any: it goes when the timer runs. */
  held: V | null;
  cancel: Cancel | null;
}

/**
 * Lets values through at the operator's pace: of each key the first at once, then the newest at most once an interval,
 * the last of a burst always. A change of `stale` never waits. One value and one timer a key, whatever comes.
 */
export class StateThrottle<V extends Perishable> {
  readonly #clock: Clock;
  readonly #intervalMs: number;
  readonly #keyOf: (value: V) => string;
  readonly #pass: (value: V) => void;
  readonly #keys = new Map<string, Key<V>>();

  /** @param intervalMs milliseconds; 0 lets every value through. */
  constructor(clock: Clock, intervalMs: number, keyOf: (value: V) => string, pass: (value: V) => void) {
    this.#clock = clock;
    this.#intervalMs = intervalMs;
    this.#keyOf = keyOf;
    this.#pass = pass;
  }

  offer(value: V): void {
    if (this.#intervalMs === 0) {
      this.#pass(value);
      return;
    }
    const name = this.#keyOf(value);
    const key: Key<V> = this.#keys.get(name) ?? {
      passedAt: Number.NEGATIVE_INFINITY,
      stale: false,
      held: null,
      cancel: null,
    };
    this.#keys.set(name, key);
    const waitMs = key.passedAt + this.#intervalMs - this.#clock.now();
    if (waitMs <= 0 || value.stale !== key.stale) {
      this.#release(key, value);
      return;
    }
    key.held = value;
    key.cancel ??= this.#clock.after(waitMs, () => {
      if (key.held) this.#release(key, key.held);
    });
  }

  /** Forgets what it holds. */
  stop(): void {
    for (const key of this.#keys.values()) key.cancel?.();
    this.#keys.clear();
  }

  #release(key: Key<V>, value: V): void {
    key.cancel?.();
    key.cancel = null;
    key.held = null;
    key.passedAt = this.#clock.now();
    key.stale = value.stale;
    this.#pass(value);
  }
}
