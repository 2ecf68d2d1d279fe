import type { Decimal } from '../lib/decimal.ts';
import type { HealthStatus } from './component.ts';
import type { Address } from './identity.ts';
import type { Observed, Perishable } from './observed.ts';
import type { Pool } from './pool.ts';

/** Bytes as a node writes them: `0x` and lower-case hexadecimal digits. */
export type Hex = string;

/** A log as the node gives it. Addresses here are lower case, as nodes write them: they are compared by the thousand. */
export interface ChainLog {
  readonly address: Hex;
  readonly topics: readonly Hex[];
  readonly data: Hex;
  /** Within the block. */
  readonly index: number;
}

/** A transaction that was mined, and what it told. */
export interface Receipt {
  readonly txHash: Hex;
  /** Place in the block. */
  readonly txIndex: number;
  /** Lower case. */
  readonly from: Hex;
  readonly to: Hex | null;
  /** A failed transaction has no logs and still pays its gas. */
  readonly succeeded: boolean;
  readonly gasUsed: bigint;
  /** Paid for one unit of gas, wei. */
  readonly gasPriceWei: bigint;
  /** In their order. */
  readonly logs: readonly ChainLog[];
}

interface OfChain extends Observed {
  readonly chainId: number;
}

/** A pool to watch. Said before its reserves; saying it again changes nothing. */
export interface PoolListed extends OfChain {
  readonly kind: 'pool';
  readonly pool: Pool;
}

/** What pools held at the end of a block, read from their contracts: the base that `Sync` logs then move. */
export interface ReservesRead extends OfChain {
  readonly kind: 'reserves';
  readonly blockNumber: number;
  readonly blockHash: Hex;
  /** As in {@link BlockMined}. */
  readonly gasPriceWei: bigint;
  readonly reserves: readonly {
    /** Lower case. */
    readonly pool: Hex;
    readonly reserve0: bigint;
    readonly reserve1: bigint;
  }[];
}

/** A block that became the head. Heard again with the same hash it changes nothing. */
export interface BlockMined extends OfChain {
  readonly kind: 'block';
  readonly number: number;
  readonly hash: Hex;
  readonly parentHash: Hex;
  /** What a transaction sent now would pay for one unit of gas, wei. */
  readonly gasPriceWei: bigint;
  /** Those that matter: the ones with logs of pools, at least, in their order. */
  readonly receipts: readonly Receipt[];
}

/** A block that is no longer part of the chain. Said from the head downwards, before the blocks that took its place. */
export interface BlockRemoved extends OfChain {
  readonly kind: 'block-removed';
  readonly number: number;
  readonly hash: Hex;
}

/** What one whole token is worth. The wrapped native token's price is the native coin's. */
export interface TokenPriceHeard extends OfChain {
  readonly kind: 'token-price';
  /** Lower case. */
  readonly token: Hex;
  readonly usd: Decimal;
}

/** What is heard of a chain: facts, not yet interpreted. */
export type ChainEvent = PoolListed | ReservesRead | BlockMined | BlockRemoved | TokenPriceHeard;

/** `evm`: a node. `simulated`: nobody's chain. */
export type ChainSource = 'evm' | 'simulated';

/** How a chain is being followed. */
export interface ChainStatus extends Perishable {
  readonly chainId: number;
  readonly name: string;
  readonly source: ChainSource;
  readonly status: HealthStatus;
  /** One sentence on what is wrong and what is being done; empty when all is well. */
  readonly message: string;
  /** The newest block taken in; null before the first. */
  readonly head: number | null;
  readonly headHash: Hex | null;
  /** How long after its own time the head was heard, milliseconds; two clocks are compared, so it may be negative. */
  readonly lagMs: number | null;
  /** Reorganisations since the start, and how many blocks the last one removed. */
  readonly reorgs: number;
  readonly lastReorgDepth: number | null;
  readonly errorCount: number;
  readonly poolCount: number;
}

/** Whose chain it is and what counts as money there. */
export interface ChainMoney {
  readonly chainId: number;
  /** The native coin, wrapped. */
  readonly wrappedNative: Address;
  /** Symbol under which `prices` knows the native coin: `ETHUSDT`. */
  readonly nativeSymbol: string;
  /** Taken for one dollar while no price of theirs has been heard. */
  readonly stablecoins: readonly Address[];
}
