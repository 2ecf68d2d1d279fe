import { topics } from '../bus/topics.ts';
import type { Predicate } from '../cohorts/predicate.ts';
import { canonicalJson } from '../cohorts/question.ts';
import { subscribeEvents } from '../cohorts/request.ts';
import type { EventFrame } from '../cohorts/update.ts';
import { atLeast, type Decimal } from '../lib/decimal.ts';
import { symbolOfKey } from '../model/instrument.ts';
import type { Trade } from '../model/trade.ts';
import { builder } from './builder.ts';
import type { Context } from './context.ts';
import { perItem, priceNode, WHOLE_PAST } from './cost.ts';
import { DeliveredRef, StreamEventRef } from './delivered.ts';
import { beginningOf, chosen, countOf, MAX_LAST } from './delivery-arguments.ts';
import { recalled } from './facts.ts';
import { MarketRef } from './market.ts';
import { SideEnum } from './side.ts';

/** How many trades are given where nobody says. */
const DEFAULT_LAST = 50;

const TradeRef = builder.objectRef<EventFrame<Trade>>('Trade');

builder.node(TradeRef, {
  description: 'One trade, as the venue numbered it. It never changes.',
  interfaces: [DeliveredRef, StreamEventRef],
  id: { resolve: ({ value }) => topics.trades.idOf(value), description: 'One for each trade of a venue.' },
  loadOne: async (id, { recent }) => {
    const isIt = (trade: Trade) => topics.trades.idOf(trade) === id;
    const [found] = await recent.newest(topics.trades, { routes: [symbolOfKey(id)], test: isIt }, 1);
    return found && recalled(topics.trades.name, found);
  },
  fields: (t) => ({
    tradeId: t.string({
      description: "The venue's own number, unique within symbol and source.",
      resolve: ({ value }) => value.tradeId,
    }),
    symbol: t.string({ description: 'The instrument\'s symbol: "BTCUSDT".', resolve: ({ value }) => value.symbol }),
    market: t.field({
      type: MarketRef,
      description: 'The instrument.',
      resolve: ({ value }, _args, { instruments }) => instruments.describe(value.symbol, value.source),
    }),
    source: t.string({ description: 'Who told it: "binance".', resolve: ({ value }) => value.source }),
    price: t.field({ type: 'Decimal', description: 'In the quote currency.', resolve: ({ value }) => value.price }),
    quantity: t.field({
      type: 'Decimal',
      description: 'In the base currency.',
      resolve: ({ value }) => value.quantity,
    }),
    side: t.field({ type: SideEnum, description: "The taker's side.", resolve: ({ value }) => value.side }),
  }),
});

priceNode('Trade', () => WHOLE_PAST);

const TradeFilter = builder.inputType('TradeFilter', {
  description: 'Which trades. Members are ANDed, the values of a list ORed; a member left out or null does not narrow.',
  fields: (t) => ({
    symbols: t.stringList({ required: false, description: 'Only these symbols; 1 to 200. Left out: all.' }),
    sources: t.stringList({ required: false, description: 'Only by these sources; 1 to 200. Left out: all.' }),
    minQuantity: t.field({
      type: 'Decimal',
      required: false,
      description: 'Only trades of at least this quantity, in the base currency.',
    }),
  }),
});

type Filter = typeof TradeFilter.$inferInput;

/** @throws ApiError `BAD_USER_INPUT`. */
function predicateOf(filter: Filter | null | undefined, { instruments }: Context): Predicate<Trade> {
  const symbols = chosen(filter?.symbols, 'filter.symbols');
  const sources = chosen(filter?.sources, 'filter.sources');
  const minQuantity = (filter?.minQuantity ?? null) as Decimal | null;
  if (symbols) instruments.check(symbols, 'filter.symbols');
  const wanted = sources && new Set(sources);
  const enough = minQuantity !== null ? atLeast(minQuantity) : null;
  return {
    id: canonicalJson({ symbols, sources, minQuantity }),
    routes: symbols,
    test:
      wanted || enough ? ({ source, quantity }) => (wanted?.has(source) ?? true) && (enough?.(quantity) ?? true) : null,
  };
}

builder.queryField('recentTrades', (t) =>
  t.field({
    authScopes: { public: true },
    type: [TradeRef],
    description: `The newest trades of a symbol that are still kept, oldest first. Costs 1 (${WHOLE_PAST} with a \`source\`, which may have to be looked for to the end), and what is selected once for each of \`last\`.`,
    complexity: ({ last, source }) => perItem(Math.min(MAX_LAST, last ?? DEFAULT_LAST), source ? WHOLE_PAST : 1),
    args: {
      symbol: t.arg.string({ required: true, description: 'As in `instruments`: "BTCUSDT".' }),
      source: t.arg.string({ required: false, description: 'Only by this source. Left out: all.' }),
      last: t.arg.int({
        required: false,
        defaultValue: DEFAULT_LAST,
        description: `How many at most, 1 to ${MAX_LAST}.`,
      }),
    },
    resolve: async (_root, { symbol, source, last }, context) => {
      const predicate = predicateOf({ symbols: [symbol], ...(source && { sources: [source] }) }, context);
      const found = await context.recent.newest(topics.trades, predicate, countOf(last ?? DEFAULT_LAST));
      return found.map((trade) => recalled(topics.trades.name, trade));
    },
  }),
);

builder.subscriptionField('trades', (t) =>
  t.field({
    authScopes: { public: true },
    type: TradeRef,
    description:
      "Every trade, in the venue's order. From now on; or `after` a cursor, without loss or repetition; or beginning with the `last` so many. Costs 1 and `last`.",
    complexity: ({ last }) => ({ field: 1 + Math.min(MAX_LAST, Math.max(0, last ?? 0)) }),
    args: {
      filter: t.arg({ type: TradeFilter, required: false, description: 'Left out: every trade.' }),
      after: t.arg({
        type: 'Cursor',
        required: false,
        description:
          'Everything after this position, then what comes. `CURSOR_EXPIRED` when not all of it is still kept.',
      }),
      last: t.arg.int({
        required: false,
        description: `Begin with the newest so many that match, 1 to ${MAX_LAST}, oldest first. Not together with \`after\`.`,
      }),
    },
    subscribe: (_root, args, context) =>
      subscribeEvents(topics.trades, { predicate: predicateOf(args.filter, context), ...beginningOf(args) }),
    resolve: (frame) => frame,
  }),
);
