import type { Decimal } from '../lib/decimal.ts';
import type { Address } from './identity.ts';
import type { FeedGap } from './trade.ts';

export const POSITION_KINDS = ['PERP', 'LENDING', 'LP', 'CONCENTRATED_LP', 'SPOT'] as const;
export type PositionKind = (typeof POSITION_KINDS)[number];

export const POSITION_SIDES = ['LONG', 'SHORT'] as const;
export type PositionSide = (typeof POSITION_SIDES)[number];

export const POSITION_STATUSES = ['OPEN', 'CLOSED', 'LIQUIDATED'] as const;
export type PositionStatus = (typeof POSITION_STATUSES)[number];

export const MARGIN_MODES = ['ISOLATED', 'CROSS'] as const;
export type MarginMode = (typeof MARGIN_MODES)[number];

/**
 * Who may see that the position exists: `PUBLIC` for what a venue or chain shows to anybody, and for the simulated population; `PRIVATE`
 * for what its owner told us. Public lists (liquidation candidates) hold public positions only.
 */
export const PROVENANCES = ['PUBLIC', 'PRIVATE'] as const;
export type Provenance = (typeof PROVENANCES)[number];

/** What every position has. Money is in US dollars, a stablecoin or quote currency of the dollar counting as one. */
export interface PositionFacts {
  /** Unique among all positions, for ever. */
  readonly id: string;
  /** Grows by one with every change: of two states the higher one is true. */
  readonly version: number;
  readonly owner: Address;
  /** The market it is known by: whose price its `currentPrice` and `liquidationPrice` are. */
  readonly symbol: string;
  /** `hyperliquid`, `aave-v3`, `uniswap-v2`: the key of the protocol risk table. */
  readonly protocol: string;
  /** Null at a venue that is no chain. */
  readonly chainId: number | null;
  /** The bridge that its assets came over, the key of the bridge risk table; null for assets native to their chain. */
  readonly bridge: string | null;
  readonly provenance: Provenance;
  readonly status: PositionStatus;
  /** Milliseconds since the Unix epoch. */
  readonly openedAt: number;
  readonly updatedAt: number;
  /** Null while it is open. */
  readonly closedAt: number | null;
  /** Booked so far: gains and losses of the parts closed, less funding and fees paid. */
  readonly realizedPnl: Decimal;
  /** Funding paid so far, negative where more was received. Contained in `realizedPnl`. */
  readonly fundingPaid: Decimal;
  /** Trading, gas and liquidation fees paid so far. Contained in `realizedPnl`. */
  readonly feesPaid: Decimal;
}

/**
 * A bracket of a venue's maintenance margin: `notional * rate - deduction`, for notionals up to `upTo`. The deductions make the margin
 * continuous from bracket to bracket (Binance's `cum`); a venue with one rate has one bracket.
 */
export interface MaintenanceTier {
  /** Largest notional of the bracket, in dollars; null for the last. */
  readonly upTo: Decimal | null;
  /** Fraction of the notional: 0.005 for half a per cent. */
  readonly rate: Decimal;
  readonly deduction: Decimal;
}

/** A perpetual future. */
export interface PerpPosition extends PositionFacts {
  readonly kind: 'PERP';
  readonly side: PositionSide;
  /** In the base currency, not negative. */
  readonly size: Decimal;
  /** What the size held was bought or sold for: size times average entry price, exactly. */
  readonly entryValue: Decimal;
  readonly marginMode: MarginMode;
  /**
   * ISOLATED: the margin of this position. CROSS: what it brought to its account, the open cross positions of one owner at one
   * protocol, which stand together with the sum of their collaterals.
   */
  readonly collateral: Decimal;
  /** By notional, ascending; at least one. */
  readonly maintenance: readonly MaintenanceTier[];
  /** What a liquidator earns, as a fraction of the notional; null where the venue pays none. */
  readonly liquidationFeeRate: Decimal | null;
  /** As the venue says, in the place of the formula's: it knows brackets, fees and collaterals that are not told here. */
  readonly reportedLiquidationPrice?: Decimal | null;
  /** False where the venue's own reports carry the funding paid: counting it here as well would count it twice. */
  readonly accruesFunding: boolean;
  /** Time of the newest settlement that is booked, milliseconds; absent before the first. None is booked twice. */
  readonly fundedThrough?: number;
  /** A stretch whose settlements nobody could tell, from the first such to the last: `fundingPaid` lacks them. Absent where there is none. */
  readonly fundingGap?: FeedGap;
}

