import { topics } from '../bus/topics.ts';
import type { Predicate } from '../cohorts/predicate.ts';
import { canonicalJson } from '../cohorts/question.ts';
import { subscribeState } from '../cohorts/request.ts';
import type { StateFrame } from '../cohorts/update.ts';
import { percentChange } from '../lib/decimal.ts';
import { badInput } from '../lib/errors.ts';
import type { Address } from '../model/identity.ts';
import { sourceKey } from '../model/instrument.ts';
import type { MARKET_SESSIONS, Price } from '../model/price.ts';
import { TOKEN_ADDRESSES, TOKEN_CHAINS } from '../model/token.ts';
import { builder } from './builder.ts';
import type { Context } from './context.ts';
import { perItem, UNBOUNDED } from './cost.ts';
import { DeliveredRef, StateUpdateRef } from './delivered.ts';
import { chosen, DeliveryInput, intervalOf } from './delivery-arguments.ts';
import { queried } from './facts.ts';
import { MarketRef } from './market.ts';

const PriceRef = builder.objectRef<StateFrame<Price>>('Price');

const MarketSessionEnum = builder.enumType('MarketSession', {
  description: 'Whether the exchange of a share trades.',
  values: {
    OPEN: { description: 'It trades now.' },
    CLOSED: { description: 'It does not: the price is the last one of its session, or of what trades after it.' },
  } satisfies Record<(typeof MARKET_SESSIONS)[number], object>,
});

const DAY = 'Null until the source gives it or a full day of trades has been heard.';

