import { describe, expect, it } from 'vitest';
import { createArbitrageEngine } from '../../../src/engines/arbitrage/arbitrage-engine.ts';
import type { ArbitrageOutput } from '../../../src/engines/arbitrage/outputs.ts';
import { amountOut } from '../../../src/lib/finance/constant-product.ts';
import type { BlockMined } from '../../../src/model/chain.ts';
import { hasShape, TOPIC, word } from '../../../src/model/chain-logs.ts';
import {
  chainLog,
  HAS_CHAIN_RECORDINGS,
  pancakeLogs,
  publishedArbitrages,
  publishedSandwich,
  type RecordedLog,
  recordedBlock,
  recordedBlockNumbers,
  recordedLogs,
} from '../../support/recorded-chain.ts';

const WETH = '0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2';
const UNISWAP_AND_SUSHI = [
  '0x7a250d5630b4cf539739df2c5dacb4c659f2488d',
  '0xd9e1ce17f2641f24ae83637ab66a2cca9c378b9f',
  '0xe592427a0aece92de3edee1f18e0157c05861564',
];

function outputsOf(number: number): readonly ArbitrageOutput[] {
  const { receipts, pools } = recordedBlock(number);
  const engine = createArbitrageEngine({
    chains: [{ chainId: 1, wrappedNative: WETH, nativeSymbol: 'ETHUSDT', stablecoins: [], routers: UNISWAP_AND_SUSHI }],
  });
  const at = { chainId: 1, timestamp: 0, receivedAt: 0 };
  for (const pool of pools) engine.process({ kind: 'pool', pool, ...at });
  const block: BlockMined = { kind: 'block', number, hash: '0x1', parentHash: '0x0', gasPriceWei: 1n, receipts, ...at };
  return engine.process(block);
}

function transactionsOf(number: number) {
  return outputsOf(number).flatMap((output) => (output.kind === 'transaction' ? [output.transaction] : []));
}

describe.skipIf(!HAS_CHAIN_RECORDINGS)('recorded blocks', () => {
  it('give the published arbitrages, and no others, with the published profits to the wei', () => {
    const published = publishedArbitrages().filter(({ arbitrages }) => arbitrages !== undefined);
    expect(published.length).toBeGreaterThan(0);
    for (const { block, arbitrages = [] } of published) {
      const found = transactionsOf(block).map(({ txHash, rounds }) => ({
        tx: txHash,
        swaps: rounds[0]?.pools.length,
        profit_token: rounds[0]?.token.toLowerCase(),
        profit_amount: String(rounds[0]?.profit),
      }));
      expect(new Set(found)).toEqual(new Set(arbitrages));
    }
  });

  it('give the published sandwich, with its victims and its profit to the wei', () => {
    const { block, front, back, victims, profit } = publishedSandwich();
    const found = outputsOf(block).flatMap((output) => (output.kind === 'sandwich' ? [output.sandwich] : []));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ frontTxHash: front, backTxHash: back, victimTxHashes: victims, profit });
  });

  it('all give rounds of two swaps or more, whose profit is the end less the start', () => {
    const all = recordedBlockNumbers().flatMap(transactionsOf);
    expect(all.length).toBeGreaterThan(5);
    for (const { rounds, swapCount } of all) {
      expect(swapCount).toBeGreaterThanOrEqual(2);
      for (const { profit, endAmount, startAmount } of rounds) expect(profit).toBe(endAmount - startAmount);
    }
  });
});

/** Each swap with what its pair held before it, by the `Sync` that stands before each `Swap`, and by the swaps before that one. */
function checkedSwaps(logs: readonly RecordedLog[]) {
  const held = new Map<string, readonly [bigint, bigint]>();
  const before = new Map<string, readonly [bigint, bigint]>();
  const checked: { readonly pair: string; readonly exactAt: number | null; readonly agrees: boolean }[] = [];
  let strangers = 0;
  for (const log of logs.map(chainLog)) {
    const pair = log.address;
    if (log.topics[0] === TOPIC.sync && hasShape(log, 1, 2)) {
      const known = held.get(pair);
      if (known === undefined) before.delete(pair);
      else before.set(pair, known);
      held.set(pair, [word(log.data, 0), word(log.data, 1)]);
    }
    if (log.topics[0] !== TOPIC.swapV2) continue;
    const [after, earlier] = [held.get(pair), before.get(pair)];
    if (after === undefined) strangers++;
    if (after === undefined || earlier === undefined) continue;
    const [in0 = 0n, in1 = 0n, out0 = 0n, out1 = 0n] = [0, 1, 2, 3].map((index) => word(log.data, index));
    const agrees = earlier[0] + in0 - out0 === after[0] && earlier[1] + in1 - out1 === after[1];
    checked.push({ pair, agrees, exactAt: feeOf(earlier, in0, in1, out0, out1) });
  }
  return { checked, strangers };
}

/** The fee, in millionths, at which our arithmetic gives what the pair gave; null where it gave less than it could. */
function feeOf(held: readonly [bigint, bigint], in0: bigint, in1: bigint, out0: bigint, out1: bigint): number | null {
  const [reserveIn, reserveOut, amount, out] =
    out1 > 0n ? [held[0], held[1], in0, out1] : [held[1], held[0], in1, out0];
  return (
    [500, 2_000, 2_500, 3_000, 10_000].find((feePpm) => amountOut({ reserveIn, reserveOut, feePpm }, amount) === out) ??
    null
  );
}

describe.skipIf(!HAS_CHAIN_RECORDINGS)('recorded logs', () => {
  it('have reserves that agree with the amounts of every swap, wherever the pair was heard before', () => {
    const all = recordedLogs().flatMap(({ logs }) => checkedSwaps(logs).checked);
    expect(all.length).toBeGreaterThan(30);
    expect(all.filter(({ agrees }) => !agrees)).toEqual([]);
    // Most callers ask for all that they can get, to the wei; at which fee, differs.
    const exact = all.filter(({ exactAt }) => exactAt !== null);
    expect(exact.length).toBeGreaterThan(all.length / 2);
  });

  it('hold Swap topics of a contract that is no pair, which never tells reserves', () => {
    const strangers = recordedLogs().map(({ logs }) => checkedSwaps(logs).strangers);
    expect(Math.max(...strangers)).toBe(34);
  });

  it('of PancakeSwap are exact to the wei at 0.25 %', () => {
    const { checked } = checkedSwaps(pancakeLogs().logs);
    expect(checked.map(({ agrees, exactAt }) => [agrees, exactAt])).toEqual([
      [true, 2_500],
      [true, 2_500],
    ]);
  });
});
