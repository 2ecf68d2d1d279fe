import { topics } from '../../src/bus/topics.ts';
import { decimal, ZERO } from '../../src/lib/decimal.ts';
import type { ArbitrageTransaction, TransactionMeasures } from '../../src/model/arbitrage-transaction.ts';
import type { ChainStatus } from '../../src/model/chain.ts';
import type { Opportunity, OpportunityMeasures } from '../../src/model/opportunity.ts';
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

/** What an opportunity is chosen by in its version of this number: every fourth is closed. */
function looks(number: number): OpportunityMeasures {
  const state = number % 4 === 0 ? 'CLOSED' : 'UPDATED';
  return { state, profitUsd: decimal(String(number)), imbalancePct: number / 2 };
}

/** The same of a transaction: every third has no known profit, and lies within no bounds. */
function measures(number: number): TransactionMeasures {
  return {
    swapCount: number,
    strategy: number % 2 === 0 ? 'TWO_HOP' : 'THREE_HOP',
    profitNetUsd: number % 3 === 1 ? null : decimal(String(number)),
  };
}

function opportunity(chainId: number, number: number): Wired<Opportunity> {
  return {
    id: `${chainId}:thing`,
    version: number,
    before: number === 1 ? null : looks(number - 1),
    closeReason: null,
    chainId,
    poolName: 'A-B',
    poolAddress: POOL,
    ...looks(number),
    referenceDeviationPct: null,
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
    id: `${chainId}:thing`,
    version: number,
    before: number === 1 ? null : measures(number - 1),
    ...measures(number),
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
    profitGrossUsd: null,
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
    before: (number) => (number > 1 ? number - 1 : null),
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
      {
        inline: 'filter: {minProfitUsd: "4", maxProfitUsd: 8, minImbalancePct: 2.5}',
        declared: '$least: Decimal, $most: Decimal, $imbalance: Float',
        args: 'filter: {minProfitUsd: $least, maxProfitUsd: $most, minImbalancePct: $imbalance}',
        variables: { least: '4.0', most: '8e0', imbalance: 2.5 },
        passes: ({ number }) => number >= 5 && number <= 8,
      },
      {
        inline: 'filter: {states: [CLOSED]}',
        declared: '$states: [OpportunityState!]',
        args: 'filter: {states: $states}',
        variables: { states: ['CLOSED'] },
        passes: ({ number }) => number % 4 === 0,
      },
    ],
  },
  transactions: {
    topic: topics.transactions,
    keys: () => CHAINS,
    publish: (bus, { key, number }) => bus.publishEvent(topics.transactions, transaction(Number(key), number)),
    before: (number) => (number > 1 ? number - 1 : null),
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
      {
        inline: 'filter: {minProfitUsd: "3", strategies: [TWO_HOP, FOUR_HOP]}',
        declared: '$filter: TransactionFilter',
        args: 'filter: $filter',
        variables: { filter: { minProfitUsd: 3, strategies: ['TWO_HOP', 'FOUR_HOP'], anyOf: null } },
        passes: ({ number }) => number % 3 !== 1 && number >= 3 && number % 2 === 0,
      },
    ],
  },
};
