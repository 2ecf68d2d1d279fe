import { idealInput, type Optimum, optimum, outcome } from '../../lib/finance/constant-product.ts';
import type { Token } from '../../model/pool.ts';
import { hopOf, type Step, tokenInOf } from './pool-graph.ts';
import type { Ring } from './rings.ts';
import type { TokenPrices } from './token-prices.ts';

/**
 * Gas of a taking transaction, units: 21,000 for being one, some 24,000 for the taker's own contract, and 70,000 for each
 * swap of a V2 pair with its transfers. Estimates: what it really took is in the transaction that takes it.
 */
const GAS_BASE = 45_000;
const GAS_PER_HOP = 70_000;

export function gasUnits(hops: number): number {
  return GAS_BASE + GAS_PER_HOP * hops;
}

/** A ring, turned so that it begins with the token in which its profit is counted, and the most that it gives. */
export interface Candidate {
  readonly ring: Ring;
  readonly start: Token;
  readonly best: Optimum;
  /** Units of USD_PLACES. */
  readonly grossUsd: bigint;
  /** Wei. */
  readonly grossNative: bigint;
  readonly cost: GasCost;
}

export interface GasCost {
  readonly wei: bigint;
  /** Units of USD_PLACES. */
  readonly usd: bigint;
}

export function netUsd({ grossUsd, cost }: Candidate): bigint {
  return grossUsd - cost.usd;
}

/** Null while the native coin has no price: then nobody can say what is left after gas. */
function gasCost(hops: number, gasPriceWei: bigint, prices: TokenPrices): GasCost | null {
  const wei = BigInt(gasUnits(hops)) * gasPriceWei;
  const usd = prices.usdOfNative(wei);
  return usd === null ? null : { wei, usd };
}

/** Null where none of its tokens has a price. */
function counted(ring: Ring, prices: TokenPrices): Ring | null {
  let [best, at] = [0, 0];
  for (let index = 0; index < ring.length; index++) {
    const rank = prices.rank(tokenInOf(ring[index] as Step).key);
    if (rank > best) [best, at] = [rank, index];
  }
  return best === 0 ? null : [...ring.slice(at), ...ring.slice(0, at)];
}

export function tokenIn({ node, zeroForOne }: Step): Token {
  return zeroForOne ? node.pool.token0 : node.pool.token1;
}

export function tokenOut({ node, zeroForOne }: Step): Token {
  return zeroForOne ? node.pool.token1 : node.pool.token0;
}

/**
 * What a ring gives at the ideal input, before rounding is looked into; null where rounding leaves nothing, or none of its
 * tokens has a price.
 */
export function candidateOf(ring: Ring, gasPriceWei: bigint, prices: TokenPrices): Candidate | null {
  const turned = counted(ring, prices);
  if (turned === null) return null;
  const route = turned.map(hopOf);
  const input = idealInput(route);
  const best = input === null ? null : (outcome(route, input) ?? optimum(route));
  return best && priced(turned, best, gasPriceWei, prices);
}

/** The same candidate with the best whole input. */
export function refined(candidate: Candidate, gasPriceWei: bigint, prices: TokenPrices): Candidate {
  const best = optimum(candidate.ring.map(hopOf));
  return (best && priced(candidate.ring, best, gasPriceWei, prices)) ?? candidate;
}

/** The same outcome at today's gas and prices; null where a price is missing. */
export function priced(ring: Ring, best: Optimum, gasPriceWei: bigint, prices: TokenPrices): Candidate | null {
  const start = tokenIn(ring[0] as Step);
  const cost = gasCost(ring.length, gasPriceWei, prices);
  const grossUsd = prices.usd(start, best.profit);
  const grossNative = prices.native(start, best.profit);
  return cost === null || grossUsd === null || grossNative === null
    ? null
    : { ring, start, best, grossUsd, grossNative, cost };
}

/** How far the price of a ring's pools lies from that of the rest, fees aside: per cent. */
export function imbalancePct(ring: Ring): number {
  const around = ring.reduce(
    (product, { node, zeroForOne }) => (product * (zeroForOne ? node.rate01 : node.rate10)) / node.keep,
    1,
  );
  return Math.round((around - 1) * 1e8) / 1e6;
}
