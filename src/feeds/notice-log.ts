import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';

/** A kind is logged at most this often: a venue that sends nonsense sends it thousands of times a second. */
const INTERVAL_MS = 60_000;

/** Kinds told apart; what a venue sends names them, so without a bound it could fill the memory. */
const MAX_KINDS = 100;

interface Kind {
  loggedAt: number;
  sinceLogged: number;
}

/** Counts what goes wrong by kind, and logs each kind once a minute with the number since its last line. */
export class NoticeLog {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #kinds = new Map<string, Kind>();

  constructor(clock: Clock, log: Log) {
    this.#clock = clock;
    this.#log = log;
  }

  /** @param detail goes into the log line: one example says more than a count. */
  note(kind: string, detail: Readonly<Record<string, unknown>>): void {
    const name = this.#kinds.has(kind) || this.#kinds.size < MAX_KINDS ? kind : 'other';
    const now = this.#clock.now();
    const known = this.#kinds.get(name);
    if (known && now - known.loggedAt < INTERVAL_MS) {
      known.sinceLogged++;
      return;
    }
    this.#log.warn({ ...detail, kind: name, times: (known?.sinceLogged ?? 0) + 1 }, 'venue notice');
    this.#kinds.set(name, { loggedAt: now, sinceLogged: 0 });
  }
}
