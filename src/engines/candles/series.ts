import type { Candle, CandleInterval } from '../../model/candle.ts';
import { CLOSED_HELD_MS, openTimeOf } from '../../model/candle.ts';
import { Bar, type Step } from './bar.ts';

/**
 * How long after its end a bar is closed if nothing later was traded, milliseconds by our clock: a venue's clock is not ours,
 * and what it says is some time on its way. What comes later still amends the bar.
 */
const CLOSE_AFTER_MS = 1_000;

/** Closed bars held of one series at most, whatever time does: more than are closed within the time they are held. */
const MOST_HELD = 2 + CLOSED_HELD_MS / 1_000;

/** What became of a step. */
export interface Taken {
  /** Bars that are closed, for the first time or amended, oldest first. */
  readonly closed: readonly Bar[];
  /** Too late: its bar is held no more. */
  readonly late: boolean;
}

const NOTHING: Taken = { closed: [], late: false };

/** The bars of one symbol and interval that still change: the running one, and those closed a moment ago. */
export class Series {
  readonly #symbol: string;
  readonly interval: CandleInterval;
  /** Oldest first; only the last may be running. */
  #bars: Bar[] = [];
  /** Those that were too many, until it is told that nothing changes them any more. */
  #tooMany: Bar[] = [];
  /** Bars up to this opening time are held no more, milliseconds. */
  #releasedTo = Number.NEGATIVE_INFINITY;

  constructor(symbol: string, interval: CandleInterval) {
    this.#symbol = symbol;
    this.interval = interval;
  }

  get bars(): readonly Bar[] {
    return this.#bars;
  }

  get running(): Bar | null {
    const last = this.#bars.at(-1);
    return last && !last.closed ? last : null;
  }

  /** Of two of one bar the higher version stays. */
  load(candle: Candle): void {
    const at = this.#bars.findIndex(({ name }) => name.openTime >= candle.openTime);
    const there = this.#bars[at];
    if (there?.name.openTime === candle.openTime) {
      if (there.version < candle.version) this.#bars[at] = Bar.of(candle);
    } else this.#bars.splice(at < 0 ? this.#bars.length : at, 0, Bar.of(candle));
    for (const bar of this.#bars.slice(0, -1)) if (!bar.closed) close(bar);
    // What came before the oldest that is known is with whoever made it.
    this.#releasedTo = (this.#bars[0]?.name.openTime ?? 0) - 1;
  }

  /** @param coveredFrom since when nothing of the symbol was missed: a bar that began before is not whole. */
  take(step: Step, source: string, coveredFrom: number): Taken {
    const { interval } = this;
    const openTime = openTimeOf(interval, step.timestamp);
    const last = this.#bars.at(-1);
    if (last?.name.openTime === openTime) return this.#into(last, step);
    const begin = () => new Bar({ symbol: this.#symbol, interval, openTime }, source, step, openTime >= coveredFrom);
    if (!last || openTime > last.name.openTime) {
      const running = this.running;
      if (running) close(running);
      this.#bars.push(begin());
      if (this.#bars.length > MOST_HELD) {
        const [oldest] = this.#bars.splice(0, 1) as [Bar];
        this.#releasedTo = oldest.name.openTime;
        this.#tooMany.push(oldest);
      }
      return running ? { closed: [running], late: false } : NOTHING;
    }
    const at = this.#bars.findIndex((bar) => bar.name.openTime >= openTime);
    const there = this.#bars[at];
    if (there?.name.openTime === openTime) return this.#into(there, step);
    if (openTime <= this.#releasedTo) return { closed: [], late: true };
    const bar = begin();
    close(bar);
    this.#bars.splice(at, 0, bar);
    return { closed: [bar], late: false };
  }

  /** Closes what is over. @returns what was closed now. */
  pass(now: number): readonly Bar[] {
    const { running } = this;
    if (!running || now < running.endTime + CLOSE_AFTER_MS) return [];
    close(running);
    return [running];
  }

  /** Lets go of bars that were closed for long. @returns those that nothing changes any more, each once. */
  release(now: number): readonly Bar[] {
    for (const bar of this.#bars) if (bar.closed) bar.closedAt ??= now;
    const gone = this.#bars.filter(({ closedAt }) => closedAt !== null && now - closedAt >= CLOSED_HELD_MS);
    // The newest stays: what comes is known by it to be late, or to be in it already.
    const ended = gone.filter((bar) => bar !== this.#bars.at(-1));
    for (const { name } of ended) this.#releasedTo = Math.max(this.#releasedTo, name.openTime);
    if (ended.length > 0) this.#bars = this.#bars.filter((bar) => !ended.includes(bar));
    return [...this.#tooMany.splice(0), ...ended];
  }

  /** Bars that a stretch of time touches. */
  touching(from: number, to: number): readonly Bar[] {
    return this.#bars.filter(({ name, endTime }) => name.openTime <= to && endTime > from);
  }

  #into(bar: Bar, step: Step): Taken {
    if (bar.has(step)) return NOTHING;
    bar.add(step);
    return bar.closed ? { closed: [bar], late: false } : NOTHING;
  }
}

function close(bar: Bar): void {
  bar.closed = true;
  bar.stale = false;
  bar.changed = true;
}
