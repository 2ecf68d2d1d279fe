import { topics } from '../bus/topics.ts';
import { subscribeState } from '../cohorts/request.ts';
import type { StateFrame } from '../cohorts/update.ts';
import { badInput } from '../lib/errors.ts';
import { ownerKey } from '../model/owner.ts';
import type { EquityPoint, Portfolio, PortfolioCash, PortfolioHolding } from '../model/portfolio.ts';
import { builder } from './builder.ts';
import type { Context } from './context.ts';
import { perItem } from './cost.ts';
import { DeliveredRef, StateUpdateRef } from './delivered.ts';
import { chosen, DeliveryInput, intervalOf } from './delivery-arguments.ts';
import { queried } from './facts.ts';
import { MarketRef } from './market.ts';
import { OrderVenueEnum } from './order-kinds.ts';
import { oneOwner, ownedNode, ownersOf } from './owner.ts';

/** What an owner has, and which of it is asked for. */
interface PortfolioShape extends StateFrame<Portfolio> {
  /** Null for all. */
  readonly symbols: readonly string[] | null;
}

/** Holdings of one owner that a question is priced for. */
const USUAL_HOLDINGS = 20;

const HoldingRef = builder.objectRef<PortfolioHolding & { readonly venue: string }>('Holding').implement({
  description: 'What is held of one symbol, by average cost. Money is in its quote currency.',
  fields: (t) => ({
    symbol: t.exposeString('symbol', { description: 'The instrument\'s symbol: "BTCUSDT".' }),
    market: t.field({
      type: MarketRef,
      description: 'The instrument.',
      resolve: ({ symbol, venue }, _args, { instruments }) => instruments.describe(symbol, venue),
    }),
    quantity: t.expose('quantity', { type: 'Decimal', description: 'Negative for a perpetual sold short.' }),
    averagePrice: t.expose('averagePrice', {
      type: 'Decimal',
      description: 'What one of it cost, without fees, to 18 places.',
    }),
    marketPrice: t.expose('marketPrice', {
      type: 'Decimal',
      nullable: true,
      description: 'The best price of its symbol. Null while nobody has told one.',
    }),
    marketValue: t.expose('marketValue', {
      type: 'Decimal',
      nullable: true,
      description: 'Quantity times market price. Null without one.',
    }),
    unrealizedPnl: t.expose('unrealizedPnl', {
      type: 'Decimal',
      nullable: true,
      description: 'Market value less cost. Null without a market price.',
    }),
    unrealizedPnlPct: t.exposeFloat('unrealizedPnlPct', {
      nullable: true,
      description: 'The same in per cent of the cost. Null without a market price.',
    }),
    realizedPnl: t.expose('realizedPnl', { type: 'Decimal', description: 'Made real so far, without fees.' }),
    fees: t.expose('fees', { type: 'Decimal', description: 'Paid so far.' }),
  }),
});

const CashRef = builder.objectRef<PortfolioCash>('CashBalance').implement({
  description: 'Cash of one currency; of a real account also a coin that no feed prices, which counts in no total.',
  fields: (t) => ({
    currency: t.exposeString('currency', { description: '"USDT".' }),
    amount: t.expose('amount', { type: 'Decimal', description: 'All of it.' }),
    locked: t.expose('locked', { type: 'Decimal', description: 'Of the amount: what open orders may need.' }),
  }),
});

const PortfolioRef = builder.objectRef<PortfolioShape>('Portfolio');

/** The part of an id that says which symbols: an owner's key has none of it. */
const SYMBOLS = '#';

builder.node(PortfolioRef, {
  description: 'What an owner has, and what it has earned, by average cost. Totals are in dollars, and of everything.',
  interfaces: [DeliveredRef, StateUpdateRef],
  id: {
    resolve: ({ value, symbols }) =>
      symbols === null
        ? topics.portfolio.keyOf(value)
        : `${topics.portfolio.keyOf(value)}${SYMBOLS}${symbols.join(',')}`,
    description: 'One for each owner, and for each choice of symbols.',
  },
  loadOne: ownedNode(portfolioOf, ({ value }) => value.owner),
  fields: (t) => ({
    owner: t.field({ type: 'Address', description: 'Whose.', resolve: ({ value }) => value.owner }),
    venue: t.field({ type: OrderVenueEnum, description: 'Where it is.', resolve: ({ value }) => value.venue }),
    positions: t.field({
      type: [HoldingRef],
      complexity: perItem(USUAL_HOLDINGS),
      description: `What is held, by symbol; only \`filter.symbols\` where they are said. Counted as ${USUAL_HOLDINGS}.`,
      resolve: (shape) => heldOf(shape).map((held) => ({ ...held, venue: shape.value.venue })),
    }),
    positionCount: t.int({ description: 'How many `positions` there are.', resolve: (shape) => heldOf(shape).length }),
    cash: t.field({
      type: [CashRef],
      complexity: perItem(3),
      description: 'By currency. Counted as 3.',
      resolve: ({ value }) => [...value.cash],
    }),
    equity: t.field({
      type: 'Decimal',
      description: 'Cash, what is held, and what perpetuals have gained.',
      resolve: ({ value }) => value.equity,
    }),
    exposure: t.field({
      type: 'Decimal',
      description: 'What is held, long and short alike.',
      resolve: ({ value }) => value.exposure,
    }),
    realizedPnl: t.field({
      type: 'Decimal',
      description: 'Made real so far, without fees.',
      resolve: ({ value }) => value.realizedPnl,
    }),
    unrealizedPnl: t.field({
      type: 'Decimal',
      description: 'Of what is held.',
      resolve: ({ value }) => value.unrealizedPnl,
    }),
    fees: t.field({ type: 'Decimal', description: 'Paid so far.', resolve: ({ value }) => value.fees }),
    totalPnl: t.field({
      type: 'Decimal',
      description: 'Realised and unrealised, less fees.',
      resolve: ({ value }) => value.totalPnl,
    }),
  }),
});

