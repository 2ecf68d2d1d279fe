import { topics } from '../bus/topics.ts';
import type { Predicate } from '../cohorts/predicate.ts';
import { canonicalJson } from '../cohorts/question.ts';
import { subscribeEvents } from '../cohorts/request.ts';
import type { EventFrame } from '../cohorts/update.ts';
import { badInput } from '../lib/errors.ts';
import { chainsOf, type TransactionChoice, transactionTest } from '../model/arbitrage-choice.ts';
import type {
  ARBITRAGE_STRATEGIES,
  ArbitrageRound,
  ArbitrageStrategy,
  ArbitrageTransactionTold,
} from '../model/arbitrage-transaction.ts';
import type { Wired } from '../model/wired.ts';
import { ArbitrageOrderEnum, CHAIN_IDS, chosenChains, members, profitBounds } from './arbitrage-arguments.ts';
import { arbitragePage } from './arbitrage-page.ts';
import { builder } from './builder.ts';
import { pageSize } from './connections.ts';
import type { Context } from './context.ts';
import { perItem } from './cost.ts';
import { DeliveredRef, StreamEventRef } from './delivered.ts';
import { BEGINNING, beginningOf, chosen, EVENT_START, startCost } from './delivery-arguments.ts';
import { LIVE_CURSOR, PAGE_COST } from './event-history.ts';
import { standing } from './facts.ts';
import { globalId } from './ids.ts';

const ArbitrageStrategyEnum = builder.enumType('ArbitrageStrategy', {
  description: 'How many swaps the longest round of a transaction has.',
  values: {
    TWO_HOP: { description: 'Two.' },
    THREE_HOP: { description: 'Three: a triangle.' },
    FOUR_HOP: { description: 'Four.' },
    MULTI_HOP: { description: 'Five or more.' },
  } satisfies Record<(typeof ARBITRAGE_STRATEGIES)[number], object>,
});

const ArbitrageRoundRef = builder.objectRef<Wired<ArbitrageRound>>('ArbitrageRound').implement({
  description: 'Swaps that begin and end with the same token, in the same hands.',
  fields: (t) => ({
    account: t.expose('account', { type: 'Address', description: 'Who put in and took out.' }),
    token: t.expose('token', { type: 'Address', description: 'What it began and ended with.' }),
    startAmount: t.expose('startAmount', { type: 'BigInt', description: 'Put in, smallest units.' }),
    endAmount: t.expose('endAmount', { type: 'BigInt', description: 'Taken out, smallest units.' }),
    profit: t.expose('profit', {
      type: 'BigInt',
      description: 'What was taken out less what was put in, to the wei; a loss is negative.',
    }),
    pools: t.expose('pools', { type: ['Address'], description: 'Through which pools, in order.' }),
  }),
});

/** Rounds that a transaction is taken to have, to count what it costs: few have two. */
const USUAL_ROUNDS = 2;

const TransactionRef = builder.objectRef<EventFrame<ArbitrageTransactionTold>>('Transaction');

const transactionFrame = (transaction: ArbitrageTransactionTold) => standing(topics.transactions.name, transaction);

const UNPRICED = 'Null where a token of it has no price.';

builder.node(TransactionRef, {
  description:
    'A transaction that made at least one round of swaps, as the logs of its block tell it. Of two versions the higher one is true.',
  interfaces: [DeliveredRef, StreamEventRef],
  id: { resolve: ({ value }) => value.id, description: 'Chain and hash: mined again it is the same one.' },
  loadOne: async (id, { arbitrage }) => {
    const found = await arbitrage.transaction(id);
    return found && transactionFrame(found);
  },
  fields: (t) => ({
    version: t.int({ description: 'Grows with each change.', resolve: ({ value }) => value.version }),
    retracted: t.boolean({
      description: 'True while no block of the chain holds it: the chain has given up the one that did.',
      resolve: ({ value }) => value.retracted,
    }),
    chainId: t.int({ description: 'EIP-155.', resolve: ({ value }) => value.chainId }),
    txHash: t.field({ type: 'Hash', description: 'Its hash.', resolve: ({ value }) => value.txHash }),
    fromAddress: t.field({ type: 'Address', description: 'Who sent it.', resolve: ({ value }) => value.fromAddress }),
    blockNumber: t.field({
      type: 'SafeInt',
      description: 'The block that holds it, or held it last.',
      resolve: ({ value }) => value.blockNumber,
    }),
    blockTimestamp: t.field({
      type: 'DateTime',
      description: 'Of that block.',
      resolve: ({ value }) => value.blockTimestamp,
    }),
    detectedAt: t.field({
      type: 'DateTime',
      description: 'When this system found it.',
      resolve: ({ value }) => value.detectedAt,
    }),
    gasPriceGwei: t.field({
      type: 'Decimal',
      description: 'Paid for a unit of gas, gwei.',
      resolve: ({ value }) => value.gasPriceGwei,
    }),
    gasUsed: t.field({ type: 'BigInt', description: 'Units of gas.', resolve: ({ value }) => value.gasUsed }),
    gasCostNative: t.field({
      type: 'Decimal',
      description: 'Paid for gas, in the native coin.',
      resolve: ({ value }) => value.gasCostNative,
    }),
    gasCostUsd: t.field({
      type: 'Decimal',
      nullable: true,
      description: 'The same in dollars. Null while the native coin has no price.',
      resolve: ({ value }) => value.gasCostUsd,
    }),
    swapCount: t.int({
      description: 'Swaps of known pools in the whole transaction.',
      resolve: ({ value }) => value.swapCount,
    }),
    strategy: t.field({
      type: ArbitrageStrategyEnum,
      description: 'Of its longest round.',
      resolve: ({ value }) => value.strategy,
    }),
    profitGrossUsd: t.field({
      type: 'Decimal',
      nullable: true,
      description: `Won by all rounds together, dollars. ${UNPRICED}`,
      resolve: ({ value }) => value.profitGrossUsd,
    }),
    profitNetUsd: t.field({
      type: 'Decimal',
      nullable: true,
      description: `The same after gas; what is paid to a block's builder on the side is not in the logs. ${UNPRICED}`,
      resolve: ({ value }) => value.profitNetUsd,
    }),
    poolsInvolved: t.field({
      type: ['Address'],
      description: 'Pools that it swapped in.',
      resolve: ({ value }) => value.poolsInvolved,
    }),
    tokensInvolved: t.field({
      type: ['Address'],
      description: 'Tokens that it swapped.',
      resolve: ({ value }) => value.tokensInvolved,
    }),
    rounds: t.field({
      type: [ArbitrageRoundRef],
      complexity: perItem(USUAL_ROUNDS),
      description: `Its rounds, to the wei. Counted as ${USUAL_ROUNDS}.`,
      resolve: ({ value }) => value.rounds,
    }),
    opportunityId: t.id({
      nullable: true,
      description: 'The opportunity that it ended. Null where none was known.',
      resolve: ({ value }) => value.opportunityId && globalId('Opportunity', value.opportunityId),
    }),
  }),
});

