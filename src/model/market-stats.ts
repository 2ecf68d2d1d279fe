import type { Decimal } from '../lib/decimal.ts';
import type { Observed, Perishable } from './observed.ts';

/** Open interest of a market. Units: the base currency. */
export interface OpenInterest {
  /** Null where the venue does not distinguish the sides: on an order book every contract has both. */
  readonly longOpenInterest: Decimal | null;
  readonly shortOpenInterest: Decimal | null;
}

/** What a venue says of a perpetual market as a whole. */
export interface MarketStats extends OpenInterest, Perishable {
  readonly symbol: string;
  readonly source: string;
  /** The venue's mark price, in the quote currency. */
  readonly currentPrice: Decimal;
  readonly totalOpenInterest: Decimal | null;
  /** Traded in 24 h, in the quote currency. */
  readonly volume24h: Decimal | null;
  /** Of the funding interval now running: a fraction of the notional, positive where longs pay. */
  readonly fundingRate: Decimal | null;
  /** Length of a funding interval, milliseconds; null where it is not known. */
  readonly fundingIntervalMs: number | null;
  /** When funding was last settled, milliseconds; null before the first that was heard. */
  readonly lastFundingUpdate: number | null;
}

/** A settlement of funding. */
export interface FundingRate extends OpenInterest, Observed {
  readonly symbol: string;
  readonly source: string;
  /** Of this settlement: a fraction of the notional, positive where longs pay. */
  readonly fundingRate: Decimal;
}
