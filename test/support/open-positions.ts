import { type Decimal, decimal, ZERO } from '../../src/lib/decimal.ts';
import { constantProductLiquidity, rangeLiquidity, rootPrice } from '../../src/lib/finance/pool.ts';
import { fixed, fixedText, multiply, squareRoot } from '../../src/lib/fixed.ts';
import type {
  ConcentratedLpPosition,
  LendingPosition,
  LpPosition,
  PerpPosition,
  PoolLeg,
  PositionFacts,
  SpotPosition,
} from '../../src/model/position.ts';
import type { PositionChange } from '../../src/model/position-change.ts';

export const T0 = Date.UTC(2026, 0, 1);
export const OWNER = '0x000000000000000000000000000000000000dEaD';

const facts: PositionFacts = {
  id: 'p1',
  version: 1,
  owner: OWNER,
  symbol: 'ETHUSDT',
  protocol: 'simulated',
  chainId: 1,
  bridge: null,
  provenance: 'PUBLIC',
  status: 'OPEN',
  openedAt: T0,
  updatedAt: T0,
  closedAt: null,
  realizedPnl: ZERO,
  fundingPaid: ZERO,
  feesPaid: ZERO,
};

const times = (amount: string, price: string): Decimal =>
  fixedText(multiply(fixed(decimal(amount)), fixed(decimal(price))));

/** Of one rate without end. */
export const flat = (rate: string) => [{ upTo: null, rate: decimal(rate), deduction: ZERO }];

/** A perpetual bought or sold at a price. */
export function perp(size: string, price: string, more: Partial<PerpPosition> = {}): PerpPosition {
  return {
    ...facts,
    kind: 'PERP',
    side: 'LONG',
    size: decimal(size),
    entryValue: times(size, price),
    marginMode: 'ISOLATED',
    collateral: decimal('1000'),
    maintenance: flat('0.005'),
    liquidationFeeRate: decimal('0.01'),
    accruesFunding: true,
    ...more,
  };
}

type LegText = readonly [symbol: string, amount: string, price: string];

/** Collaterals of threshold 0.8 and bonus 0.05. */
export function loan(
  collaterals: readonly LegText[],
  debts: readonly LegText[],
  more: Partial<LendingPosition> = {},
): LendingPosition {
  const leg = ([symbol, amount, price]: LegText) => ({
    symbol,
    amount: decimal(amount),
    entryValue: times(amount, price),
  });
  return {
    ...facts,
    protocol: 'aave-v3',
    kind: 'LENDING',
    collaterals: collaterals.map((text) => ({
      ...leg(text),
      liquidationThreshold: decimal('0.8'),
      liquidationBonus: decimal('0.05'),
    })),
    debts: debts.map(leg),
    closeFactor: decimal('0.5'),
    ...more,
  };
}

const poolLeg = ([symbol, amount, price]: LegText): PoolLeg => ({
  symbol,
  amount: decimal(amount),
  entryValue: times(amount, price),
});

export function lp(token0: LegText, token1: LegText, more: Partial<LpPosition> = {}): LpPosition {
  const [amount0, amount1] = [fixed(decimal(token0[1])), fixed(decimal(token1[1]))];
  return {
    ...facts,
    protocol: 'uniswap-v2',
    kind: 'LP',
    token0: poolLeg(token0),
    token1: poolLeg(token1),
    poolAddress: '0x00000000000000000000000000000000000000AA',
    feesEarned: ZERO,
    liquidity: fixedText(constantProductLiquidity(amount0, amount1)),
    ...more,
  };
}

export function rangeLp(
  token0: LegText,
  token1: LegText,
  [lower, upper]: readonly [string, string],
  more: Partial<ConcentratedLpPosition> = {},
): ConcentratedLpPosition {
  const { kind, ...pool } = lp(token0, token1);
  const root = rootPrice(fixed(decimal(token0[2])), fixed(decimal(token1[2]))) ?? 0n;
  const amounts = { amount0: fixed(pool.token0.amount), amount1: fixed(pool.token1.amount) };
  const range = { lower: squareRoot(fixed(decimal(lower))), upper: squareRoot(fixed(decimal(upper))) };
  return {
    ...pool,
    kind: 'CONCENTRATED_LP',
    liquidity: fixedText(rangeLiquidity(amounts, root, range)),
    lowerPrice: decimal(lower),
    upperPrice: decimal(upper),
    ...more,
  };
}

export function spot(size: string, price: string, more: Partial<SpotPosition> = {}): SpotPosition {
  return { ...facts, protocol: 'wallet', kind: 'SPOT', size: decimal(size), entryValue: times(size, price), ...more };
}

/** What all changes have, for a change without fee, hash or prices of its own. */
export function changed(positionId = 'p1', more: Partial<Pick<PositionChange, 'fee' | 'prices' | 'timestamp'>> = {}) {
  return { positionId, transactionHash: null, prices: {}, fee: ZERO, timestamp: T0, receivedAt: T0, ...more };
}
