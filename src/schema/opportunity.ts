import { topics } from '../bus/topics.ts';
import type { Predicate } from '../cohorts/predicate.ts';
import { canonicalJson } from '../cohorts/question.ts';
import { subscribeEvents } from '../cohorts/request.ts';
import type { EventFrame } from '../cohorts/update.ts';
import { badInput } from '../lib/errors.ts';
import { chainsOf, type OpportunityChoice, opportunityTest } from '../model/arbitrage-choice.ts';
import type {
  OPPORTUNITY_CLOSE_REASONS,
  OPPORTUNITY_STATES,
  OpportunityState,
  OpportunityTold,
  RouteHop,
} from '../model/opportunity.ts';
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

const OpportunityStateEnum = builder.enumType('OpportunityState', {
  description: 'How far the life of an opportunity has come.',
  values: {
    OPENED: { description: 'It has just been found.' },
    UPDATED: { description: 'Its figures have changed; it is still there.' },
    CLOSED: { description: 'It is over: `closeReason` says why, the other fields show it as it last was.' },
    RETRACTED: { description: 'The chain has given up the block in which it was found: it never was.' },
  } satisfies Record<(typeof OPPORTUNITY_STATES)[number], object>,
});

const OpportunityCloseReasonEnum = builder.enumType('OpportunityCloseReason', {
  description: 'Why an opportunity is over.',
  values: {
    TAKEN: { description: 'A transaction took it: it is named.' },
    CONVERGED: { description: 'Prices met without an arbitrage.' },
    EXPIRED: {
      description: 'Nobody took it for so long that something must be in the way; or nobody watched it for a while.',
    },
  } satisfies Record<(typeof OPPORTUNITY_CLOSE_REASONS)[number], object>,
});

const RouteHopRef = builder.objectRef<Wired<RouteHop>>('RouteHop').implement({
  description: 'One swap of a route.',
  fields: (t) => ({
    poolAddress: t.expose('poolAddress', { type: 'Address', description: 'Through which pool.' }),
    poolName: t.exposeString('poolName', { description: 'Symbols of its tokens: "WBNB-USDT".' }),
    tokenIn: t.expose('tokenIn', { type: 'Address', description: 'What goes in.' }),
    tokenOut: t.expose('tokenOut', { type: 'Address', description: 'What comes out.' }),
    amountIn: t.expose('amountIn', { type: 'BigInt', description: 'Smallest units of what goes in.' }),
    amountOut: t.expose('amountOut', { type: 'BigInt', description: 'Smallest units of what comes out.' }),
  }),
});

/** Longest route that is looked for. */
const ROUTE_HOPS = 4;

const OpportunityRef = builder.objectRef<EventFrame<OpportunityTold>>('Opportunity');

const opportunityFrame = (opportunity: OpportunityTold) => standing(topics.opportunities.name, opportunity);

