import { topics } from '../bus/topics.ts';
import { encodeCursor } from '../cohorts/cursor.ts';
import type { Predicate } from '../cohorts/predicate.ts';
import { subscribeEvents } from '../cohorts/request.ts';
import type { EventFrame } from '../cohorts/update.ts';
import { atLeast, compareDecimals, type Decimal } from '../lib/decimal.ts';
import { badInput } from '../lib/errors.ts';
import type {
  OPPORTUNITY_CLOSE_REASONS,
  OPPORTUNITY_STATES,
  Opportunity,
  OpportunityMeasures,
  OpportunityState,
  RouteHop,
} from '../model/opportunity.ts';
import type { Wired } from '../model/wired.ts';
import type { OpportunityChoice, RecordPlace } from '../store/chain-records.ts';
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

type Told = Wired<Opportunity>;

const OpportunityStateEnum = builder.enumType('OpportunityState', {
  description: 'How far the life of an opportunity has come.',
  values: {
    OPENED: { description: 'It pays, after gas.' },
    UPDATED: { description: 'It still pays, and its figures have changed.' },
    CLOSED: { description: 'It is over: `closeReason` says how.' },
    RETRACTED: { description: 'A block that it rested on is no longer part of the chain.' },
  } satisfies Record<(typeof OPPORTUNITY_STATES)[number], object>,
});

const OpportunityCloseReasonEnum = builder.enumType('OpportunityCloseReason', {
  description: 'How an opportunity ended.',
  values: {
    TAKEN: { description: 'By a transaction that is named.' },
    CONVERGED: { description: 'Prices met without one.' },
    EXPIRED: { description: 'Nobody took it for too long.' },
  } satisfies Record<(typeof OPPORTUNITY_CLOSE_REASONS)[number], object>,
});

const RouteHopRef = builder.objectRef<Wired<RouteHop>>('RouteHop').implement({
  description: 'One swap of a route.',
  fields: (t) => ({
    poolAddress: t.expose('poolAddress', { type: 'Address', description: 'In which pool.' }),
    poolName: t.exposeString('poolName', { description: 'Symbols of its tokens.' }),
    tokenIn: t.expose('tokenIn', { type: 'Address', description: 'What is put in.' }),
    tokenOut: t.expose('tokenOut', { type: 'Address', description: 'What comes out.' }),
    amountIn: t.expose('amountIn', { type: 'BigInt', description: 'In its smallest unit.' }),
    amountOut: t.expose('amountOut', { type: 'BigInt', description: 'In its smallest unit.' }),
  }),
});

const OpportunityRef = builder.objectRef<EventFrame<Told>>('Opportunity');

/** An opportunity as it is stored: its cursor is the beginning of all that is kept. */
function stored(value: Told): EventFrame<Told> {
  return {
    value,
    ...BEFORE_ALL,
    cursor: encodeCursor(topics.opportunities.name, BEFORE_ALL),
    matches: true,
    replayed: true,
  };
}

