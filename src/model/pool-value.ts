import { constantProductValue, impermanentLoss, type PairRoots, pairRoots, rangeAmounts } from '../lib/finance/pool.ts';
import { type Fixed, fixed, multiply, ONE, squareRoot } from '../lib/fixed.ts';
import type { ConcentratedLpPosition, LpPosition } from './position.ts';

/** Of a pool share, dollars, at given prices. */
export interface PoolValue {
  readonly value: Fixed;
  /** What its deposit would be worth, held. */
  readonly held: Fixed;
  /** Fraction of `held`, positive where the share is worth less; null where the deposit would be worth nothing. */
  readonly impermanentLoss: Fixed | null;
  /** Whether the price lies within the range; null for a share without one. */
  readonly inRange: boolean | null;
}

/** A pool share with its numbers read, for those who value it often. */
export interface PoolNumbers {
  readonly liquidity: Fixed;
  readonly amount0: Fixed;
  readonly amount1: Fixed;
  /** Roots of the ends of the range; null for a share without one. */
  readonly range: { readonly lower: Fixed; readonly upper: Fixed } | null;
}

export function poolNumbers(position: LpPosition | ConcentratedLpPosition): PoolNumbers {
  return {
    liquidity: fixed(position.liquidity),
    amount0: fixed(position.token0.amount),
    amount1: fixed(position.token1.amount),
    range:
      position.kind === 'LP'
        ? null
        : { lower: squareRoot(fixed(position.lowerPrice)), upper: squareRoot(fixed(position.upperPrice)) },
  };
}

/** Fees earned are not in it. Prices in dollars, not negative. */
export function poolValue(position: LpPosition | ConcentratedLpPosition, price0: Fixed, price1: Fixed): PoolValue {
  return valueOfShare(poolNumbers(position), pairRoots(price0, price1));
}

/** The same of numbers read before, at roots that all shares of the pair have in common: roots are dear. */
export function valueOfShare({ liquidity, amount0, amount1, range }: PoolNumbers, roots: PairRoots): PoolValue {
  const { price0, price1 } = roots;
  const held = (amount0 * price0 + amount1 * price1) / ONE;
  if (range === null) {
    const value = constantProductValue(liquidity, roots);
    return { value, held, impermanentLoss: impermanentLoss(value, held), inRange: null };
  }
  const root = rangeRoot(roots, range);
  const amounts = rangeAmounts(liquidity, root, range);
  const value = (amounts.amount0 * price0 + amounts.amount1 * price1) / ONE;
  const inRange = root >= range.lower && root < range.upper;
  return { value, held, impermanentLoss: impermanentLoss(value, held), inRange };
}

/** What a share holds of each token, dollars. */
export function partsOfShare(numbers: PoolNumbers, roots: PairRoots): readonly [Fixed, Fixed] {
  const { liquidity, range } = numbers;
  if (range === null) {
    const half = multiply(liquidity, roots.ofProduct);
    return [half, half];
  }
  const { amount0, amount1 } = rangeAmounts(liquidity, rangeRoot(roots, range), range);
  return [multiply(amount0, roots.price0), multiply(amount1, roots.price1)];
}

/** Where a price is zero there is no root: token0 is worth nothing, or everything. */
function rangeRoot({ ofPrice, price0 }: PairRoots, { upper }: { readonly upper: Fixed }): Fixed {
  return ofPrice ?? (price0 > 0n ? upper : 0n);
}
