import { topics } from '../../src/bus/topics.ts';
import { decimal } from '../../src/lib/decimal.ts';
import type { TransactionMeasures } from '../../src/model/arbitrage-transaction.ts';
import type { OpportunityMeasures } from '../../src/model/opportunity.ts';
import { addressOf, chainStatus, contractEvent, hashOf, opportunity, transaction } from '../support/arbitrage.ts';
import type { Asking, SubscriptionFixture } from './subscription-fixtures.ts';

const CHAINS = ['56', '137'] as const;

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

/** A thing of each chain, in its version of this number. */
function version<M>(chainId: string, number: number, of: (number: number) => M) {
  return { id: `${chainId}:thing`, version: number, before: number === 1 ? null : of(number - 1), ...of(number) };
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
    publish: (bus, { key, number }) => bus.publishState(topics.chainStatus, chainStatus(Number(key), number)),
    selection: 'chainId head',
    read: ({ chainId, head }) => ({ key: String(chainId), number: Number(head) }),
    askings: [everything('ChainFilter'), onOne('ChainFilter')],
  },
  opportunities: {
    topic: topics.opportunities,
    keys: () => CHAINS,
    publish: (bus, { key, number }) =>
      bus.publishEvent(topics.opportunities, opportunity(Number(key), number, version(key, number, looks))),
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
    publish: (bus, { key, number }) =>
      bus.publishEvent(topics.transactions, transaction(Number(key), number, version(key, number, measures))),
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
  chainEvents: {
    topic: topics.chainEvents,
    keys: () => CHAINS,
    publish: (bus, { key, number }) => {
      const of = { address: addressOf(0xa0 + (number % 2)), topics: [hashOf(number % 3)] };
      return bus.publishEvent(topics.chainEvents, contractEvent(Number(key), number, of));
    },
    selection: 'chainId blockNumber',
    read: ({ chainId, blockNumber }) => ({ key: String(chainId), number: Number(blockNumber) }),
    askings: [
      everything('ChainEventFilter'),
      onOne('ChainEventFilter'),
      {
        inline: `filter: {addresses: ["${addressOf(0xa1)}"], topics: ["${hashOf(1)}", "${hashOf(2)}"]}`,
        declared: '$addresses: [Address!], $topics: [Hash!]',
        args: 'filter: {addresses: $addresses, topics: $topics}',
        variables: { addresses: [addressOf(0xa1)], topics: [hashOf(2), hashOf(1)] },
        passes: ({ number }) => number % 2 === 1 && number % 3 !== 0,
      },
    ],
  },
};
