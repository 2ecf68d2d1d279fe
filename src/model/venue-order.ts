import type { Decimal } from '../lib/decimal.ts';
import type { Address } from './identity.ts';
import type { Observed } from './observed.ts';
import type { Liquidity, OrderStatus, OrderTerms, OrderVenue } from './order.ts';

/** A real account, as far as its venue is concerned: whose it is there we never learn. */
export interface RealAccount {
  readonly owner: Address;
  readonly venue: Exclude<OrderVenue, 'paper'>;
}

/** One fill of an order at a real venue. */
export interface VenueOrderFill {
  /** How much of the order was filled after it: what tells two fills of one trade id apart. */
  readonly filledAfter: Decimal;
  readonly quantity: Decimal;
  readonly price: Decimal;
  readonly fee: Decimal;
  readonly feeCurrency: string;
  readonly liquidity: Liquidity;
  /** The venue's. Two fills may share it. */
  readonly tradeId: string;
  /** Milliseconds, by the venue's clock. */
  readonly at: number;
}

/** An order at a real venue, whole, as it stands there. */
export interface VenueOrder extends OrderTerms, Observed {
  /** The venue's number of it, unique within a symbol. */
  readonly orderId: string;
  readonly clientOrderId: string;
  /** What is bought and sold, and what it is priced in. */
  readonly base: string;
  readonly quote: string;
  readonly status: OrderStatus;
  /** Whether it stands in the venue's book, or stood: of one with a stop price, whether that was reached. */
  readonly working: boolean;
  readonly filledQuantity: Decimal;
  /** As the venue adds it up. */
  readonly filledValue: Decimal;
  /** Why it was refused or ended early, in the venue's words; null where it does not say. */
  readonly reason: string | null;
  readonly createdAt: number;
  /** Fills that are told with it, oldest first: of an event the one that it is about, of a recovery all. */
  readonly fills: readonly VenueOrderFill[];
  /** Whether `fills` are all that the venue still tells: what is missing among them will not come. */
  readonly recovered: boolean;
}

/** What there is of a currency or coin at a real venue. */
export interface VenueBalance {
  readonly currency: string;
  /** What open orders hold included. */
  readonly amount: Decimal;
  readonly locked: Decimal;
}

/** Balances of a real account. */
export interface VenueBalances extends Observed {
  readonly balances: readonly VenueBalance[];
  /** Whether they are all: what is not among them is nothing. */
  readonly whole: boolean;
}