/** A collateral or debt of a loan. */
interface LendingLeg {
  readonly symbol: string;
  /** With interest, in whole tokens (18 or 6 or however many decimals the token has: its raw amount over 10^decimals). */
  readonly amount: Decimal;
  /** What the amount was worth when it came: amount times price then, in dollars. */
  readonly entryValue: Decimal;
}

export interface Collateral extends LendingLeg {
  /** Fraction of its value that counts against the debt: 0.825. */
  readonly liquidationThreshold: Decimal;
  /** What a liquidator gets on top, as a fraction of what it repays: 0.05. */
  readonly liquidationBonus: Decimal;
}

export type Debt = LendingLeg;

/** A loan against collateral, of one account at one protocol. */
export interface LendingPosition extends PositionFacts {
  readonly kind: 'LENDING';
  /** At least one. */
  readonly collaterals: readonly Collateral[];
  readonly debts: readonly Debt[];
  /** Largest part of the debt that one liquidation repays: 0.5. */
  readonly closeFactor: Decimal;
}

/** A token of a pool. */
export interface PoolLeg {
  readonly symbol: string;
  /** Deposited (and not withdrawn) in whole tokens. */
  readonly amount: Decimal;
  /** What the deposit was worth when it came, in dollars. */
  readonly entryValue: Decimal;
}

interface PoolShare extends PositionFacts {
  readonly token0: PoolLeg;
  readonly token1: PoolLeg;
  /** Null where it is not known: such a pool has no score for extracted value. */
  readonly poolAddress: Address | null;
  /** Swap fees that the share has earned, in dollars, whether collected or not. */
  readonly feesEarned: Decimal;
  /**
   * Of whole tokens. Constant product: the square root of the product of the amounts deposited; concentrated: the raw liquidity over
   * 10^((decimals0 + decimals1) / 2).
   */
  readonly liquidity: Decimal;
}

/** A share of a constant-product pool. */
export interface LpPosition extends PoolShare {
  readonly kind: 'LP';
}

/** A share of a pool within a range of prices. */
export interface ConcentratedLpPosition extends PoolShare {
  readonly kind: 'CONCENTRATED_LP';
  /** Ends of the range, as prices of token0 in token1, whole tokens. */
  readonly lowerPrice: Decimal;
  readonly upperPrice: Decimal;
}

/** Something held. */
export interface SpotPosition extends PositionFacts {
  readonly kind: 'SPOT';
  readonly size: Decimal;
  /** What the size held was bought for, exactly. */
  readonly entryValue: Decimal;
}

export type Position = PerpPosition | LendingPosition | LpPosition | ConcentratedLpPosition | SpotPosition;

/** Dollars and stablecoins of the dollar: worth one dollar where no feed prices them. */
const CASH: ReadonlySet<string> = new Set(['USD', 'USDT', 'USDC', 'DAI', 'BUSD', 'FDUSD', 'TUSD', 'USDE', 'USDS']);

export function isCash(symbol: string): boolean {
  return CASH.has(symbol);
}

/** Every symbol whose price the position's value follows, each once, the market it is known by first. */
export function symbolsOf(position: Position): readonly string[] {
  const symbols = new Set([position.symbol]);
  if (position.kind === 'LENDING')
    for (const { symbol } of [...position.collaterals, ...position.debts]) symbols.add(symbol);
  if (position.kind === 'LP' || position.kind === 'CONCENTRATED_LP')
    for (const { symbol } of [position.token0, position.token1]) symbols.add(symbol);
  return [...symbols];
}

/** Key of the account whose positions stand together; null for one that stands alone. */
export function accountOf(position: Position): string | null {
  if (position.kind !== 'PERP' || position.marginMode !== 'CROSS') return null;
  return `${position.owner.toLowerCase()}|${position.protocol}`;
}
