import type { Cancel, Clock } from '../lib/clock.ts';
import type { FeedHealth, FeedState } from './feed.ts';

/** A change of the error count alone is told at most this often: errors come in floods, a change of state does not. */
const ERROR_NOTICE_MS = 1_000;

/** Keeps what a feed says of itself, and says so when it changes. */
export class HealthLedger {
  readonly #clock: Clock;
  readonly #changed: () => void;
  #state: FeedState = 'connecting';
  #message = '';
  #errorCount = 0;
  #recoveries = 0;
  #lastDataAt: number | null = null;
  #wasLive = false;
  #errorNotice: Cancel | null = null;

  constructor(clock: Clock, changed: () => void) {
    this.#clock = clock;
    this.#changed = changed;
  }

  get(): FeedHealth {
    return {
      state: this.#state,
      message: this.#message,
      errorCount: this.#errorCount,
      recoveries: this.#recoveries,
      lastDataAt: this.#lastDataAt,
    };
  }

  data(at: number): void {
    this.#lastDataAt = at;
  }

  error(): void {
    this.#errorCount++;
    this.#errorNotice ??= this.#clock.after(ERROR_NOTICE_MS, () => this.#tell());
  }

  set(state: FeedState, message: string): void {
    if (state === this.#state && message === this.#message) return;
    if (state === 'live' && this.#state !== 'live') {
      if (this.#wasLive) this.#recoveries++;
      this.#wasLive = true;
    }
    this.#state = state;
    this.#message = message;
    this.#tell();
  }

  /** Its timer goes; nothing is told any more. */
  close(): void {
    this.#errorNotice?.();
    this.#errorNotice = null;
  }

  #tell(): void {
    this.close();
    this.#changed();
  }
}