builder.node(OpportunityRef, {
  description:
    'A pool that is out of balance, with the best way found to profit from it, as it stands after a change. Of two versions the higher one is true.',
  interfaces: [DeliveredRef, StreamEventRef],
  id: {
    resolve: ({ value }) => value.id,
    description: 'The opportunity: it comes several times, once for each change.',
  },
  loadOne: async (id, { arbitrage }) => {
    const found = await arbitrage.opportunity(id);
    return found && opportunityFrame(found);
  },
  fields: (t) => ({
    version: t.int({ description: 'Grows with each change.', resolve: ({ value }) => value.version }),
    state: t.field({
      type: OpportunityStateEnum,
      description: 'How far it has come.',
      resolve: ({ value }) => value.state,
    }),
    closeReason: t.field({
      type: OpportunityCloseReasonEnum,
      nullable: true,
      description: 'Null until it is closed.',
      resolve: ({ value }) => value.closeReason,
    }),
    chainId: t.int({ description: 'EIP-155.', resolve: ({ value }) => value.chainId }),
    poolName: t.string({
      description: 'Symbols of the pool\'s tokens: "WBNB-USDT".',
      resolve: ({ value }) => value.poolName,
    }),
    poolAddress: t.field({
      type: 'Address',
      description: 'The pool that moved out of balance.',
      resolve: ({ value }) => value.poolAddress,
    }),
    imbalancePct: t.float({
      description: "How far the pool's price lies from the one that the rest of the route gives, fees aside, per cent.",
      resolve: ({ value }) => value.imbalancePct,
    }),
    referenceDeviationPct: t.float({
      nullable: true,
      description:
        "How far the pool's price lies from the reference prices of its tokens, per cent. Null where one of them has none.",
      resolve: ({ value }) => value.referenceDeviationPct,
    }),
    profitUsd: t.field({
      type: 'Decimal',
      description: 'At the best input, after gas, dollars.',
      resolve: ({ value }) => value.profitUsd,
    }),
    profitNative: t.field({
      type: 'Decimal',
      description: 'The same in the native coin.',
      resolve: ({ value }) => value.profitNative,
    }),
    grossProfitUsd: t.field({
      type: 'Decimal',
      description: 'Before gas, dollars.',
      resolve: ({ value }) => value.grossProfitUsd,
    }),
    gasCostUsd: t.field({
      type: 'Decimal',
      description: 'Estimated gas of the route at the price of the last block, dollars.',
      resolve: ({ value }) => value.gasCostUsd,
    }),
    gasCostNative: t.field({
      type: 'Decimal',
      description: 'The same in the native coin.',
      resolve: ({ value }) => value.gasCostNative,
    }),
    reserve0: t.field({
      type: 'BigInt',
      description: 'What the pool holds of its first token, smallest units.',
      resolve: ({ value }) => value.reserve0,
    }),
    reserve1: t.field({
      type: 'BigInt',
      description: 'What the pool holds of its second token, smallest units.',
      resolve: ({ value }) => value.reserve1,
    }),
    route: t.field({
      type: [RouteHopRef],
      complexity: perItem(ROUTE_HOPS),
      description: `The swaps, in order; begins and ends with the same token. Counted as ${ROUTE_HOPS}.`,
      resolve: ({ value }) => value.route,
    }),
    optimalInput: t.field({
      type: 'BigInt',
      description: "What to put in for the most profit: smallest units of the route's first token.",
      resolve: ({ value }) => value.optimalInput,
    }),
    grossProfit: t.field({
      type: 'BigInt',
      description: 'What comes out above that, to the wei, in the same token.',
      resolve: ({ value }) => value.grossProfit,
    }),
    blockNumber: t.field({
      type: 'SafeInt',
      description: 'Block of the latest change.',
      resolve: ({ value }) => value.blockNumber,
    }),
    ageBlocks: t.int({
      description: 'Blocks between its opening and the latest change.',
      resolve: ({ value }) => value.ageBlocks,
    }),
    detectedAt: t.field({
      type: 'DateTime',
      description: 'When this system found it.',
      resolve: ({ value }) => value.detectedAt,
    }),
    captured: t.boolean({ description: 'Whether a transaction took it.', resolve: ({ value }) => value.captured }),
    capturedBy: t.field({
      type: 'Address',
      nullable: true,
      description: 'Who sent the transaction that took it. Null where none did.',
      resolve: ({ value }) => value.capturedBy,
    }),
    captureTxHash: t.field({
      type: 'Hash',
      nullable: true,
      description: 'The transaction that took it. Null where none did.',
      resolve: ({ value }) => value.captureTxHash,
    }),
    transactionId: t.id({
      nullable: true,
      description: 'The same as an entity. Null where none did.',
      resolve: ({ value }) => value.captureTxHash && globalId('Transaction', `${value.chainId}:${value.captureTxHash}`),
    }),
    realizedProfitUsd: t.field({
      type: 'Decimal',
      nullable: true,
      description:
        'What that transaction won after its own gas, dollars. Null where none took it, or its tokens have no price.',
      resolve: ({ value }) => value.realizedProfitUsd,
    }),
  }),
});

