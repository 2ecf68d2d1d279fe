import type { Decimal } from '../lib/decimal.ts';
import type { Perishable } from './observed.ts';

/** The latest price that one source gives of one symbol, with the rolling 24 hours where the source or our trades cover them. */
export interface Price extends Perishable {
  readonly symbol: string;
  readonly source: string;
  /** True where this source is the one that stands for the symbol when no source is asked for. */
  readonly primary: boolean;
  /** Last traded price, in the quote currency. */
  readonly price: Decimal;
  /** 24 h fields are null until a ticker or a full day of trades has been heard. */
  readonly open24h: Decimal | null;
  readonly high24h: Decimal | null;
  readonly low24h: Decimal | null;
  readonly close: Decimal | null;
  /** Traded in 24 h, in the base currency. */
  readonly volume24h: Decimal | null;
  readonly change24h: Decimal | null;
  /** Per cent of open24h. */
  readonly changePct24h: number | null;
  /** Half the width of the oracle's confidence interval, in the quote currency; absent or null where the source is no oracle. */
  readonly confidence?: Decimal | null;
  /** Annualised realised volatility, per cent; null until enough returns have been seen. */
  readonly volatilityPct: number | null;
}