function heldOf({ value, symbols }: PortfolioShape): readonly PortfolioHolding[] {
  return symbols === null ? value.positions : value.positions.filter(({ symbol }) => symbols.includes(symbol));
}

async function portfolioOf(key: string, { latest }: Context): Promise<PortfolioShape | null> {
  const [owner = '', symbols = null] = key.split(SYMBOLS);
  const found = await latest.get(topics.portfolio, owner);
  return found && { ...queried(found), symbols: symbols === null ? null : symbols.split(',') };
}

const PortfolioFilter = builder.inputType('PortfolioFilter', {
  description: 'Whose, and what of it.',
  fields: (t) => ({
    owner: t.field({
      type: 'Address',
      required: false,
      description: 'Only of this address, one of yours; an operator may name any. Left out: all of yours.',
    }),
    symbols: t.stringList({
      required: false,
      description: 'Only these in `positions`; 1 to 200. It shapes what a payload says. Left out: all.',
    }),
  }),
});

/** @throws ApiError `BAD_USER_INPUT`. */
function symbolsOf(
  filter: typeof PortfolioFilter.$inferInput | null | undefined,
  { instruments }: Context,
): readonly string[] | null {
  const symbols = chosen(filter?.symbols, 'filter.symbols');
  if (symbols) instruments.check(symbols, 'filter.symbols');
  return symbols;
}

const EquityPointRef = builder.objectRef<EquityPoint>('EquityPoint').implement({
  description: 'What an account was worth at one time, dollars.',
  fields: (t) => ({
    at: t.expose('at', { type: 'DateTime', description: 'When.' }),
    equity: t.expose('equity', { type: 'Decimal', description: 'Cash and what was held.' }),
    totalPnl: t.expose('totalPnl', { type: 'Decimal', description: 'Realised and unrealised, less fees.' }),
    realizedPnl: t.expose('realizedPnl', { type: 'Decimal', description: 'Made real until then, without fees.' }),
    unrealizedPnl: t.expose('unrealizedPnl', { type: 'Decimal', description: 'Of what was held.' }),
  }),
});

/** Points that one answer may hold, and how far back it goes where nobody says. */
const MAX_POINTS = 1_000;
const USUAL_SPAN_MS = 86_400_000;

builder.queryFields((t) => ({
  portfolio: t.field({
    authScopes: { owner: true },
    type: PortfolioRef,
    nullable: true,
    description: 'What an owner has now. Null for one that never traded.',
    args: {
      owner: t.arg({ type: 'Address', required: false, description: 'Whose. Left out: your only address.' }),
    },
    resolve: (_root, { owner }, context) => portfolioOf(ownerKey(oneOwner(owner, context, 'owner')), context),
  }),
  equityCurve: t.field({
    authScopes: { owner: true },
    type: [EquityPointRef],
    description: `What an owner's account was worth, oldest first, for a chart: at most the newest ${MAX_POINTS} points of the time asked for. Costs 1, and what is selected 100 times.`,
    complexity: () => perItem(100),
    args: {
      owner: t.arg({ type: 'Address', required: false, description: 'Whose. Left out: your only address.' }),
      from: t.arg({ type: 'DateTime', required: false, description: 'From then on. Left out: a day before `to`.' }),
      to: t.arg({ type: 'DateTime', required: false, description: 'Before then. Left out: now.' }),
    },
    resolve: async (_root, { owner, from, to }, context) => {
      const end = to ?? context.clock.now() + 1;
      const begin = from ?? end - USUAL_SPAN_MS;
      if (!(begin < end)) throw badInput('from', '`from` is not before `to`.');
      return [...(await context.trading.points(oneOwner(owner, context, 'owner'), begin, end, MAX_POINTS))];
    },
  }),
}));

builder.subscriptionField('portfolio', (t) =>
  t.field({
    authScopes: { owner: true },
    type: PortfolioRef,
    description:
      'What each of your owners has, with what it is worth: a snapshot, then the latest at each fill, and as prices move.',
    args: {
      filter: t.arg({ type: PortfolioFilter, required: false, description: 'Left out: all of yours.' }),
      delivery: t.arg({ type: DeliveryInput, required: false, description: 'Left out: every update.' }),
    },
    subscribe: (_root, { filter, delivery }, context) => {
      symbolsOf(filter, context);
      return subscribeState(topics.portfolio, {
        owners: ownersOf(filter?.owner, context),
        minIntervalMs: intervalOf(delivery),
      });
    },
    resolve: (frame, { filter }, context) => ({ ...frame, symbols: symbolsOf(filter, context) }),
  }),
);
