import { background } from '../../lib/background.ts';
import { Backoff, VENUE_BACKOFF } from '../../lib/backoff.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import { Timers } from '../timers.ts';
import { PriceStream } from './price-stream.ts';

/** The oracle sends something every second. Milliseconds. */
const QUIET_MS = 15_000;

/** It cuts streams after 24 hours. Milliseconds. */
const ROTATE_MS = 23 * 3_600_000;

/** Who asks too often is refused for a minute, and for another one if asking within it; one whose key is refused likewise. */
const REFUSED_PAUSE_MS = 60_000;

/** A stream that lived this long was a good one: the next back-off starts from the shortest wait. Milliseconds. */
const STABLE_MS = 60_000;

export interface PriceSourceOptions {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
  /** @returns whether it was data. */
  readonly message: (text: string) => boolean;
  /** Something went wrong: for counting and the status. */
  readonly failed: (reason: string) => void;
  /** Without a stream, after data had come. */
  readonly lost: (reason: string) => void;
}

type Purpose = 'attempt' | 'quiet' | 'rotate';

/** A stream of prices that lives until it is stopped: it comes back, is made anew when it falls quiet, and before it is cut. */
export class PriceSource {
  readonly #options: PriceSourceOptions;
  readonly #backoff: Backoff;
  /** Streams that may still be there, those given up too. */
  readonly #streams = new Set<PriceStream>();
  readonly #timers: Timers<Purpose>;
  #current: PriceStream | null = null;
  /** Takes over with its first data. */
  #successor: PriceStream | null = null;
  #openedAt = 0;
  #lastDataAt = 0;
  #hasData = false;

  constructor(options: PriceSourceOptions) {
    this.#options = options;
    this.#timers = new Timers(options.clock);
    this.#backoff = new Backoff(VENUE_BACKOFF, options.random);
  }

  start(): void {
    this.#current = this.#open();
    this.#watch();
  }

  /** Resolves when its streams are gone; nothing is called any more. */
  async stop(): Promise<void> {
    this.#timers.stop();
    const streams = [...this.#streams];
    for (const stream of streams) stream.close();
    await Promise.all(streams.map(({ gone }) => gone));
  }

  #open(): PriceStream {
    const { url, headers, clock, log, failed } = this.#options;
    const stream: PriceStream = new PriceStream({
      url,
      headers,
      clock,
      message: (text) => this.#message(stream, text),
      complaint: (text) => failed(text),
      closed: (reason, status) => this.#closed(stream, reason, status),
    });
    this.#streams.add(stream);
    const gone = stream.gone.then(() => this.#streams.delete(stream));
    background('forget a closed stream', gone, log);
    this.#openedAt = clock.now();
    this.#lastDataAt = this.#openedAt;
    return stream;
  }

  #message(stream: PriceStream, text: string): void {
    if (!this.#options.message(text)) return;
    this.#lastDataAt = this.#options.clock.now();
    if (stream === this.#successor) {
      this.#current?.close();
      this.#current = stream;
      this.#successor = null;
    }
    if (this.#hasData && this.#timers.isSet('rotate')) return;
    this.#hasData = true;
    this.#timers.after('rotate', ROTATE_MS * (1 - this.#options.random() / 20), () => this.#rotate());
  }

  #rotate(): void {
    if (this.#current && !this.#successor) this.#successor = this.#open();
  }

  #watch(): void {
    const { clock } = this.#options;
    this.#timers.after('quiet', this.#lastDataAt + QUIET_MS - clock.now(), () => {
      if (clock.now() - this.#lastDataAt < QUIET_MS) return this.#watch();
      this.#current?.close();
      this.#lost(`no data for ${QUIET_MS / 1_000} s`, null);
    });
  }

  #closed(stream: PriceStream, reason: string, status: number | null): void {
    if (stream === this.#current) return this.#lost(reason, status);
    this.#successor = null;
    this.#options.failed(reason);
    this.#timers.after('rotate', REFUSED_PAUSE_MS, () => this.#rotate());
  }

  #lost(reason: string, status: number | null): void {
    const { clock, failed, lost } = this.#options;
    if (this.#hasData && clock.now() - this.#openedAt >= STABLE_MS) this.#backoff.reset();
    this.#successor?.close();
    this.#successor = null;
    this.#current = null;
    this.#timers.cancel('quiet', 'rotate');
    const refused = status === 401 || status === 403 || status === 429;
    this.#timers.after('attempt', Math.max(this.#backoff.next(), refused ? REFUSED_PAUSE_MS : 0), () => this.start());
    failed(reason);
    if (!this.#hasData) return;
    this.#hasData = false;
    lost(reason);
  }
}
