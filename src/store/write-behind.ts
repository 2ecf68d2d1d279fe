import { background } from '../lib/background.ts';
import type { Cancel, Clock } from '../lib/clock.ts';
import { messageOf } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';

/** How long a value waits for others to be written with it, milliseconds. */
const GATHER_MS = 250;

/** Values written in one go. */
const BATCH = 500;

/** Until a batch that failed is tried again, milliseconds. */
const RETRY_MS = 1_000;

export interface WriteBehindOptions<V> {
  /** For the log. */
  readonly what: string;
  readonly keyOf: (value: V) => string;
  readonly write: (values: readonly V[]) => Promise<void>;
  /** Values that may wait while the database is away; the oldest are dropped beyond it. */
  readonly most: number;
  readonly clock: Clock;
  readonly log: Log;
}

/** The newest value of each key on its way to the database: nothing that produces them waits for it. */
export class WriteBehind<V> {
  readonly #options: WriteBehindOptions<V>;
  #waiting = new Map<string, V>();
  #timer: Cancel | null = null;
  #writing: Promise<void> | null = null;
  #failing = false;
  #dropped = 0;
  #closed = false;

  constructor(options: WriteBehindOptions<V>) {
    this.#options = options;
  }

  /** Values that were never written. */
  get dropped(): number {
    return this.#dropped;
  }

  get failing(): boolean {
    return this.#failing;
  }

  put(value: V): void {
    const { keyOf, most, clock } = this.#options;
    const key = keyOf(value);
    // Anew at the end: the newest are the last to be dropped.
    this.#waiting.delete(key);
    this.#waiting.set(key, value);
    for (const oldest of this.#waiting.keys()) {
      if (this.#waiting.size <= most) break;
      this.#waiting.delete(oldest);
      this.#dropped++;
    }
    if (!this.#closed) this.#timer ??= clock.after(GATHER_MS, () => this.#begin());
  }

  /** Writes what waits; resolves when it is written, or could not be. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#timer?.();
    await this.#writing;
    await this.#write();
    if (this.#waiting.size > 0)
      this.#options.log.error({ what: this.#options.what, values: this.#waiting.size }, 'values were not written');
  }

  #begin(): void {
    this.#timer = null;
    const { clock, log } = this.#options;
    this.#writing ??= this.#write().finally(() => {
      this.#writing = null;
      if (this.#waiting.size === 0 || this.#closed) return;
      this.#timer ??= clock.after(this.#failing ? RETRY_MS : 0, () => this.#begin());
    });
    background('write behind', this.#writing, log);
  }

  async #write(): Promise<void> {
    const { what, write, log } = this.#options;
    try {
      while (this.#waiting.size > 0) {
        const batch = [...this.#waiting].slice(0, BATCH);
        await write(batch.map(([, value]) => value));
        // What has changed meanwhile waits on.
        for (const [key, value] of batch) if (this.#waiting.get(key) === value) this.#waiting.delete(key);
        this.#failing = false;
      }
    } catch (error) {
      if (!this.#failing) log.warn({ what, reason: messageOf(error) }, 'cannot be written; it is kept');
      this.#failing = true;
    }
  }
}
