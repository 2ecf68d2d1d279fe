import type { Decimal } from '../lib/decimal.ts';
import type { Observed } from './observed.ts';

export const SIDES = ['BUY', 'SELL'] as const;
/** The taker's side, always: BUY lifted an ask. */
export type Side = (typeof SIDES)[number];

/** A hole in what a source told, told with the first event after it. Times in milliseconds since the Unix epoch. */
export interface FeedGap {
  readonly from: number;
  readonly to: number;
  readonly reason: string;
}

/** One trade, as the venue numbered it. */
export interface Trade extends Observed {
  readonly symbol: string;
  readonly source: string;
  /** The venue's own number, unique within symbol and source. */
  readonly tradeId: string;
  /** In the quote currency. */
  readonly price: Decimal;
  /** In the base currency. */
  readonly quantity: Decimal;
  readonly side: Side;
  /** Set on the first trade after trades that are missing for good. */
  readonly gapBefore: FeedGap | null;
}
