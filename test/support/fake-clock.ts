import type { Clock } from '../../src/lib/clock.ts';

interface Timer {
  at: number;
  readonly order: number;
  readonly everyMs: number | null;
  readonly run: () => void;
}

/** Time that moves only when a test says so. Timers run in the order of their times, then of their making. */
export class FakeClock implements Clock {
  #now: number;
  #made = 0;
  readonly #timers = new Set<Timer>();

  constructor(startMs = Date.UTC(2026, 0, 1)) {
    this.#now = startMs;
  }

  now(): number {
    return this.#now;
  }

  after(ms: number, run: () => void): () => void {
    return this.#add(ms, null, run);
  }

  every(ms: number, run: () => void): () => void {
    return this.#add(ms, ms, run);
  }

  /** Timers that wait: for tests that look for leaks. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Moves time on, running what falls due on the way, each at its own time. Promises settle between timers. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settle();
    for (;;) {
      let next: Timer | undefined;
      for (const timer of this.#timers)
        if (timer.at <= end && (!next || timer.at < next.at || (timer.at === next.at && timer.order < next.order)))
          next = timer;
      if (!next) break;
      this.#now = Math.max(this.#now, next.at);
      if (next.everyMs === null) this.#timers.delete(next);
      else next.at += Math.max(1, next.everyMs);
      next.run();
      await settle();
    }
    this.#now = end;
  }

  #add(ms: number, everyMs: number | null, run: () => void): () => void {
    const timer: Timer = { at: this.#now + Math.max(0, ms), order: this.#made++, everyMs, run };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }
}

/** Lets promises that are ready run their reactions, chains of a few included. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
}
