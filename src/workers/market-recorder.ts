import { background } from '../lib/background.ts';
import type { Cancel, Clock } from '../lib/clock.ts';
import { messageOf } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import type { MarketStats } from '../model/market-stats.ts';
import type { Price } from '../model/price.ts';
import type { MarketHistory, MarketStatsPoint, PricePoint } from '../store/market-history.ts';
import { WriteBehind } from '../store/write-behind.ts';

/** Points that wait for a database that is away: 100 symbols for a day. */
const MOST_POINTS = 150_000;

/** How often what is too old is deleted, milliseconds. */
const PRUNE_EVERY_MS = 3_600_000;

export interface MarketRecorderOptions {
  readonly history: MarketHistory;
  readonly clock: Clock;
  readonly log: Log;
  /** Time between two points, milliseconds. */
  readonly intervalMs: number;
  /** How long points are kept, milliseconds. */
  readonly retentionMs: number;
}

/** Writes down at even times what every symbol costs and how every market stands: behind, so that no tick waits for it. */
export class MarketRecorder {
  readonly #options: MarketRecorderOptions;
  /** Told since the last points, by symbol and source. */
  readonly #prices = new Map<string, Price>();
  readonly #stats = new Map<string, MarketStats>();
  readonly #pricePoints: WriteBehind<PricePoint>;
  readonly #statsPoints: WriteBehind<MarketStatsPoint>;
  readonly #timers: readonly Cancel[];

  constructor(options: MarketRecorderOptions) {
    this.#options = options;
    const { history, clock, log, intervalMs } = options;
    const shared = { most: MOST_POINTS, clock, log };
    this.#pricePoints = new WriteBehind<PricePoint>({
      what: 'price history',
      keyOf: (point) => pointKey(point),
      write: (points) => history.addPrices(points),
      ...shared,
    });
    this.#statsPoints = new WriteBehind<MarketStatsPoint>({
      what: 'market history',
      keyOf: (point) => pointKey(point),
      write: (points) => history.addStats(points),
      ...shared,
    });
    this.#timers = [
      clock.every(intervalMs, () => this.#record()),
      clock.every(PRUNE_EVERY_MS, () => background('prune market history', this.#prune(), log)),
    ];
  }

  /** What is stale is no price of its time. */
  price(price: Price): void {
    if (!price.stale) this.#prices.set(`${price.symbol}|${price.source}`, price);
  }

  stats(stats: MarketStats): void {
    if (!stats.stale) this.#stats.set(`${stats.symbol}|${stats.source}`, stats);
  }

  async stop(): Promise<void> {
    for (const cancel of this.#timers) cancel();
    await Promise.all([this.#pricePoints.close(), this.#statsPoints.close()]);
  }

  #record(): void {
    const { clock, intervalMs } = this.#options;
    const at = Math.floor(clock.now() / intervalMs) * intervalMs;
    for (const { symbol, source, price } of this.#prices.values()) this.#pricePoints.put({ symbol, source, at, price });
    for (const stats of this.#stats.values()) {
      const { symbol, source, currentPrice, longOpenInterest, shortOpenInterest, totalOpenInterest } = stats;
      const { volume24h, fundingRate } = stats;
      const interest = { longOpenInterest, shortOpenInterest, totalOpenInterest };
      this.#statsPoints.put({ symbol, source, at, currentPrice, ...interest, volume24h, fundingRate });
    }
    this.#prices.clear();
    this.#stats.clear();
  }

  async #prune(): Promise<void> {
    const { history, clock, retentionMs, log } = this.#options;
    try {
      await history.prune(clock.now() - retentionMs);
    } catch (error) {
      log.warn({ reason: messageOf(error) }, 'market history could not be pruned');
    }
  }
}

function pointKey({ symbol, source, at }: PricePoint | MarketStatsPoint): string {
  return `${symbol}|${source}|${at}`;
}
