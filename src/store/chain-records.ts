import type { ArbitrageStrategy, ArbitrageTransaction } from '../model/arbitrage-transaction.ts';
import type { Hex } from '../model/chain.ts';
import type { Opportunity, OpportunityState } from '../model/opportunity.ts';
import type { Token } from '../model/pool.ts';
import type { Wired } from '../model/wired.ts';
import type { Database } from './database.ts';
import { Prisma } from './generated/client.ts';

/** Where a page begins: by the time of detection, then by id. */
export interface RecordPlace {
  readonly detectedAt: number;
  readonly id: string;
}

export interface RecordPage {
  readonly from: RecordPlace | null;
  readonly newestFirst: boolean;
  readonly limit: number;
}

/** Which records. Null does not narrow. */
export interface OpportunityChoice {
  readonly chainIds: readonly number[] | null;
  readonly minProfitUsd: string | null;
  readonly maxProfitUsd: string | null;
  readonly minImbalancePct: number | null;
  readonly pools: readonly string[] | null;
  readonly states: readonly OpportunityState[] | null;
}

export interface TransactionChoice {
  readonly chainIds: readonly number[] | null;
  readonly minProfitUsd: string | null;
  readonly maxProfitUsd: string | null;
  readonly minSwaps: number | null;
  readonly strategies: readonly ArbitrageStrategy[] | null;
}

/** What arbitrage brought on one chain in one day. Decimals as text. */
export interface ArbitrageDay {
  readonly chainId: number;
  /** Beginning of the day, UTC, milliseconds. */
  readonly day: number;
  readonly transactions: number;
  /** Of those whose profit is known. */
  readonly profitNetUsd: string;
}

