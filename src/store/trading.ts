import type { Decimal } from '../lib/decimal.ts';
import type { Address } from '../model/identity.ts';
import type { Execution, Order, TradingCommand } from '../model/order.ts';
import type { OwnerLimits } from '../model/owner-limits.ts';
import type { OwnerShare } from '../model/owner-share.ts';
import type { EquityPoint } from '../model/portfolio.ts';
import type { TradingAccount } from '../model/trading-account.ts';
import type { Database } from './database.ts';
import { COMMIT, waitingOrders } from './order-statements.ts';
import { orderIn } from './orders.ts';
import { ofShare } from './owner-share.ts';
import { prune } from './prune.ts';

/** A command that waits, with the order that it is about as it is stored. */
export interface WaitingOrder {
  readonly id: string;
  readonly owner: Address;
  readonly command: TradingCommand;
  readonly order: Order | null;
  /** W3C `traceparent` of what has asked for it; null where that was not traced. */
  readonly trace: string | null;
}

/** An event that is to be published once what it tells of is stored. */
export interface OutboxEvent {
  readonly topic: 'orderUpdates' | 'tradeExecutions';
  /** JSON. */
  readonly body: string;
}

/** What came of some events: stored all of it, or nothing. */
export interface TradingOutcome {
  /** As they stand, each once. */
  readonly orders: readonly Order[];
  readonly executions: readonly Execution[];
  readonly accounts: readonly TradingAccount[];
  /** In their order. */
  readonly events: readonly OutboxEvent[];
  /** Commands that this is the outcome of, with why one could not be done. */
  readonly done: readonly { readonly id: string; readonly failure: string | null }[];
  /** Outbox rows whose events are on the bus. */
  readonly published: readonly string[];
  readonly now: number;
}

/** Where a page of executions begins: by their time, then by id. */
export interface ExecutionPlace {
  readonly at: number;
  readonly id: string;
}

/** Orders of real accounts that are taken up at a start. */
const MOST_ELSEWHERE = 5_000;

