import { padHex, toHex } from 'viem';
import { getAddress } from 'viem/utils';
import { amountOut } from '../../../lib/finance/constant-product.ts';
import type { ChainLog, Hex } from '../../../model/chain.ts';
import { TOPIC } from '../../../model/chain-logs.ts';
import type { Address } from '../../../model/identity.ts';
import { type Pool, poolName, type Token } from '../../../model/pool.ts';

/** A pool of the simulation and what is in it, in smallest units. */
export interface SimulatedPool {
  readonly pool: Pool;
  reserve0: bigint;
  reserve1: bigint;
}

export const E18 = 10n ** 18n;

/** An address made of a number: nobody's, and easy to know again. */
export function madeAddress(number: number): Address {
  return getAddress(padHex(toHex(number), { size: 20 }));
}

export function madePool(chainId: number, number: number, tokens: readonly [Token, Token], feePpm: number): Pool {
  const [token0, token1] = [...tokens].sort((a, b) => (a.address.toLowerCase() < b.address.toLowerCase() ? -1 : 1)) as [
    Token,
    Token,
  ];
  return {
    chainId,
    kind: 'V2',
    address: madeAddress(number),
    name: poolName(token0, token1),
    token0,
    token1,
    feePpm,
  };
}

const words = (...values: readonly bigint[]): Hex =>
  `0x${values.map((value) => value.toString(16).padStart(64, '0')).join('')}`;
const topic = (address: string): Hex => `0x${address.slice(2).toLowerCase().padStart(64, '0')}`;

/** What a swap would give: nothing is changed. */
export function quoted({ pool, reserve0, reserve1 }: SimulatedPool, tokenIn: Address, input: bigint): bigint {
  const isFirst = pool.token0.address === tokenIn;
  const [reserveIn, reserveOut] = isFirst ? [reserve0, reserve1] : [reserve1, reserve0];
  return amountOut({ reserveIn, reserveOut, feePpm: pool.feePpm }, input);
}

/** Swaps, and gives the logs that the contracts of a V2 pair and its tokens would send, in their order. */
export function swapped(
  of: SimulatedPool,
  tokenIn: Address,
  input: bigint,
  account: Address,
): { readonly logs: readonly ChainLog[]; readonly out: bigint; readonly tokenOut: Address } {
  const { pool } = of;
  const out = quoted(of, tokenIn, input);
  const isFirst = pool.token0.address === tokenIn;
  const tokenOut = isFirst ? pool.token1.address : pool.token0.address;
  of.reserve0 += isFirst ? input : -out;
  of.reserve1 += isFirst ? -out : input;
  const amounts = isFirst ? [input, 0n, 0n, out] : [0n, input, out, 0n];
  const log = (address: Address, topics: readonly Hex[], data: Hex): ChainLog => ({
    address: address.toLowerCase(),
    topics,
    data,
    index: 0,
  });
  const logs = [
    log(tokenIn, [TOPIC.transfer, topic(account), topic(pool.address)], words(input)),
    log(tokenOut, [TOPIC.transfer, topic(pool.address), topic(account)], words(out)),
    log(pool.address, [TOPIC.sync], words(of.reserve0, of.reserve1)),
    log(pool.address, [TOPIC.swapV2, topic(account), topic(account)], words(...amounts)),
  ];
  return { logs, out, tokenOut };
}