/** What chains have told, in PostgreSQL. Every method throws ApiError `UNAVAILABLE` when it does not answer. */
export class ChainRecords {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Writes opportunities as they stand; one that is there in a higher version stays. */
  async putOpportunities(opportunities: readonly Wired<Opportunity>[]): Promise<void> {
    const rows = newest(opportunities).map(
      (one) =>
        Prisma.sql`(${one.id}, ${one.version}, ${BigInt(one.chainId)}, ${one.state}, ${one.poolAddress},
          ${one.profitUsd}::numeric, ${one.imbalancePct}, ${new Date(one.detectedAt)}, ${JSON.stringify(one)}::jsonb)`,
    );
    if (rows.length === 0) return;
    await this.#database.run(
      (client) => client.$executeRaw`
        INSERT INTO "StoredOpportunity" (id, version, "chainId", state, "poolAddress", "profitUsd", "imbalancePct",
          "detectedAt", body)
        VALUES ${Prisma.join(rows)}
        ON CONFLICT (id) DO UPDATE SET version = excluded.version, state = excluded.state,
          "profitUsd" = excluded."profitUsd", "imbalancePct" = excluded."imbalancePct", body = excluded.body
        WHERE "StoredOpportunity".version < excluded.version`,
    );
  }

  async putTransactions(transactions: readonly Wired<ArbitrageTransaction>[]): Promise<void> {
    const rows = newest(transactions).map(
      (one) =>
        Prisma.sql`(${one.id}, ${one.version}, ${BigInt(one.chainId)}, ${one.txHash}, ${one.strategy}, ${one.swapCount},
          ${one.profitNetUsd}::numeric, ${one.retracted}, ${new Date(one.detectedAt)}, ${JSON.stringify(one)}::jsonb)`,
    );
    if (rows.length === 0) return;
    await this.#database.run(
      (client) => client.$executeRaw`
        INSERT INTO "StoredTransaction" (id, version, "chainId", "txHash", strategy, "swapCount", "profitNetUsd", retracted,
          "detectedAt", body)
        VALUES ${Prisma.join(rows)}
        ON CONFLICT (id) DO UPDATE SET version = excluded.version, retracted = excluded.retracted,
          "profitNetUsd" = excluded."profitNetUsd", body = excluded.body
        WHERE "StoredTransaction".version < excluded.version`,
    );
  }

  async opportunity(id: string): Promise<Wired<Opportunity> | null> {
    const row = await this.#database.run((client) => client.storedOpportunity.findUnique({ where: { id } }));
    return row && (row.body as unknown as Wired<Opportunity>);
  }

  async transaction(id: string): Promise<Wired<ArbitrageTransaction> | null> {
    const row = await this.#database.run((client) => client.storedTransaction.findUnique({ where: { id } }));
    return row && (row.body as unknown as Wired<ArbitrageTransaction>);
  }

  /** @param choices of which one must be met. */
  async opportunities(choices: readonly OpportunityChoice[], page: RecordPage): Promise<readonly Wired<Opportunity>[]> {
    const rows = await this.#database.run((client) =>
      client.storedOpportunity.findMany({
        where: {
          AND: [
            beyond(page),
            {
              OR: choices.map(({ chainIds, minProfitUsd, maxProfitUsd, minImbalancePct, pools, states }) => ({
                ...(chainIds && { chainId: { in: chainIds.map(BigInt) } }),
                profitUsd: between(minProfitUsd, maxProfitUsd),
                ...(minImbalancePct !== null && { imbalancePct: { gte: minImbalancePct } }),
                ...(pools && { poolAddress: { in: [...pools] } }),
                ...(states && { state: { in: [...states] } }),
              })),
            },
          ],
        },
        ...order(page),
        select: { body: true },
      }),
    );
    return rows.map(({ body }) => body as unknown as Wired<Opportunity>);
  }

  /** The same of transactions. */
  async transactions(
    choices: readonly TransactionChoice[],
    page: RecordPage,
  ): Promise<readonly Wired<ArbitrageTransaction>[]> {
    const rows = await this.#database.run((client) =>
      client.storedTransaction.findMany({
        where: {
          AND: [
            beyond(page),
            {
              OR: choices.map(({ chainIds, minProfitUsd, maxProfitUsd, minSwaps, strategies }) => ({
                ...(chainIds && { chainId: { in: chainIds.map(BigInt) } }),
                ...((minProfitUsd ?? maxProfitUsd) !== null && { profitNetUsd: between(minProfitUsd, maxProfitUsd) }),
                ...(minSwaps !== null && { swapCount: { gte: minSwaps } }),
                ...(strategies && { strategy: { in: [...strategies] } }),
              })),
            },
          ],
        },
        ...order(page),
        select: { body: true },
      }),
    );
    return rows.map(({ body }) => body as unknown as Wired<ArbitrageTransaction>);
  }

  /** Days with transactions that stand, the newest first. */
  async days(chainIds: readonly number[] | null, days: number, now: number): Promise<readonly ArbitrageDay[]> {
    const since = new Date(now - days * DAY_MS);
    const some = chainIds === null ? Prisma.empty : Prisma.sql`AND "chainId" = ANY(${chainIds.map(BigInt)})`;
    const rows = await this.#database.run(
      (client) => client.$queryRaw<{ chainId: bigint; day: Date; transactions: number; profitNetUsd: string }[]>`
        SELECT "chainId", date_bin('1 day', "detectedAt", timestamptz 'epoch') AS day, count(*)::int AS transactions,
          coalesce(sum("profitNetUsd"), 0)::text AS "profitNetUsd"
        FROM "StoredTransaction" WHERE NOT retracted AND "detectedAt" >= ${since} ${some}
        GROUP BY "chainId", day ORDER BY day DESC, "chainId"`,
    );
    return rows.map(({ chainId, day, ...rest }) => ({ ...rest, chainId: Number(chainId), day: day.getTime() }));
  }

  async token(chainId: number, address: Hex): Promise<Token | null> {
    const where = { chainId_address: { chainId: BigInt(chainId), address } };
    const row = await this.#database.run((client) => client.chainToken.findUnique({ where }));
    return row && { address: row.address, symbol: row.symbol, decimals: row.decimals };
  }

  async putToken(chainId: number, { address, symbol, decimals }: Token): Promise<void> {
    const data = [{ chainId: BigInt(chainId), address: address.toLowerCase(), symbol, decimals }];
    await this.#database.run((client) => client.chainToken.createMany({ data, skipDuplicates: true }));
  }

  /** The last block of a chain that was worked through; null before the first. */
  async progress(chainId: number): Promise<{ readonly number: number; readonly hash: Hex } | null> {
    const row = await this.#database.run((client) =>
      client.chainProgress.findUnique({ where: { chainId: BigInt(chainId) } }),
    );
    return row && { number: Number(row.number), hash: row.hash };
  }

  async putProgress(chainId: number, number: number, hash: Hex): Promise<void> {
    const value = { number: BigInt(number), hash };
    await this.#database.run((client) =>
      client.chainProgress.upsert({
        where: { chainId: BigInt(chainId) },
        create: { chainId: BigInt(chainId), ...value },
        update: value,
      }),
    );
  }
}

const DAY_MS = 86_400_000;

/** Of several versions of one in one go the newest counts: a statement may touch a row only once. */
function newest<T extends { readonly id: string }>(records: readonly T[]): readonly T[] {
  return [...new Map(records.map((one) => [one.id, one])).values()];
}

function between(least: string | null, most: string | null) {
  return { ...(least !== null && { gte: least }), ...(most !== null && { lte: most }) };
}

function beyond({ from, newestFirst }: RecordPage) {
  if (!from) return {};
  const side = newestFirst ? 'lt' : 'gt';
  const at = new Date(from.detectedAt);
  return { OR: [{ detectedAt: { [side]: at } }, { detectedAt: at, id: { [side]: from.id } }] };
}

function order({ newestFirst, limit }: RecordPage) {
  const direction = newestFirst ? ('desc' as const) : ('asc' as const);
  return { orderBy: [{ detectedAt: direction }, { id: direction }], take: limit };
}
