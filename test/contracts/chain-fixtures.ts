import { topics } from '../../src/bus/topics.ts';
import { decimal, ZERO } from '../../src/lib/decimal.ts';
import type { ArbitrageTransaction } from '../../src/model/arbitrage-transaction.ts';
import type { ChainStatus } from '../../src/model/chain.ts';
import type { Opportunity } from '../../src/model/opportunity.ts';
import type { Wired } from '../../src/model/wired.ts';
import type { Asking, SubscriptionFixture } from './subscription-fixtures.ts';

const CHAINS = ['56', '137'] as const;
const POOL = '0x00000000000000000000000000000000000000A1';
const HASH = `0x${'ab'.repeat(32)}`;

function chain(chainId: number, head: number): ChainStatus {
  return {
    chainId,
    name: 'a chain',
    status: 'HEALTHY',
    message: '',
    head,
    headHash: null,
    lagMs: null,
    reorgs: 0,
    lastReorgDepth: null,
    errorCount: 0,
    poolCount: 0,
    stale: false,
    timestamp: head,
    receivedAt: head,
  };
}

function opportunity(chainId: number, number: number): Wired<Opportunity> {
  return {
    id: `${chainId}:${number}`,
    version: 1,
    state: 'OPENED',
    closeReason: null,
    chainId,
    poolName: 'A-B',
    poolAddress: POOL,
    imbalancePct: 1,
    referenceDeviationPct: null,
    profitUsd: decimal(String(number)),
    profitNative: ZERO,
    grossProfitUsd: ZERO,
    gasCostUsd: ZERO,
    gasCostNative: ZERO,
    reserve0: '1',
    reserve1: '1',
    route: [],
    optimalInput: '1',
    grossProfit: '1',
    blockNumber: number,
    ageBlocks: 0,
    detectedAt: number,
    captured: false,
    capturedBy: null,
    captureTxHash: null,
    realizedProfitUsd: null,
    timestamp: number,
    receivedAt: number,
  };
}

function transaction(chainId: number, number: number): Wired<ArbitrageTransaction> {
  return {
    id: `${chainId}:${number}`,
    version: 1,
    retracted: false,
    chainId,
    txHash: HASH,
    fromAddress: POOL,
    blockNumber: number,
    blockTimestamp: number,
    detectedAt: number,
    gasPriceGwei: ZERO,
    gasUsed: '1',
    gasCostNative: ZERO,
    gasCostUsd: null,
    swapCount: number,
    strategy: 'TWO_HOP',
    profitGrossUsd: null,
    profitNetUsd: null,
    poolsInvolved: [],
    tokensInvolved: [],
    rounds: [],
    opportunityId: null,
    timestamp: number,
    receivedAt: number,
  };
}

const onOne = (type: string): Asking => ({
  inline: 'filter: {chainIds: [56]}',
  declared: `$filter: ${type}`,
  args: 'filter: $filter',
  variables: { filter: { chainIds: [56, 56] } },
  passes: ({ key }) => key === '56',
});

const everything = (type: string): Asking => ({
  inline: '',
  declared: `$filter: ${type}`,
  args: 'filter: $filter',
  variables: {},
  passes: () => true,
});

/** What chains tell. */
export const chainFixtures: Readonly<Record<string, SubscriptionFixture>> = {
  chainStatus: {
    topic: topics.chainStatus,
    keys: () => CHAINS,
    publish: (bus, { key, number }) => bus.publishState(topics.chainStatus, chain(Number(key), number)),
    selection: 'chainId head',
    read: ({ chainId, head }) => ({ key: String(chainId), number: Number(head) }),
    askings: [everything('ChainFilter'), onOne('ChainFilter')],
  },
  opportunities: {
    topic: topics.opportunities,
    keys: () => CHAINS,
    publish: (bus, { key, number }) => bus.publishEvent(topics.opportunities, opportunity(Number(key), number)),
    selection: 'chainId profitUsd',
    read: ({ chainId, profitUsd }) => ({ key: String(chainId), number: Number(profitUsd) }),
    askings: [
      everything('OpportunityFilter'),
      onOne('OpportunityFilter'),
      {
        inline: 'filter: {chainIds: [137], anyOf: [{minProfitUsd: "1000000"}, {maxProfitUsd: "1"}]}',
        declared: '$least: Decimal',
        args: 'filter: {chainIds: [137], anyOf: [{minProfitUsd: $least}, {maxProfitUsd: "1"}]}',
        variables: { least: '1000000' },
        passes: ({ key, number }) => key === '137' && number <= 1,
      },
    ],
  },
  transactions: {
    topic: topics.transactions,
    keys: () => CHAINS,
    publish: (bus, { key, number }) => bus.publishEvent(topics.transactions, transaction(Number(key), number)),
    selection: 'chainId swapCount',
    read: ({ chainId, swapCount }) => ({ key: String(chainId), number: Number(swapCount) }),
    askings: [
      everything('TransactionFilter'),
      onOne('TransactionFilter'),
      {
        inline: 'filter: {minSwaps: 3, chainIds: [137]}',
        declared: '$least: Int',
        args: 'filter: {minSwaps: $least, chainIds: [137]}',
        variables: { least: 3 },
        passes: ({ key, number }) => key === '137' && number >= 3,
      },
    ],
  },
};
