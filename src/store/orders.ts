import type { Address } from '../model/identity.ts';
import type { Order, OrderStatus } from '../model/order.ts';
import { type CreationPage, creationPage } from './creation-page.ts';
import type { Database } from './database.ts';

/** Which orders. Null does not narrow. */
export interface OrderChoice {
  readonly symbols: readonly string[] | null;
  readonly statuses: readonly OrderStatus[] | null;
  readonly botId: string | null;
}

/** Orders as they stand, in PostgreSQL. Every method throws ApiError `UNAVAILABLE` when it does not answer. */
export class Orders {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async find(id: string): Promise<Order | null> {
    const row = await this.#database.run((client) =>
      client.storedOrder.findUnique({ where: { id }, select: { body: true } }),
    );
    return row && orderIn(row.body);
  }

  /** What its owner calls so. */
  async findByClientId(owner: Address, clientOrderId: string): Promise<Order | null> {
    const where = { owner_clientOrderId: { owner, clientOrderId } };
    const row = await this.#database.run((client) => client.storedOrder.findUnique({ where, select: { body: true } }));
    return row && orderIn(row.body);
  }

  /** A page of owners' orders, by when they were placed. */
  async page(
    owners: readonly Address[],
    { symbols, statuses, botId }: OrderChoice,
    page: CreationPage,
  ): Promise<readonly Order[]> {
    const { beyond, ...listed } = creationPage(page);
    const rows = await this.#database.run((client) =>
      client.storedOrder.findMany({
        where: {
          owner: { in: [...owners] },
          ...(symbols && { symbol: { in: [...symbols] } }),
          ...(statuses && { status: { in: [...statuses] } }),
          ...(botId !== null && { botId }),
          ...beyond,
        },
        ...listed,
        select: { body: true },
      }),
    );
    return rows.map(({ body }) => orderIn(body));
  }
}

/** Written by us alone. */
export function orderIn(body: unknown): Order {
  return body as Order;
}
