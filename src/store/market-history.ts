import { streamName } from '../bus/stream.ts';
import { topics } from '../bus/topics.ts';
import type { Decimal } from '../lib/decimal.ts';
import type { FundingRate, MarketStats } from '../model/market-stats.ts';
import type { Database } from './database.ts';
import { prune } from './prune.ts';

interface OfMarket {
  readonly symbol: string;
  readonly source: string;
  /** Milliseconds. */
  readonly at: number;
}

/** What a symbol cost at one time. */
export interface PricePoint extends OfMarket {
  readonly price: Decimal;
}

/** A perpetual market at one time. */
export type MarketStatsPoint = OfMarket &
  Pick<
    MarketStats,
    'currentPrice' | 'longOpenInterest' | 'shortOpenInterest' | 'totalOpenInterest' | 'volume24h' | 'fundingRate'
  >;

/** Of which points a page is, and where it begins. */
export interface PointChoice {
  readonly symbol: string;
  readonly source: string;
  /** Points before it; for a page read backwards, after it. Null: from the beginning of the order. */
  readonly from: number | null;
  readonly backwards: boolean;
  readonly limit: number;
}

/** Points of prices and markets. Every method throws ApiError `UNAVAILABLE` when the database does not answer. */
export class MarketHistory {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async addPrices(points: readonly PricePoint[]): Promise<void> {
    const data = points.map(({ at, ...point }) => ({ ...point, at: new Date(at) }));
    await this.#database.run((client) => client.pricePoint.createMany({ data, skipDuplicates: true }));
  }

  async addStats(points: readonly MarketStatsPoint[]): Promise<void> {
    const data = points.map(({ at, ...point }) => ({ ...point, at: new Date(at) }));
    await this.#database.run((client) => client.marketStatsPoint.createMany({ data, skipDuplicates: true }));
  }

  /** The newest first, backwards the oldest first. */
  async prices(choice: PointChoice): Promise<readonly PricePoint[]> {
    const rows = await this.#database.run((client) => client.pricePoint.findMany(read(choice)));
    return rows.map(({ at, price, ...of }) => ({ ...of, at: at.getTime(), price: price.toFixed() as Decimal }));
  }

  /** The newest first, backwards the oldest first. */
  async stats(choice: PointChoice): Promise<readonly MarketStatsPoint[]> {
    const rows = await this.#database.run((client) => client.marketStatsPoint.findMany(read(choice)));
    return rows.map((row) => ({
      symbol: row.symbol,
      source: row.source,
      at: row.at.getTime(),
      currentPrice: row.currentPrice.toFixed() as Decimal,
      longOpenInterest: text(row.longOpenInterest),
      shortOpenInterest: text(row.shortOpenInterest),
      totalOpenInterest: text(row.totalOpenInterest),
      volume24h: text(row.volume24h),
      fundingRate: text(row.fundingRate),
    }));
  }

  /** Settlements of these symbols after a time that were told, the oldest first. */
  async fundings(symbols: readonly string[], since: number): Promise<readonly FundingRate[]> {
    const rows = await this.#database.run((client) =>
      client.archivedEvent.findMany({
        where: { stream: streamName(topics.fundingRates), at: { gt: new Date(since) }, key: { in: [...symbols] } },
        orderBy: [{ at: 'asc' }, { epoch: 'asc' }, { sequence: 'asc' }],
        select: { payload: true },
      }),
    );
    return rows.map(({ payload }) => JSON.parse(payload) as FundingRate);
  }

  /** Deletes points older than `before`. */
  async prune(before: number): Promise<void> {
    await prune(this.#database, 'PricePoint', before);
    await prune(this.#database, 'MarketStatsPoint', before);
  }
}

function read({ symbol, source, from, backwards, limit }: PointChoice) {
  const beyond = from === null ? {} : { at: { [backwards ? 'gt' : 'lt']: new Date(from) } };
  return { where: { symbol, source, ...beyond }, orderBy: { at: backwards ? 'asc' : 'desc' }, take: limit } as const;
}

function text(value: { toFixed(): string } | null): Decimal | null {
  return value === null ? null : (value.toFixed() as Decimal);
}
