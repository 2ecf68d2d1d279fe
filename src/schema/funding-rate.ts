import { topics } from '../bus/topics.ts';
import { subscribeEvents } from '../cohorts/request.ts';
import type { EventFrame } from '../cohorts/update.ts';
import type { FundingRate } from '../model/market-stats.ts';
import { builder } from './builder.ts';
import { HistoryOrder, pageSize } from './connections.ts';
import { perItem } from './cost.ts';
import { DeliveredRef, StreamEventRef } from './delivered.ts';
import { BEGINNING, beginningOf, EVENT_START, startCost } from './delivery-arguments.ts';
import { eventPage, LIVE_CURSOR, PAGE_COST } from './event-history.ts';
import { recalled } from './facts.ts';
import { MarketRef } from './market.ts';
import { MarketFilter, marketsIn } from './market-filter.ts';

const FundingRateRef = builder.objectRef<EventFrame<FundingRate>>('FundingRate');

const SIDED = 'Null where the venue does not distinguish the sides.';

builder.node(FundingRateRef, {
  description: 'A settlement of funding between the longs and shorts of a perpetual market. It never changes.',
  interfaces: [DeliveredRef, StreamEventRef],
  id: { resolve: ({ value }) => topics.fundingRates.idOf(value), description: 'One for each settlement of a market.' },
  loadOne: async (id, { history }) => {
    const found = await history.find(topics.fundingRates, null, id);
    return found && recalled(topics.fundingRates.name, found);
  },
  fields: (t) => ({
    market: t.field({
      type: MarketRef,
      description: 'The instrument.',
      resolve: ({ value }, _args, { instruments }) => instruments.describe(value.symbol, value.source),
    }),
    source: t.string({ description: 'Who told it: "hyperliquid".', resolve: ({ value }) => value.source }),
    fundingRate: t.field({
      type: 'Decimal',
      description: 'A fraction of the notional (0.0001 = 0.01 %), positive where longs paid shorts.',
      resolve: ({ value }) => value.fundingRate,
    }),
    longOpenInterest: t.field({
      type: 'Decimal',
      nullable: true,
      description: `Open longs at the settlement, in the base currency. ${SIDED}`,
      resolve: ({ value }) => value.longOpenInterest,
    }),
    shortOpenInterest: t.field({
      type: 'Decimal',
      nullable: true,
      description: `Open shorts at the settlement, in the base currency. ${SIDED}`,
      resolve: ({ value }) => value.shortOpenInterest,
    }),
  }),
});

builder.queryField('fundingRates', (t) =>
  t.connection(
    {
      authScopes: { public: true },
      type: FundingRateRef,
      description: `Settlements of the last days, newest first. ${PAGE_COST}`,
      complexity: (args) => perItem(pageSize(args)),
      args: {
        filter: t.arg({ type: MarketFilter, required: false, description: 'Left out: every market.' }),
        orderBy: t.arg({ type: HistoryOrder, required: false, description: 'Left out: the newest first.' }),
      },
      resolve: (_root, { filter, ...args }, context) =>
        eventPage(topics.fundingRates, null, marketsIn(filter, context), args, context),
    },
    {
      name: 'FundingRateConnection',
      description: 'A page of settlements.',
      fields: (c) => ({ liveCursor: c.expose('liveCursor', LIVE_CURSOR) }),
    },
    { name: 'FundingRateEdge', description: 'A settlement in a page.' },
  ),
);

builder.subscriptionField('fundingRates', (t) =>
  t.field({
    authScopes: { public: true },
    type: FundingRateRef,
    description: `Every settlement of funding. ${EVENT_START}`,
    complexity: startCost,
    args: {
      filter: t.arg({ type: MarketFilter, required: false, description: 'Left out: every market.' }),
      ...BEGINNING,
    },
    subscribe: (_root, { filter, ...args }, context) =>
      subscribeEvents(topics.fundingRates, { predicate: marketsIn(filter, context), ...beginningOf(args) }),
    resolve: (frame) => frame,
  }),
);
