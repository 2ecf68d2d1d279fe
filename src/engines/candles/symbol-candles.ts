import { CANDLE_INTERVALS, type Candle } from '../../model/candle.ts';
import type { FeedGap } from '../../model/trade.ts';
import type { Bar, Step } from './bar.ts';
import { Series } from './series.ts';

/** Bars of one symbol, of all intervals. */
export class SymbolCandles {
  readonly series: readonly Series[];
  /** Trades that came too late for a bar that is held. */
  late = 0;
  /** Whether trades are heard of it: then prices make no bars. */
  #traded = false;
  /** Nothing was missed from then on, milliseconds by the source's clock; null until something is heard after a loss. */
  #coveredFrom: number | null = null;
  /** When its source was last found away, milliseconds by our clock; null once it has come back. */
  #awaySince: number | null = null;

  constructor(symbol: string) {
    this.series = CANDLE_INTERVALS.map((interval) => new Series(symbol, interval));
  }

  load(candle: Candle): void {
    this.series.find(({ interval }) => interval === candle.interval)?.load(candle);
    if (candle.through === null) return;
    this.#traded = true;
    // It was heard up to there; whoever follows the stream says so when what came after is lost.
    this.#coveredFrom = Math.min(this.#coveredFrom ?? candle.openedAt, candle.openedAt);
  }

  /** @returns bars that are closed, for the first time or amended. */
  trade(step: Step, source: string, gap: FeedGap | null): readonly Bar[] {
    // A bar that prices had begun stays one of prices, to its end.
    this.#traded = true;
    if (gap) this.#gap(gap);
    const back = this.#awaySince !== null && step.receivedAt > this.#awaySince;
    const settled = back ? this.#back() : [];
    return [...settled, ...this.#take(step, source)];
  }

  price(step: Step, source: string): readonly Bar[] {
    if (this.#traded) return [];
    const newest = Math.max(...this.series.map(({ bars }) => bars.at(-1)?.timestamp ?? 0));
    if (step.timestamp < newest) return [];
    if (this.#awaySince !== null) {
      this.#awaySince = null;
      this.lost();
    }
    return this.#take(step, source);
  }

  /** Its source has gone quiet or lost its thread, or has come back with a price. @param now by our clock. */
  hears(stale: boolean, now: number): void {
    for (const { running } of this.series) {
      if (!running) continue;
      if (stale && this.#awaySince === null) running.doubtful = running.changed = true;
      if (running.stale !== stale) {
        running.stale = stale;
        running.changed = true;
      }
    }
    if (stale) this.#awaySince ??= now;
  }

  /** Something may have been missed for good. */
  lost(): void {
    this.#coveredFrom = null;
    for (const { running } of this.series) {
      if (!running?.whole) continue;
      running.whole = false;
      running.changed = true;
    }
  }

  get ofTrades(): boolean {
    return this.#traded;
  }

  #take(step: Step, source: string): readonly Bar[] {
    this.#coveredFrom ??= step.timestamp;
    const closed: Bar[] = [];
    let late = false;
    for (const series of this.series) {
      const taken = series.take(step, source, this.#coveredFrom);
      closed.push(...taken.closed);
      late ||= taken.late;
      const { running } = series;
      if (this.#awaySince !== null && running && !running.doubtful) running.doubtful = true;
    }
    if (late) this.late++;
    return closed;
  }

  #gap({ from, to }: FeedGap): void {
    for (const series of this.series)
      for (const bar of series.touching(from, to)) {
        bar.whole = false;
        bar.changed = true;
      }
    this.#coveredFrom = Math.max(this.#coveredFrom ?? to, to);
  }

  /** A trade has come after its source was away: what it missed it has told before this, or has said that it is lost. */
  #back(): readonly Bar[] {
    this.#awaySince = null;
    const settled: Bar[] = [];
    for (const series of this.series)
      for (const bar of series.bars) {
        bar.stale = false;
        if (!bar.doubtful) continue;
        bar.doubtful = false;
        bar.changed = true;
        if (bar.closed) settled.push(bar);
      }
    return settled;
  }
}
