import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Bus } from '../bus/bus.ts';
import { topics } from '../bus/topics.ts';
import { background } from '../lib/background.ts';
import type { Clock } from '../lib/clock.ts';
import { compareDecimals, ZERO } from '../lib/decimal.ts';
import { ApiError, badInput } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import { currentTraceparent } from '../lib/tracing.ts';
import { uuid7 } from '../lib/uuid7.ts';
import type { Address } from '../model/identity.ts';
import type { Nudge, PlacedOrder } from '../model/nudge.ts';
import {
  type Amendment,
  hasEnded,
  type Order,
  type OrderTerms,
  sameTerms,
  type TradingCommand,
} from '../model/order.ts';
import type { OwnerLimits } from '../model/owner-limits.ts';
import { Commands } from './commands.ts';
import type { Database } from './database.ts';
import { PLACE } from './order-statements.ts';
import { passed } from './order-way.ts';
import { Orders } from './orders.ts';

/** Longest client order id, characters. */
const MAX_CLIENT_ORDER_ID = 64;

/** What somebody wants bought or sold, as an order of theirs. */
export interface OrderIntent extends OrderTerms {
  readonly owner: Address;
  /** Unique among the owner's orders: whoever tries again says the same one. */
  readonly clientOrderId: string;
  /** The bot that places it; null for a person. */
  readonly botId: string | null;
}

/** Orders that are at an end before they could be changed, by their status, in words. */
const ENDS: Partial<Record<Order['status'], string>> = {
  FILLED: 'is filled',
  CANCELED: 'is cancelled',
  REJECTED: 'was rejected',
  EXPIRED: 'has expired',
};

/**
 * Where orders are handed in, by callers and by bots alike.
 *
 * - **One step.** What is wanted and the command to the trading worker are stored by one statement: both or neither.
 * - **Once.** The same client order id (of a change: the same idempotency key) again, of the same owner, changes nothing and answers
 *   with what is there; with another content it is `CONFLICT`.
 * - **Told.** The worker is nudged; one that does not hear it looks every second.
 * - What the worker makes of it comes by `orderUpdates` and `tradeExecutions`, and may come before a method here resolves.
 *
 * Every method throws ApiError `UNAVAILABLE` when the database does not answer: nothing is known then, try again with the same ids.
 */
export class TradingDesk {
  readonly #database: Database;
  readonly #orders: Orders;
  readonly #commands: Commands;
  readonly #bus: Bus;
  readonly #clock: Clock;
  readonly #log: Log;

  constructor(database: Database, bus: Bus, clock: Clock, log: Log) {
    this.#database = database;
    this.#orders = new Orders(database);
    this.#commands = new Commands(database);
    this.#bus = bus;
    this.#clock = clock;
    this.#log = log;
  }