builder.node(OpportunityRef, {
  description:
    'A pool out of balance, and the best way found to profit from it, as it stands after a change. Of two versions the higher one is true; a closed one keeps its last open figures.',
  interfaces: [DeliveredRef, StreamEventRef],
  id: { resolve: ({ value }) => value.id, description: 'It comes several times, once for each change.' },
  loadOne: async (id, { chainRecords }) => {
    const found = await chainRecords.opportunity(id);
    return found && stored(found);
  },
  fields: (t) => ({
    version: t.int({ description: 'Grows with every change.', resolve: ({ value }) => value.version }),
    state: t.field({
      type: OpportunityStateEnum,
      description: 'How far it has come.',
      resolve: ({ value }) => value.state,
    }),
    closeReason: t.field({
      type: OpportunityCloseReasonEnum,
      nullable: true,
      description: 'Null while it is not closed.',
      resolve: ({ value }) => value.closeReason,
    }),
    chainId: t.int({ description: 'On which chain.', resolve: ({ value }) => value.chainId }),
    poolName: t.string({ description: 'Symbols of the pool: "WBNB-BUSD".', resolve: ({ value }) => value.poolName }),
    poolAddress: t.field({ type: 'Address', description: 'The pool.', resolve: ({ value }) => value.poolAddress }),
    imbalancePct: t.float({
      description: "How far the pool's price lies from the one that the rest of the route gives, fees aside.",
      resolve: ({ value }) => value.imbalancePct,
    }),
    referenceDeviationPct: t.float({
      nullable: true,
      description: "How far the pool's price lies from `prices`, signed. Null where one of its tokens has none.",
      resolve: ({ value }) => value.referenceDeviationPct,
    }),
    profitUsd: t.field({ type: 'Decimal', description: 'After gas.', resolve: ({ value }) => value.profitUsd }),
    profitNative: t.field({
      type: 'Decimal',
      description: 'After gas, in the native coin.',
      resolve: ({ value }) => value.profitNative,
    }),
    grossProfitUsd: t.field({
      type: 'Decimal',
      description: 'Before gas.',
      resolve: ({ value }) => value.grossProfitUsd,
    }),
    gasCostUsd: t.field({ type: 'Decimal', description: 'Of the route.', resolve: ({ value }) => value.gasCostUsd }),
    gasCostNative: t.field({
      type: 'Decimal',
      description: 'Of the route.',
      resolve: ({ value }) => value.gasCostNative,
    }),
    reserve0: t.field({ type: 'BigInt', description: 'Of the pool.', resolve: ({ value }) => value.reserve0 }),
    reserve1: t.field({ type: 'BigInt', description: 'Of the pool.', resolve: ({ value }) => value.reserve1 }),
    route: t.field({
      type: [RouteHopRef],
      complexity: perItem(4),
      description: 'Begins and ends with the same token.',
      resolve: ({ value }) => value.route,
    }),
    optimalInput: t.field({
      type: 'BigInt',
      description: "What to put in for the most profit, in the smallest unit of the route's first token.",
      resolve: ({ value }) => value.optimalInput,
    }),
    grossProfit: t.field({
      type: 'BigInt',
      description: 'What comes out above it.',
      resolve: ({ value }) => value.grossProfit,
    }),
    blockNumber: t.field({
      type: 'SafeInt',
      description: 'Block of the latest change.',
      resolve: ({ value }) => value.blockNumber,
    }),
    ageBlocks: t.int({
      description: 'Blocks between opening and the latest change.',
      resolve: ({ value }) => value.ageBlocks,
    }),
    detectedAt: t.field({
      type: 'DateTime',
      description: 'When it was found.',
      resolve: ({ value }) => value.detectedAt,
    }),
    captured: t.boolean({ description: 'Whether somebody took it.', resolve: ({ value }) => value.captured }),
    capturedBy: t.field({
      type: 'Address',
      nullable: true,
      description: 'Who took it. Null where nobody did.',
      resolve: ({ value }) => value.capturedBy,
    }),
    captureTxHash: t.field({
      type: 'Hash',
      nullable: true,
      description: 'The transaction that took it. Null where none did.',
      resolve: ({ value }) => value.captureTxHash,
    }),
    realizedProfitUsd: t.field({
      type: 'Decimal',
      nullable: true,
      description:
        'Of the transaction that took it, after its own gas. Null where not taken, or its tokens have no price.',
      resolve: ({ value }) => value.realizedProfitUsd,
    }),
  }),
});

const OpportunityFilter = builder.inputRef<OpportunityFilterShape>('OpportunityFilter');

interface OpportunityFilterShape {
  readonly chainIds?: number[] | null | undefined;
  readonly minProfitUsd?: string | null | undefined;
  readonly maxProfitUsd?: string | null | undefined;
  readonly minImbalancePct?: number | null | undefined;
  readonly pools?: string[] | null | undefined;
  readonly states?: OpportunityState[] | null | undefined;
  readonly anyOf?: OpportunityFilterShape[] | null | undefined;
}

OpportunityFilter.implement({
  description:
    'Which opportunities. Members are ANDed, the values of a list ORed, bounds inclusive; a member left out or null does not narrow.',
  fields: (t) => ({
    chainIds: t.intList({ required: false, description: 'Only on these chains. Left out: all.' }),
    minProfitUsd: t.field({ type: 'Decimal', required: false, description: 'At least so much `profitUsd`.' }),
    maxProfitUsd: t.field({ type: 'Decimal', required: false, description: 'At most so much `profitUsd`.' }),
    minImbalancePct: t.float({ required: false, description: 'At least so far out of balance.' }),
    pools: t.field({ type: ['Address'], required: false, description: 'Only these pools; 1 to 200. Left out: all.' }),
    states: t.field({ type: [OpportunityStateEnum], required: false, description: 'Only these. Left out: all.' }),
    anyOf: t.field({
      type: [OpportunityFilter],
      required: false,
      description:
        'Up to 16 alternatives: what stands beside this holds for each that does not say otherwise. One level.',
    }),
  }),
});

