import { topics } from '../bus/topics.ts';
import type { Predicate } from '../cohorts/predicate.ts';
import { canonicalJson } from '../cohorts/question.ts';
import { subscribeState } from '../cohorts/request.ts';
import type { StateFrame } from '../cohorts/update.ts';
import { percentChange } from '../lib/decimal.ts';
import { badInput } from '../lib/errors.ts';
import { sourceKey } from '../model/instrument.ts';
import type { Price } from '../model/price.ts';
import { listingsOf, pricingSymbols, TOKEN_LISTINGS, tokenOf } from '../model/token-listing.ts';
import { builder } from './builder.ts';
import type { Context } from './context.ts';
import { perItem, UNBOUNDED } from './cost.ts';
import { DeliveredRef, StateUpdateRef } from './delivered.ts';
import { chosen, DeliveryInput, intervalOf } from './delivery-arguments.ts';
import { queried } from './facts.ts';
import { MarketRef } from './market.ts';

const PriceRef = builder.objectRef<StateFrame<Price>>('Price');

const DAY = 'Null until the source gives it or a full day of trades has been heard.';

builder.node(PriceRef, {
  description: 'The latest price of a symbol by one source, with its last 24 hours.',
  interfaces: [DeliveredRef, StateUpdateRef],
  id: {
    resolve: ({ value }) => sourceKey(value.symbol, value.source),
    description: 'One for each symbol and source.',
  },
  loadOne: async (key, { latest }) => {
    const found = await latest.get(topics.prices, key);
    return found && queried(found);
  },
  fields: (t) => ({
    symbol: t.string({ description: 'The instrument\'s symbol: "BTCUSDT".', resolve: ({ value }) => value.symbol }),
    market: t.field({
      type: MarketRef,
      description: 'The instrument.',
      resolve: ({ value }, _args, { instruments }) => instruments.describe(value.symbol, value.source),
    }),
    source: t.string({ description: 'Who says so: "binance", "simulated".', resolve: ({ value }) => value.source }),
    price: t.field({
      type: 'Decimal',
      description: 'The last traded price, in the quote currency.',
      resolve: ({ value }) => value.price,
    }),
    confidence: t.field({
      type: 'Decimal',
      nullable: true,
      description: "Half the width of the oracle's confidence interval. Null where the source is no oracle.",
      resolve: ({ value }) => value.confidence ?? null,
    }),
    ageSeconds: t.float({
      nullable: true,
      description: 'How long ago the source was heard of it, when this was answered. Never null here.',
      resolve: ({ value }, _args, { clock }) => Math.max(0, clock.now() - value.receivedAt) / 1_000,
    }),
    tokenAddress: t.field({
      type: 'Address',
      nullable: true,
      description:
        'The main listing of the token that it is the price of; on other chains the same token has the same price. Null for what is no token that is known.',
      resolve: ({ value }, _args, context) => tokenOf(marketOf(value, context), null)?.address ?? null,
    }),
    chainId: t.int({
      nullable: true,
      description: 'The chain of `tokenAddress`. Null for what is no token that is known.',
      resolve: ({ value }, _args, context) => tokenOf(marketOf(value, context), null)?.chainId ?? null,
    }),
    open24h: t.field({
      type: 'Decimal',
      nullable: true,
      description: `The price 24 hours ago. ${DAY}`,
      resolve: ({ value }) => value.open24h,
    }),
    high24h: t.field({
      type: 'Decimal',
      nullable: true,
      description: `The highest price of the last 24 hours. ${DAY}`,
      resolve: ({ value }) => value.high24h,
    }),
    low24h: t.field({
      type: 'Decimal',
      nullable: true,
      description: `The lowest price of the last 24 hours. ${DAY}`,
      resolve: ({ value }) => value.low24h,
    }),
    close: t.field({
      type: 'Decimal',
      nullable: true,
      description: `The last price of the 24 hours that the other 24 h fields cover. ${DAY}`,
      resolve: ({ value }) => value.close,
    }),
    volume24h: t.field({
      type: 'Decimal',
      nullable: true,
      description: `What was traded in the last 24 hours, in the base currency. ${DAY}`,
      resolve: ({ value }) => value.volume24h,
    }),
    change24h: t.field({
      type: 'Decimal',
      nullable: true,
      description: `The price less the price 24 hours ago, in the quote currency. ${DAY}`,
      resolve: ({ value }) => value.change24h,
    }),
    changePct24h: t.float({
      nullable: true,
      description: `The change in per cent of the price 24 hours ago (2.56 = 2.56 %). ${DAY}`,
      resolve: ({ value }) => value.changePct24h,
    }),
    volatilityPct: t.float({
      nullable: true,
      description:
        'Annualised realised volatility in per cent, from the closes of the last minutes. Null until enough minutes have been heard.',
      resolve: ({ value }) => value.volatilityPct,
    }),
  }),
});

const PriceFilter = builder.inputType('PriceFilter', {
  description: 'Which prices. Members are ANDed, the values of a list ORed; a member left out or null does not narrow.',
  fields: (t) => ({
    symbols: t.stringList({ required: false, description: 'Only these symbols; 1 to 200. Left out: all.' }),
    tokenAddresses: t.field({
      type: ['Address'],
      required: false,
      description: 'Only the prices of these tokens, on whatever chain; 1 to 200. Left out: all.',
    }),
    chainIds: t.intList({
      required: false,
      description: 'Only the prices of tokens that are known on one of these chains; 1 to 200. Left out: all.',
    }),
    sources: t.stringList({
      required: false,
      description:
        'One value for each pair of symbol and of these sources; 1 to 200. Left out: one value a symbol, by its primary source.',
    }),
    minChangePct: t.float({
      required: false,
      description:
        'Only updates that lie at least so many per cent from the last one this filter let through for the symbol. It does not hold back a change of `stale`.',
    }),
  }),
});

