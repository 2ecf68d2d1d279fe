import { constantProductValue, impermanentLoss, rangeAmounts, rootPrice } from '../lib/finance/pool.ts';
import { type Fixed, fixed, multiply, squareRoot } from '../lib/fixed.ts';
import type { ConcentratedLpPosition, LpPosition } from './position.ts';

/** Of a pool share, dollars, at given prices. */
export interface PoolValue {
  readonly value: Fixed;
  /** What it holds of each token; together the value. */
  readonly value0: Fixed;
  readonly value1: Fixed;
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
  return valueOfShare(poolNumbers(position), price0, price1);
}

export function valueOfShare(
  { liquidity, amount0, amount1, range }: PoolNumbers,
  price0: Fixed,
  price1: Fixed,
): PoolValue {
  const held = multiply(amount0, price0) + multiply(amount1, price1);
  if (range === null) {
    const value = constantProductValue(liquidity, price0, price1);
    const value0 = value / 2n;
    return {
      value,
      value0,
      value1: value - value0,
      held,
      impermanentLoss: impermanentLoss(value, held),
      inRange: null,
    };
  }
  const root = rootPrice(price0, price1) ?? (price0 > 0n ? range.upper : 0n);
  const amounts = rangeAmounts(liquidity, root, range);
  const value0 = multiply(amounts.amount0, price0);
  const value1 = multiply(amounts.amount1, price1);
  const value = value0 + value1;
  return {
    value,
    value0,
    value1,
    held,
    impermanentLoss: impermanentLoss(value, held),
    inRange: root >= range.lower && root < range.upper,
  };
}
