import { background } from '../../lib/background.ts';
import { Backoff, VENUE_BACKOFF } from '../../lib/backoff.ts';
import { type Clock, pause } from '../../lib/clock.ts';
import { messageOf } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import type { BookSnapshotHeard } from '../../model/market-event.ts';

/** A book asked for again so soon did not fit, or does not hold: then it is asked for with back-off. Milliseconds. */
const TOO_SOON_MS = 10_000;

export interface SnapshotDeskOptions {
  readonly symbols: readonly string[];
  readonly fetch: (symbol: string, signal: AbortSignal) => Promise<BookSnapshotHeard>;
  readonly emit: (snapshot: BookSnapshotHeard) => void;
  /** What {@link SnapshotDesk.wanted} says has changed. */
  readonly changed: () => void;
  readonly failed: (symbol: string, reason: string) => void;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
}

type Desire =
  /** Has its snapshot. */
  | 'none'
  /** Wants one, but only after its next diff: an older snapshot could not be joined to the diffs. */
  | 'after-diff'
  /** Asked for, or in line. */
  | 'asked';

interface Line {
  desire: Desire;
  /** Aborts the asking when the thread is lost. */
  asking: AbortController | null;
  answeredAt: number;
  readonly backoff: Backoff;
}

/** Sees to it that every book gets its snapshot: one request at a time, each symbol at most once in line. */
export class SnapshotDesk {
  readonly #options: SnapshotDeskOptions;
  readonly #lines: ReadonlyMap<string, Line>;
  /** The request before: the next waits for it, whatever became of it. */
  #turn: Promise<void> = Promise.resolve();

  constructor(options: SnapshotDeskOptions) {
    this.#options = options;
    const line = (): Line => ({
      desire: 'after-diff',
      asking: null,
      answeredAt: Number.NEGATIVE_INFINITY,
      backoff: new Backoff(VENUE_BACKOFF, options.random),
    });
    this.#lines = new Map(options.symbols.map((symbol) => [symbol, line()]));
  }

  /** Symbols whose book has no snapshot, or is to get a new one. */
  wanted(): readonly string[] {
    return [...this.#lines].filter(([, { desire }]) => desire !== 'none').map(([symbol]) => symbol);
  }

  /** The thread of these symbols is lost: what is under way is worthless. */
  reset(symbols: readonly string[]): void {
    for (const symbol of symbols) {
      const line = this.#lines.get(symbol);
      if (!line) continue;
      line.asking?.abort();
      line.asking = null;
      line.desire = 'after-diff';
    }
    this.#options.changed();
  }

  /** To be called at each diff, before it is told. */
  diffHeard(symbol: string): void {
    const line = this.#lines.get(symbol);
    if (line?.desire !== 'after-diff') return;
    this.#isSoon(line);
    this.#ask(symbol, line, 0);
  }

  resync(symbol: string): void {
    const line = this.#lines.get(symbol);
    if (line?.desire !== 'none') return;
    this.#ask(symbol, line, this.#isSoon(line) ? line.backoff.next() : 0);
    this.#options.changed();
  }

  stop(): void {
    for (const line of this.#lines.values()) line.asking?.abort();
  }

  /** Whether the last answer was just now; if not, the back-off starts from the shortest wait. */
  #isSoon(line: Line): boolean {
    const soon = this.#options.clock.now() - line.answeredAt < TOO_SOON_MS;
    if (!soon) line.backoff.reset();
    return soon;
  }

  #ask(symbol: string, line: Line, waitMs: number): void {
    const asking = new AbortController();
    line.desire = 'asked';
    line.asking = asking;
    background(`snapshot of ${symbol}`, this.#answer(symbol, line, asking.signal, waitMs), this.#options.log);
  }

  async #answer(symbol: string, line: Line, signal: AbortSignal, waitMs: number): Promise<void> {
    const { clock, fetch, failed, emit, changed } = this.#options;
    for (let wait = waitMs; ; wait = line.backoff.next()) {
      if (wait > 0) await pause(clock, wait, signal);
      const fetched = await this.#inTurn(() => fetch(symbol, signal), signal);
      if (signal.aborted || fetched === null) return;
      if (fetched instanceof Error) {
        failed(symbol, messageOf(fetched));
        continue;
      }
      line.desire = 'none';
      line.asking = null;
      line.answeredAt = clock.now();
      emit(fetched);
      return changed();
    }
  }

  /** @returns null when given up while in line. */
  async #inTurn<T>(run: () => Promise<T>, signal: AbortSignal): Promise<T | Error | null> {
    const before = this.#turn;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#turn = promise;
    await before;
    try {
      return signal.aborted ? null : await run();
    } catch (error) {
      return error instanceof Error ? error : new Error(messageOf(error));
    } finally {
      resolve();
    }
  }
}