  /**
   * @returns the order that counts: the new one, `PENDING`, or the one that the same client order id has made before, as it stands.
   * @throws ApiError `CONFLICT` for a client order id that has made another order.
   */
  async place(intent: OrderIntent): Promise<Order> {
    const { owner, clientOrderId, botId, ...terms } = intent;
    if (clientOrderId.length < 1 || clientOrderId.length > MAX_CLIENT_ORDER_ID)
      throw badInput(
        'input.clientOrderId',
        'The client order id is empty or too long.',
        `1 to ${MAX_CLIENT_ORDER_ID} characters`,
      );
    const now = this.#clock.now();
    const order: Order = {
      ...terms,
      id: uuid7(now),
      owner,
      clientOrderId,
      venue: 'paper',
      botId,
      version: 1,
      status: 'PENDING',
      filledQuantity: ZERO,
      filledValue: ZERO,
      averagePrice: null,
      fees: ZERO,
      triggeredAt: null,
      rejection: null,
      createdAt: now,
      updatedAt: now,
    };
    const command: TradingCommand = { type: 'place', orderId: order.id };
    passed('asked', order);
    const commandId = uuid7(now);
    const trace = currentTraceparent();
    const { made } = await this.#database.write<{ readonly made: boolean }>(PLACE, [
      order.id,
      owner,
      clientOrderId,
      order.venue,
      order.symbol,
      order.status,
      botId,
      new Date(now),
      JSON.stringify(order),
      commandId,
      JSON.stringify(command),
      trace,
    ]);
    if (made) {
      passed('stored', order);
      this.#nudge(owner, { commandId, order, ...(trace !== null && { trace }) });
      return order;
    }
    const before = await this.#orders.findByClientId(owner, clientOrderId);
    if (before && sameTerms(before, order) && before.botId === botId) return before;
    throw new ApiError('CONFLICT', 'This client order id has made another order.', {
      argument: 'input.clientOrderId',
      allowed: 'the same terms again, or a new client order id',
    });
  }

  /**
   * @param idempotencyKey the same one again is the same change; null where there is none.
   * @returns the order as it stood.
   * @throws ApiError `NOT_FOUND`; `CONFLICT` for one that has ended; `BAD_USER_INPUT` for a quantity that is filled already.
   */
  async amend(owner: Address, orderId: string, amendment: Amendment, idempotencyKey: string | null): Promise<Order> {
    const order = await this.#open(owner, orderId);
    const { quantity } = amendment;
    if (quantity !== null && compareDecimals(quantity, order.filledQuantity) <= 0)
      throw badInput(
        'input.quantity',
        `${order.filledQuantity} of it is filled already.`,
        `more than ${order.filledQuantity}; to end it, cancel it`,
      );
    await this.#command(owner, { type: 'amend', orderId, amendment }, idempotencyKey);
    return order;
  }

  /**
   * @returns the order as it stood; one that is cancelled already is no mistake.
   * @throws ApiError `NOT_FOUND`; `CONFLICT` for one that has ended otherwise.
   */
  async cancel(owner: Address, orderId: string): Promise<Order> {
    const order = await this.#orders.find(orderId);
    if (order?.owner === owner && order.status === 'CANCELED') return order;
    const open = await this.#open(owner, orderId);
    await this.#command(owner, { type: 'cancel', orderId }, null);
    return open;
  }

  /** Cancels every open order of an owner: of one symbol, of one bot, or all where null. */
  async cancelAll(owner: Address, symbol: string | null, botId: string | null): Promise<void> {
    await this.#command(owner, { type: 'cancel-all', symbol, botId }, null);
  }

  /** @returns the limits as they are stored now. */
  async limit(limits: Omit<OwnerLimits, 'version' | 'updatedAt'>): Promise<OwnerLimits> {
    const now = this.#clock.now();
    const first: OwnerLimits = { ...limits, version: 1, updatedAt: now };
    const { owner } = limits;
    const [row] = await this.#database.run(
      (client) => client.$queryRaw<{ body: unknown }[]>`
        WITH stored AS (
          INSERT INTO "StoredOwnerLimits" AS kept (owner, version, body)
          VALUES (${owner}, 1, ${JSON.stringify(first)}::jsonb)
          ON CONFLICT (owner) DO UPDATE SET version = kept.version + 1,
            body = jsonb_set(excluded.body, '{version}', to_jsonb(kept.version + 1))
          RETURNING body
        ), command AS (
          INSERT INTO "Command" (id, about, owner, body, trace)
          SELECT ${uuid7(now)}::uuid, 'trading', ${owner}, jsonb_build_object('type', 'limits', 'limits', body),
            ${currentTraceparent()} FROM stored
        )
        SELECT body FROM stored`,
    );
    this.#nudge(owner);
    return row?.body as OwnerLimits;
  }

  /** Acknowledges or ends an alert that a limit has raised. */
  async alert(owner: Address, type: 'acknowledge' | 'resolve', alertId: string): Promise<void> {
    await this.#command(owner, { type, alertId }, null);
  }

  async #open(owner: Address, orderId: string): Promise<Order> {
    const order = await this.#orders.find(orderId);
    const argument = 'input.orderId';
    if (order?.owner !== owner)
      throw new ApiError('NOT_FOUND', 'There is no order of this owner with this id.', { argument });
    if (order.venue !== 'paper')
      throw new ApiError('FORBIDDEN', 'This order is what its venue says: it is changed there.', { argument });
    if (hasEnded(order))
      throw new ApiError(
        'CONFLICT',
        `The order ${ENDS[order.status] ?? 'has ended'}: nothing can be changed any more.`,
        {
          argument,
          allowed: 'an order that is PENDING, NEW or PARTIALLY_FILLED',
        },
      );
    return order;
  }

  async #command(owner: Address, command: TradingCommand, idempotencyKey: string | null): Promise<void> {
    const counts = await this.#commands.put({ about: 'trading', owner, idempotencyKey, body: command });
    if (!isDeepStrictEqual(counts, command))
      throw new ApiError('CONFLICT', 'This idempotency key has asked for another change.', {
        argument: 'input.idempotencyKey',
      });
    this.#nudge(owner);
  }

  #nudge(owner: Address, placed?: PlacedOrder): void {
    const nudge: Nudge = { id: randomUUID(), about: 'trading', ...(placed ? { placed } : { owner }) };
    background('nudge the trading worker', this.#bus.publishEvent(topics.nudges, nudge), this.#log);
  }
}
