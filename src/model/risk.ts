import { compareDecimals, type Decimal } from '../lib/decimal.ts';
import type { Fixed } from '../lib/fixed.ts';
import type { Address } from './identity.ts';
import type { Perishable } from './observed.ts';
import type { Position } from './position.ts';

/** A figure that cannot be given, by its name in the API, and why. */
export interface Unavailable {
  readonly field: string;
  readonly reason: string;
}

/** A figure under the oracle's confidence interval: prices moved against the position, as they are, moved with it. */
export interface ConfidenceBand {
  readonly low: Decimal;
  readonly mid: Decimal;
  readonly high: Decimal;
}

/** What a position is worth and how safe it is, at the prices of now. Null says that `unavailable` names the reason. */
export interface PositionFigures extends Perishable {
  readonly currentPrice: Decimal | null;
  /** What would be left if it were closed now, before fees: margin and gains, collateral less debt, share of a pool. Dollars. */
  readonly currentValueUsd: Decimal | null;
  /** Gross size in the market, dollars: what moves with prices. */
  readonly exposureUsd: Decimal | null;
  readonly unrealizedPnl: Decimal | null;
  /** Realised and unrealised, after funding and fees. */
  readonly pnlUsd: Decimal | null;
  /** Loans: collateral times threshold over debt. Perpetuals: equity over maintenance margin. */
  readonly healthFactor: Decimal | null;
  readonly liquidationPrice: Decimal | null;
  /** Maintenance margin, or debt, in per cent of what stands for it: liquidation at 100. */
  readonly marginRatioPct: number | null;
  /** How much of what stands for it may be lost before liquidation, per cent: `(1 - 1 / healthFactor) * 100`. */
  readonly bufferPct: number | null;
  /** How far the price is from the liquidation price, per cent of the price. */
  readonly liquidationDistancePct: number | null;
  /** Exposure over value. */
  readonly leverage: Decimal | null;
  readonly isAtRisk: boolean;
  readonly impermanentLossPct: number | null;
  readonly impermanentLossUsd: Decimal | null;
  readonly inRange: boolean | null;
  /** Null where the oracle gives no confidence. */
  readonly healthFactorBand: ConfidenceBand | null;
  readonly pnlBand: ConfidenceBand | null;
  /** Whether the oracle's confidence interval reaches over a warning threshold; null without a band. */
  readonly warningInsideBand: boolean | null;
  readonly unavailable: readonly Unavailable[];
}

/** A position with what it is worth. */
export interface ValuedPosition {
  readonly position: Position;
  readonly figures: PositionFigures;
}

/** Everything open of one owner. */
export interface OwnerPositions extends Perishable {
  readonly owner: Address;
  readonly positions: readonly ValuedPosition[];
  /** Of the positions whose prices are known; `stale` where one is not. */
  readonly totalUnrealizedPnl: Decimal;
  readonly totalValueUsd: Decimal;
}

/** One position with what it is worth; sent once more, ended, when it has ended. */
export interface PositionValue extends ValuedPosition, Perishable {
  /** As in the figures, and never null: without a price nothing is told. */
  readonly valueUsd: Decimal;
  readonly pnlUsd: Decimal;
}

export const RISK_PARTS = ['LIQUIDITY', 'VOLATILITY', 'PROTOCOL', 'MEV', 'CROSS_CHAIN'] as const;
export type RiskPart = (typeof RISK_PARTS)[number];

/** The conventions behind the statistics of a position, said with them. */
export interface RiskConventions {
  /** Time between two values of the series, milliseconds. */
  readonly sampleMs: number;
  /** Returns in the series now. */
  readonly samples: number;
  /** What Sharpe ratio and volatility are annualised by, periods. */
  readonly periodsPerYear: number;
  /** What value at risk and expected shortfall are over, milliseconds: by the square root of time. */
  readonly horizonMs: number;
  readonly varMethod: 'HISTORICAL_LINEAR';
}

export interface RiskMetrics {
  /** 0 to 1, a multiple of 2^-20: the sum of the attribution's contributions, exactly. */
  readonly overallRiskScore: number;
  readonly liquidityRisk: number | null;
  readonly volatilityRisk: number | null;
  readonly protocolRisk: number | null;
  readonly mevRiskScore: number | null;
  readonly crossChainRisk: number | null;
  readonly impermanentLossPct: number | null;
  readonly currentIlUsd: Decimal | null;
  readonly maxDrawdownPct: number | null;
  readonly sharpeRatio: number | null;
  /** Historical, at 95 %. */
  readonly var95Pct: number | null;
  readonly parametricVar95Pct: number | null;
  readonly cvar95Pct: number | null;
  /** Annualised, of the position's own value. */
  readonly volatilityPct: number | null;
  readonly conventions: RiskConventions;
  readonly unavailable: readonly Unavailable[];
}

