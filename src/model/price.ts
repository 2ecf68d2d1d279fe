import type { Decimal } from '../lib/decimal.ts';
import type { Perishable } from './observed.ts';
import type { ListedToken } from './token.ts';

export const MARKET_SESSIONS = ['OPEN', 'CLOSED'] as const;
/** Whether the exchange of a share trades now. */
export type MarketSession = (typeof MARKET_SESSIONS)[number];

/** The latest price that one source gives of one symbol, with the rolling 24 hours where the source or our trades cover them. */
export interface Price extends Perishable {
  readonly symbol: string;
  readonly source: string;
  /** True where this source is the best current one of the symbol: it stands for it when no source is asked for. */
  readonly primary: boolean;
  /** Last traded price, or an oracle's; in the quote currency. */
  readonly price: Decimal;
  /** Half the width of the band in which an oracle believes the price to lie, in the quote currency; null for a traded price. */
  readonly confidence: Decimal | null;
  /** An oracle's exponential moving average of the price; null where there is none. */
  readonly emaPrice: Decimal | null;
  /** The token that the symbol's price is the price of, where there is one. */
  readonly token: ListedToken | null;
  /** Of a share whose sessions its source knows; else null. */
  readonly session: MarketSession | null;
  /** Of a share: the last price of the session before; null until it is known. */
  readonly previousClose: Decimal | null;
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
  /** Annualised realised volatility, per cent; null until enough returns have been seen. */
  readonly volatilityPct: number | null;
}
