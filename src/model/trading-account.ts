import type { Decimal } from '../lib/decimal.ts';
import type { Address } from './identity.ts';
import type { MarketKind } from './instrument.ts';
import type { OrderVenue } from './order.ts';

/** What is held through one symbol. Money is in the quote currency. */
export interface AccountHolding {
  readonly symbol: string;
  readonly kind: MarketKind;
  readonly quote: string;
  /** Negative for a perpetual sold short. 0 once it has been closed: what it earned stays. */
  readonly quantity: Decimal;
  /** What the quantity cost by average cost, without fees; of the same sign. */
  readonly cost: Decimal;
  /** Profit made real so far, without fees. */
  readonly realizedPnl: Decimal;
  readonly fees: Decimal;
}

export interface CashBalance {
  readonly currency: string;
  readonly amount: Decimal;
}

/** What an owner has at a venue, as it is stored. What open orders lock follows from the orders. */
export interface TradingAccount {
  readonly owner: Address;
  readonly venue: OrderVenue;
  /** Grows by one with every change. */
  readonly version: number;
  readonly cash: readonly CashBalance[];
  readonly holdings: readonly AccountHolding[];
}
