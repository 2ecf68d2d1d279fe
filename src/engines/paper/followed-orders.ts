import { compareDecimals, type Decimal, ZERO } from '../../lib/decimal.ts';
import { divide, fixed, fixedText, multiply, quotientText } from '../../lib/fixed.ts';
import { type Execution, hasEnded, type Order, type OrderStatus, type Rejection } from '../../model/order.ts';
import type { RealAccount, VenueOrder, VenueOrderFill } from '../../model/venue-order.ts';
import { rejection } from './admission.ts';

/** Orders that have ended and are known still: the venue tells of them again at a recovery. */
const MOST_ENDED = 5_000;

/** What is known of a symbol's orders: where a recovery begins. */
interface KnownOfSymbol {
  readonly symbol: string;
  readonly fromOrderId: string;
  readonly filled: ReadonlyMap<string, Decimal>;
}

/** What a fill is worth to the account that it was made for, in the quote currency. */
export interface Booked {
  readonly fee: Decimal;
  readonly realizedPnl: Decimal;
}

export interface OrderNews {
  /** In the order in which they came to be; null where a fill before them was missed, and nothing was taken in. */
  readonly changes: readonly { readonly order: Order; readonly execution: Execution | null }[] | null;
}

const NO_NEWS: OrderNews = { changes: [] };
const MISSED: OrderNews = { changes: null };

/** How far each status is on its way: what is told late goes back to nothing. */
const RANK: Readonly<Record<OrderStatus, number>> = {
  PENDING: 0,
  NEW: 1,
  PARTIALLY_FILLED: 2,
  FILLED: 3,
  CANCELED: 3,
  REJECTED: 3,
  EXPIRED: 3,
};

/** Orders of a real account, as its venue tells them: each change once, however often and however late it is told. */
export class FollowedOrders {
  readonly #account: RealAccount;
  /** By our id, in the order in which they were first heard of. */
  readonly #orders = new Map<string, { readonly venueId: string; order: Order }>();
  #ended = 0;

  constructor(account: RealAccount) {
    this.#account = account;
  }

  /** As it was stored. */
  load(order: Order): void {
    const venueId = order.id.slice(this.#prefix(order.symbol).length);
    this.#keep(venueId, order);
  }

  known(): readonly KnownOfSymbol[] {
    const symbols = new Map<string, { lives: string[]; newest: string; filled: Map<string, Decimal> }>();
    for (const { venueId, order } of this.#orders.values()) {
      const of = symbols.get(order.symbol) ?? { lives: [], newest: venueId, filled: new Map<string, Decimal>() };
      symbols.set(order.symbol, of);
      of.filled.set(venueId, order.filledQuantity);
      if (!hasEnded(order)) of.lives.push(venueId);
      if (isBefore(of.newest, venueId)) of.newest = venueId;
    }
    return [...symbols].map(([symbol, { lives, newest, filled }]) => ({
      symbol,
      fromOrderId: lives.reduce((oldest, id) => (isBefore(id, oldest) ? id : oldest), newest),
      filled,
    }));
  }

  /** @param book books a fill in the account. */
  heard(told: VenueOrder, book: (fill: VenueOrderFill) => Booked): OrderNews {
    const id = this.#prefix(told.symbol) + told.orderId;
    const known = this.#orders.get(id)?.order ?? null;
    if (known && isOld(known, told)) return NO_NEWS;
    let order = known ?? this.#first(id, told);
    const changes: { order: Order; execution: Execution | null }[] = [];
    for (const fill of told.fills) {
      const before = fixed(order.filledQuantity);
      if (fixed(fill.filledAfter) <= before) continue;
      if (fixed(fill.filledAfter) - fixed(fill.quantity) !== before && !told.recovered) return MISSED;
      const execution = executionOf(order, told, fill, book(fill));
      order = execution.order;
      changes.push({ order, execution });
    }
    // Without the fill that made it so: it is asked for.
    if (!told.recovered && compareDecimals(told.filledQuantity, order.filledQuantity) > 0) return MISSED;
    const stands = asTold(order, told);
    if (differs(changes.length === 0 ? known : order, stands)) {
      order = { ...stands, version: order.version + 1, updatedAt: told.timestamp };
      changes.push({ order, execution: null });
    }
    this.#keep(told.orderId, order);
    return { changes };
  }

  #prefix(symbol: string): string {
    return `${this.#account.venue}-${symbol}-`;
  }

