import { topics } from '../bus/topics.ts';
import type { Clock } from '../lib/clock.ts';
import { type Candle, CLOSED_HELD_MS, candleKey, INTERVAL_MS, openTimeOf } from '../model/candle.ts';
import type { CandleQuery, Candles } from './candles.ts';
import type { Placed } from './decode.ts';
import type { Latest } from './latest.ts';

/** How far a venue's clock may be from ours for its running bar still to be found, milliseconds. */
const CLOCKS_APART_MS = 5_000;

/**
 * Bars of the past with those of now: what is written behind is joined with what the bus holds, so that a chart's newest bar is
 * the running one. Throws ApiError `UNAVAILABLE` when either does not answer.
 */
export class CandleHistory {
  readonly #candles: Candles;
  readonly #latest: Latest;
  readonly #clock: Clock;

  constructor(candles: Candles, latest: Latest, clock: Clock) {
    this.#candles = candles;
    this.#latest = latest;
    this.#clock = clock;
  }

  /** In the order that is asked for. A bar that is still live is as it stands on the bus. */
  async page(query: CandleQuery): Promise<readonly Placed<Candle>[]> {
    const rows = await this.#candles.page(query);
    const bars = new Map(rows.map((candle) => [candle.openTime, stored(candle)]));
    for (const live of await this.#live(query, rows)) {
      const there = bars.get(live.value.openTime);
      if (!there || there.value.version <= live.value.version) bars.set(live.value.openTime, live);
    }
    const { newestFirst, limit } = query;
    const inOrder = [...bars.values()].sort((a, b) => a.value.openTime - b.value.openTime);
    return (newestFirst ? inOrder.reverse() : inOrder).slice(0, limit);
  }

  /** By its key; null where there is none. */
  async find(key: string): Promise<Placed<Candle> | null> {
    const [symbol = '', interval = '', openTime = ''] = key.split('|');
    if (!(interval in INTERVAL_MS) || !/^\d{1,14}$/.test(openTime)) return null;
    const live = await this.#latest.get(topics.candles, key);
    if (live) return live;
    const candle = await this.#candles.find(symbol, interval, Number(openTime));
    return candle && stored(candle);
  }

  async #live(
    { symbol, interval, from, to }: CandleQuery,
    rows: readonly Candle[],
  ): Promise<readonly Placed<Candle>[]> {
    const length = INTERVAL_MS[interval];
    const now = this.#clock.now();
    const oldest = openTimeOf(interval, now - CLOSED_HELD_MS - CLOCKS_APART_MS - length);
    const times = new Set(rows.slice(0, CLOSED_HELD_MS / 1_000).map(({ openTime }) => openTime));
    for (let time = oldest; time <= now + CLOCKS_APART_MS; time += length) times.add(time);
    const wanted = [...times].filter((time) => (from === null || time >= from) && (to === null || time < to));
    if (wanted.length === 0) return [];
    return this.#latest.all(
      topics.candles,
      wanted.map((openTime) => candleKey({ symbol, interval, openTime })),
    );
  }
}

/** What is only in the database has no place on the bus: of two of one bar the higher version is true. */
function stored(value: Candle): Placed<Candle> {
  return { key: candleKey(value), value, epoch: '0', sequence: value.version };
}
