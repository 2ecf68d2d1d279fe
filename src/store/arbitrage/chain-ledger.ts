import { getAddress } from 'viem/utils';
import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import type { ArbitrageTransactionTold } from '../../model/arbitrage-transaction.ts';
import type { Hex } from '../../model/chain.ts';
import type { OpportunityTold } from '../../model/opportunity.ts';
import type { Token } from '../../model/pool.ts';
import type { Database } from '../database.ts';
import { Prisma } from '../generated/client.ts';
import { prune } from '../prune.ts';
import { WriteBehind } from '../write-behind.ts';

/** A block by its number and hash. */
export interface BlockPlace {
  readonly number: number;
  readonly hash: Hex;
}

/** How far a chain has been worked through. */
export interface Progress {
  readonly chainId: number;
  /** When the newest was finished, milliseconds. */
  readonly at: number;
  /** The newest ones, oldest first. */
  readonly blocks: readonly BlockPlace[];
}

type Row =
  | { readonly kind: 'opportunity'; readonly opportunity: OpportunityTold }
  | { readonly kind: 'transaction'; readonly transaction: ArbitrageTransactionTold }
  | { readonly kind: 'progress'; readonly progress: Progress };

/** Rows that wait while the database is away, at some kilobytes each. */
const MOST_WAITING = 20_000;

/** What one chain has told before, of the blocks that can still be taken back. */
export interface Earlier {
  readonly progress: Progress | null;
  /** Those that have not ended, and those of the newest blocks. */
  readonly opportunities: readonly OpportunityTold[];
  readonly transactions: readonly ArbitrageTransactionTold[];
}

/**
 * What chains have told, on its way to PostgreSQL: in batches, behind the publishing. A block counts as finished only with, or
 * after, everything that it told: who begins again there has lost nothing.
 */
export class ChainLedger {
  readonly #database: Database;
  readonly #behind: WriteBehind<Row>;

