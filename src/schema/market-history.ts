import { badInput } from '../lib/errors.ts';
import type { MarketStatsPoint, PointChoice, PricePoint } from '../store/market-history.ts';
import { builder } from './builder.ts';
import { type PageArguments, pageOf, pageRequest, pageSize } from './connections.ts';
import type { Context } from './context.ts';
import { perItem } from './cost.ts';
import { PAGE_COST } from './event-history.ts';

const PricePointRef = builder.objectRef<PricePoint>('PricePoint').implement({
  description: 'What a symbol cost at one time.',
  fields: (t) => ({
    at: t.expose('at', { type: 'DateTime', description: 'When.' }),
    symbol: t.exposeString('symbol', { description: 'Of what.' }),
    source: t.exposeString('source', { description: 'Who said so.' }),
    price: t.expose('price', { type: 'Decimal', description: 'In the quote currency.' }),
  }),
});

const SIDED = 'Null where the venue does not distinguish the sides.';

const MarketStatsPointRef = builder.objectRef<MarketStatsPoint>('MarketStatsPoint').implement({
  description: 'A perpetual market as a whole at one time.',
  fields: (t) => ({
    at: t.expose('at', { type: 'DateTime', description: 'When.' }),
    symbol: t.exposeString('symbol', { description: 'Which market.' }),
    source: t.exposeString('source', { description: 'Who said so.' }),
    currentPrice: t.expose('currentPrice', { type: 'Decimal', description: 'Mark price, in the quote currency.' }),
    longOpenInterest: t.expose('longOpenInterest', {
      type: 'Decimal',
      nullable: true,
      description: `Open longs, in the base currency. ${SIDED}`,
    }),
    shortOpenInterest: t.expose('shortOpenInterest', {
      type: 'Decimal',
      nullable: true,
      description: `Open shorts, in the base currency. ${SIDED}`,
    }),
    totalOpenInterest: t.expose('totalOpenInterest', {
      type: 'Decimal',
      nullable: true,
      description: "The venue's figure, in the base currency. Null where it gave none.",
    }),
    volume24h: t.expose('volume24h', {
      type: 'Decimal',
      nullable: true,
      description: 'Traded in the 24 hours before, in the quote currency. Null where the venue did not say.',
    }),
    fundingRate: t.expose('fundingRate', {
      type: 'Decimal',
      nullable: true,
      description: 'Of the interval that was running, a fraction of the notional. Null where the venue did not say.',
    }),
  }),
});

interface PointPlace {
  readonly at: number;
}

interface Asked extends PageArguments {
  readonly source?: string | null | undefined;
}

/** A page of points of one symbol, newest first. */
async function pointsPage<P extends PointPlace>(
  connection: string,
  symbol: string,
  argument: string,
  args: Asked,
  context: Context,
  read: (choice: PointChoice) => Promise<readonly P[]>,
) {
  const { instruments } = context;
  instruments.check([symbol], argument);
  const request = pageRequest<PointPlace>(connection, args);
  const { from, backwards, limit } = request;
  const at = from?.at ?? null;
  if (at !== null && !Number.isSafeInteger(at)) throw badInput(backwards ? 'before' : 'after', 'This is no cursor.');
  const source = args.source ?? instruments.get(symbol)?.primarySource ?? '';
  const found = await read({ symbol, source, from: at, backwards, limit: limit + 1 });
  const items = found.slice(0, limit).map((point) => ({ node: point, place: { at: point.at } }));
  return pageOf(connection, request, items, { more: found.length > limit, end: null });
}

const SOURCE = 'Only this source. Left out: the one that stands for the symbol.';

builder.queryFields((t) => ({
  priceHistory: t.connection(
    {
      authScopes: { public: true },
      type: PricePointRef,
      description: `What a symbol cost, at even times, newest first. ${PAGE_COST}`,
      complexity: (args) => perItem(pageSize(args)),
      args: {
        symbol: t.arg.string({ required: true, description: 'Of what: "BTCUSDT".' }),
        source: t.arg.string({ required: false, description: SOURCE }),
      },
      resolve: (_root, { symbol, ...args }, context) =>
        pointsPage('priceHistory', symbol, 'symbol', args, context, (choice) => context.marketHistory.prices(choice)),
    },
    { name: 'PricePointConnection', description: 'A page of prices.' },
    { name: 'PricePointEdge', description: 'A price in a page.' },
  ),
  marketStatsHistory: t.connection(
    {
      authScopes: { public: true },
      type: MarketStatsPointRef,
      description: `How a perpetual market stood, at even times, newest first. ${PAGE_COST}`,
      complexity: (args) => perItem(pageSize(args)),
      args: {
        market: t.arg.string({ required: true, description: 'Which: "BTC-PERP".' }),
        source: t.arg.string({ required: false, description: SOURCE }),
      },
      resolve: (_root, { market, ...args }, context) =>
        pointsPage('marketStatsHistory', market, 'market', args, context, (choice) =>
          context.marketHistory.stats(choice),
        ),
    },
    { name: 'MarketStatsPointConnection', description: 'A page of a market’s past.' },
    { name: 'MarketStatsPointEdge', description: 'A market at one time, in a page.' },
  ),
}));
