import type { Fixed } from '../../lib/fixed.ts';
import type { Quote } from './quote.ts';

/**
 * A position's figures at some prices, dollars. One object for each position is written over at every price: making new ones was a
 * third of the cost.
 */
export class Assessment {
  /** The first symbol without a price; null where all are known. With one missing no other field says anything. */
  missing: string | null = null;
  /** Price of the market. */
  price: Fixed = 0n;
  value: Fixed = 0n;
  exposure: Fixed = 0n;
  unrealized: Fixed = 0n;
  /** Null where there is nothing to be liquidated for. */
  health: Fixed | null = null;
  /** What must be covered (maintenance margin, debt) and what covers it (equity, weighted collateral); zero for what has neither. */
  required: Fixed = 0n;
  cover: Fixed = 0n;
  liquidation: Fixed | null = null;
  impermanentLoss: Fixed | null = null;
  impermanentLossUsd: Fixed | null = null;
  inRange: boolean | null = null;
}

/** How a quote moves a position, by sign: of its gains, and of its health. */
export interface Sensitivity {
  readonly quote: Quote;
  readonly pnl: number;
  readonly health: number;
}

/** A part of a position in one asset, for scores: amount times price, with the sign of its exposure. */
export interface Leg {
  readonly quote: Quote;
  readonly usd: Fixed;
}