  #first(id: string, told: VenueOrder): Order {
    const { symbol, side, type, quantity, price, stopPrice, timeInForce, postOnly, reduceOnly } = told;
    return {
      symbol,
      side,
      type,
      quantity,
      price,
      stopPrice,
      timeInForce,
      postOnly,
      reduceOnly,
      id,
      owner: this.#account.owner,
      clientOrderId: told.clientOrderId,
      venue: this.#account.venue,
      botId: null,
      version: 0,
      status: 'NEW',
      filledQuantity: ZERO,
      filledValue: ZERO,
      averagePrice: null,
      fees: ZERO,
      triggeredAt: null,
      rejection: null,
      createdAt: told.createdAt,
      updatedAt: told.timestamp,
    };
  }

  #keep(venueId: string, order: Order): void {
    const before = this.#orders.get(order.id)?.order;
    this.#orders.set(order.id, { venueId, order });
    if (hasEnded(order) && !(before && hasEnded(before))) this.#ended++;
    if (this.#ended <= MOST_ENDED) return;
    for (const [id, { order: oldest }] of this.#orders) {
      if (!hasEnded(oldest)) continue;
      this.#orders.delete(id);
      this.#ended--;
      break;
    }
  }
}

/** The venue's numbers grow; they are text in one of its systems. */
function isBefore(a: string, b: string): boolean {
  return a.length === b.length ? a < b : a.length < b.length;
}

function isOld(known: Order, told: VenueOrder): boolean {
  const filled = compareDecimals(told.filledQuantity, known.filledQuantity);
  if (filled !== 0) return filled < 0;
  return RANK[told.status] < RANK[known.status];
}

/** An order as its venue says that it stands, with what we know of it. */
function asTold(order: Order, told: VenueOrder): Order {
  const { status, quantity, price, stopPrice, filledQuantity, filledValue, timestamp } = told;
  const averagePrice = filledQuantity === ZERO ? null : quotientText(divide(fixed(filledValue), fixed(filledQuantity)));
  const triggered = stopPrice !== null && told.working ? (order.triggeredAt ?? timestamp) : order.triggeredAt;
  const { clientOrderId } = told;
  return {
    ...order,
    status,
    quantity,
    price,
    stopPrice,
    clientOrderId,
    filledQuantity,
    filledValue,
    averagePrice,
    triggeredAt: triggered,
    rejection: refusalOf(told) ?? order.rejection,
  };
}

function refusalOf({ status, reason }: VenueOrder): Rejection | null {
  if (reason === null || (status !== 'REJECTED' && status !== 'EXPIRED')) return null;
  return rejection('VENUE_REFUSED', reason);
}

const TOLD = ['status', 'quantity', 'price', 'stopPrice', 'filledQuantity', 'triggeredAt'] as const;

function differs(known: Order | null, stands: Order): boolean {
  return known === null || TOLD.some((member) => known[member] !== stands[member]);
}

function executionOf(before: Order, told: VenueOrder, fill: VenueOrderFill, booked: Booked): Execution {
  const { filledAfter, quantity, price, fee, feeCurrency, liquidity, tradeId, at } = fill;
  const isLast = filledAfter === told.filledQuantity;
  const value = multiply(fixed(price), fixed(quantity));
  // The venue rounds its own sum: at the last fill that is told, its word counts.
  const filledValue = isLast ? told.filledValue : fixedText(fixed(before.filledValue) + value);
  const order: Order = {
    ...before,
    version: before.version + 1,
    quantity: told.quantity,
    status: isLast ? told.status : 'PARTIALLY_FILLED',
    filledQuantity: filledAfter,
    filledValue,
    averagePrice: quotientText(divide(fixed(filledValue), fixed(filledAfter))),
    fees: fixedText(fixed(before.fees) + fixed(booked.fee)),
    triggeredAt: before.stopPrice === null ? null : (before.triggeredAt ?? at),
    updatedAt: at,
  };
  return {
    id: `${order.id}|${filledAfter}`,
    owner: order.owner,
    order,
    symbol: order.symbol,
    side: order.side,
    quantity,
    price,
    fee,
    feeCurrency,
    liquidity,
    realizedPnl: booked.realizedPnl,
    tradeId,
    timestamp: at,
    receivedAt: told.receivedAt,
  };
}
