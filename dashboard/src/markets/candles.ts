import { DRAWING_MS } from '../data/frames.ts';
import { Collection } from '../data/stream.ts';
import type { CandlesSubscription } from '../generated/graphql.ts';

export type Candle = CandlesSubscription['candles'];

/** Bars that are kept: more than a wide screen shows, and what one query may ask for. */
export const KEPT = 300;

/** The bars of one market and length, oldest first. Of two versions of a bar the higher one is true. */
export class Candles extends Collection<Candle> {
  readonly drawn = this.changes.subscribeEvery(DRAWING_MS);
  readonly #bars = new Map<string, Candle>();
  #shown: readonly Candle[] | null = [];

  override next(candle: Candle): void {
    this.#take(candle);
    this.changes.mark();
  }

  /** What was before the subscription began. */
  addPast(candles: readonly Candle[]): void {
    for (const candle of candles) this.#take(candle);
    this.changes.mark();
  }

  override restart(): void {
    this.#bars.clear();
    this.#shown = null;
    this.changes.mark();
  }

  override get isEmpty(): boolean {
    return this.#bars.size === 0;
  }

  readonly bars = (): readonly Candle[] => {
    this.#shown ??= [...this.#bars.values()].sort((a, b) => (a.openTime < b.openTime ? -1 : 1)).slice(-KEPT);
    return this.#shown;
  };

  #take(candle: Candle): void {
    const known = this.#bars.get(candle.id);
    if (known && known.version > candle.version) return;
    this.#bars.set(candle.id, candle);
    this.#shown = null;
    if (this.#bars.size <= KEPT * 2) return;
    const kept = this.bars();
    this.#bars.clear();
    for (const bar of kept) this.#bars.set(bar.id, bar);
  }
}