builder.node(PriceRef, {
  description: 'The latest price of a symbol by one source, with its last 24 hours.',
  interfaces: [DeliveredRef, StateUpdateRef],
  id: {
    resolve: ({ value }) => topics.prices.keyOf(value),
    description: "One for each symbol and source; and one for each of the symbol's tokens on further chains.",
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
      description: 'The last traded price, or what an oracle says; in the quote currency.',
      resolve: ({ value }) => value.price,
    }),
    confidence: t.field({
      type: 'Decimal',
      nullable: true,
      description:
        'Half the width of the band in which the oracle believes the price to lie, in the quote currency: price ± confidence. Null for a traded price.',
      resolve: ({ value }) => value.confidence,
    }),
    ageSeconds: t.float({
      nullable: true,
      description:
        "How old the price was when it was last told to this system, by the source's own time of it: `receivedAt` less `timestamp`, never negative. Of a share it grows while its exchange is closed. Null where the source keeps no time.",
      resolve: ({ value }) => Math.max(0, value.receivedAt - value.timestamp) / 1_000,
    }),
    emaPrice: t.field({
      type: 'Decimal',
      nullable: true,
      description: "The oracle's exponential moving average of the price. Null for a traded price.",
      resolve: ({ value }) => value.emaPrice,
    }),
    tokenAddress: t.field({
      type: 'Address',
      nullable: true,
      description: 'The token that this is the price of. Null where none is known of the symbol.',
      resolve: ({ value }) => value.token?.address,
    }),
    chainId: t.int({
      nullable: true,
      description: 'The chain of the token. Null where none is known of the symbol.',
      resolve: ({ value }) => value.token?.chainId,
    }),
    marketSession: t.field({
      type: MarketSessionEnum,
      nullable: true,
      description:
        'Of a share: whether its exchange trades now. Null for what trades round the clock, and where the source does not say.',
      resolve: ({ value }) => value.session,
    }),
    previousClose: t.field({
      type: 'Decimal',
      nullable: true,
      description:
        'Of a share: the last price of the session before. Null for what has no sessions, and until a close has been heard.',
      resolve: ({ value }) => value.previousClose,
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
        'Annualised realised volatility in per cent: the sample standard deviation of the log returns of one-minute closes over the last 60 minutes, times the root of the minutes of trading in a year (525,600; of a share 98,280). Null until ten returns have been heard.',
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
      description:
        'Only prices of these tokens; 1 to 200. One value for each token; without it, and without `chainIds`, one for the main token of a symbol.',
    }),
    chainIds: t.intList({
      required: false,
      description: `Only prices of tokens on these chains; 1 to 200 of ${TOKEN_CHAINS.join(', ')}.`,
    }),
    sources: t.stringList({
      required: false,
      description:
        'One value for each pair of symbol and of these sources; 1 to 200. Left out: one value a symbol, by the best current source.',
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
function predicateOf(filter: Filter | null | undefined, { instruments }: Context): Predicate<Price> {
  const symbols = chosen(filter?.symbols, 'filter.symbols');
  const sources = chosen(filter?.sources, 'filter.sources');
  const tokens = tokensIn(filter);
  const chains = chainsIn(filter);
  const minChangePct = filter?.minChangePct ?? null;
  if (symbols) instruments.check(symbols, 'filter.symbols');
  if (minChangePct !== null && !(minChangePct >= 0))
    throw badInput('filter.minChangePct', `minChangePct is ${minChangePct}.`, '0 or more, in per cent');
  const wanted = sources && new Set(sources);
  const known = symbols && new Set(symbols);
  return {
    id: canonicalJson({ symbols, sources, tokens, chains, minChangePct }),
    routes: symbols,
    test: ({ symbol, source, primary, token }) =>
      (known?.has(symbol) ?? true) &&
      (wanted ? wanted.has(source) : primary) &&
      (tokens || chains
        ? token !== null && (tokens?.includes(token.address) ?? true) && (chains?.includes(token.chainId) ?? true)
        : !token?.further),
    ...(minChangePct && {
      moved: (price: Price, passed: Price) =>
        price.stale !== passed.stale || Math.abs(percentChange(passed.price, price.price) ?? Infinity) >= minChangePct,
    }),
  };
}

/** @throws ApiError `BAD_USER_INPUT` for a token that stands for no symbol: nothing would ever come. */
function tokensIn(filter: Filter | null | undefined): readonly Address[] | null {
  const tokens = chosen(filter?.tokenAddresses, 'filter.tokenAddresses');
  const unknown = tokens?.find((token) => !TOKEN_ADDRESSES.has(token));
  if (unknown !== undefined)
    throw badInput('filter.tokenAddresses', `No price is known of the token ${unknown}.`, [...TOKEN_ADDRESSES]);
  return tokens;
}

/** @throws ApiError `BAD_USER_INPUT` for a chain without such a token. */
function chainsIn(filter: Filter | null | undefined): readonly number[] | null {
  const chains = chosen(filter?.chainIds?.map(String), 'filter.chainIds')?.map(Number) ?? null;
  const unknown = chains?.find((chain) => !TOKEN_CHAINS.includes(chain));
  if (unknown !== undefined)
    throw badInput('filter.chainIds', `No token of chain ${unknown} has a price here.`, TOKEN_CHAINS.map(String));
  return chains;
}

builder.queryFields((t) => ({
  price: t.field({
    authScopes: { public: true },
    type: PriceRef,
    nullable: true,
    description: 'The latest price of a symbol; null when none has been heard.',
    args: {
      symbol: t.arg.string({ required: true, description: 'As in `instruments`: "BTCUSDT".' }),
      source: t.arg.string({ required: false, description: 'Whose. Left out: the best current source.' }),
    },
    resolve: async (_root, { symbol, source }, { instruments, latest }) => {
      instruments.check([symbol], 'symbol');
      const from = source ?? instruments.get(symbol)?.primarySource;
      const found = from === undefined ? null : await latest.get(topics.prices, sourceKey(symbol, from));
      if (source || found?.value.primary) return found && queried(found);
      // Another source is better now than the one that usually stands for it.
      const all = await latest.all(topics.prices);
      const best = all.find(({ value }) => value.symbol === symbol && value.primary && !value.token?.further) ?? found;
      return best && queried(best);
    },
  }),
  prices: t.field({
    authScopes: { public: true },
    type: [PriceRef],
    description: `The latest prices that pass the filter, by symbol and source. Costs 1, and what is selected once for each symbol or token of the filter and each of its sources; without either, ${UNBOUNDED} times.`,
    complexity: ({ filter }) =>
      perItem(
        (filter?.symbols?.length ?? filter?.tokenAddresses?.length ?? UNBOUNDED) * (filter?.sources?.length ?? 1),
      ),
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

const keyOf = ({ value }: StateFrame<Price>) => topics.prices.keyOf(value);

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