interface OpportunityFilterShape {
  chainIds?: number[] | null | undefined;
  minProfitUsd?: string | null | undefined;
  maxProfitUsd?: string | null | undefined;
  minImbalancePct?: number | null | undefined;
  pools?: string[] | null | undefined;
  states?: OpportunityState[] | null | undefined;
  anyOf?: OpportunityFilterShape[] | null | undefined;
}

const OpportunityFilter = builder.inputRef<OpportunityFilterShape>('OpportunityFilter').implement({
  description:
    'Which opportunities. Members are ANDed, the values of a list ORed, bounds inclusive; a member left out or null does not narrow.',
  fields: (t) => ({
    chainIds: t.intList(CHAIN_IDS),
    minProfitUsd: t.field({ type: 'Decimal', required: false, description: 'Of `profitUsd`, at least.' }),
    maxProfitUsd: t.field({ type: 'Decimal', required: false, description: 'Of `profitUsd`, at most.' }),
    minImbalancePct: t.float({ required: false, description: 'Of `imbalancePct`, at least; 0 or more.' }),
    pools: t.field({
      type: ['Address'],
      required: false,
      description: 'Only of these pools (`poolAddress`); 1 to 200. Left out: all.',
    }),
    states: t.field({ type: [OpportunityStateEnum], required: false, description: 'Only in these. Left out: all.' }),
    anyOf: t.field({
      type: [OpportunityFilter],
      required: false,
      description: 'One of these at least, besides everything above; 1 to 16, and none within one.',
    }),
  }),
});

/** @throws ApiError `BAD_USER_INPUT`. */
function choiceOf(filter: OpportunityFilterShape, at: string, context: Context): OpportunityChoice {
  const least = filter.minImbalancePct ?? null;
  if (least !== null && !(least >= 0))
    throw badInput(`${at}.minImbalancePct`, `minImbalancePct is ${least}.`, '0 or more, in per cent');
  return {
    chainIds: chosenChains(filter.chainIds, `${at}.chainIds`, context),
    ...profitBounds(filter, at),
    minImbalancePct: least,
    pools: chosen(filter.pools, `${at}.pools`),
    states: chosen(filter.states, `${at}.states`),
    anyOf: members(filter.anyOf, `${at}.anyOf`, (member, place) => choiceOf(member, place, context)),
  };
}

function predicateOf(choice: OpportunityChoice): Predicate<OpportunityTold> {
  const test = opportunityTest(choice);
  return {
    id: canonicalJson(choice),
    routes: chainsOf(choice)?.map(String) ?? null,
    test,
    left: ({ before, chainId, poolAddress }) => before !== null && test({ ...before, chainId, poolAddress }),
  };
}

const FILTER = { type: OpportunityFilter, required: false, description: 'Left out: every opportunity.' } as const;

builder.queryField('opportunities', (t) =>
  t.connection(
    {
      authScopes: { public: true },
      type: OpportunityRef,
      description: `Opportunities as they stand, open and over. ${PAGE_COST}`,
      complexity: (args) => perItem(pageSize(args)),
      args: {
        filter: t.arg(FILTER),
        orderBy: t.arg({ type: ArbitrageOrderEnum, required: false, description: 'Left out: the newest first.' }),
      },
      resolve: async (_root, { filter, ...args }, context) => {
        const choice = choiceOf(filter ?? {}, 'filter', context);
        return arbitragePage(topics.opportunities, args, context, (page) =>
          context.arbitrage.opportunities(choice, page),
        );
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
    description: `Every change of an opportunity: found, changed, taken or gone, taken back by the chain. One that leaves the filter comes once more, with \`matches: false\`. ${EVENT_START}`,
    complexity: startCost,
    args: { filter: t.arg(FILTER), ...BEGINNING },
    subscribe: (_root, { filter, ...args }, context) =>
      subscribeEvents(topics.opportunities, {
        predicate: predicateOf(choiceOf(filter ?? {}, 'filter', context)),
        ...beginningOf(args),
      }),
    resolve: (frame) => frame,
  }),
);
