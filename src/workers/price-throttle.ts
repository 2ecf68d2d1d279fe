import type { Cancel, Clock } from '../lib/clock.ts';
import { sourceKey } from '../model/instrument.ts';
import type { Price } from '../model/price.ts';

interface Key {
  /** When a price of this key was last let through, and whether it was stale. */
  passedAt: number;
  stale: boolean;
  /** The newest price since, if any: it goes when the timer runs. */
  held: Price | null;
  cancel: Cancel | null;
}

/**
 * Lets prices through at the operator's pace: of each key the first at once, then the newest at most once an interval,
 * the last of a burst always. A change of `stale` never waits. One price and one timer a key, whatever comes.
 */
export class PriceThrottle {
  readonly #clock: Clock;
  readonly #intervalMs: number;
  readonly #pass: (price: Price) => void;
  readonly #keys = new Map<string, Key>();

  /** @param intervalMs milliseconds; 0 lets every price through. */
  constructor(clock: Clock, intervalMs: number, pass: (price: Price) => void) {
    this.#clock = clock;
    this.#intervalMs = intervalMs;
    this.#pass = pass;
  }

  offer(price: Price): void {
    if (this.#intervalMs === 0) {
      this.#pass(price);
      return;
    }
    const name = sourceKey(price.symbol, price.source);
    const key = this.#keys.get(name) ?? { passedAt: Number.NEGATIVE_INFINITY, stale: false, held: null, cancel: null };
    this.#keys.set(name, key);
    const waitMs = key.passedAt + this.#intervalMs - this.#clock.now();
    if (waitMs <= 0 || price.stale !== key.stale) {
      this.#release(key, price);
      return;
    }
    key.held = price;
    key.cancel ??= this.#clock.after(waitMs, () => {
      if (key.held) this.#release(key, key.held);
    });
  }

  /** Forgets what it holds. */
  stop(): void {
    for (const key of this.#keys.values()) key.cancel?.();
    this.#keys.clear();
  }

  #release(key: Key, price: Price): void {
    key.cancel?.();
    key.cancel = null;
    key.held = null;
    key.passedAt = this.#clock.now();
    key.stale = price.stale;
    this.#pass(price);
  }
}
