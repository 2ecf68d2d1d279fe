import { amountOut, type Hop } from '../../../lib/finance/constant-product.ts';
import type { ChainLog, Hex } from '../../../model/chain.ts';
import { TOPIC } from '../../../model/chain-logs.ts';
import type { Address } from '../../../model/identity.ts';
import type { SimulatedPool, SimulatedToken } from './deployment.ts';

/** A pool with what is in it, smallest units. */
export interface Holding extends SimulatedPool {
  reserve0: bigint;
  reserve1: bigint;
}

/** A log whose place in the block is not known yet. */
export type Told = Omit<ChainLog, 'index'>;

export interface Swapped {
  readonly amountOut: bigint;
  readonly logs: readonly Told[];
}

/** What pools hold, and what their contracts and tokens tell when somebody trades with them. */
export class PoolLedger {
  readonly pools: readonly Holding[];

  constructor(pools: readonly SimulatedPool[], usd: (token: SimulatedToken) => number) {
    this.pools = pools.map((each) => ({
      ...each,
      reserve0: units(each.depthUsd / usd(each.token0), each.token0),
      reserve1: units(each.depthUsd / usd(each.token1), each.token1),
    }));
  }

  hop(holding: Holding, zeroForOne: boolean): Hop {
    const { reserve0, reserve1, pool } = holding;
    const [reserveIn, reserveOut] = zeroForOne ? [reserve0, reserve1] : [reserve1, reserve0];
    return { reserveIn, reserveOut, feePpm: pool.feePpm };
  }

  /** One token0 in token1, whole tokens, to trade by. */
  price({ reserve0, reserve1, token0, token1 }: Holding): number {
    return (Number(reserve1) / Number(reserve0)) * 10 ** (token0.decimals - token1.decimals);
  }

  swap(holding: Holding, zeroForOne: boolean, amountIn: bigint, from: Address, to: Address): Swapped {
    const out = amountOut(this.hop(holding, zeroForOne), amountIn);
    holding.reserve0 += zeroForOne ? amountIn : -out;
    holding.reserve1 += zeroForOne ? -out : amountIn;
    const { pool, token0, token1 } = holding;
    const [tokenIn, tokenOut] = zeroForOne ? [token0, token1] : [token1, token0];
    const amounts = zeroForOne ? [amountIn, 0n, 0n, out] : [0n, amountIn, out, 0n];
    return {
      amountOut: out,
      logs: [
        log(tokenIn.address, [TOPIC.transfer, wordOf(from), wordOf(pool.address)], [amountIn]),
        log(tokenOut.address, [TOPIC.transfer, wordOf(pool.address), wordOf(to)], [out]),
        log(pool.address, [TOPIC.sync], [holding.reserve0, holding.reserve1]),
        log(pool.address, [TOPIC.swapV2, wordOf(from), wordOf(to)], amounts),
      ],
    };
  }

  /** What all pools hold, to come back to. */
  snapshot(): readonly (readonly [reserve0: bigint, reserve1: bigint])[] {
    return this.pools.map(({ reserve0, reserve1 }) => [reserve0, reserve1]);
  }

  restore(snapshot: ReturnType<PoolLedger['snapshot']>): void {
    for (const [index, holding] of this.pools.entries()) {
      const [reserve0, reserve1] = snapshot[index] ?? [holding.reserve0, holding.reserve1];
      holding.reserve0 = reserve0;
      holding.reserve1 = reserve1;
    }
  }
}

/** Millionths of a token that amounts made of numbers are exact to. */
const EXACT_PLACES = 6;

function units(whole: number, { decimals }: SimulatedToken): bigint {
  const places = Math.min(EXACT_PLACES, decimals);
  return BigInt(Math.round(whole * 10 ** places)) * 10n ** BigInt(decimals - places);
}

function wordOf(address: Address): Hex {
  return `0x${address.slice(2).toLowerCase().padStart(64, '0')}`;
}

function log(address: Address, topics: readonly Hex[], words: readonly bigint[]): Told {
  const data = `0x${words.map((word) => word.toString(16).padStart(64, '0')).join('')}`;
  return { address: address.toLowerCase(), topics, data };
}
