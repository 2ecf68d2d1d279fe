import type { Bus } from '../../bus/bus.ts';
import { type EventTopic, topics } from '../../bus/topics.ts';
import { type Clock, DAY_MS } from '../../lib/clock.ts';
import { type Decimal, decimal } from '../../lib/decimal.ts';
import { ApiError } from '../../lib/errors.ts';
import type { OpportunityChoice, TransactionChoice } from '../../model/arbitrage-choice.ts';
import type { ArbitrageTransactionTold } from '../../model/arbitrage-transaction.ts';
import type { Address } from '../../model/identity.ts';
import type { OpportunityTold } from '../../model/opportunity.ts';
import type { Database } from '../database.ts';
import { Prisma } from '../generated/client.ts';
import { opportunitySql, transactionSql } from './choice-sql.ts';

export type ArbitrageOrder = 'NEWEST_FIRST' | 'OLDEST_FIRST' | 'MOST_PROFITABLE_FIRST';

/** Where a page begins: by when something was detected (milliseconds), or by its profit; then by id. */
export interface ArbitragePlace {
  readonly by: string;
  readonly id: string;
}

export interface ArbitragePage {
  readonly order: ArbitrageOrder;
  readonly from: ArbitragePlace | null;
  /** Against the order. */
  readonly backwards: boolean;
  readonly limit: number;
}

/** Nouns with their places, in the order in which they were read. */
export type Placed<V> = readonly { readonly node: V; readonly place: ArbitragePlace }[];

/** What one chain brought on one day (UTC). */
export interface ArbitrageTotal {
  readonly chainId: number;
  /** Its midnight, milliseconds. */
  readonly day: number;
  readonly opportunities: number;
  readonly taken: number;
  readonly transactions: number;
  readonly profitNetUsd: Decimal;
  readonly gasCostUsd: Decimal;
}

/** Pools in the order in which rounds passed them. */
export interface ArbitrageRoute {
  readonly chainId: number;
  readonly pools: readonly Address[];
  readonly transactions: number;
  readonly profitNetUsd: Decimal;
  readonly bestProfitNetUsd: Decimal;
  /** Milliseconds. */
  readonly lastAt: number;
}

/** Events of a stream whose rows are waited for: more than are published while a batch gathers. */
const NEWEST_EVENTS = 500;

/** How often, and how many times, it is looked whether they are there. */
const LOOK_MS = 25;
const LOOKS = 80;

type Table = 'StoredOpportunity' | 'StoredTransaction';

/** Opportunities and transactions in PostgreSQL. Every method throws ApiError `UNAVAILABLE` when it does not answer. */
export class Arbitrage {
  readonly #database: Database;
  readonly #bus: Bus;
  readonly #clock: Clock;

  constructor(database: Database, bus: Bus, clock: Clock) {
    this.#database = database;
    this.#bus = bus;
    this.#clock = clock;
  }

  /** As they stand. A first page holds everything that was published before it was asked for. */
  async opportunities(choice: OpportunityChoice, page: ArbitragePage): Promise<Placed<OpportunityTold>> {
    if (page.from === null) await this.#caughtUp(topics.opportunities, 'StoredOpportunity');
    return this.#page('StoredOpportunity', 'profitUsd', opportunitySql(choice), page);
  }

  /** The same of transactions; by profit, those without a known one are left out. */
  async transactions(choice: TransactionChoice, page: ArbitragePage): Promise<Placed<ArbitrageTransactionTold>> {
    if (page.from === null) await this.#caughtUp(topics.transactions, 'StoredTransaction');
    return this.#page('StoredTransaction', 'profitNetUsd', transactionSql(choice), page);
  }

