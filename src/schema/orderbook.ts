import { type GraphQLResolveInfo, Kind } from 'graphql';
import { topics } from '../bus/topics.ts';
import { subscribeState } from '../cohorts/request.ts';
import type { StateFrame } from '../cohorts/update.ts';
import { badInput } from '../lib/errors.ts';
import { BOOK_DEPTH, type Book, type BookChange, type Level } from '../model/book.ts';
import { sourceKey } from '../model/instrument.ts';
import { builder } from './builder.ts';
import type { Context } from './context.ts';
import { perItem, priceNode } from './cost.ts';
import { DeliveredRef, StateUpdateRef } from './delivered.ts';
import { DeliveryInput, intervalOf } from './delivery-arguments.ts';
import { queried } from './facts.ts';
import { MarketRef } from './market.ts';

/** Depths that a FULL book may be asked for: few, since each is a question of its own that is answered at every update. */
const DEPTHS: readonly number[] = [5, 10, 20, 50, 100, 500, BOOK_DEPTH];
const DEFAULT_DEPTH = 20;

const FORMATS = ['FULL', 'DELTA'] as const;
type Format = (typeof FORMATS)[number];

const OrderbookFormatEnum = builder.enumType('OrderbookFormat', {
  description: 'How a book is delivered.',
  values: {
    FULL: { description: 'Every frame is the whole book to the `depth` asked for.' },
    DELTA: {
      description:
        'The first frame is the whole book (1,000 levels a side), each one after it what has changed since: set the size of each level that is named, delete it where the size is "0". Each frame\'s `previousSequence` is the `sequence` of the frame before; null means a new whole book: throw away what you hold. Prove your book with `checksum`.',
    },
  } satisfies Record<Format, object>,
});

const PriceLevelRef = builder.objectRef<Level>('PriceLevel').implement({
  description: 'All that is bid or asked at one price.',
  fields: (t) => ({
    price: t.field({ type: 'Decimal', description: 'In the quote currency.', resolve: ([price]) => price }),
    size: t.field({
      type: 'Decimal',
      description: 'In the base currency. "0" in a DELTA frame: the level is gone.',
      resolve: ([, size]) => size,
    }),
  }),
});

/** A book with what was asked of it. */
interface View extends StateFrame<Book, BookChange> {
  readonly depth: number;
  readonly format: Format;
}

const OrderbookRef = builder.objectRef<View>('Orderbook');

builder.node(OrderbookRef, {
  description: 'The order book of a symbol by one source.',
  interfaces: [DeliveredRef, StateUpdateRef],
  id: {
    resolve: ({ value, depth, format }) => [value.symbol, value.source, depth, format].join('|'),
    description: 'One for each symbol, source, depth and format.',
  },
  loadOne: (id, context) => {
    const [symbol = '', source = '', depth] = id.split('|');
    return viewOf(symbol, source, Number(depth), context);
  },
  fields: (t) => ({
    symbol: t.string({ description: 'The instrument\'s symbol: "BTCUSDT".', resolve: ({ value }) => value.symbol }),
    market: t.field({
      type: MarketRef,
      description: 'The instrument.',
      resolve: ({ value }, _args, { instruments }) => instruments.describe(value.symbol, value.source),
    }),
    source: t.string({ description: 'Whose book: "binance".', resolve: ({ value }) => value.source }),
    bids: t.field({
      type: [PriceLevelRef],
      complexity: perItem(1),
      description:
        'Whole book: the best bids, highest price first. DELTA frame with `previousSequence`: bids that changed, in no order.',
      resolve: ({ value, change, depth }) => change?.bids ?? value.bids.slice(0, depth),
    }),
    asks: t.field({
      type: [PriceLevelRef],
      complexity: perItem(1),
      description:
        'Whole book: the best asks, lowest price first. DELTA frame with `previousSequence`: asks that changed, in no order.',
      resolve: ({ value, change, depth }) => change?.asks ?? value.asks.slice(0, depth),
    }),
    previousSequence: t.field({
      type: 'SafeInt',
      nullable: true,
      description: 'DELTA: `sequence` of the frame that this one changes. Null: this frame is a whole book.',
      resolve: ({ change, sequence }) => (change ? sequence - 1 : null),
    }),
    checksum: t.field({
      type: 'SafeInt',
      nullable: true,
      description:
        'Unsigned CRC32 (IEEE) of the book after this frame: of its ten best levels a side, best first, alternating bid and ask, each "price:size", joined by "|"; levels that are missing are left out. Null when the book is empty.',
      resolve: ({ value }) => (value.bids.length + value.asks.length === 0 ? null : value.checksum),
    }),
    venueUpdateId: t.string({
      nullable: true,
      description: "The venue's own number of the last change in it. Null where the venue numbers none.",
      resolve: ({ value }) => value.venueUpdateId,
    }),
  }),
});

/**
 * A level on either side for each of the depth, paid by whoever asks for the book: the lists of levels cost nothing more.
 * A depth that is not offered costs no more than the greatest: that is not what it is refused for.
 */
const levelsOf = (depth: number) => 2 * Math.min(BOOK_DEPTH, Math.max(0, depth));