type Filter = typeof PriceFilter.$inferInput;

/** @throws ApiError `BAD_USER_INPUT`. */
function predicateOf(filter: Filter | null | undefined, context: Context): Predicate<Price> {
  const { instruments } = context;
  const named = chosen(filter?.symbols, 'filter.symbols');
  if (named) instruments.check(named, 'filter.symbols');
  const symbols = [ofTokens(filter, context), ofChains(filter, context)].reduce(both, named);
  const sources = chosen(filter?.sources, 'filter.sources');
  const minChangePct = filter?.minChangePct ?? null;
  if (minChangePct !== null && !(minChangePct >= 0))
    throw badInput('filter.minChangePct', `minChangePct is ${minChangePct}.`, '0 or more, in per cent');
  const wanted = sources && new Set(sources);
  const known = symbols && new Set(symbols);
  return {
    id: canonicalJson({ symbols, sources, minChangePct }),
    routes: symbols,
    test: ({ symbol, source, primary }) => (known?.has(symbol) ?? true) && (wanted ? wanted.has(source) : primary),
    ...(minChangePct && {
      moved: (price: Price, passed: Price) =>
        price.stale !== passed.stale || Math.abs(percentChange(passed.price, price.price) ?? Infinity) >= minChangePct,
    }),
  };
}

/** What is in both lists; null is everything. */
function both(a: readonly string[] | null, b: readonly string[] | null): readonly string[] | null {
  if (a === null || b === null) return a ?? b;
  return a.filter((symbol) => b.includes(symbol));
}

const marketOf = ({ symbol, source }: Price, { instruments }: Context) => instruments.describe(symbol, source);

/** Symbols of the tokens of a filter. @throws ApiError `BAD_USER_INPUT` for a token that is not known. */
function ofTokens(filter: Filter | null | undefined, { instruments }: Context): readonly string[] | null {
  const addresses = chosen(filter?.tokenAddresses, 'filter.tokenAddresses');
  if (!addresses) return null;
  return addresses.flatMap((address) => {
    const listings = listingsOf(address);
    if (listings.length > 0) return listings.flatMap((listing) => pricingSymbols(listing, instruments.list()));
    throw badInput(
      'filter.tokenAddresses',
      `Nothing is known of the token ${address}.`,
      TOKEN_LISTINGS.map((known) => `${known.address} (${known.base} on ${known.chainId})`),
    );
  });
}

/** Symbols of the tokens that are known on the chains of a filter. */
function ofChains(filter: Filter | null | undefined, { instruments }: Context): readonly string[] | null {
  const chains = chosen(filter?.chainIds?.map(String), 'filter.chainIds');
  if (!chains) return null;
  const listings = TOKEN_LISTINGS.filter(({ chainId }) => chains.includes(String(chainId)));
  return [...new Set(listings.flatMap((listing) => pricingSymbols(listing, instruments.list())))];
}

builder.queryFields((t) => ({
  price: t.field({
    authScopes: { public: true },
    type: PriceRef,
    nullable: true,
    description: 'The latest price of a symbol; null when none has been heard.',
    args: {
      symbol: t.arg.string({ required: true, description: 'As in `instruments`: "BTCUSDT".' }),
      source: t.arg.string({ required: false, description: "Whose. Left out: the symbol's primary source." }),
    },
    resolve: async (_root, { symbol, source }, { instruments, latest }) => {
      instruments.check([symbol], 'symbol');
      const from = source ?? instruments.get(symbol)?.primarySource;
      const found = from === undefined ? null : await latest.get(topics.prices, sourceKey(symbol, from));
      return found && queried(found);
    },
  }),
  prices: t.field({
    authScopes: { public: true },
    type: [PriceRef],
    description: `The latest prices that pass the filter, by symbol and source. Costs 1, and what is selected once for each symbol of the filter and each of its sources; without symbols, ${UNBOUNDED} times.`,
    complexity: ({ filter }) => perItem((filter?.symbols?.length ?? UNBOUNDED) * (filter?.sources?.length ?? 1)),
    args: {
      filter: t.arg({ type: PriceFilter, required: false, description: 'Left out: one price for every symbol.' }),
    },
    resolve: async (_root, { filter }, context) => {
      const { test } = predicateOf(filter, context);
      const all = await context.latest.all(topics.prices);
      const passing = all.filter(({ value }) => test?.(value) ?? true);
      return passing.map((found) => queried(found)).sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
    },
  }),
}));

const keyOf = ({ value }: StateFrame<Price>) => sourceKey(value.symbol, value.source);

builder.subscriptionField('prices', (t) =>
  t.field({
    authScopes: { public: true },
    type: PriceRef,
    description:
      'Prices as they change: a snapshot of each that passes the filter, then the latest at each change. Nothing comes for a symbol that has no price yet.',
    args: {
      filter: t.arg({ type: PriceFilter, required: false, description: 'Left out: one price for every symbol.' }),
      delivery: t.arg({ type: DeliveryInput, required: false, description: 'Left out: every update.' }),
    },
    subscribe: (_root, { filter, delivery }, context) =>
      subscribeState(topics.prices, { predicate: predicateOf(filter, context), minIntervalMs: intervalOf(delivery) }),
    resolve: (frame) => frame,
  }),
);