/** What one part adds to the score, and how much that changed since the update put out before. */
export interface RiskAttribution {
  readonly part: RiskPart;
  readonly contribution: number;
  readonly change: number;
}

export interface RiskUpdate extends Perishable {
  readonly positionId: string;
  readonly owner: Address;
  readonly symbol: string;
  readonly metrics: RiskMetrics;
  /** One member for each part, in the order of {@link RISK_PARTS}. */
  readonly attribution: readonly RiskAttribution[];
  /** False for the first update of a position: `change` is then since nothing. */
  readonly hasPrevious: boolean;
}

/** A public position that is near liquidation. */
export interface LiquidationCandidate {
  readonly positionId: string;
  readonly owner: Address;
  readonly symbol: string;
  readonly healthFactor: Decimal;
  readonly liquidationPrice: Decimal | null;
  readonly currentPrice: Decimal;
  /** Dollars; null where the venue pays none or does not say. */
  readonly potentialReward: Decimal | null;
  /** Health factor below 1. */
  readonly liquidatable: boolean;
}

/** Candidates that one list carries: the least healthy ones. A market in free fall must not make a frame of megabytes. */
export const MOST_CANDIDATES = 500;

/** The candidates of one market, least healthy first. */
export interface MarketLiquidations extends Perishable {
  readonly symbol: string;
  /** All that there are; the list holds the least healthy of them. */
  readonly count: number;
  readonly candidates: readonly LiquidationCandidate[];
}

/** A price moved by a part of itself: -20 is a fifth down. */
export interface PriceShock {
  readonly symbol: string;
  readonly changePct: number;
}

/** What one share of the owners has of a market's candidates, where owners are shared out: workers' own, and nobody else's to read. */
export interface ShareOfLiquidations {
  readonly number: number;
  readonly of: number;
  readonly liquidations: MarketLiquidations;
}

/** The list of a market that the lists of all shares make. */
export function mergedLiquidations(symbol: string, lists: readonly MarketLiquidations[]): MarketLiquidations {
  const candidates = lists.flatMap((list) => list.candidates);
  candidates.sort((a, b) => compareDecimals(a.healthFactor, b.healthFactor) || (a.positionId < b.positionId ? -1 : 1));
  return {
    symbol,
    count: lists.reduce((sum, { count }) => sum + count, 0),
    candidates: candidates.slice(0, MOST_CANDIDATES),
    stale: lists.some(({ stale, count }) => stale && count > 0),
    timestamp: Math.max(0, ...lists.map(({ timestamp }) => timestamp)),
    receivedAt: Math.max(0, ...lists.map(({ receivedAt }) => receivedAt)),
  };
}

/** A position as it is, and as it would be under shocks. */
export interface WhatIf {
  readonly position: Position;
  readonly shocks: readonly PriceShock[];
  readonly before: PositionFigures;
  readonly after: PositionFigures;
  /** Whether the health factor would be below 1; null where it has none. */
  readonly wouldBeLiquidated: boolean | null;
}

/** Health factors below which an owner is warned, the mildest first. */
export const WARNING_THRESHOLDS: readonly Decimal[] = ['1.2' as Decimal, '1.05' as Decimal];

/**
 * The live numbers of a position, as those read them who look at every change: exact figures as fixed-point numbers, percentages as JS
 * numbers. Made when asked for, of the moment at which they are; one object stands for a position as long as it is followed.
 */
export interface PositionReading extends Perishable {
  readonly position: Position;
  /** False while a price is missing: then all below is null or zero. */
  readonly known: boolean;
  readonly healthFactor: Fixed | null;
  /** Nothing can be liquidated: no debt, no size; every price that this depends on is known. */
  readonly unthreatened: boolean;
  readonly value: Fixed;
  readonly exposure: Fixed;
  readonly unrealizedPnl: Fixed;
  readonly pnl: Fixed;
  /** Per cent of what was put in; null where that is not above zero. */
  readonly pnlPct: number | null;
  readonly liquidationDistancePct: number | null;
  readonly marginRatioPct: number | null;
  readonly impermanentLossPct: number | null;
  readonly maxDrawdownPct: number | null;
  readonly var95Pct: number | null;
  /** Of the last risk update put out; null before the first. */
  readonly overallRiskScore: number | null;
  /** Theirs who judge every change, null at first: looking a position up among a hundred thousand was a fifth of the cost of a price. */
  judged: object | null;
}