interface TransactionFilterShape {
  chainIds?: number[] | null | undefined;
  minProfitUsd?: string | null | undefined;
  maxProfitUsd?: string | null | undefined;
  minSwaps?: number | null | undefined;
  strategies?: ArbitrageStrategy[] | null | undefined;
  anyOf?: TransactionFilterShape[] | null | undefined;
}

const TransactionFilter = builder.inputRef<TransactionFilterShape>('TransactionFilter').implement({
  description:
    'Which transactions. Members are ANDed, the values of a list ORed, bounds inclusive; a member left out or null does not narrow.',
  fields: (t) => ({
    chainIds: t.intList(CHAIN_IDS),
    minProfitUsd: t.field({
      type: 'Decimal',
      required: false,
      description: 'Of `profitNetUsd`, at least: one without a known profit is none of them.',
    }),
    maxProfitUsd: t.field({
      type: 'Decimal',
      required: false,
      description: 'Of `profitNetUsd`, at most: one without a known profit is none of them.',
    }),
    minSwaps: t.int({ required: false, description: 'Of `swapCount`, at least; 0 or more.' }),
    strategies: t.field({
      type: [ArbitrageStrategyEnum],
      required: false,
      description: 'Only of these. Left out: all.',
    }),
    anyOf: t.field({
      type: [TransactionFilter],
      required: false,
      description: 'One of these at least, besides everything above; 1 to 16, and none within one.',
    }),
  }),
});

/** @throws ApiError `BAD_USER_INPUT`. */
function choiceOf(filter: TransactionFilterShape, at: string, context: Context): TransactionChoice {
  const minSwaps = filter.minSwaps ?? null;
  if (minSwaps !== null && minSwaps < 0) throw badInput(`${at}.minSwaps`, `minSwaps is ${minSwaps}.`, '0 or more');
  return {
    chainIds: chosenChains(filter.chainIds, `${at}.chainIds`, context),
    ...profitBounds(filter, at),
    minSwaps,
    strategies: chosen(filter.strategies, `${at}.strategies`),
    anyOf: members(filter.anyOf, `${at}.anyOf`, (member, place) => choiceOf(member, place, context)),
  };
}

function predicateOf(choice: TransactionChoice): Predicate<ArbitrageTransactionTold> {
  const test = transactionTest(choice);
  return {
    id: canonicalJson(choice),
    routes: chainsOf(choice)?.map(String) ?? null,
    test,
    left: ({ before, chainId }) => before !== null && test({ ...before, chainId }),
  };
}

const FILTER = { type: TransactionFilter, required: false, description: 'Left out: every transaction.' } as const;

builder.queryField('transactions', (t) =>
  t.connection(
    {
      authScopes: { public: true },
      type: TransactionRef,
      description: `Arbitrage transactions as they stand. ${PAGE_COST}`,
      complexity: (args) => perItem(pageSize(args)),
      args: {
        filter: t.arg(FILTER),
        orderBy: t.arg({ type: ArbitrageOrderEnum, required: false, description: 'Left out: the newest first.' }),
      },
      resolve: async (_root, { filter, ...args }, context) => {
        const choice = choiceOf(filter ?? {}, 'filter', context);
        return arbitragePage(topics.transactions, args, context, (page) =>
          context.arbitrage.transactions(choice, page),
        );
      },
    },
    {
      name: 'TransactionConnection',
      description: 'A page of transactions.',
      fields: (c) => ({ liveCursor: c.expose('liveCursor', LIVE_CURSOR) }),
    },
    { name: 'TransactionEdge', description: 'A transaction in a page.' },
  ),
);

builder.subscriptionField('transactions', (t) =>
  t.field({
    authScopes: { public: true },
    type: TransactionRef,
    description: `Every arbitrage transaction, and again when the chain gives up its block (\`retracted: true\`) or mines it anew. ${EVENT_START}`,
    complexity: startCost,
    args: { filter: t.arg(FILTER), ...BEGINNING },
    subscribe: (_root, { filter, ...args }, context) =>
      subscribeEvents(topics.transactions, {
        predicate: predicateOf(choiceOf(filter ?? {}, 'filter', context)),
        ...beginningOf(args),
      }),
    resolve: (frame) => frame,
  }),
);
