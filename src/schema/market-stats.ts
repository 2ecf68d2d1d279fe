import { topics } from '../bus/topics.ts';
import { subscribeState } from '../cohorts/request.ts';
import type { StateFrame } from '../cohorts/update.ts';
import { annualFundingRate } from '../lib/finance/funding-rate.ts';
import { fixed, toNumber } from '../lib/fixed.ts';
import type { MarketStats } from '../model/market-stats.ts';
import { builder } from './builder.ts';
import { perItem, UNBOUNDED } from './cost.ts';
import { DeliveredRef, StateUpdateRef } from './delivered.ts';
import { DeliveryInput, intervalOf } from './delivery-arguments.ts';
import { queried } from './facts.ts';
import { MarketRef } from './market.ts';
import { MarketFilter, marketsIn } from './market-filter.ts';

const MarketStatsRef = builder.objectRef<StateFrame<MarketStats>>('MarketStats');

const SIDED = 'Null where the venue does not distinguish the sides: on an order book every contract has both.';

builder.node(MarketStatsRef, {
  description: 'A perpetual market as a whole: mark price, open interest, volume and funding.',
  interfaces: [DeliveredRef, StateUpdateRef],
  id: { resolve: ({ value }) => topics.marketStats.keyOf(value), description: 'One for each market.' },
  loadOne: async (id, { latest }) => {
    const found = await latest.get(topics.marketStats, id);
    return found && queried(found);
  },
  fields: (t) => ({
    market: t.field({
      type: MarketRef,
      description: 'The instrument.',
      resolve: ({ value }, _args, { instruments }) => instruments.describe(value.symbol, value.source),
    }),
    source: t.string({ description: 'Who told it: "hyperliquid".', resolve: ({ value }) => value.source }),
    currentPrice: t.field({
      type: 'Decimal',
      description: "The venue's mark price, in the quote currency.",
      resolve: ({ value }) => value.currentPrice,
    }),
    longOpenInterest: t.field({
      type: 'Decimal',
      nullable: true,
      description: `Open longs, in the base currency. ${SIDED}`,
      resolve: ({ value }) => value.longOpenInterest,
    }),
    shortOpenInterest: t.field({
      type: 'Decimal',
      nullable: true,
      description: `Open shorts, in the base currency. ${SIDED}`,
      resolve: ({ value }) => value.shortOpenInterest,
    }),
    totalOpenInterest: t.field({
      type: 'Decimal',
      nullable: true,
      description: "The venue's figure, in the base currency. Null where it gives none.",
      resolve: ({ value }) => value.totalOpenInterest,
    }),
    volume24h: t.field({
      type: 'Decimal',
      nullable: true,
      description: 'Traded in the last 24 hours, in the quote currency. Null where the venue does not say.',
      resolve: ({ value }) => value.volume24h,
    }),
    fundingRate: t.field({
      type: 'Decimal',
      nullable: true,
      description:
        'Of the funding interval now running: a fraction of the notional (0.0001 = 0.01 %), positive where longs pay shorts. Null where the venue does not say.',
      resolve: ({ value }) => value.fundingRate,
    }),
    fundingRateAnnualPct: t.float({
      nullable: true,
      description: 'The running rate as if it lasted a year, not compounded, per cent. Null without rate or interval.',
      resolve: ({ value: { fundingRate, fundingIntervalMs } }) =>
        fundingRate === null || fundingIntervalMs === null
          ? null
          : toNumber(annualFundingRate(fixed(fundingRate), fundingIntervalMs)) * 100,
    }),
    fundingIntervalSeconds: t.int({
      nullable: true,
      description: 'Length of a funding interval. Null where it is not known.',
      resolve: ({ value }) => (value.fundingIntervalMs === null ? null : Math.round(value.fundingIntervalMs / 1_000)),
    }),
    lastFundingUpdate: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When funding was last settled. Null until a settlement has been heard.',
      resolve: ({ value }) => value.lastFundingUpdate,
    }),
  }),
});

builder.queryField('marketStats', (t) =>
  t.field({
    authScopes: { public: true },
    type: [MarketStatsRef],
    description: `The latest of every market that passes the filter, by symbol. Costs 1, and what is selected once for each market of the filter; without markets, ${UNBOUNDED} times.`,
    complexity: ({ filter }) => perItem(filter?.markets?.length ?? UNBOUNDED),
    args: { filter: t.arg({ type: MarketFilter, required: false, description: 'Left out: every market.' }) },
    resolve: async (_root, { filter }, context) => {
      const { routes } = marketsIn(filter, context);
      const found = await context.latest.all(topics.marketStats, routes ?? undefined);
      return found.map((stats) => queried(stats)).sort((a, b) => (a.value.symbol < b.value.symbol ? -1 : 1));
    },
  }),
);

builder.subscriptionField('marketStats', (t) =>
  t.field({
    authScopes: { public: true },
    type: MarketStatsRef,
    description:
      'Perpetual markets as wholes: a snapshot of each that passes the filter, then the latest at each change.',
    args: {
      filter: t.arg({ type: MarketFilter, required: false, description: 'Left out: every market.' }),
      delivery: t.arg({ type: DeliveryInput, required: false, description: 'Left out: every update.' }),
    },
    subscribe: (_root, { filter, delivery }, context) =>
      subscribeState(topics.marketStats, {
        predicate: marketsIn(filter, context),
        minIntervalMs: intervalOf(delivery),
      }),
    resolve: (frame) => frame,
  }),
);
