import { DAY_MS } from '../lib/clock.ts';
import { CANDLE_INTERVALS, type Candle, type CandleInterval } from '../model/candle.ts';
import type { Database } from './database.ts';
import { Prisma } from './generated/client.ts';
import { prune } from './prune.ts';

/**
 * How long bars are kept, milliseconds: a chart shows some thousand of them, and each interval takes over where the one below
 * it ends. A symbol that always trades then has about 60,000 rows.
 */
export const KEPT_MS: Readonly<Record<CandleInterval, number>> = {
  S1: DAY_MS / 4,
  M1: 7 * DAY_MS,
  M5: 30 * DAY_MS,
  M15: 90 * DAY_MS,
  H1: 365 * DAY_MS,
  H4: 3 * 365 * DAY_MS,
  D1: 20 * 365 * DAY_MS,
};

export interface CandleQuery {
  readonly symbol: string;
  readonly interval: CandleInterval;
  /** Bars that open from then on, and before then, milliseconds; null for no bound. */
  readonly from: number | null;
  readonly to: number | null;
  readonly newestFirst: boolean;
  readonly limit: number;
}

/** Bars in PostgreSQL. Every method throws ApiError `UNAVAILABLE` when it does not answer. */
export class Candles {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Writes bars as they stand; one that is there in a higher version stays. */
  async put(candles: readonly Candle[]): Promise<void> {
    if (candles.length === 0) return;
    const rows = candles.map(
      (one) =>
        Prisma.sql`(${one.symbol}, ${one.interval}, ${new Date(one.openTime)}, ${one.version}, ${JSON.stringify(one)}::jsonb)`,
    );
    await this.#database.run(
      (client) => client.$executeRaw`
        INSERT INTO "StoredCandle" (symbol, interval, "openTime", version, body) VALUES ${Prisma.join(rows)}
        ON CONFLICT (symbol, interval, "openTime") DO UPDATE SET version = excluded.version, body = excluded.body
        WHERE "StoredCandle".version < excluded.version`,
    );
  }

  async page({ symbol, interval, from, to, newestFirst, limit }: CandleQuery): Promise<readonly Candle[]> {
    const rows = await this.#database.run((client) =>
      client.storedCandle.findMany({
        where: {
          symbol,
          interval,
          openTime: { ...(from !== null && { gte: new Date(from) }), ...(to !== null && { lt: new Date(to) }) },
        },
        orderBy: { openTime: newestFirst ? 'desc' : 'asc' },
        take: limit,
        select: { body: true },
      }),
    );
    return rows.map(({ body }) => candleIn(body));
  }

  async find(symbol: string, interval: string, openTime: number): Promise<Candle | null> {
    const where = { symbol_interval_openTime: { symbol, interval, openTime: new Date(openTime) } };
    const row = await this.#database.run((client) => client.storedCandle.findUnique({ where, select: { body: true } }));
    return row && candleIn(row.body);
  }

  /** The newest bars of each symbol and interval, at most `limit` of each, oldest first. */
  async newest(intervals: readonly CandleInterval[], limit: number): Promise<readonly Candle[]> {
    const rows = await this.#database.run(
      (client) => client.$queryRaw<{ body: unknown }[]>`
        SELECT newest.body FROM (SELECT DISTINCT symbol FROM "StoredCandle" WHERE interval = 'D1') AS symbols,
          unnest(${[...intervals]}::text[]) AS wanted,
          LATERAL (
            SELECT body, "openTime" FROM "StoredCandle" AS one
            WHERE one.symbol = symbols.symbol AND one.interval = wanted ORDER BY "openTime" DESC LIMIT ${limit}
          ) AS newest
        ORDER BY newest."openTime"`,
    );
    return rows.map(({ body }) => candleIn(body));
  }

  /** Deletes bars that are older than those of their interval are kept. Returns how many. */
  async prune(now: number): Promise<number> {
    let deleted = 0;
    for (const interval of CANDLE_INTERVALS) {
      const ofInterval = Prisma.sql`interval = ${interval}`;
      deleted += await prune(this.#database, 'StoredCandle', now - KEPT_MS[interval], ofInterval);
    }
    return deleted;
  }
}

/** Written by us alone. */
function candleIn(body: unknown): Candle {
  return body as Candle;
}
