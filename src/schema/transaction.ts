import { topics } from '../bus/topics.ts';
import { encodeCursor } from '../cohorts/cursor.ts';
import type { Predicate } from '../cohorts/predicate.ts';
import { subscribeEvents } from '../cohorts/request.ts';
import type { EventFrame } from '../cohorts/update.ts';
import { compareDecimals, type Decimal } from '../lib/decimal.ts';
import { badInput } from '../lib/errors.ts';
import type {
  ARBITRAGE_STRATEGIES,
  ArbitrageRound,
  ArbitrageStrategy,
  ArbitrageTransaction,
  TransactionMeasures,
} from '../model/arbitrage-transaction.ts';
import type { Wired } from '../model/wired.ts';
import type { ArbitrageDay, RecordPlace, TransactionChoice } from '../store/chain-records.ts';
import { alternatives, anyPredicate, checkRange } from './any-of.ts';
import { builder } from './builder.ts';
import { chainsIn } from './chain-ids.ts';
import { HistoryOrder, pageOf, pageRequest, pageSize } from './connections.ts';
import type { Context } from './context.ts';
import { perItem } from './cost.ts';
import { DeliveredRef, StreamEventRef } from './delivered.ts';
import { BEGINNING, beginningOf, chosen, EVENT_START, startCost } from './delivery-arguments.ts';
import { LIVE_CURSOR, PAGE_COST } from './event-history.ts';
import { BEFORE_ALL, liveCursorOf } from './facts.ts';
import { globalId } from './ids.ts';

type Told = Wired<ArbitrageTransaction>;

const ArbitrageStrategyEnum = builder.enumType('ArbitrageStrategy', {
  description: 'How many swaps its longest round has.',
  values: {
    TWO_HOP: { description: 'Two.' },
    THREE_HOP: { description: 'Three.' },
    FOUR_HOP: { description: 'Four.' },
    MULTI_HOP: { description: 'More.' },
  } satisfies Record<(typeof ARBITRAGE_STRATEGIES)[number], object>,
});

const ArbitrageRoundRef = builder.objectRef<Wired<ArbitrageRound>>('ArbitrageRound').implement({
  description: 'One closed round: the first token in is the last token out.',
  fields: (t) => ({
    account: t.expose('account', { type: 'Address', description: 'Who put in and took out.' }),
    token: t.expose('token', { type: 'Address', description: 'What it began and ended with.' }),
    startAmount: t.expose('startAmount', { type: 'BigInt', description: 'Put in, smallest units.' }),
    endAmount: t.expose('endAmount', { type: 'BigInt', description: 'Taken out, smallest units.' }),
    profit: t.expose('profit', { type: 'BigInt', description: 'The difference; a loss is negative.' }),
    pools: t.field({ type: ['Address'], description: 'In their order.', resolve: ({ pools }) => pools }),
  }),
});

const TransactionRef = builder.objectRef<EventFrame<Told>>('Transaction');

/** A transaction as it is stored: its cursor is the beginning of all that is kept. */
function stored(value: Told): EventFrame<Told> {
  return {
    value,
    ...BEFORE_ALL,
    cursor: encodeCursor(topics.transactions.name, BEFORE_ALL),
    matches: true,
    replayed: true,
  };
}

const UNPRICED = 'Null where a token has no price';

