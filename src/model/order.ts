import type { Decimal } from '../lib/decimal.ts';
import type { Address } from './identity.ts';
import type { Observed } from './observed.ts';
import type { OwnerLimits } from './owner-limits.ts';
import type { Side } from './trade.ts';

export const ORDER_STATUSES = [
  'PENDING',
  'NEW',
  'PARTIALLY_FILLED',
  'FILLED',
  'CANCELED',
  'REJECTED',
  'EXPIRED',
] as const;
/** `PENDING` is an intent that is stored and that no venue has seen yet; the last four are ends. */
export type OrderStatus = (typeof ORDER_STATUSES)[number];

export const ORDER_TYPES = ['MARKET', 'LIMIT', 'STOP', 'STOP_LIMIT', 'TAKE_PROFIT'] as const;
export type OrderType = (typeof ORDER_TYPES)[number];

export const TIMES_IN_FORCE = ['GTC', 'IOC', 'FOK'] as const;
/** Good till cancelled; immediate or cancel (what cannot be had at once expires); fill all at once or nothing. */
export type TimeInForce = (typeof TIMES_IN_FORCE)[number];

export const ORDER_VENUES = ['paper', 'binance'] as const;
/** Where an order lives. Only the paper venue takes orders; those of a real account are read. */
export type OrderVenue = (typeof ORDER_VENUES)[number];

export const LIQUIDITIES = ['MAKER', 'TAKER'] as const;
export type Liquidity = (typeof LIQUIDITIES)[number];

export const REJECTION_CODES = [
  'UNKNOWN_SYMBOL',
  'NOT_TRADABLE',
  'INVALID_ORDER',
  'QUANTITY_STEP',
  'PRICE_TICK',
  'MIN_QUANTITY',
  'MIN_NOTIONAL',
  'MARKET_UNAVAILABLE',
  'NO_LIQUIDITY',
  'INSUFFICIENT_BALANCE',
  'POST_ONLY_WOULD_TAKE',
  'REDUCE_ONLY_WOULD_INCREASE',
  'WOULD_TRIGGER_IMMEDIATELY',
  'POSITION_LIMIT',
  'LOSS_LIMIT',
  'TOO_MANY_ORDERS',
  'ORDER_ENDED',
  'AMEND_BELOW_FILLED',
  'VENUE_REFUSED',
] as const;
export type RejectionCode = (typeof REJECTION_CODES)[number];

/** Why an order, or a change of one, was not taken: the rule, what it allows, and what was asked. */
export interface Rejection {
  readonly code: RejectionCode;
  /** In a sentence. */
  readonly message: string;
  /** What is allowed, in the unit of the rule; null where the rule has no number. */
  readonly limit: Decimal | null;
  /** What was asked or would have come to be, in the same unit. */
  readonly actual: Decimal | null;
}

/** What somebody wants bought or sold. Everything of it is content: the same client order id with another is refused. */
export interface OrderTerms {
  readonly symbol: string;
  readonly side: Side;
  readonly type: OrderType;
  /** In the base currency. */
  readonly quantity: Decimal;
  /** Worst price, in the quote currency: of LIMIT and STOP_LIMIT, and of a TAKE_PROFIT that is to rest; else null. */
  readonly price: Decimal | null;
  /** Last price at which it comes to life: of STOP, STOP_LIMIT and TAKE_PROFIT; else null. */
  readonly stopPrice: Decimal | null;
  readonly timeInForce: TimeInForce;
  /** Refused rather than to take what is there already. */
  readonly postOnly: boolean;
  /** Only ever makes a position smaller. */
  readonly reduceOnly: boolean;
}

/** An order, as it stands. Money is in the quote currency of its symbol. */
export interface Order extends OrderTerms {
  readonly id: string;
  readonly owner: Address;
  /** Of whoever placed it, unique among the owner's. */
  readonly clientOrderId: string;
  readonly venue: OrderVenue;
  /** The bot that placed it; null for a person. */
  readonly botId: string | null;
  /** 1 as an intent; grows by one with every change. */
  readonly version: number;
  readonly status: OrderStatus;
  readonly filledQuantity: Decimal;
  /** Sum of price times quantity over its fills: exact, where the average price is a quotient. */
  readonly filledValue: Decimal;
  /** Null before the first fill. */
  readonly averagePrice: Decimal | null;
  /** Fees paid so far. */
  readonly fees: Decimal;
  /** Of STOP, STOP_LIMIT, TAKE_PROFIT: when it came to life, milliseconds; null before, and for other types. */
  readonly triggeredAt: number | null;
  /** Why it was refused or ended early, or why the last change of it was not taken; null where all went as asked. */
  readonly rejection: Rejection | null;
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** An order after a change: one for each version from the first that a venue has seen. */
export interface OrderUpdate extends Observed {
  /** Order and version. */
  readonly id: string;
  readonly owner: Address;
  readonly order: Order;
}

/** One fill. */
export interface Execution extends Observed {
  readonly id: string;
  readonly owner: Address;
  /** The order as it stood after this fill. */
  readonly order: Order;
  readonly symbol: string;
  readonly side: Side;
  readonly quantity: Decimal;
  readonly price: Decimal;
  readonly fee: Decimal;
  readonly feeCurrency: string;
  readonly liquidity: Liquidity;
  /** Profit that this fill made real, by average cost, before fees. */
  readonly realizedPnl: Decimal;
  /** The venue's own number of the trade. Two fills may share it. */
  readonly tradeId: string | null;
}

/** What is to become of an order that is there. Null leaves as it is. */
export interface Amendment {
  readonly quantity: Decimal | null;
  readonly price: Decimal | null;
  readonly stopPrice: Decimal | null;
}

/** What a trading worker is asked to do. */
export type TradingCommand =
  | { readonly type: 'place'; readonly orderId: string }
  | { readonly type: 'amend'; readonly orderId: string; readonly amendment: Amendment }
  | { readonly type: 'cancel'; readonly orderId: string }
  /** Every open order of the owner: of one symbol, of one bot, or of all where null. */
  | { readonly type: 'cancel-all'; readonly symbol: string | null; readonly botId: string | null }
  /** As they are stored already. */
  | { readonly type: 'limits'; readonly limits: OwnerLimits }
  /** An alert that a limit has raised. */
  | { readonly type: 'acknowledge' | 'resolve'; readonly alertId: string };

/** Whether nothing can become of it any more. */
export function hasEnded({ status }: Pick<Order, 'status'>): boolean {
  return status === 'FILLED' || status === 'CANCELED' || status === 'REJECTED' || status === 'EXPIRED';
}

/** Whether two orders ask for the same: a repeat of one is no second order. */
export function sameTerms(a: OrderTerms, b: OrderTerms): boolean {
  return (
    a.symbol === b.symbol &&
    a.side === b.side &&
    a.type === b.type &&
    a.quantity === b.quantity &&
    a.price === b.price &&
    a.stopPrice === b.stopPrice &&
    a.timeInForce === b.timeInForce &&
    a.postOnly === b.postOnly &&
    a.reduceOnly === b.reduceOnly
  );
}
