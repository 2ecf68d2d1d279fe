import type { Cancel, Clock } from '../lib/clock.ts';

/** What a connection waits for, by its purpose: one timer each, the newest. After `stop` none is set. */
export class Timers<Purpose extends string> {
  readonly #clock: Clock;
  readonly #running = new Map<Purpose, Cancel>();
  #stopped = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  after(purpose: Purpose, ms: number, run: () => void): void {
    this.cancel(purpose);
    if (this.#stopped) return;
    const cancel = this.#clock.after(ms, () => {
      this.#running.delete(purpose);
      run();
    });
    this.#running.set(purpose, cancel);
  }

  isSet(purpose: Purpose): boolean {
    return this.#running.has(purpose);
  }

  cancel(...purposes: readonly Purpose[]): void {
    for (const purpose of purposes) {
      this.#running.get(purpose)?.();
      this.#running.delete(purpose);
    }
  }

  stop(): void {
    this.#stopped = true;
    this.cancel(...this.#running.keys());
  }
}