/** What the trading worker keeps in PostgreSQL. Every method throws ApiError `UNAVAILABLE` when it does not answer. */
export class Trading {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Commands of a share that wait, the oldest first. @param except those that are under way: many, when more is asked than is stored. */
  async waiting(share: OwnerShare, limit: number, except: readonly string[]): Promise<readonly WaitingOrder[]> {
    const rows = await this.#database.select<{
      id: string;
      owner: string;
      command: unknown;
      order: unknown;
      trace: string | null;
    }>(waitingOrders(share, except, limit));
    return rows.map(({ id, owner, command, order, trace }) => ({
      id,
      owner,
      command: command as TradingCommand,
      order: order === null ? null : orderIn(order),
      trace,
    }));
  }

  /** The id of the command that was made last, of all owners' that are kept; empty where there is none. */
  async newestCommand(): Promise<string> {
    const newest = await this.#database.run((client) =>
      client.command.findFirst({ orderBy: { id: 'desc' }, select: { id: true } }),
    );
    return newest?.id ?? '';
  }

  /**
   * Stores an outcome by one statement. Storing it again changes nothing but the outbox, whose events are then published
   * with the ids that they had.
   * @returns the outbox rows of its events, in their order.
   */
  async commit({
    orders,
    executions,
    accounts,
    events,
    done,
    published,
    now,
  }: TradingOutcome): Promise<readonly string[]> {
    const { ids } = await this.#database.write<{ readonly ids: readonly string[] | null }>(COMMIT, [
      JSON.stringify(orders),
      JSON.stringify(executions),
      JSON.stringify(accounts),
      done.map(({ id }) => id),
      new Date(now),
      published,
      JSON.stringify(events),
      JSON.stringify(Object.fromEntries(done.map(({ id, failure }) => [id, failure]))),
    ]);
    return ids ?? [];
  }

  /** Events of a share that were stored and are not known to have been published, in their order. Another's are on their way. */
  async unpublished(share: OwnerShare): Promise<readonly (OutboxEvent & { readonly id: string })[]> {
    return this.#database.run(
      (client) => client.$queryRaw<(OutboxEvent & { readonly id: string })[]>`
        SELECT id::text, topic, body FROM "TradingOutbox" WHERE ${ofShare(share, `body::jsonb->>'owner'`)}
        ORDER BY "TradingOutbox".id`,
    );
  }

  /** Orders of a share at the paper venue that live, the oldest first. */
  async open(share: OwnerShare): Promise<readonly Order[]> {
    const rows = await this.#database.run(
      (client) => client.$queryRaw<{ body: unknown }[]>`
        SELECT body FROM "StoredOrder"
        WHERE venue = 'paper' AND status IN ('NEW', 'PARTIALLY_FILLED') AND ${ofShare(share)} ORDER BY "createdAt", id`,
    );
    return rows.map(({ body }) => orderIn(body));
  }

  /** The newest orders of a share's real accounts, the oldest first: what is told of them again is known. */
  async elsewhere(share: OwnerShare): Promise<readonly Order[]> {
    const rows = await this.#database.run(
      (client) => client.$queryRaw<{ body: unknown }[]>`
        SELECT body FROM "StoredOrder" WHERE venue <> 'paper' AND ${ofShare(share)}
        ORDER BY "createdAt" DESC, id DESC LIMIT ${MOST_ELSEWHERE}`,
    );
    return rows.reverse().map(({ body }) => orderIn(body));
  }

  async accounts(share: OwnerShare): Promise<readonly TradingAccount[]> {
    const rows = await this.#database.run(
      (client) => client.$queryRaw<{ body: unknown }[]>`SELECT body FROM "TradingAccount" WHERE ${ofShare(share)}`,
    );
    return rows.map(({ body }) => body as TradingAccount);
  }

  async limits(owners: readonly Address[]): Promise<readonly OwnerLimits[]> {
    const where = { owner: { in: [...owners] } };
    const rows = await this.#database.run((client) =>
      client.storedOwnerLimits.findMany({ where, select: { body: true } }),
    );
    return rows.map(({ body }) => body as unknown as OwnerLimits);
  }

  /** Limits of all owners of a share. */
  async limitsOf(share: OwnerShare): Promise<readonly OwnerLimits[]> {
    const rows = await this.#database.run(
      (client) => client.$queryRaw<{ body: unknown }[]>`SELECT body FROM "StoredOwnerLimits" WHERE ${ofShare(share)}`,
    );
    return rows.map(({ body }) => body as OwnerLimits);
  }

  async execution(id: string): Promise<Execution | null> {
    const row = await this.#database.run((client) =>
      client.storedExecution.findUnique({ where: { id }, select: { body: true } }),
    );
    return row && executionIn(row.body);
  }

  /** A page of owners' executions, by their time. */
  async executions(
    owners: readonly Address[],
    symbols: readonly string[] | null,
    {
      from,
      newestFirst,
      limit,
    }: { readonly from: ExecutionPlace | null; readonly newestFirst: boolean; readonly limit: number },
  ): Promise<readonly Execution[]> {
    const beyond = newestFirst ? 'lt' : 'gt';
    const order = newestFirst ? 'desc' : 'asc';
    const rows = await this.#database.run((client) =>
      client.storedExecution.findMany({
        where: {
          owner: { in: [...owners] },
          ...(symbols && { symbol: { in: [...symbols] } }),
          ...(from && {
            OR: [{ at: { [beyond]: new Date(from.at) } }, { at: new Date(from.at), id: { [beyond]: from.id } }],
          }),
        },
        orderBy: [{ at: order }, { id: order }],
        take: limit,
        select: { body: true },
      }),
    );
    return rows.map(({ body }) => executionIn(body));
  }

  async addPoints(points: readonly EquityPoint[]): Promise<void> {
    const data = points.map(({ at, ...point }) => ({ ...point, at: new Date(at) }));
    await this.#database.run((client) => client.equityPoint.createMany({ data, skipDuplicates: true }));
  }

  /** The newest points of one owner between two times, the oldest first. */
  async points(owner: Address, from: number, to: number, limit: number): Promise<readonly EquityPoint[]> {
    const rows = await this.#database.run((client) =>
      client.equityPoint.findMany({
        where: { owner, at: { gte: new Date(from), lt: new Date(to) } },
        orderBy: { at: 'desc' },
        take: limit,
      }),
    );
    return rows.reverse().map(({ at, equity, totalPnl, realizedPnl, unrealizedPnl }) => ({
      owner,
      at: at.getTime(),
      equity: equity.toFixed() as Decimal,
      totalPnl: totalPnl.toFixed() as Decimal,
      realizedPnl: realizedPnl.toFixed() as Decimal,
      unrealizedPnl: unrealizedPnl.toFixed() as Decimal,
    }));
  }

  /** Deletes points older than `before`. */
  async prunePoints(before: number): Promise<void> {
    await prune(this.#database, 'EquityPoint', before);
  }
}

/** Written by us alone. */
function executionIn(body: unknown): Execution {
  return body as Execution;
}
