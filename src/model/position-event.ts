import type { Decimal } from '../lib/decimal.ts';
import type { Address } from './identity.ts';
import type { Observed } from './observed.ts';
import type { Position, PositionSide } from './position.ts';

export const POSITION_EVENT_TYPES = ['OPENED', 'ADJUSTED', 'CLOSED', 'LIQUIDATED', 'LIQUIDATION_WARNING'] as const;

interface PositionEventFacts extends Observed {
  /** Made of what it tells, so that the same event told twice has the same id. */
  readonly id: string;
  readonly owner: Address;
  readonly positionId: string;
  readonly symbol: string;
  /** Null where it happened on no chain. */
  readonly transactionHash: string | null;
  /** As it stood after the event. */
  readonly position: Position;
}

export interface PositionOpened extends PositionEventFacts {
  readonly type: 'OPENED';
  /** Null for what has no side: loans and shares of pools. */
  readonly side: PositionSide | null;
  readonly size: Decimal;
  /** Margin of a perpetual, in dollars; null for what has none. */
  readonly collateral: Decimal | null;
  /** Notional over margin; null for what has no margin. */
  readonly leverage: Decimal | null;
  /** Null for what has no single one. */
  readonly entryPrice: Decimal | null;
}

/** Size, collateral, debt or deposit changed. */
export interface PositionAdjusted extends PositionEventFacts {
  readonly type: 'ADJUSTED';
  readonly side: PositionSide | null;
  /** After the change. */
  readonly size: Decimal;
  readonly collateral: Decimal | null;
  /** Booked by this change, net of its fees. */
  readonly realizedPnl: Decimal;
}

export interface PositionClosed extends PositionEventFacts {
  readonly type: 'CLOSED';
  /** Null for what has no single one. */
  readonly exitPrice: Decimal | null;
  /** Of the position's whole life, net of funding and fees. */
  readonly realizedPnl: Decimal;
}

export interface PositionLiquidated extends PositionEventFacts {
  readonly type: 'LIQUIDATED';
  /** Null where the venue liquidates by itself. */
  readonly liquidatorAddress: Address | null;
  /** The price it was liquidated at; null where it is not known. */
  readonly liquidationPrice: Decimal | null;
  /** In dollars; null where it is not known. */
  readonly liquidationFee: Decimal | null;
  readonly realizedPnl: Decimal;
}

export interface LiquidationWarning extends PositionEventFacts {
  readonly type: 'LIQUIDATION_WARNING';
  readonly healthFactor: Decimal;
  /** The warning threshold that the health factor fell below. */
  readonly threshold: Decimal;
  readonly liquidationPrice: Decimal | null;
  /**
   * Whether the health factor could as well be at or above the threshold: the oracle's confidence interval reaches over it. Null
   * where the oracle gives no confidence.
   */
  readonly insideBand: boolean | null;
  readonly message: string;
}

export type PositionEvent =
  | PositionOpened
  | PositionAdjusted
  | PositionClosed
  | PositionLiquidated
  | LiquidationWarning;