const BOOK_COST = 'Costs 1, and 2 for each level of `depth`';

priceNode('Orderbook', (id) => 1 + levelsOf(Number(id.split('|')[2]) || 0));

async function viewOf(symbol: string, source: string, depth: number, { latest }: Context): Promise<View | null> {
  const found = await latest.get(topics.orderbook, sourceKey(symbol, source));
  return found && { ...queried<Book, BookChange>(found), depth: depthOf(depth), format: 'FULL' };
}

/** @throws ApiError `BAD_USER_INPUT` for a depth that is not offered. */
function depthOf(depth: number | null | undefined): number {
  const wanted = depth ?? DEFAULT_DEPTH;
  if (DEPTHS.includes(wanted)) return wanted;
  throw badInput('depth', `depth is ${wanted}.`, `${DEPTHS.slice(0, -1).join(', ')} or ${BOOK_DEPTH} levels a side`);
}

/**
 * The source to ask for a book.
 * @throws ApiError `BAD_USER_INPUT` for a symbol that no feed gives, or while none has said who gives it.
 */
function sourceOf(symbol: string, source: string | null | undefined, { instruments }: Context): string | null {
  instruments.check([symbol], 'symbol');
  return source ?? instruments.get(symbol)?.primarySource ?? null;
}

/** Whether the caller wrote this argument: its value alone does not tell, since the default fills in. */
function isGiven(name: string, { fieldNodes, variableValues }: GraphQLResolveInfo): boolean {
  const given = fieldNodes.flatMap((node) => node.arguments ?? []).filter((argument) => argument.name.value === name);
  return given.some(({ value }) => value.kind !== Kind.VARIABLE || variableValues[value.name.value] !== undefined);
}

const DEPTH_ARG = `Levels a side: ${DEPTHS.join(', ')}.`;

builder.queryField('orderbook', (t) =>
  t.field({
    authScopes: { public: true },
    type: OrderbookRef,
    nullable: true,
    description: `The order book of a symbol as it stands; null when none has been heard. ${BOOK_COST}.`,
    complexity: ({ depth }) => ({ field: 1 + levelsOf(depth ?? DEFAULT_DEPTH) }),
    args: {
      symbol: t.arg.string({ required: true, description: 'As in `instruments`: "BTCUSDT".' }),
      source: t.arg.string({ required: false, description: "Whose. Left out: the symbol's primary source." }),
      depth: t.arg.int({ required: false, defaultValue: DEFAULT_DEPTH, description: DEPTH_ARG }),
    },
    resolve: (_root, { symbol, source, depth }, context) => {
      const from = sourceOf(symbol, source, context);
      const levels = depthOf(depth);
      return from === null ? null : viewOf(symbol, from, levels, context);
    },
  }),
);

builder.subscriptionField('orderbook', (t) =>
  t.field({
    authScopes: { public: true },
    type: OrderbookRef,
    description: `The order book of a symbol as it changes: whole books to a depth (FULL), or a whole book and then its changes (DELTA), which is less to read and can be proved. ${BOOK_COST}; DELTA has ${BOOK_DEPTH}.`,
    complexity: ({ depth, format }) => ({
      field: 1 + levelsOf(format === 'DELTA' ? BOOK_DEPTH : (depth ?? DEFAULT_DEPTH)),
    }),
    args: {
      symbol: t.arg.string({ required: true, description: 'As in `instruments`: "BTCUSDT".' }),
      source: t.arg.string({ required: false, description: "Whose. Left out: the symbol's primary source." }),
      depth: t.arg.int({
        required: false,
        defaultValue: DEFAULT_DEPTH,
        description: `${DEPTH_ARG} Not with DELTA, which has ${BOOK_DEPTH}.`,
      }),
      format: t.arg({
        type: OrderbookFormatEnum,
        required: false,
        defaultValue: 'FULL',
        description: 'Whole books or changes.',
      }),
      delivery: t.arg({
        type: DeliveryInput,
        required: false,
        description: 'Left out: every update. Not with DELTA, which folds nothing.',
      }),
    },
    subscribe: (_root, { symbol, source, depth, format, delivery }, context, info) => {
      const delta = format === 'DELTA';
      if (delta && isGiven('depth', info))
        throw badInput('depth', 'DELTA has no `depth`.', `leave it out: DELTA covers ${BOOK_DEPTH} levels a side`);
      if (delta && intervalOf(delivery) > 0)
        throw badInput('delivery.minIntervalMs', 'DELTA has no `minIntervalMs`.', 'leave it out: DELTA never folds');
      depthOf(depth);
      const from = sourceOf(symbol, source, context);
      const route = from === null ? null : sourceKey(symbol, from);
      return subscribeState(topics.orderbook, {
        predicate:
          route === null
            ? { id: symbol, routes: null, test: (book) => book.symbol === symbol }
            : { id: route, routes: [route], test: null },
        minIntervalMs: intervalOf(delivery),
        delta,
      });
    },
    resolve: (frame, { depth, format }): View =>
      format === 'DELTA'
        ? { ...frame, depth: BOOK_DEPTH, format }
        : { ...frame, depth: depthOf(depth), format: 'FULL' },
  }),
);
