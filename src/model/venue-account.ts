import type { Decimal } from '../lib/decimal.ts';
import type { Address } from './identity.ts';
import type { Observed } from './observed.ts';
import type { Side } from './trade.ts';

export const MARGIN_MODES = ['CROSS', 'ISOLATED'] as const;
export type MarginMode = (typeof MARGIN_MODES)[number];

/** A perpetual position as its venue tells it. Money in the quote currency of its market. */
export interface VenuePosition {
  /** Our symbol: `BTC-PERP`. */
  readonly symbol: string;
  readonly side: 'LONG' | 'SHORT';
  /** Above zero, in the base currency. */
  readonly size: Decimal;
  readonly entryPrice: Decimal;
  readonly leverage: Decimal;
  readonly marginMode: MarginMode;
  readonly marginUsed: Decimal;
  /** At the venue's mark price. */
  readonly value: Decimal;
  readonly unrealizedPnl: Decimal;
  /** Null where the venue sees no price at which it would be liquidated. */
  readonly liquidationPrice: Decimal | null;
  /** Highest leverage that the venue allows in this market; null where it does not say. */
  readonly maxLeverage: number | null;
  /** Funding paid since it was opened: positive is paid, negative received. Null where the venue does not say. */
  readonly fundingPaid: Decimal | null;
}

/** An address's account at a venue, whole: a position that is not in it is closed. */
export interface VenueAccount extends Observed {
  readonly source: string;
  readonly owner: Address;
  readonly accountValue: Decimal;
  readonly marginUsed: Decimal;
  /** Of all positions in cross margin together; null where the venue does not say. */
  readonly maintenanceMargin: Decimal | null;
  readonly withdrawable: Decimal;
  readonly positions: readonly VenuePosition[];
}

/** An execution of an address's order at a venue. It never changes. */
export interface VenueFill extends Observed {
  readonly source: string;
  readonly owner: Address;
  readonly symbol: string;
  /** Unique within source and owner. Ours: a venue's trade id may stand for several fills. */
  readonly fillId: string;
  readonly orderId: string;
  readonly side: Side;
  readonly price: Decimal;
  readonly size: Decimal;
  /** The signed position before it: negative is short. */
  readonly startPosition: Decimal;
  readonly closedPnl: Decimal;
  /** Negative for a rebate. */
  readonly fee: Decimal;
  readonly feeCurrency: string;
  /** Whether it took liquidity. */
  readonly taker: boolean;
  readonly transactionHash: string;
  /** Whether the venue did it, against the owner's will. */
  readonly liquidation: boolean;
  /** True where it was told as history, when the address began to be watched or after a lost connection. */
  readonly replayed: boolean;
}
