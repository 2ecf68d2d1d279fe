import { type Decimal, decimal, ZERO } from '../../../lib/decimal.ts';
import { constantProductLiquidity, rangeLiquidity, rootPrice } from '../../../lib/finance/pool.ts';
import { type Fixed, fixed, fixedText, multiply, ONE, squareRoot } from '../../../lib/fixed.ts';
import type { Address } from '../../../model/identity.ts';
import type { Position, PositionFacts, PositionKind } from '../../../model/position.ts';
import type { Random } from '../random.ts';

/** What a new position is made of. */
export interface Opening {
  readonly id: string;
  readonly owner: Address;
  /** Milliseconds. */
  readonly now: number;
  readonly random: Random;
  /** Dollars of a symbol that has been heard. */
  readonly priceOf: (symbol: string) => Decimal;
  /** Symbols with a price, by what they are good for. */
  readonly perpetuals: readonly string[];
  readonly coins: readonly string[];
  readonly others: readonly string[];
}

/** Smallest and largest position, dollars: spread evenly over orders of magnitude, as sizes are. */
const LEAST_USD = 500;
const MOST_USD = 250_000;

/** Of the notional: what a perpetual must keep. */
const MAINTENANCE = 0.0125;

const MAINTENANCE_TIERS = [
  { upTo: decimal('100000'), rate: decimal(String(MAINTENANCE)), deduction: ZERO },
  { upTo: null, rate: decimal('0.02'), deduction: decimal('750') },
] as const;

/** Makes a position of this kind at the prices of now; null where nothing of what it needs has a price. */
export function opened(kind: PositionKind, opening: Opening): Position | null {
  const symbol = pick(opening, kind === 'PERP' ? opening.perpetuals : kind === 'SPOT' ? all(opening) : opening.coins);
  if (symbol === null) return null;
  switch (kind) {
    case 'PERP':
      return perpetual(opening, symbol);
    case 'SPOT':
      return spot(opening, symbol);
    case 'LENDING':
      return loan(opening, symbol);
    case 'LP':
    case 'CONCENTRATED_LP':
      return pool(opening, symbol, kind);
  }
}

/** A size in dollars. */
function sizeUsd(random: Random): number {
  return LEAST_USD * (MOST_USD / LEAST_USD) ** random.unit();
}

/** A number as exact text of so many places. */
export function text(value: number, places: number): Decimal {
  return decimal(value.toFixed(places));
}

function perpetual(opening: Opening, symbol: string): Position {
  const { random, priceOf } = opening;
  const price = priceOf(symbol);
  const size = text(sizeUsd(random) / Number(price), 5);
  const entryValue = times(size, price);
  // Some are bold: those are what liquidation warnings are about.
  const leverage = random.chance(0.12) ? 55 + 15 * random.unit() : 2 + 28 * random.unit();
  return {
    ...facts(opening, symbol, 'simulated', null),
    kind: 'PERP',
    side: random.chance(0.55) ? 'LONG' : 'SHORT',
    size,
    entryValue,
    marginMode: random.chance(0.3) ? 'CROSS' : 'ISOLATED',
    collateral: text(Number(entryValue) / leverage, 2),
    maintenance: MAINTENANCE_TIERS,
    liquidationFeeRate: decimal('0.005'),
    accruesFunding: true,
  };
}

function spot(opening: Opening, symbol: string): Position {
  const price = opening.priceOf(symbol);
  const size = text(sizeUsd(opening.random) / Number(price), 5);
  return {
    ...facts(opening, symbol, 'wallet', null),
    kind: 'SPOT',
    size,
    entryValue: times(size, price),
  };
}

function loan(opening: Opening, symbol: string): Position {
  const { random, priceOf } = opening;
  const price = priceOf(symbol);
  const amount = text(sizeUsd(random) / Number(price), 6);
  const entryValue = times(amount, price);
  const threshold = 0.825;
  const health = random.chance(0.15) ? 1.005 + 0.03 * random.unit() : 1.15 + 1.5 * random.unit();
  const debt = text((Number(entryValue) * threshold) / health, 2);
  const collateral = {
    symbol,
    amount,
    entryValue,
    liquidationThreshold: decimal(String(threshold)),
    liquidationBonus: decimal('0.05'),
  };
  return {
    ...facts(opening, symbol, 'aave-v3', random.chance(0.6) ? 1 : 137),
    kind: 'LENDING',
    collaterals: [collateral],
    debts: [{ symbol: 'USDC', amount: debt, entryValue: debt }],
    closeFactor: decimal('0.5'),
  };
}

function pool(opening: Opening, symbol: string, kind: 'LP' | 'CONCENTRATED_LP'): Position {
  const { random, priceOf } = opening;
  const price = priceOf(symbol);
  const half = sizeUsd(random) / 2;
  const amount0 = text(half / Number(price), 6);
  const amount1 = times(amount0, price);
  const shared = {
    ...facts(opening, symbol, kind === 'LP' ? 'uniswap-v2' : 'uniswap-v3', 1),
    token0: { symbol, amount: amount0, entryValue: amount1 },
    token1: { symbol: 'USDT', amount: amount1, entryValue: amount1 },
    poolAddress: null,
    feesEarned: ZERO,
  };
  if (kind === 'LP')
    return { ...shared, kind, liquidity: fixedText(constantProductLiquidity(fixed(amount0), fixed(amount1))) };
  const width = 0.01 + 0.1 * random.unit();
  const lowerPrice = text(Number(price) * (1 - width), 2);
  const upperPrice = text(Number(price) * (1 + width), 2);
  const range = { lower: squareRoot(fixed(lowerPrice)), upper: squareRoot(fixed(upperPrice)) };
  const root = rootPrice(fixed(price), ONE) ?? ONE;
  const amounts = { amount0: fixed(amount0), amount1: fixed(amount1) };
  const liquidity: Fixed = rangeLiquidity(amounts, root, range);
  return { ...shared, kind, lowerPrice, upperPrice, liquidity: fixedText(liquidity) };
}

function facts({ id, owner, now }: Opening, symbol: string, protocol: string, chainId: number | null): PositionFacts {
  return {
    id,
    version: 1,
    owner,
    symbol,
    protocol,
    chainId,
    bridge: null,
    provenance: 'PUBLIC',
    status: 'OPEN',
    openedAt: now,
    updatedAt: now,
    closedAt: null,
    realizedPnl: ZERO,
    fundingPaid: ZERO,
    feesPaid: ZERO,
  };
}

function times(amount: Decimal, price: Decimal): Decimal {
  return fixedText(multiply(fixed(amount), fixed(price)));
}

function pick({ random }: Opening, symbols: readonly string[]): string | null {
  return symbols[random.below(symbols.length)] ?? null;
}

function all({ coins, others }: Opening): readonly string[] {
  return [...coins, ...others];
}