builder.node(TransactionRef, {
  description:
    'A transaction that made an arbitrage: at least two swaps, first token in is last token out (the rules of mev-inspect). Mined again after a reorganisation, it is the same one with a higher version.',
  interfaces: [DeliveredRef, StreamEventRef],
  id: { resolve: ({ value }) => value.id, description: 'Chain and hash.' },
  loadOne: async (id, { chainRecords }) => {
    const found = await chainRecords.transaction(id);
    return found && stored(found);
  },
  fields: (t) => ({
    version: t.int({ description: 'Grows with every change.', resolve: ({ value }) => value.version }),
    retracted: t.boolean({
      description: 'True while no block of the chain holds it.',
      resolve: ({ value }) => value.retracted,
    }),
    chainId: t.int({ description: 'On which chain.', resolve: ({ value }) => value.chainId }),
    txHash: t.field({ type: 'Hash', description: 'Its hash.', resolve: ({ value }) => value.txHash }),
    fromAddress: t.field({ type: 'Address', description: 'Who sent it.', resolve: ({ value }) => value.fromAddress }),
    blockNumber: t.field({
      type: 'SafeInt',
      description: 'In which block.',
      resolve: ({ value }) => value.blockNumber,
    }),
    blockTimestamp: t.field({
      type: 'DateTime',
      description: 'Time of the block.',
      resolve: ({ value }) => value.blockTimestamp,
    }),
    detectedAt: t.field({ type: 'DateTime', description: 'When we saw it.', resolve: ({ value }) => value.detectedAt }),
    gasPriceGwei: t.field({
      type: 'Decimal',
      description: 'Paid for a unit of gas.',
      resolve: ({ value }) => value.gasPriceGwei,
    }),
    gasUsed: t.field({ type: 'BigInt', description: 'Units of gas.', resolve: ({ value }) => value.gasUsed }),
    gasCostNative: t.field({
      type: 'Decimal',
      description: 'In the native coin.',
      resolve: ({ value }) => value.gasCostNative,
    }),
    gasCostUsd: t.field({
      type: 'Decimal',
      nullable: true,
      description: 'Null while the native coin has no price.',
      resolve: ({ value }) => value.gasCostUsd,
    }),
    swapCount: t.int({ description: 'Swaps in the whole transaction.', resolve: ({ value }) => value.swapCount }),
    strategy: t.field({
      type: ArbitrageStrategyEnum,
      description: 'Of its longest round.',
      resolve: ({ value }) => value.strategy,
    }),
    profitGrossUsd: t.field({
      type: 'Decimal',
      nullable: true,
      description: `Of all rounds, before gas. ${UNPRICED}.`,
      resolve: ({ value }) => value.profitGrossUsd,
    }),
    profitNetUsd: t.field({
      type: 'Decimal',
      nullable: true,
      description: `After gas; what is paid to a builder on the side is not taken off. ${UNPRICED}.`,
      resolve: ({ value }) => value.profitNetUsd,
    }),
    poolsInvolved: t.field({
      type: ['Address'],
      description: 'Each once.',
      resolve: ({ value }) => value.poolsInvolved,
    }),
    tokensInvolved: t.field({
      type: ['Address'],
      description: 'Each once.',
      resolve: ({ value }) => value.tokensInvolved,
    }),
    rounds: t.field({
      type: [ArbitrageRoundRef],
      complexity: perItem(2),
      description: 'Its closed rounds.',
      resolve: ({ value }) => value.rounds,
    }),
    opportunityId: t.id({
      nullable: true,
      description: 'The opportunity that it ended. Null where we knew of none.',
      resolve: ({ value }) => (value.opportunityId === null ? null : globalId('Opportunity', value.opportunityId)),
    }),
  }),
});

interface TransactionFilterShape {
  readonly chainIds?: number[] | null | undefined;
  readonly minProfitUsd?: string | null | undefined;
  readonly maxProfitUsd?: string | null | undefined;
  readonly minSwaps?: number | null | undefined;
  readonly strategies?: ArbitrageStrategy[] | null | undefined;
  readonly anyOf?: TransactionFilterShape[] | null | undefined;
}

const TransactionFilter = builder.inputRef<TransactionFilterShape>('TransactionFilter');

TransactionFilter.implement({
  description:
    'Which transactions. Members are ANDed, the values of a list ORed, bounds inclusive; a member left out or null does not narrow.',
  fields: (t) => ({
    chainIds: t.intList({ required: false, description: 'Only on these chains. Left out: all.' }),
    minProfitUsd: t.field({ type: 'Decimal', required: false, description: 'At least so much `profitNetUsd`.' }),
    maxProfitUsd: t.field({ type: 'Decimal', required: false, description: 'At most so much `profitNetUsd`.' }),
    minSwaps: t.int({ required: false, description: 'At least so many swaps.' }),
    strategies: t.field({ type: [ArbitrageStrategyEnum], required: false, description: 'Only these. Left out: all.' }),
    anyOf: t.field({
      type: [TransactionFilter],
      required: false,
      description:
        'Up to 16 alternatives: what stands beside this holds for each that does not say otherwise. One level.',
    }),
  }),
});

/** @throws ApiError `BAD_USER_INPUT`. */
async function choicesOf(
  filter: TransactionFilterShape | null | undefined,
  context: Context,
): Promise<readonly TransactionChoice[]> {
  return Promise.all(
    alternatives(filter).map(async ({ filter: one, argument }) => {
      checkRange(one.minProfitUsd, one.maxProfitUsd, argument);
      const minSwaps = one.minSwaps ?? null;
      if (minSwaps !== null && minSwaps < 0)
        throw badInput(`${argument}.minSwaps`, `minSwaps is ${minSwaps}.`, '0 or more');
      return {
        chainIds: await chainsIn(one.chainIds, `${argument}.chainIds`, context),
        minProfitUsd: one.minProfitUsd ?? null,
        maxProfitUsd: one.maxProfitUsd ?? null,
        minSwaps,
        strategies: chosen(one.strategies, `${argument}.strategies`) as TransactionChoice['strategies'],
      };
    }),
  );
}

/** What a transaction is chosen by. */
type Looks = TransactionMeasures & Pick<Told, 'chainId'>;