/** @throws ApiError `BAD_USER_INPUT`. */
async function choicesOf(
  filter: OpportunityFilterShape | null | undefined,
  context: Context,
): Promise<readonly OpportunityChoice[]> {
  return Promise.all(
    alternatives(filter).map(async ({ filter: one, argument }) => {
      checkRange(one.minProfitUsd, one.maxProfitUsd, argument);
      const minImbalancePct = one.minImbalancePct ?? null;
      if (minImbalancePct !== null && !(minImbalancePct >= 0))
        throw badInput(`${argument}.minImbalancePct`, `minImbalancePct is ${minImbalancePct}.`, '0 or more');
      return {
        chainIds: await chainsIn(one.chainIds, `${argument}.chainIds`, context),
        minProfitUsd: one.minProfitUsd ?? null,
        maxProfitUsd: one.maxProfitUsd ?? null,
        minImbalancePct,
        pools: chosen(one.pools, `${argument}.pools`),
        states: chosen(one.states, `${argument}.states`) as OpportunityChoice['states'],
      };
    }),
  );
}

/** What an opportunity is chosen by. */
type Looks = OpportunityMeasures & Pick<Told, 'chainId' | 'poolAddress'>;

function predicateOf(choices: readonly OpportunityChoice[]): Predicate<Told> {
  const testOf = ({ chainIds, minProfitUsd, maxProfitUsd, minImbalancePct, pools, states }: OpportunityChoice) => {
    const enough = minProfitUsd === null ? null : atLeast(minProfitUsd as Decimal);
    return ({ chainId, profitUsd, imbalancePct, poolAddress, state }: Looks) =>
      (chainIds?.includes(chainId) ?? true) &&
      (enough?.(profitUsd) ?? true) &&
      (maxProfitUsd === null || compareDecimals(profitUsd, maxProfitUsd as Decimal) <= 0) &&
      (minImbalancePct === null || imbalancePct >= minImbalancePct) &&
      (pools?.includes(poolAddress) ?? true) &&
      (states?.includes(state) ?? true);
  };
  return anyPredicate(choices, testOf, ({ before, chainId, poolAddress }: Told): Looks | null =>
    before === null ? null : { ...before, chainId, poolAddress },
  );
}

/** Everything: a database is asked for one alternative at the least. */
const ALL: OpportunityChoice = {
  chainIds: null,
  minProfitUsd: null,
  maxProfitUsd: null,
  minImbalancePct: null,
  pools: null,
  states: null,
};

builder.queryField('opportunities', (t) =>
  t.connection(
    {
      authScopes: { public: true },
      type: OpportunityRef,
      description: `Opportunities as they stand, by when they were found. ${PAGE_COST}`,
      complexity: (args) => perItem(pageSize(args)),
      args: {
        filter: t.arg({ type: OpportunityFilter, required: false, description: 'Left out: all.' }),
        orderBy: t.arg({ type: HistoryOrder, required: false, description: 'Left out: the newest first.' }),
      },
      resolve: async (_root, { filter, orderBy, ...args }, context) => {
        const request = pageRequest<RecordPlace>('opportunities', args);
        const choices = await choicesOf(filter, context);
        const liveCursor = await liveCursorOf(topics.opportunities, null, context);
        const newestFirst = (orderBy !== 'OLDEST_FIRST') !== request.backwards;
        const { from, limit } = request;
        const page = { from, newestFirst, limit: limit + 1 };
        const found = await context.chainRecords.opportunities(choices.length === 0 ? [ALL] : choices, page);
        const items = found.slice(0, limit).map((one) => ({
          node: stored(one),
          place: { detectedAt: one.detectedAt, id: one.id },
        }));
        return { ...pageOf('opportunities', request, items, { more: found.length > limit, end: null }), liveCursor };
      },
    },
    {
      name: 'OpportunityConnection',
      description: 'A page of opportunities.',
      fields: (c) => ({ liveCursor: c.expose('liveCursor', LIVE_CURSOR) }),
    },
    { name: 'OpportunityEdge', description: 'An opportunity in a page.' },
  ),
);

builder.subscriptionField('opportunities', (t) =>
  t.field({
    authScopes: { public: true },
    type: OpportunityRef,
    description: `Every change of opportunities: opened, updated, closed, retracted. One that leaves the filter comes once more, with \`matches: false\`. ${EVENT_START}`,
    complexity: startCost,
    args: { filter: t.arg({ type: OpportunityFilter, required: false, description: 'Left out: all.' }), ...BEGINNING },
    subscribe: async (_root, { filter, ...args }, context) => {
      const beginning = beginningOf(args);
      const predicate = predicateOf(await choicesOf(filter, context));
      return subscribeEvents(topics.opportunities, { predicate, ...beginning });
    },
    resolve: (frame) => frame,
  }),
);
