import type { Decimal } from '../lib/decimal.ts';
import type { Address } from './identity.ts';
import type { Observed } from './observed.ts';

/** An ERC-20 token of one chain. */
export interface Token {
  readonly address: Address;
  /** Null where the contract has none, or none that can be read. */
  readonly symbol: string | null;
  /** Places of its smallest unit: 0 to {@link MAX_TOKEN_DECIMALS}. */
  readonly decimals: number;
}

/** A token with more places than this is left out: amounts of it would not fit the {@link Decimal} that we promise. */
export const MAX_TOKEN_DECIMALS = 36;

/** `V2`: constant product with `Sync` and `Swap` as Uniswap V2 has them. `V3`: concentrated liquidity; its swaps are read, its price is not. */
export type PoolKind = 'V2' | 'V3';

/** What of a pool never changes. */
export interface Pool {
  readonly chainId: number;
  readonly kind: PoolKind;
  readonly address: Address;
  /** Symbols of both tokens: `WBNB-BUSD`. */
  readonly name: string;
  /** The lower address of the two, as the contract orders them. */
  readonly token0: Token;
  readonly token1: Token;
  /** Kept by the pool of what is put in, in millionths: 3000 is 0.3 %, 2500 is 0.25 %. */
  readonly feePpm: number;
}

/** A pool and what is in it, after one block. */
export interface PoolState extends Observed {
  readonly pool: Pool;
  /** In the smallest unit of each token. */
  readonly reserve0: bigint;
  readonly reserve1: bigint;
  readonly blockNumber: number;
  /** What one token0 costs in token1, between buying and selling. Null while a side is empty. */
  readonly price: Decimal | null;
  /** Why no opportunity is looked for here (a token that keeps a part of each transfer). Null: it is watched. */
  readonly excluded: string | null;
}

/** Chain and address: names a pool everywhere. */
export function poolKey({ chainId, address }: Pick<Pool, 'chainId' | 'address'>): string {
  return `${chainId}|${address.toLowerCase()}`;
}

/** `WBNB-BUSD`; a token without symbol goes by the beginning of its address. */
export function poolName(token0: Token, token1: Token): string {
  const name = ({ symbol, address }: Token) => symbol ?? address.slice(0, 8);
  return `${name(token0)}-${name(token1)}`;
}