function predicateOf(choices: readonly TransactionChoice[]): Predicate<Told> {
  const testOf = ({ chainIds, minProfitUsd, maxProfitUsd, minSwaps, strategies }: TransactionChoice) => {
    const within = (profit: Decimal | null) =>
      (minProfitUsd === null || (profit !== null && compareDecimals(profit, minProfitUsd as Decimal) >= 0)) &&
      (maxProfitUsd === null || (profit !== null && compareDecimals(profit, maxProfitUsd as Decimal) <= 0));
    return ({ chainId, profitNetUsd, swapCount, strategy }: Looks) =>
      (chainIds?.includes(chainId) ?? true) &&
      within(profitNetUsd) &&
      (minSwaps === null || swapCount >= minSwaps) &&
      (strategies?.includes(strategy) ?? true);
  };
  return anyPredicate(choices, testOf, ({ before, chainId }: Told): Looks | null =>
    before === null ? null : { ...before, chainId },
  );
}

/** Everything: a database is asked for one alternative at the least. */
const ALL: TransactionChoice = {
  chainIds: null,
  minProfitUsd: null,
  maxProfitUsd: null,
  minSwaps: null,
  strategies: null,
};

const ArbitrageDayRef = builder.objectRef<ArbitrageDay>('ArbitrageDay').implement({
  description: 'What arbitrage brought on one chain in one day.',
  fields: (t) => ({
    chainId: t.exposeInt('chainId', { description: 'The chain.' }),
    day: t.expose('day', { type: 'DateTime', description: 'Its beginning, UTC.' }),
    transactions: t.exposeInt('transactions', { description: 'How many; retracted ones do not count.' }),
    profitNetUsd: t.expose('profitNetUsd', { type: 'Decimal', description: 'Of those whose profit is known.' }),
  }),
});

/** Days that totals go back, at most. */
const MAX_DAYS = 90;

builder.queryFields((t) => ({
  transactions: t.connection(
    {
      authScopes: { public: true },
      type: TransactionRef,
      description: `Arbitrage transactions as they stand, by when we saw them. ${PAGE_COST}`,
      complexity: (args) => perItem(pageSize(args)),
      args: {
        filter: t.arg({ type: TransactionFilter, required: false, description: 'Left out: all.' }),
        orderBy: t.arg({ type: HistoryOrder, required: false, description: 'Left out: the newest first.' }),
      },
      resolve: async (_root, { filter, orderBy, ...args }, context) => {
        const request = pageRequest<RecordPlace>('transactions', args);
        const choices = await choicesOf(filter, context);
        const liveCursor = await liveCursorOf(topics.transactions, null, context);
        const newestFirst = (orderBy !== 'OLDEST_FIRST') !== request.backwards;
        const { from, limit } = request;
        const page = { from, newestFirst, limit: limit + 1 };
        const found = await context.chainRecords.transactions(choices.length === 0 ? [ALL] : choices, page);
        const items = found.slice(0, limit).map((one) => ({
          node: stored(one),
          place: { detectedAt: one.detectedAt, id: one.id },
        }));
        return { ...pageOf('transactions', request, items, { more: found.length > limit, end: null }), liveCursor };
      },
    },
    {
      name: 'TransactionConnection',
      description: 'A page of transactions.',
      fields: (c) => ({ liveCursor: c.expose('liveCursor', LIVE_CURSOR) }),
    },
    { name: 'TransactionEdge', description: 'A transaction in a page.' },
  ),
  arbitrageDays: t.field({
    authScopes: { public: true },
    type: [ArbitrageDayRef],
    description: `Totals for each chain and day, newest first. Costs 1, and what is selected once for each of \`days\`.`,
    complexity: ({ days }) => perItem(Math.min(MAX_DAYS, Math.max(1, days ?? 7))),
    args: {
      chainIds: t.arg.intList({ required: false, description: 'Only of these chains. Left out: all.' }),
      days: t.arg.int({ required: false, defaultValue: 7, description: `How many days back, 1 to ${MAX_DAYS}.` }),
    },
    resolve: async (_root, { chainIds, days }, context) => {
      const count = days ?? 7;
      if (count < 1 || count > MAX_DAYS) throw badInput('days', `days is ${count}.`, `1 to ${MAX_DAYS}`);
      const chains = await chainsIn(chainIds, 'chainIds', context);
      return [...(await context.chainRecords.days(chains, count, context.clock.now()))];
    },
  }),
}));

builder.subscriptionField('transactions', (t) =>
  t.field({
    authScopes: { public: true },
    type: TransactionRef,
    description: `Arbitrage transactions as they are mined, and again when a reorganisation takes one back. One that leaves the filter comes once more, with \`matches: false\`. ${EVENT_START}`,
    complexity: startCost,
    args: { filter: t.arg({ type: TransactionFilter, required: false, description: 'Left out: all.' }), ...BEGINNING },
    subscribe: async (_root, { filter, ...args }, context) => {
      const beginning = beginningOf(args);
      const predicate = predicateOf(await choicesOf(filter, context));
      return subscribeEvents(topics.transactions, { predicate, ...beginning });
    },
    resolve: (frame) => frame,
  }),
);
