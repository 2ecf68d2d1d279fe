import type { Decimal } from '../../lib/decimal.ts';
import type { ErrorCode } from '../../lib/errors.ts';
import type { Address } from '../../model/identity.ts';
import type { Observed, Perishable } from '../../model/observed.ts';
import type { Position } from '../../model/position.ts';
import type { PositionChange } from '../../model/position-change.ts';
import type { PositionEvent } from '../../model/position-event.ts';
import type { MarketLiquidations, OwnerPositions, PositionValue, RiskUpdate } from '../../model/risk.ts';
import type { Depth } from './quote.ts';
import type { PoolExtraction } from './risk-score.ts';

/** The best price of a symbol, from whatever source stands for it. */
interface PriceHeard extends Perishable {
  readonly kind: 'price';
  readonly symbol: string;
  /** Dollars. */
  readonly price: Decimal;
  /** Half the width of the oracle's confidence interval, dollars; null where the source gives none. */
  readonly confidence: Decimal | null;
  /** Annualised, per cent; null until it is known. */
  readonly volatilityPct: number | null;
}

/** What stands in a symbol's book near its middle; null where the book is lost. */
interface DepthHeard {
  readonly kind: 'depth';
  readonly symbol: string;
  readonly depth: Depth | null;
}

/** The input of the MEV part of the score: what happened in a pool of late. */
interface ExtractionHeard extends PoolExtraction {
  readonly kind: 'extraction';
  readonly chainId: number;
  readonly pool: Address;
}

/** A funding settlement: every perpetual of the symbol that accrues funding pays or receives. */
export interface FundingHeard extends Observed {
  readonly kind: 'funding';
  readonly symbol: string;
  /** Of this settlement, a fraction of the notional; positive: longs pay. */
  readonly rate: Decimal;
  /** How often the venue settles, milliseconds; null where it is not known, or nothing can be missing. */
  readonly intervalMs: number | null;
}

/** Something happens to a position. */
interface ChangeHeard {
  readonly kind: 'change';
  readonly change: PositionChange;
}

/** A position as it was stored: taken up again, and no event. */
interface PositionLoaded {
  readonly kind: 'loaded';
  readonly position: Position;
  /** How many of the warning thresholds its owner has been warned of; with 0 a standing danger is told again. */
  readonly warningLevel: number;
}

/** Time has passed: values are sampled when it is time. */
interface TimePassed {
  readonly kind: 'time';
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
}

export type RiskEvent =
  | PriceHeard
  | DepthHeard
  | ExtractionHeard
  | FundingHeard
  | ChangeHeard
  | PositionLoaded
  | TimePassed;

/** What must not wait for a cadence. */
export type RiskOutput =
  /** A position after a change: what is to be stored. */
  | { readonly kind: 'position'; readonly position: Position }
  | { readonly kind: 'positionEvent'; readonly event: PositionEvent }
  /** A health factor has fallen below 1. Told once, until it has come back to 1 or above. */
  | { readonly kind: 'liquidatable'; readonly positionId: string; readonly symbol: string; readonly price: Decimal }
  /** A change that cannot be: the position is as it was. */
  | {
      readonly kind: 'refused';
      readonly change: PositionChange;
      readonly code: ErrorCode;
      readonly reason: string;
    };

/** What is put out at a topic's cadence, by the topic's name. */
export interface RiskFlushes {
  readonly positionValue: PositionValue;
  readonly positions: OwnerPositions;
  readonly riskUpdates: RiskUpdate;
  readonly liquidations: MarketLiquidations;
}