  async opportunity(id: string): Promise<OpportunityTold | null> {
    const row = await this.#database.run((client) =>
      client.storedOpportunity.findUnique({ where: { id }, select: { body: true } }),
    );
    return row && noun<OpportunityTold>(row.body);
  }

  async transaction(id: string): Promise<ArbitrageTransactionTold | null> {
    const row = await this.#database.run((client) =>
      client.storedTransaction.findUnique({ where: { id }, select: { body: true } }),
    );
    return row && noun<ArbitrageTransactionTold>(row.body);
  }

  /** By chain and day, the newest day first. Retracted ones do not count. @param from milliseconds. */
  async totals(chainIds: readonly number[] | null, from: number): Promise<readonly ArbitrageTotal[]> {
    const ofChains = chainIds ? Prisma.sql`"chainId" = ANY(${[...chainIds]}::int[])` : Prisma.sql`TRUE`;
    const since = new Date(from);
    const rows = await this.#database.run(
      (client) => client.$queryRaw<TotalRow[]>`
        SELECT coalesce(o."chainId", t."chainId") AS "chainId", coalesce(o.day, t.day)::float8 AS day,
          coalesce(o.opportunities, 0)::int AS opportunities, coalesce(o.taken, 0)::int AS taken,
          coalesce(t.transactions, 0)::int AS transactions, coalesce(t.profit, 0)::text AS profit,
          coalesce(t.gas, 0)::text AS gas
        FROM (
          SELECT "chainId", floor(extract(epoch FROM "detectedAt") / 86400) AS day, count(*) AS opportunities,
            count(*) FILTER (WHERE "closeReason" = 'TAKEN') AS taken
          FROM "StoredOpportunity" WHERE ${ofChains} AND "detectedAt" >= ${since} AND state <> 'RETRACTED' GROUP BY 1, 2
        ) AS o FULL JOIN (
          SELECT "chainId", floor(extract(epoch FROM "detectedAt") / 86400) AS day, count(*) AS transactions,
            sum("profitNetUsd") AS profit, sum("gasCostUsd") AS gas
          FROM "StoredTransaction" WHERE ${ofChains} AND "detectedAt" >= ${since} AND NOT retracted GROUP BY 1, 2
        ) AS t ON o."chainId" = t."chainId" AND o.day = t.day
        ORDER BY 2 DESC, 1`,
    );
    return rows.map(({ day, profit, gas, ...row }) => ({
      ...row,
      day: day * DAY_MS,
      profitNetUsd: decimal(profit),
      gasCostUsd: decimal(gas),
    }));
  }

  /** Routes by what was won on them, the best first. Transactions without a known profit do not count. */
  async routes(chainIds: readonly number[] | null, from: number, limit: number): Promise<readonly ArbitrageRoute[]> {
    const ofChains = chainIds ? Prisma.sql`"chainId" = ANY(${[...chainIds]}::int[])` : Prisma.sql`TRUE`;
    const rows = await this.#database.run(
      (client) => client.$queryRaw<RouteRow[]>`
        SELECT "chainId", route, count(*)::int AS transactions, sum("profitNetUsd")::text AS profit,
          max("profitNetUsd")::text AS best, (extract(epoch FROM max("detectedAt")) * 1000)::float8 AS "lastAt"
        FROM "StoredTransaction"
        WHERE ${ofChains} AND "detectedAt" >= ${new Date(from)} AND NOT retracted AND "profitNetUsd" IS NOT NULL
        GROUP BY "chainId", route ORDER BY sum("profitNetUsd") DESC, route LIMIT ${limit}`,
    );
    return rows.map(({ route, profit, best, ...row }) => ({
      ...row,
      pools: route.split(' '),
      profitNetUsd: decimal(profit),
      bestProfitNetUsd: decimal(best),
    }));
  }

  async #page<V>(table: Table, profit: string, condition: Prisma.Sql, page: ArbitragePage): Promise<Placed<V>> {
    const { order, from, backwards, limit } = page;
    const byProfit = order === 'MOST_PROFITABLE_FIRST';
    const column = Prisma.raw(`"${byProfit ? profit : 'detectedAt'}"`);
    const ascending = (order === 'OLDEST_FIRST') !== backwards;
    const direction = Prisma.raw(ascending ? 'ASC' : 'DESC');
    const beyond = Prisma.raw(ascending ? '>' : '<');
    const at = from && (byProfit ? Prisma.sql`${from.by}::numeric` : Prisma.sql`${new Date(Number(from.by))}`);
    const place = at ? Prisma.sql`(${column}, id) ${beyond} (${at}, ${from.id})` : Prisma.sql`TRUE`;
    const text = Prisma.raw(byProfit ? `"${profit}"::text` : '(extract(epoch FROM "detectedAt") * 1000)::bigint::text');
    const rows = await this.#database.run(
      (client) => client.$queryRaw<PageRow[]>`
        SELECT id, ${text} AS by, body FROM ${Prisma.raw(`"${table}"`)}
        WHERE ${condition} AND ${place} AND ${column} IS NOT NULL
        ORDER BY ${column} ${direction}, id ${direction} LIMIT ${limit}`,
    );
    return rows.map(({ id, by, body }) => ({ node: noun<V>(body), place: { by, id } }));
  }

  /**
   * Waits for what is written behind its publishing, of every worker: the rows of the newest events must be there.
   * @throws ApiError `UNAVAILABLE` when they stay away: a page without the newest would be a hole.
   */
  async #caughtUp<V extends { readonly id: string; readonly version: number }>(
    topic: EventTopic<V>,
    table: Table,
  ): Promise<void> {
    const { records } = await this.#bus.readBefore(topic, Number.MAX_SAFE_INTEGER, NEWEST_EVENTS);
    const wanted = new Map<string, number>();
    for (const { payload } of records) {
      const { id, version } = JSON.parse(payload) as V;
      wanted.set(id, Math.max(version, wanted.get(id) ?? 0));
    }
    for (let look = 0; look < LOOKS && wanted.size > 0; look++) {
      const rows = await this.#database.run(
        (client) => client.$queryRaw<{ id: string; version: number }[]>`
          SELECT id, version FROM ${Prisma.raw(`"${table}"`)} WHERE id = ANY(${[...wanted.keys()]}::text[])`,
      );
      for (const { id, version } of rows) if (version >= (wanted.get(id) ?? 0)) wanted.delete(id);
      if (wanted.size === 0) return;
      await new Promise<void>((resolve) => void this.#clock.after(LOOK_MS, resolve));
    }
    if (wanted.size === 0) return;
    throw new ApiError('UNAVAILABLE', 'What is stored is behind what is live: try again shortly.', {
      retryAfterMs: LOOK_MS * LOOKS,
    });
  }
}

interface PageRow {
  readonly id: string;
  readonly by: string;
  readonly body: unknown;
}

interface TotalRow {
  readonly chainId: number;
  /** Days since the Unix epoch. */
  readonly day: number;
  readonly opportunities: number;
  readonly taken: number;
  readonly transactions: number;
  readonly profit: string;
  readonly gas: string;
}

interface RouteRow {
  readonly chainId: number;
  readonly route: string;
  readonly transactions: number;
  readonly profit: string;
  readonly best: string;
  readonly lastAt: number;
}

/** Written by us alone. */
function noun<V>(body: unknown): V {
  return body as V;
}
