import { getAddress } from 'viem/utils';
import { fromUnits } from '../../lib/decimal.ts';
import {
  type ArbitrageRound,
  type ArbitrageStrategy,
  type ArbitrageTransaction,
  type RetractedTransaction,
  transactionMeasures,
} from '../../model/arbitrage-transaction.ts';
import type { BlockMined, Hex, Receipt } from '../../model/chain.ts';
import type { Address } from '../../model/identity.ts';
import type { Token } from '../../model/pool.ts';
import type { Round } from './rounds.ts';
import type { Swap } from './swaps.ts';
import { nativeText, type TokenPrices, usdText } from './token-prices.ts';

/** Places of gwei in wei. */
const GWEI_PLACES = 9;

/** An arbitrage transaction as it is told. @param before the same one as it was retracted; null for one never heard of. */
export function transactionOf(
  receipt: Receipt,
  block: BlockMined,
  swaps: readonly Swap[],
  rounds: readonly Round[],
  prices: TokenPrices,
  before: RetractedTransaction | null,
): ArbitrageTransaction {
  const cost = receipt.gasUsed * receipt.gasPriceWei;
  const costUsd = prices.usdOfNative(cost);
  const grossUsd = grossOf(rounds, prices);
  return {
    id: `${block.chainId}:${receipt.txHash}`,
    version: (before?.version ?? 0) + 1,
    before: before && transactionMeasures(before),
    retracted: false,
    chainId: block.chainId,
    txHash: receipt.txHash,
    fromAddress: getAddress(receipt.from),
    blockNumber: block.number,
    blockTimestamp: block.timestamp,
    detectedAt: block.receivedAt,
    gasPriceGwei: fromUnits(receipt.gasPriceWei, GWEI_PLACES),
    gasUsed: receipt.gasUsed,
    gasCostNative: nativeText(cost),
    gasCostUsd: costUsd === null ? null : usdText(costUsd),
    swapCount: swaps.length,
    strategy: strategyOf(Math.max(...rounds.map((round) => round.swaps.length))),
    profitGrossUsd: grossUsd === null ? null : usdText(grossUsd),
    profitNetUsd: grossUsd === null || costUsd === null ? null : usdText(grossUsd - costUsd),
    poolsInvolved: distinct(swaps.map(({ address }) => address)),
    tokensInvolved: distinct(swaps.flatMap(({ tokenIn, tokenOut }) => [tokenIn, tokenOut])),
    rounds: rounds.map(roundNoun),
    opportunityId: null,
    timestamp: block.timestamp,
    receivedAt: block.receivedAt,
  };
}

function strategyOf(hops: number): ArbitrageStrategy {
  if (hops === 2) return 'TWO_HOP';
  if (hops === 3) return 'THREE_HOP';
  return hops === 4 ? 'FOUR_HOP' : 'MULTI_HOP';
}

function grossOf(rounds: readonly Round[], prices: TokenPrices): bigint | null {
  let sum = 0n;
  for (const round of rounds) {
    const usd = prices.usd(startToken(round), round.profit);
    if (usd === null) return null;
    sum += usd;
  }
  return sum;
}

function startToken({ swaps, token }: Round): Token {
  const { token0, token1 } = (swaps[0] as Swap).pool;
  return token0.address.toLowerCase() === token ? token0 : token1;
}

function roundNoun({ account, token, startAmount, endAmount, profit, swaps }: Round): ArbitrageRound {
  const pools = swaps.map(({ pool }) => pool.address);
  return { account: getAddress(account), token: getAddress(token), startAmount, endAmount, profit, pools };
}

function distinct(addresses: readonly Hex[]): readonly Address[] {
  return [...new Set(addresses)].map((address) => getAddress(address));
}
