import { topics } from '../bus/topics.ts';
import { subscribeState } from '../cohorts/request.ts';
import type { StateFrame } from '../cohorts/update.ts';
import { badInput } from '../lib/errors.ts';
import { type Candle, CLOSED_HELD_MS, INTERVAL_MS, seriesKey } from '../model/candle.ts';
import { builder } from './builder.ts';
import { CandleIntervalEnum } from './candle-interval.ts';
import { HistoryOrder, pageOf, pageRequest, pageSize } from './connections.ts';
import { perItem } from './cost.ts';
import { DeliveredRef, StateUpdateRef } from './delivered.ts';
import { DeliveryInput, intervalOf } from './delivery-arguments.ts';
import { PAGE_COST } from './event-history.ts';
import { queried } from './facts.ts';
import { MarketRef } from './market.ts';

const CandleRef = builder.objectRef<StateFrame<Candle>>('Candle');

const OF_PRICES = 'Null where the bar is made of an oracle’s prices.';

builder.node(CandleRef, {
  description:
    'A bar of a chart: what was traded in one interval. An interval in which nothing was traded has none: draw the last close.',
  interfaces: [DeliveredRef, StateUpdateRef],
  id: {
    resolve: ({ value }) => topics.candles.keyOf(value),
    description: 'One for each symbol, interval and opening time.',
  },
  loadOne: async (key, { candles }) => {
    const found = await candles.find(key);
    return found && queried(found);
  },
  fields: (t) => ({
    symbol: t.string({ description: 'The instrument\'s symbol: "BTCUSDT".', resolve: ({ value }) => value.symbol }),
    market: t.field({
      type: MarketRef,
      description: 'The instrument.',
      resolve: ({ value }, _args, { instruments }) => instruments.describe(value.symbol, value.source),
    }),
    interval: t.field({
      type: CandleIntervalEnum,
      description: 'How long it is.',
      resolve: ({ value }) => value.interval,
    }),
    source: t.string({ description: 'Who told what it is made of: "binance".', resolve: ({ value }) => value.source }),
    openTime: t.field({ type: 'DateTime', description: 'Its beginning.', resolve: ({ value }) => value.openTime }),
    closeTime: t.field({
      type: 'DateTime',
      description: 'Its end: the beginning of the next.',
      resolve: ({ value }) => value.openTime + INTERVAL_MS[value.interval],
    }),
    open: t.field({
      type: 'Decimal',
      description: 'Of the first trade in it, by the time of the trades.',
      resolve: ({ value }) => value.open,
    }),
    high: t.field({ type: 'Decimal', description: 'Highest price.', resolve: ({ value }) => value.high }),
    low: t.field({ type: 'Decimal', description: 'Lowest price.', resolve: ({ value }) => value.low }),
    close: t.field({
      type: 'Decimal',
      description: 'Of the last trade in it so far.',
      resolve: ({ value }) => value.close,
    }),
    volume: t.field({
      type: 'Decimal',
      nullable: true,
      description: `Traded in it, in the base currency. ${OF_PRICES}`,
      resolve: ({ value }) => value.volume,
    }),
    quoteVolume: t.field({
      type: 'Decimal',
      nullable: true,
      description: `Traded in it, in the quote currency. ${OF_PRICES}`,
      resolve: ({ value }) => value.quoteVolume,
    }),
    tradeCount: t.int({
      nullable: true,
      description: `Trades in it. ${OF_PRICES}`,
      resolve: ({ value }) => value.trades,
    }),
    closed: t.boolean({
      description: `Whether its interval is over. It is then kept live for ${CLOSED_HELD_MS / 1_000} seconds, in which a late trade may still amend it.`,
      resolve: ({ value }) => value.closed,
    }),
    complete: t.boolean({
      description:
        'Whether nothing that belongs in it is known to be missing. False for the bar in which we began to listen, beside a gap in what the source told, and while its source is away.',
      resolve: ({ value }) => value.complete,
    }),
    version: t.int({
      description: 'Grows with every change: of two the higher one is true.',
      resolve: ({ value }) => value.version,
    }),
  }),
});

interface CandlePlace {
  readonly openTime: number;
}

const SYMBOL = { required: true, description: 'As in `instruments`: "BTCUSDT".' } as const;
const INTERVAL = { type: CandleIntervalEnum, required: true, description: 'How long the bars are.' } as const;

builder.queryField('candles', (t) =>
  t.connection(
    {
      authScopes: { public: true },
      type: CandleRef,
      description: `Bars of a symbol, the running one among them, by their opening times. Bars of a second are kept for six hours, of a minute for a week, of longer ones for longer. ${PAGE_COST}`,
      complexity: (args) => perItem(pageSize(args)),
      args: {
        symbol: t.arg.string(SYMBOL),
        interval: t.arg(INTERVAL),
        from: t.arg({ type: 'DateTime', required: false, description: 'Only bars that begin then or later.' }),
        to: t.arg({ type: 'DateTime', required: false, description: 'Only bars that begin before then.' }),
        orderBy: t.arg({ type: HistoryOrder, required: false, description: 'Left out: the newest first.' }),
      },
      resolve: async (_root, { symbol, interval, from, to, orderBy, ...args }, context) => {
        context.instruments.check([symbol], 'symbol');
        if (from != null && to != null && from >= to) throw badInput('from', '`from` is not before `to`.');
        const name = `candles ${seriesKey(symbol, interval)}`;
        const request = pageRequest<CandlePlace>(name, args);
        const newestFirst = (orderBy !== 'OLDEST_FIRST') !== request.backwards;
        const beyond = request.from?.openTime ?? null;
        const found = await context.candles.page({
          symbol,
          interval,
          from: newestFirst || beyond === null ? (from ?? null) : Math.max(from ?? 0, beyond + 1),
          to: newestFirst && beyond !== null ? Math.min(to ?? beyond, beyond) : (to ?? null),
          newestFirst,
          limit: request.limit + 1,
        });
        const items = found
          .slice(0, request.limit)
          .map((one) => ({ node: queried(one), place: { openTime: one.value.openTime } }));
        return pageOf(name, request, items, { more: found.length > request.limit, end: null });
      },
    },
    { name: 'CandleConnection', description: 'A page of bars.' },
    { name: 'CandleEdge', description: 'A bar in a page.' },
  ),
);

builder.subscriptionField('candles', (t) =>
  t.field({
    authScopes: { public: true },
    type: CandleRef,
    description:
      'Bars of a symbol as they grow: a snapshot of the running one and of those closed within the last minute, then each at its changes, and its last word with `closed`. No closed bar is folded into another, whatever the rate.',
    args: {
      symbol: t.arg.string(SYMBOL),
      interval: t.arg(INTERVAL),
      delivery: t.arg({ type: DeliveryInput, required: false, description: 'Left out: every update.' }),
    },
    subscribe: (_root, { symbol, interval, delivery }, context) => {
      context.instruments.check([symbol], 'symbol');
      const series = seriesKey(symbol, interval);
      return subscribeState(topics.candles, {
        predicate: { id: series, routes: [series], test: null },
        minIntervalMs: intervalOf(delivery),
      });
    },
    resolve: (frame) => frame,
  }),
);
