import type { Token } from '../../model/pool.ts';
import { type Optimum, optimum } from './constant-product.ts';
import { hopOf, type Step, tokenInOf } from './pool-graph.ts';
import type { Ring } from './rings.ts';
import type { TokenPrices } from './token-prices.ts';

/**
 * Gas of a taking transaction, units: 21,000 for being one, some 24,000 for the taker's own contract, and 70,000 for each
 * swap of a V2 pair with its transfers. Estimates: what it really took is in the transaction that takes it.
 */
const GAS_BASE = 45_000n;
const GAS_PER_HOP = 70_000n;

const WEI_TO_COIN = 1e-18;

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
export function gasCost(hops: number, gasPriceWei: bigint, prices: TokenPrices): GasCost | null {
  const wei = (GAS_BASE + GAS_PER_HOP * BigInt(hops)) * gasPriceWei;
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

interface Ranked {
  readonly ring: Ring;
  /** Dollars after gas, about. */
  readonly rough: number;
}

/**
 * About what a ring gives in dollars after gas, to rank by: the greatest profit of `a x / (b + c x)` is
 * `(sqrt(a) - sqrt(b))^2 / c`. Null where none of its tokens has a price.
 */
export function ranked(ring: Ring, gasPriceWei: number, nativeUsd: number, prices: TokenPrices): Ranked | null {
  const turned = counted(ring, prices);
  if (turned === null) return null;
  let [a, b, c] = [1, 1, 0];
  for (const { node, zeroForOne } of turned) {
    const into = Number(zeroForOne ? node.reserve0 : node.reserve1);
    const out = Number(zeroForOne ? node.reserve1 : node.reserve0);
    c = into * c + node.keep * a;
    a *= node.keep * out;
    b *= into;
  }
  const start = tokenIn(turned[0] as Step);
  const price = prices.rough(start.address.toLowerCase()) ?? 0;
  const profit = (Math.sqrt(a) - Math.sqrt(b)) ** 2 / c;
  const gas = (Number(GAS_BASE) + Number(GAS_PER_HOP) * turned.length) * gasPriceWei * WEI_TO_COIN * nativeUsd;
  return { ring: turned, rough: (profit * price) / 10 ** start.decimals - gas };
}

/** Exactly what a turned ring gives; null where rounding down leaves nothing, or a price is missing. */
export function evaluated(ring: Ring, gasPriceWei: bigint, prices: TokenPrices): Candidate | null {
  const best = optimum(ring.map(hopOf));
  const cost = gasCost(ring.length, gasPriceWei, prices);
  if (best === null || cost === null) return null;
  const start = tokenIn(ring[0] as Step);
  const grossUsd = prices.usd(start, best.profit);
  const grossNative = prices.native(start, best.profit);
  return grossUsd === null || grossNative === null ? null : { ring, start, best, grossUsd, grossNative, cost };
}

/** How far the price of a ring's pools lies from that of the rest, fees aside: per cent. */
export function imbalancePct(ring: Ring): number {
  const around = ring.reduce(
    (product, { node, zeroForOne }) => (product * (zeroForOne ? node.rate01 : node.rate10)) / node.keep,
    1,
  );
  return Math.round((around - 1) * 1e8) / 1e6;
}
