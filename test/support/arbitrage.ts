import { getAddress, padHex, toHex } from 'viem/utils';
import { decimal } from '../../src/lib/decimal.ts';
import type { ArbitrageTransactionTold } from '../../src/model/arbitrage-transaction.ts';
import type { ChainStatus } from '../../src/model/chain.ts';
import type { ContractEvent } from '../../src/model/contract-event.ts';
import { measuresOf, type OpportunityTold } from '../../src/model/opportunity.ts';
import type { PoolState } from '../../src/model/pool.ts';
import type { Wired } from '../../src/model/wired.ts';

const NOW = Date.UTC(2026, 0, 1);

/** A readable address: `addressOf(7)` ends with 7. */
export function addressOf(number: number): string {
  return getAddress(padHex(toHex(number), { size: 20 }));
}

export function hashOf(number: number): string {
  return padHex(toHex(number), { size: 32 });
}

/** Values of what chains tell, complete and valid, of which a test says only what it is about. */
export function opportunity(chainId: number, block: number, more: Partial<OpportunityTold> = {}): OpportunityTold {
  const poolAddress = addressOf(0xa0);
  return {
    id: `${chainId}:${poolAddress}:${block}`,
    version: 1,
    before: null,
    state: 'OPENED',
    closeReason: null,
    chainId,
    poolName: 'WBNB-USDT',
    poolAddress,
    imbalancePct: 2,
    referenceDeviationPct: null,
    profitUsd: decimal('100'),
    profitNative: decimal('0.2'),
    grossProfitUsd: decimal('101'),
    gasCostUsd: decimal('1'),
    gasCostNative: decimal('0.002'),
    reserve0: '1000000000000000000000',
    reserve1: '600000000000000000000000',
    route: [
      {
        poolAddress,
        poolName: 'WBNB-USDT',
        tokenIn: addressOf(0x10),
        tokenOut: addressOf(0x20),
        amountIn: '1000000000000000000',
        amountOut: '600000000000000000000',
      },
    ],
    optimalInput: '1000000000000000000',
    grossProfit: '200000000000000000',
    blockNumber: block,
    ageBlocks: 0,
    detectedAt: NOW + block,
    captured: false,
    capturedBy: null,
    captureTxHash: null,
    realizedProfitUsd: null,
    timestamp: NOW + block,
    receivedAt: NOW + block,
    ...more,
  };
}

/** The same opportunity after a change. */
export function changed(before: OpportunityTold, more: Partial<OpportunityTold>): OpportunityTold {
  return { ...before, version: before.version + 1, before: measuresOf(before), state: 'UPDATED', ...more };
}

export function transaction(
  chainId: number,
  number: number,
  more: Partial<ArbitrageTransactionTold> = {},
): ArbitrageTransactionTold {
  const txHash = hashOf(number);
  const [first, second] = [addressOf(0xa0), addressOf(0xa1)];
  return {
    id: `${chainId}:${txHash}`,
    version: 1,
    before: null,
    retracted: false,
    chainId,
    txHash,
    fromAddress: addressOf(0xb0),
    blockNumber: number,
    blockTimestamp: NOW + number,
    detectedAt: NOW + number,
    gasPriceGwei: decimal('1'),
    gasUsed: '200000',
    gasCostNative: decimal('0.0002'),
    gasCostUsd: decimal('0.12'),
    swapCount: 2,
    strategy: 'TWO_HOP',
    profitGrossUsd: decimal('10.12'),
    profitNetUsd: decimal('10'),
    poolsInvolved: [first, second],
    tokensInvolved: [addressOf(0x10), addressOf(0x20)],
    rounds: [
      {
        account: addressOf(0xb1),
        token: addressOf(0x10),
        startAmount: '1000',
        endAmount: '1100',
        profit: '100',
        pools: [first, second],
      },
    ],
    opportunityId: null,
    timestamp: NOW + number,
    receivedAt: NOW + number,
    ...more,
  };
}

export function chainStatus(chainId: number, head: number, more: Partial<ChainStatus> = {}): ChainStatus {
  return {
    chainId,
    name: 'Test',
    source: 'evm',
    status: 'HEALTHY',
    message: '',
    head,
    headHash: hashOf(head),
    lagMs: 100,
    reorgs: 0,
    lastReorgDepth: null,
    errorCount: 0,
    poolCount: 1,
    stale: false,
    timestamp: NOW + head,
    receivedAt: NOW + head,
    ...more,
  };
}

export function contractEvent(chainId: number, block: number, more: Partial<ContractEvent> = {}): ContractEvent {
  const txHash = hashOf(block);
  return {
    id: `${chainId}:${txHash}:0`,
    version: 1,
    retracted: false,
    chainId,
    address: addressOf(0xa0),
    blockNumber: block,
    blockHash: hashOf(block),
    txHash,
    logIndex: 0,
    topics: [hashOf(1)],
    data: '0x',
    name: null,
    arguments: [],
    timestamp: NOW + block,
    receivedAt: NOW + block,
    ...more,
  };
}

export function poolState(chainId: number, number: number): Wired<PoolState> {
  const token = (at: number, symbol: string) => ({ address: addressOf(at), symbol, decimals: 18 });
  return {
    pool: {
      chainId,
      kind: 'V2',
      address: addressOf(number),
      name: 'WBNB-USDT',
      token0: token(0x10, 'WBNB'),
      token1: token(0x20, 'USDT'),
      feePpm: 2_500,
    },
    reserve0: '1',
    reserve1: '600',
    blockNumber: number,
    price: decimal('600'),
    excluded: null,
    timestamp: NOW,
    receivedAt: NOW,
  };
}
