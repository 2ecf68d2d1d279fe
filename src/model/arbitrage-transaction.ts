import type { Decimal } from '../lib/decimal.ts';
import type { Hex } from './chain.ts';
import type { Address } from './identity.ts';
import type { Observed } from './observed.ts';
import type { Wired } from './wired.ts';

export const ARBITRAGE_STRATEGIES = ['TWO_HOP', 'THREE_HOP', 'FOUR_HOP', 'MULTI_HOP'] as const;
export type ArbitrageStrategy = (typeof ARBITRAGE_STRATEGIES)[number];

/** One closed round within a transaction: amounts in the smallest unit of the token that it began and ended with. */
export interface ArbitrageRound {
  /** Who put in and took out. */
  readonly account: Address;
  readonly token: Address;
  readonly startAmount: bigint;
  readonly endAmount: bigint;
  /** `endAmount - startAmount`; a loss is negative. */
  readonly profit: bigint;
  readonly pools: readonly Address[];
}

/** What a transaction is chosen by, beside its chain. */
export type TransactionMeasures = Pick<ArbitrageTransaction, 'profitNetUsd' | 'swapCount' | 'strategy'>;

/** A transaction that made one round or more. Mined again after a reorganisation, it is the same one with a higher version. */
export interface ArbitrageTransaction extends Observed {
  /** Chain and hash. */
  readonly id: string;
  readonly version: number;
  /** What it was in the version before; null in the first. */
  readonly before: TransactionMeasures | null;
  /** True while no block of the chain holds it. */
  readonly retracted: boolean;
  readonly chainId: number;
  readonly txHash: Hex;
  readonly fromAddress: Address;
  readonly blockNumber: number;
  readonly blockTimestamp: number;
  readonly detectedAt: number;
  readonly gasPriceGwei: Decimal;
  readonly gasUsed: bigint;
  readonly gasCostNative: Decimal;
  /** Null while the native coin has no price. */
  readonly gasCostUsd: Decimal | null;
  /** Swaps of known pools in the whole transaction. */
  readonly swapCount: number;
  /** Of its longest round. */
  readonly strategy: ArbitrageStrategy;
  /** Of all rounds together; null where the token of one has no price. */
  readonly profitGrossUsd: Decimal | null;
  /** After gas; what is paid to a block's builder on the side is not in the logs, and not taken off. */
  readonly profitNetUsd: Decimal | null;
  readonly poolsInvolved: readonly Address[];
  readonly tokensInvolved: readonly Address[];
  readonly rounds: readonly ArbitrageRound[];
  /** Id of the opportunity that it ended; null where we knew of none. */
  readonly opportunityId: string | null;
}

/** What must be known of a transaction that stands retracted: mined again, it counts on from there. */
export type RetractedTransaction = TransactionMeasures & Pick<ArbitrageTransaction, 'chainId' | 'txHash' | 'version'>;

/** As it travels and is kept. */
export type ArbitrageTransactionTold = Wired<ArbitrageTransaction>;

export function transactionMeasures(transaction: TransactionMeasures): TransactionMeasures {
  const { profitNetUsd, swapCount, strategy } = transaction;
  return { profitNetUsd, swapCount, strategy };
}

/** Others' swaps between two of one account that profit from them. */
export interface Sandwich {
  readonly chainId: number;
  readonly blockNumber: number;
  readonly pool: Address;
  readonly account: Address;
  readonly frontTxHash: Hex;
  readonly backTxHash: Hex;
  readonly victimTxHashes: readonly Hex[];
  readonly token: Address;
  /** Taken out by the second less put in by the first, smallest units. */
  readonly profit: bigint;
}

/** A loan ended by a stranger, as a lending protocol's log tells it. Amounts in smallest units. */
export interface Liquidation {
  readonly chainId: number;
  readonly blockNumber: number;
  readonly txHash: Hex;
  readonly protocol: 'AAVE' | 'COMPOUND';
  readonly borrower: Address;
  readonly liquidator: Address;
  /** Null where the log does not name it: Compound's market is the contract that speaks. */
  readonly debtToken: Address | null;
  readonly collateralToken: Address;
  readonly debtRepaid: bigint;
  readonly collateralSeized: bigint;
}

/** What happened in a pool within the last blocks: the measure of how much is extracted there. */
export interface PoolMev extends Observed {
  readonly chainId: number;
  readonly pool: Address;
  readonly blockNumber: number;
  /** Blocks that the counts cover. */
  readonly windowBlocks: number;
  readonly swaps: number;
  /** Swaps that were part of an arbitrage. */
  readonly arbitrageSwaps: number;
  readonly sandwiches: number;
  /** Swaps of others that a sandwich used. */
  readonly sandwichedSwaps: number;
  /** Swaps in transactions that liquidated a loan. */
  readonly liquidationSwaps: number;
}
