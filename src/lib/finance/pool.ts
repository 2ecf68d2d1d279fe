import { divide, type Fixed, multiply, ONE, rootOfProduct, squareRoot } from '../fixed.ts';

/** Whole tokens of a share of a pool. */
export interface PoolAmounts {
  readonly amount0: Fixed;
  readonly amount1: Fixed;
}

/** Liquidity of a constant-product deposit: the square root of the product of its amounts (Uniswap v2). */
export function constantProductLiquidity(amount0: Fixed, amount1: Fixed): Fixed {
  return rootOfProduct(amount0, amount1);
}

/** Two prices in dollars, not negative, and the roots that shares of their pools are valued by. */
export interface PairRoots {
  readonly price0: Fixed;
  readonly price1: Fixed;
  /** Of the product of the prices: once arbitrage has brought a pool to the market's prices, a share is worth twice its liquidity times it. */
  readonly ofProduct: Fixed;
  /** Of the price of token0 in token1; null where either price is not above zero. */
  readonly ofPrice: Fixed | null;
}

export function pairRoots(price0: Fixed, price1: Fixed): PairRoots {
  return { price0, price1, ofProduct: rootOfProduct(price0, price1), ofPrice: rootPrice(price0, price1) };
}

/** What a share of a constant-product pool is worth, dollars. */
export function constantProductValue(liquidity: Fixed, { ofProduct }: PairRoots): Fixed {
  return 2n * multiply(liquidity, ofProduct);
}

/** The range of a concentrated share, as square roots of prices of token0 in token1. */
export interface RootRange {
  readonly lower: Fixed;
  readonly upper: Fixed;
}

/**
 * Tokens of a concentrated share (Uniswap v3 whitepaper 6.29 and 6.30; A. Elsts, "Liquidity math in Uniswap v3"), the root of the price
 * held within the range: `x = L (upper - p) / (p * upper)`, `y = L (p - lower)`.
 */
export function rangeAmounts(liquidity: Fixed, root: Fixed, { lower, upper }: RootRange): PoolAmounts {
  const within = root < lower ? lower : root > upper ? upper : root;
  if (within === 0n || upper === 0n) return { amount0: 0n, amount1: 0n };
  return {
    amount0: (liquidity * (upper - within) * ONE) / (within * upper),
    amount1: multiply(liquidity, within - lower),
  };
}

/**
 * Liquidity that a deposit gives in a range that is not empty: the smaller of what each token suffices for, as the contract does; only one of them counts
 * where the price lies outside.
 */
export function rangeLiquidity(amounts: PoolAmounts, root: Fixed, range: RootRange): Fixed {
  const of0 = (from: Fixed) => divide(multiply(amounts.amount0, multiply(from, range.upper)), range.upper - from);
  const of1 = (to: Fixed) => divide(amounts.amount1, to - range.lower);
  if (root <= range.lower) return of0(range.lower);
  if (root >= range.upper) return of1(range.upper);
  const first = of0(root);
  const second = of1(root);
  return first < second ? first : second;
}

/** Square root of the price of token0 in token1. Null where either price is not above zero. */
export function rootPrice(price0: Fixed, price1: Fixed): Fixed | null {
  if (price0 <= 0n || price1 <= 0n) return null;
  return squareRoot(divide(price0, price1));
}

/**
 * Impermanent loss of a constant-product share (Uniswap v2) whose price has moved, fees left out: `1 - 2 sqrt(r) / (1 + r)`, a fraction,
 * positive. Null where the ratio is not above zero.
 * @param ratio r: price now over price at the deposit.
 */
export function constantProductLoss(ratio: Fixed): Fixed | null {
  if (ratio <= 0n) return null;
  const roots = pairRoots(ratio, ONE);
  return impermanentLoss(constantProductValue(ONE, roots), ONE + ratio);
}

/** Prices of token0 in token1, above zero. */
export interface RangeMove {
  /** Ends of the range. */
  readonly lower: Fixed;
  readonly upper: Fixed;
  /** At the deposit. */
  readonly entry: Fixed;
  /** Now. */
  readonly price: Fixed;
}

/**
 * Impermanent loss of a concentrated share (Uniswap v3) whose price has moved, in the range or out of it, fees left out: a fraction of
 * what the deposit would be worth, held; positive is a loss. Null where a price or an end is not above zero, or the range is empty.
 */
export function rangeLoss({ lower, upper, entry, price }: RangeMove): Fixed | null {
  if (lower <= 0n || upper <= lower || entry <= 0n || price <= 0n) return null;
  const range = { lower: squareRoot(lower), upper: squareRoot(upper) };
  const worth = ({ amount0, amount1 }: PoolAmounts) => multiply(amount0, price) + amount1;
  const deposit = rangeAmounts(ONE, squareRoot(entry), range);
  return impermanentLoss(worth(rangeAmounts(ONE, squareRoot(price), range)), worth(deposit));
}

/**
 * Impermanent loss: what the share is worth less than its deposit would be if it had been held, as a fraction of the latter. Positive is
 * a loss; fees earned are not in it. Null where the deposit would be worth nothing.
 */
export function impermanentLoss(value: Fixed, held: Fixed): Fixed | null {
  return held > 0n ? divide(held - value, held) : null;
}
