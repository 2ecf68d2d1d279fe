import type { Decimal } from '../lib/decimal.ts';
import type { Address } from './identity.ts';
import type { MarketKind } from './instrument.ts';
import type { Perishable } from './observed.ts';
import type { OrderVenue } from './order.ts';

/** What is held of one symbol, by average cost. Money is in its quote currency. */
export interface PortfolioHolding {
  readonly symbol: string;
  readonly kind: MarketKind;
  /** Negative for a perpetual sold short. */
  readonly quantity: Decimal;
  /** What one of it cost, without fees. */
  readonly averagePrice: Decimal;
  /** Null while nobody has told a price. */
  readonly marketPrice: Decimal | null;
  readonly marketValue: Decimal | null;
  readonly unrealizedPnl: Decimal | null;
  /** Of what it cost; 2.56 = 2.56 %. */
  readonly unrealizedPnlPct: number | null;
  /** Made real by this symbol so far, without fees. */
  readonly realizedPnl: Decimal;
  readonly fees: Decimal;
}

export interface PortfolioCash {
  readonly currency: string;
  readonly amount: Decimal;
  /** Of the amount: what open orders may need. */
  readonly locked: Decimal;
}

/** What an owner has, and what it has earned. Totals in dollars. */
export interface Portfolio extends Perishable {
  readonly owner: Address;
  readonly venue: OrderVenue;
  /** By symbol; what has been sold is not in it. */
  readonly positions: readonly PortfolioHolding[];
  readonly cash: readonly PortfolioCash[];
  /** Cash, what is held, and what perpetuals have gained. */
  readonly equity: Decimal;
  /** What is held, long and short alike. */
  readonly exposure: Decimal;
  readonly realizedPnl: Decimal;
  readonly unrealizedPnl: Decimal;
  readonly fees: Decimal;
  /** Realised and unrealised, less fees: the equity less what it began with. */
  readonly totalPnl: Decimal;
}

/** What an account was worth at one time. */
export interface EquityPoint {
  readonly owner: Address;
  /** Milliseconds. */
  readonly at: number;
  readonly equity: Decimal;
  readonly totalPnl: Decimal;
  readonly realizedPnl: Decimal;
  readonly unrealizedPnl: Decimal;
}
