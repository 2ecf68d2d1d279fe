import type { Decimal } from '../lib/decimal.ts';
import type { Hex } from './chain.ts';
import type { Address } from './identity.ts';
import type { Observed } from './observed.ts';
import type { Wired } from './wired.ts';

export const OPPORTUNITY_STATES = ['OPENED', 'UPDATED', 'CLOSED', 'RETRACTED'] as const;
export type OpportunityState = (typeof OPPORTUNITY_STATES)[number];

export const OPPORTUNITY_CLOSE_REASONS = ['TAKEN', 'CONVERGED', 'EXPIRED'] as const;
/** `TAKEN`: by a transaction that is named. `CONVERGED`: the prices met without one. `EXPIRED`: nobody took it for too long. */
export type OpportunityCloseReason = (typeof OPPORTUNITY_CLOSE_REASONS)[number];

/** One swap of a route; amounts in the smallest unit of each token. */
export interface RouteHop {
  readonly poolAddress: Address;
  readonly poolName: string;
  readonly tokenIn: Address;
  readonly tokenOut: Address;
  readonly amountIn: bigint;
  readonly amountOut: bigint;
}

/** What an opportunity is chosen by, beside its chain and pool, which never change. */
export type OpportunityMeasures = Pick<Opportunity, 'state' | 'profitUsd' | 'imbalancePct'>;

/**
 * A pool that is out of balance, and the best way found to profit from it. The same id comes with a higher version after
 * each change. A closed one keeps its last open figures beside what was realised.
 */
export interface Opportunity extends Observed {
  /** Chain, pool and block of opening: the same after a replay. */
  readonly id: string;
  readonly version: number;
  /** What it was in the version before; null in the first. A reader whom that concerned must hear that this does not. */
  readonly before: OpportunityMeasures | null;
  readonly state: OpportunityState;
  readonly closeReason: OpportunityCloseReason | null;
  readonly chainId: number;
  readonly poolName: string;
  readonly poolAddress: Address;
  /** How far the pool's price lies from the one that the rest of the route gives, fees aside, per cent. */
  readonly imbalancePct: number;
  /** How far the pool's price lies from the reference prices of both its tokens, per cent, signed; null where one has none. */
  readonly referenceDeviationPct: number | null;
  /** After gas, towards zero to {@link USD_PLACES} places. */
  readonly profitUsd: Decimal;
  /** The same in the native coin. */
  readonly profitNative: Decimal;
  readonly grossProfitUsd: Decimal;
  readonly gasCostUsd: Decimal;
  readonly gasCostNative: Decimal;
  readonly reserve0: bigint;
  readonly reserve1: bigint;
  /** Begins and ends with the same token, in which input and gross profit are counted. */
  readonly route: readonly RouteHop[];
  /** What to put in for the most profit, and what comes out above it: smallest units of the route's first token. */
  readonly optimalInput: bigint;
  readonly grossProfit: bigint;
  /** Block of the latest change. */
  readonly blockNumber: number;
  /** Blocks between opening and the latest change. */
  readonly ageBlocks: number;
  readonly detectedAt: number;
  readonly captured: boolean;
  readonly capturedBy: Address | null;
  readonly captureTxHash: Hex | null;
  /** Of the transaction that took it, after its own gas; null where not taken, or where its tokens have no price. */
  readonly realizedProfitUsd: Decimal | null;
}

/** Places of dollar amounts, and of derived native ones: a hundred-millionth, towards zero. */
export const USD_PLACES = 8;

/** As it travels and is kept. */
export type OpportunityTold = Wired<Opportunity>;

export function measuresOf({ state, profitUsd, imbalancePct }: OpportunityMeasures): OpportunityMeasures {
  return { state, profitUsd, imbalancePct };
}