  constructor(database: Database, clock: Clock, log: Log) {
    this.#database = database;
    this.#behind = new WriteBehind({
      what: 'opportunities and transactions',
      keyOf,
      write: (rows) => this.#write(rows),
      most: MOST_WAITING,
      clock,
      log,
    });
  }

  get failing(): boolean {
    return this.#behind.failing;
  }

  get dropped(): number {
    return this.#behind.dropped;
  }

  opportunity(opportunity: OpportunityTold): void {
    this.#behind.put({ kind: 'opportunity', opportunity });
  }

  transaction(transaction: ArbitrageTransactionTold): void {
    this.#behind.put({ kind: 'transaction', transaction });
  }

  /** Everything that the newest of these blocks told has been handed over. */
  finished(progress: Progress): void {
    this.#behind.put({ kind: 'progress', progress });
  }

  close(): Promise<void> {
    return this.#behind.close();
  }

  /** @param blocks how many of the newest blocks can still be taken back. */
  async earlier(chainId: number, blocks: number): Promise<Earlier> {
    return this.#database.run(async (client) => {
      const found = await client.chainProgress.findUnique({ where: { chainId } });
      const progress = found && {
        chainId,
        at: found.finishedAt.getTime(),
        blocks: noun<readonly BlockPlace[]>(found.blocks),
      };
      const head = progress?.blocks.at(-1)?.number;
      const recent = head === undefined ? [] : [{ blockNumber: { gt: BigInt(head - blocks) } }];
      const opportunities = await client.storedOpportunity.findMany({
        where: { chainId, OR: [{ state: { in: ['OPENED', 'UPDATED'] } }, ...recent] },
        select: { body: true },
      });
      const transactions = await client.storedTransaction.findMany({
        where: { chainId, OR: [{ retracted: true }, ...recent] },
        orderBy: { blockNumber: 'desc' },
        take: MOST_WAITING,
        select: { body: true },
      });
      return {
        progress,
        opportunities: opportunities.map(({ body }) => noun<OpportunityTold>(body)),
        transactions: transactions.map(({ body }) => noun<ArbitrageTransactionTold>(body)),
      };
    });
  }

  /** Deletes what was detected before, milliseconds. */
  async prune(before: number): Promise<void> {
    await prune(this.#database, 'StoredOpportunity', before);
    await prune(this.#database, 'StoredTransaction', before);
  }

  /** Null where it is not known yet. */
  async token(chainId: number, address: Hex): Promise<Token | null> {
    const where = { chainId_address: { chainId, address: getAddress(address) } };
    const row = await this.#database.run((client) => client.chainToken.findUnique({ where }));
    return row && { address: row.address, symbol: row.symbol, decimals: row.decimals };
  }

  async putToken(chainId: number, { address, symbol, decimals }: Token): Promise<void> {
    const data = [{ chainId, address, symbol, decimals }];
    await this.#database.run((client) => client.chainToken.createMany({ data, skipDuplicates: true }));
  }

  async #write(rows: readonly Row[]): Promise<void> {
    const opportunities = rows.flatMap((row) => (row.kind === 'opportunity' ? [opportunityRow(row.opportunity)] : []));
    const transactions = rows.flatMap((row) => (row.kind === 'transaction' ? [transactionRow(row.transaction)] : []));
    const finished = rows.flatMap((row) => (row.kind === 'progress' ? [progressRow(row.progress)] : []));
    await this.#database.run((client) =>
      client.$transaction([
        ...(opportunities.length === 0
          ? []
          : [
              client.$executeRaw`
                INSERT INTO "StoredOpportunity" (id, "chainId", "poolAddress", version, state, "closeReason", "profitUsd",
                  "imbalancePct", "blockNumber", "detectedAt", body)
                VALUES ${Prisma.join(opportunities)}
                ON CONFLICT (id) DO UPDATE SET version = excluded.version, state = excluded.state,
                  "closeReason" = excluded."closeReason", "profitUsd" = excluded."profitUsd",
                  "imbalancePct" = excluded."imbalancePct", "blockNumber" = excluded."blockNumber", body = excluded.body
                WHERE "StoredOpportunity".version < excluded.version`,
            ]),
        ...(transactions.length === 0
          ? []
          : [
              client.$executeRaw`
                INSERT INTO "StoredTransaction" (id, "chainId", "txHash", version, retracted, "swapCount", strategy,
                  "profitNetUsd", "gasCostUsd", route, "blockNumber", "blockTimestamp", "detectedAt", body)
                VALUES ${Prisma.join(transactions)}
                ON CONFLICT (id) DO UPDATE SET version = excluded.version, retracted = excluded.retracted,
                  "swapCount" = excluded."swapCount", strategy = excluded.strategy,
                  "profitNetUsd" = excluded."profitNetUsd", "gasCostUsd" = excluded."gasCostUsd", route = excluded.route,
                  "blockNumber" = excluded."blockNumber", "blockTimestamp" = excluded."blockTimestamp", body = excluded.body
                WHERE "StoredTransaction".version < excluded.version`,
            ]),
        ...finished.map(
          (row) => client.$executeRaw`
            INSERT INTO "ChainProgress" ("chainId", "finishedAt", blocks) VALUES ${row}
            ON CONFLICT ("chainId") DO UPDATE SET "finishedAt" = excluded."finishedAt", blocks = excluded.blocks`,
        ),
      ]),
    );
  }
}

function keyOf(row: Row): string {
  switch (row.kind) {
    case 'opportunity':
      return `o ${row.opportunity.id}`;
    case 'transaction':
      return `t ${row.transaction.id}`;
    case 'progress':
      return `p ${row.progress.chainId}`;
  }
}

function opportunityRow(one: OpportunityTold): Prisma.Sql {
  return Prisma.sql`(${one.id}, ${one.chainId}, ${one.poolAddress}, ${one.version}, ${one.state}, ${one.closeReason},
    ${one.profitUsd}::numeric, ${one.imbalancePct}, ${BigInt(one.blockNumber)}, ${new Date(one.detectedAt)},
    ${JSON.stringify(one)}::jsonb)`;
}

function transactionRow(one: ArbitrageTransactionTold): Prisma.Sql {
  const [longest] = one.rounds.toSorted((a, b) => b.pools.length - a.pools.length);
  const route = (longest?.pools ?? one.poolsInvolved).join(' ');
  return Prisma.sql`(${one.id}, ${one.chainId}, ${one.txHash}, ${one.version}, ${one.retracted}, ${one.swapCount},
    ${one.strategy}, ${one.profitNetUsd}::numeric, ${one.gasCostUsd}::numeric, ${route}, ${BigInt(one.blockNumber)},
    ${new Date(one.blockTimestamp)}, ${new Date(one.detectedAt)}, ${JSON.stringify(one)}::jsonb)`;
}

function progressRow({ chainId, at, blocks }: Progress): Prisma.Sql {
  return Prisma.sql`(${chainId}, ${new Date(at)}, ${JSON.stringify(blocks)}::jsonb)`;
}

/** Written by us alone. */
function noun<V>(body: unknown): V {
  return body as V;
}
