import type { Decimal } from '../../lib/decimal.ts';
import { ApiError, badInput } from '../../lib/errors.ts';
import { constantProductLiquidity, rangeLiquidity, rootPrice } from '../../lib/finance/pool.ts';
import { type Fixed, fixed, fixedText, multiply, ONE, squareRoot } from '../../lib/fixed.ts';
import { poolValue } from '../pool-value.ts';
import type { ConcentratedLpPosition, LpPosition } from '../position.ts';
import type { PositionChange } from '../position-change.ts';
import { type Booked, type Change, needed, type PriceOf, plus, unknownChange } from './booked.ts';

type Pool = LpPosition | ConcentratedLpPosition;

export function bookPool(position: Pool, change: PositionChange, priceOf: PriceOf): Booked<Pool> {
  switch (change.type) {
    case 'DEPOSIT':
      return { position: deposited(position, change, priceOf), realized: 0n };
    case 'EARN':
      return { position: { ...position, feesEarned: plus(position.feesEarned, fixed(change.amount)) }, realized: 0n };
    case 'WITHDRAW':
      return withdrawn(position, fixed(change.fraction), priceOf);
    case 'CLOSE':
      return withdrawn(position, ONE, priceOf);
    default:
      throw unknownChange(position, change, ['DEPOSIT', 'WITHDRAW', 'EARN', 'CLOSE']);
  }
}

function deposited(position: Pool, change: Change<'DEPOSIT'>, priceOf: PriceOf): Pool {
  const { token0, token1 } = position;
  const price0 = needed(token0.symbol, priceOf);
  const price1 = needed(token1.symbol, priceOf);
  const amount0 = fixed(change.amount0);
  const amount1 = fixed(change.amount1);
  return {
    ...position,
    liquidity: plus(position.liquidity, addedLiquidity(position, amount0, amount1, rootPrice(price0, price1))),
    token0: {
      ...token0,
      amount: plus(token0.amount, amount0),
      entryValue: plus(token0.entryValue, multiply(amount0, price0)),
    },
    token1: {
      ...token1,
      amount: plus(token1.amount, amount1),
      entryValue: plus(token1.entryValue, multiply(amount1, price1)),
    },
  };
}

function addedLiquidity(position: Pool, amount0: Fixed, amount1: Fixed, root: Fixed | null): Fixed {
  if (position.kind === 'LP') return constantProductLiquidity(amount0, amount1);
  if (root === null) throw new ApiError('UNAVAILABLE', 'no price above zero is known of the tokens of the pool');
  const range = { lower: squareRoot(fixed(position.lowerPrice)), upper: squareRoot(fixed(position.upperPrice)) };
  return rangeLiquidity({ amount0, amount1 }, root, range);
}

function withdrawn(position: Pool, fraction: Fixed, priceOf: PriceOf): Booked<Pool> {
  if (fraction <= 0n || fraction > ONE) throw badInput('fraction', 'a part is taken out', 'above 0, at most 1');
  const { token0, token1 } = position;
  const price0 = needed(token0.symbol, priceOf);
  const price1 = needed(token1.symbol, priceOf);
  const part = (text: Decimal): Fixed => multiply(fixed(text), fraction);
  const rest = (text: Decimal): Decimal => fixedText(fixed(text) - part(text));
  const worth = multiply(poolValue(position, price0, price1).value, fraction) + part(position.feesEarned);
  return {
    position: {
      ...position,
      liquidity: rest(position.liquidity),
      feesEarned: rest(position.feesEarned),
      token0: { ...token0, amount: rest(token0.amount), entryValue: rest(token0.entryValue) },
      token1: { ...token1, amount: rest(token1.amount), entryValue: rest(token1.entryValue) },
    },
    realized: worth - part(token0.entryValue) - part(token1.entryValue),
  };
}
