import type { RiskPart } from './risk.ts';

/** How scores are made. Every number here is a judgement, not a measurement: an operator may give others. */
export interface RiskModel {
  /** How much each part counts, relative to the others; not negative. Parts that are not known are left out, the rest counts for them. */
  readonly weights: Readonly<Record<RiskPart, number>>;
  /** A position this many times as large as what is quoted within two per cent scores 0.5 for liquidity. */
  readonly halfDepthRatio: number;
  /** Annualised volatility of the position's own value that scores 0.5, per cent. */
  readonly halfVolatilityPct: number;
  /** Swaps of a pool, as a part of all, that were sandwiched or took an arbitrage: at this part the score is 0.5. */
  readonly halfMevShare: number;
  /** Swaps below which a pool's shares say more about chance than about the pool. */
  readonly minMevSwaps: number;
  /** 0 to 1 by protocol: age, audits, losses so far, who may change its code. */
  readonly protocols: Readonly<Record<string, number>>;
  /** 0 to 1 by chain id: what is lost if the chain stops or is turned back. */
  readonly chains: Readonly<Record<number, number>>;
  /** 0 to 1 by bridge: bridges have lost more than protocols. */
  readonly bridges: Readonly<Record<string, number>>;
}

export const DEFAULT_RISK_MODEL: RiskModel = {
  weights: { LIQUIDITY: 0.25, VOLATILITY: 0.3, PROTOCOL: 0.2, MEV: 0.1, CROSS_CHAIN: 0.15 },
  halfDepthRatio: 1,
  halfVolatilityPct: 100,
  halfMevShare: 0.1,
  minMevSwaps: 20,
  protocols: {
    'aave-v3': 0.1,
    'compound-v3': 0.12,
    'uniswap-v2': 0.1,
    'uniswap-v3': 0.1,
    'pancakeswap-v2': 0.2,
    quickswap: 0.25,
    binance: 0.2,
    dydx: 0.25,
    gmx: 0.3,
    hyperliquid: 0.35,
    simulated: 0.3,
    wallet: 0.05,
  },
  chains: { 1: 0.05, 10: 0.2, 56: 0.25, 137: 0.25, 42161: 0.2, 8453: 0.2, 43114: 0.25 },
  bridges: { canonical: 0.15, cctp: 0.15, wormhole: 0.4, layerzero: 0.35, multichain: 0.95 },
};

/**
 * The default model with some members replaced, tables and weights merged.
 * @throws RangeError for a number that is out of its range: a configuration that would make nonsense stops the start.
 */
export function riskModel(changes: Partial<RiskModel> = {}): RiskModel {
  const base = DEFAULT_RISK_MODEL;
  const model: RiskModel = {
    ...base,
    ...changes,
    weights: { ...base.weights, ...changes.weights },
    protocols: { ...base.protocols, ...changes.protocols },
    chains: { ...base.chains, ...changes.chains },
    bridges: { ...base.bridges, ...changes.bridges },
  };
  const weights = Object.values(model.weights);
  if (!weights.every((weight) => weight >= 0 && weight < Number.POSITIVE_INFINITY) || weights.every((w) => w === 0))
    throw new RangeError('risk weights are not negative, and one is above zero');
  for (const half of [model.halfDepthRatio, model.halfVolatilityPct, model.halfMevShare])
    if (!(half > 0 && half < Number.POSITIVE_INFINITY))
      throw new RangeError('half points of risk scores are above zero');
  for (const table of [model.protocols, model.chains, model.bridges])
    for (const [key, score] of Object.entries(table))
      if (!(score >= 0 && score <= 1)) throw new RangeError(`the risk score of ${key} lies between 0 and 1`);
  return model;
}
