import { toNumber } from '../../lib/fixed.ts';
import type { Refused, Statistic } from '../../lib/statistics/series.ts';
import { isCash, type Position } from '../../model/position.ts';
import { RISK_PARTS, type RiskPart } from '../../model/risk.ts';
import type { RiskModel } from '../../model/risk-tables.ts';
import type { Assessment, Leg } from './assessment.ts';
import { noPrice } from './figures.ts';

/** What chains tell of a pool: swaps, and how many of them somebody extracted value from. */
export interface PoolExtraction {
  readonly swaps: number;
  /** Swaps that were part of an arbitrage. */
  readonly arbitrageSwaps: number;
  /** Swaps of others that a sandwich used. */
  readonly sandwichedSwaps: number;
}

export interface ScoreInput {
  readonly position: Position;
  readonly assessment: Assessment;
  readonly legs: readonly Leg[];
  /** Null until a chain worker has told of its pool. */
  readonly extraction: PoolExtraction | null;
}

/** Each part from 0 (no risk seen) to 1, or why it is not known. */
export type PartScores = Readonly<Record<RiskPart, Statistic>>;

/** Formulas: docs/RISK.md, "Risk score". */
export function partScores(input: ScoreInput, model: RiskModel): PartScores {
  const { missing } = input.assessment;
  const unpriced = missing === null ? null : { reason: noPrice(missing) };
  return {
    LIQUIDITY: unpriced ?? liquidityRisk(input.legs, model),
    VOLATILITY: unpriced ?? volatilityRisk(input, model),
    PROTOCOL: model.protocols[input.position.protocol] ?? unlisted('protocol', input.position.protocol),
    MEV: mevRisk(input, model),
    CROSS_CHAIN: crossChainRisk(input.position, model),
  };
}

/** Grid of contributions: 2^-20, about a millionth. Sums of such doubles are exact in any order. */
const GRID = 2 ** 20;

/**
 * What each part adds to the score, in the order of {@link RISK_PARTS}: its value times its weight among the weights of the parts that
 * are known, on a grid of 2^-20. A part that is not known adds nothing. Their sum is the score.
 */
export function contributions(parts: PartScores, model: RiskModel): readonly number[] {
  let total = 0;
  for (const part of RISK_PARTS) if (typeof parts[part] === 'number') total += model.weights[part];
  return RISK_PARTS.map((part) => {
    const value = parts[part];
    if (typeof value !== 'number' || total === 0) return 0;
    return Math.round((value * model.weights[part] * GRID) / total) / GRID;
  });
}

/** By value: each asset's size against what is quoted on the side that it would be closed into. Cash is liquid. */
function liquidityRisk(legs: readonly Leg[], { halfDepthRatio }: RiskModel): Statistic {
  let weight = 0;
  let risk = 0;
  for (const { quote, usd } of legs) {
    if (quote.depth === null && isCash(quote.symbol)) continue;
    if (quote.depth === null) return { reason: `no order book of ${quote.symbol} has been heard` };
    const size = Math.abs(toNumber(usd));
    const depth = usd < 0n ? quote.depth.askUsd : quote.depth.bidUsd;
    weight += size;
    risk += size * saturating(size, depth * halfDepthRatio);
  }
  return weight === 0 ? 0 : risk / weight;
}

/** Of the position's own value: exposures times volatilities over value, as if all moved together. */
function volatilityRisk({ legs, assessment }: ScoreInput, { halfVolatilityPct }: RiskModel): Statistic {
  let moved = 0;
  for (const { quote, usd } of legs) {
    if (quote.volatilityPct === null) return { reason: `too few prices of ${quote.symbol} have been heard` };
    moved += Math.abs(toNumber(usd)) * quote.volatilityPct;
  }
  return saturating(moved, Math.max(0, toNumber(assessment.value)) * halfVolatilityPct);
}

function mevRisk({ position, extraction }: ScoreInput, { halfMevShare, minMevSwaps }: RiskModel): Statistic {
  if (position.kind !== 'LP' && position.kind !== 'CONCENTRATED_LP') return { reason: 'it is no share of a pool' };
  if (position.poolAddress === null) return { reason: 'the address of the pool is not known' };
  if (extraction === null) return { reason: 'no chain worker has told of the pool' };
  if (extraction.swaps < minMevSwaps) return { reason: 'the pool has had too few swaps' };
  return saturating((extraction.arbitrageSwaps + extraction.sandwichedSwaps) / extraction.swaps, halfMevShare);
}

/** Either the chain or the bridge may fail: `1 - (1 - chain) * (1 - bridge)`. Off chain there is neither. */
function crossChainRisk({ chainId, bridge }: Position, { chains, bridges }: RiskModel): Statistic {
  const chain = chainId === null ? 0 : chains[chainId];
  if (chain === undefined) return unlisted('chain', String(chainId));
  const crossing = bridge === null ? 0 : bridges[bridge];
  if (crossing === undefined) return unlisted('bridge', bridge ?? '');
  return 1 - (1 - chain) * (1 - crossing);
}

/** `x / (x + half)`: 0 at nothing, 0.5 at `half`, towards 1 beyond. Without `half` all that is above nothing is 1. */
function saturating(x: number, half: number): number {
  return x <= 0 ? 0 : x / (x + Math.max(0, half));
}

function unlisted(table: string, key: string): Refused {
  return { reason: `the ${table} ${key.slice(0, 60)} is not in the risk table` };
}
