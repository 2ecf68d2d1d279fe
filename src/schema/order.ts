import { topics } from '../bus/topics.ts';
import type { Predicate } from '../cohorts/predicate.ts';
import { canonicalJson } from '../cohorts/question.ts';
import { subscribeEvents } from '../cohorts/request.ts';
import type { EventFrame } from '../cohorts/update.ts';
import { subtractDecimals } from '../lib/decimal.ts';
import type { Order, OrderUpdate, Rejection } from '../model/order.ts';
import type { CreationPlace } from '../store/creation-page.ts';
import type { OrderChoice } from '../store/orders.ts';
import { builder, idIn } from './builder.ts';
import { HistoryOrder, type PageRequest, pageSize } from './connections.ts';
import type { Context } from './context.ts';
import { perItem } from './cost.ts';
import { DeliveredRef, StreamEventRef } from './delivered.ts';
import { BEGINNING, beginningOf, chosen, EVENT_START, startCost } from './delivery-arguments.ts';
import { LIVE_CURSOR, PAGE_COST, standingPage } from './event-history.ts';
import { globalId } from './ids.ts';
import { MarketRef } from './market.ts';
import { OrderStatusEnum, OrderTypeEnum, OrderVenueEnum, RejectionCodeEnum, TimeInForceEnum } from './order-kinds.ts';
import { ownOrder } from './own-order.ts';
import { ownedNode, ownersOf } from './owner.ts';
import { SideEnum } from './side.ts';

const RejectionRef = builder.objectRef<Rejection>('OrderRejection').implement({
  description: 'Why an order, or a change of one, was not taken.',
  fields: (t) => ({
    code: t.field({ type: RejectionCodeEnum, description: 'Which rule.', resolve: ({ code }) => code }),
    message: t.exposeString('message', { description: 'In a sentence.' }),
    limit: t.expose('limit', {
      type: 'Decimal',
      nullable: true,
      description: 'What the rule allows, in its unit. Null where it has no number.',
    }),
    actual: t.expose('actual', {
      type: 'Decimal',
      nullable: true,
      description: 'What was asked, or would have come to be, in the same unit. Null where the rule has no number.',
    }),
  }),
});

export const OrderRef = builder.objectRef<Order>('Order');

builder.node(OrderRef, {
  description: 'An order, as it stands. Of two versions the higher one is true.',
  id: { resolve: ({ id }) => id, description: 'The order.' },
  loadOne: ownedNode(
    (id, { orders }) => orders.find(id),
    ({ owner }) => owner,
  ),
  fields: (t) => ({
    version: t.exposeInt('version', { description: '1 as an intent; grows with every change.' }),
    owner: t.expose('owner', { type: 'Address', description: 'Whose.' }),
    clientOrderId: t.exposeString('clientOrderId', { description: "The owner's own name of it." }),
    venue: t.field({ type: OrderVenueEnum, description: 'Where it lives.', resolve: ({ venue }) => venue }),
    botId: t.id({
      nullable: true,
      description: 'The bot that placed it. Null for a person.',
      resolve: ({ botId }) => (botId === null ? null : globalId('Bot', botId)),
    }),
    symbol: t.exposeString('symbol', { description: 'The instrument\'s symbol: "BTCUSDT".' }),
    market: t.field({
      type: MarketRef,
      description: 'The instrument.',
      resolve: ({ symbol, venue }, _args, { instruments }) => instruments.describe(symbol, venue),
    }),
    side: t.field({ type: SideEnum, description: 'Bought or sold.', resolve: ({ side }) => side }),
    type: t.field({ type: OrderTypeEnum, description: 'What it does.', resolve: ({ type }) => type }),
    timeInForce: t.field({
      type: TimeInForceEnum,
      description: 'How long it lives.',
      resolve: ({ timeInForce }) => timeInForce,
    }),
    status: t.field({ type: OrderStatusEnum, description: 'How far it has come.', resolve: ({ status }) => status }),
    quantity: t.expose('quantity', { type: 'Decimal', description: 'All of it, in the base currency.' }),
    price: t.expose('price', {
      type: 'Decimal',
      nullable: true,
      description: 'Worst price, in the quote currency. Null for one that takes any.',
    }),
    stopPrice: t.expose('stopPrice', {
      type: 'Decimal',
      nullable: true,
      description: 'Last price at which it comes to life. Null for one that lives at once.',
    }),
    postOnly: t.exposeBoolean('postOnly', { description: 'Whether it is refused rather than to take.' }),
    reduceOnly: t.exposeBoolean('reduceOnly', { description: 'Whether it only ever makes a position smaller.' }),
    filledQuantity: t.expose('filledQuantity', { type: 'Decimal', description: 'Of the quantity: what is filled.' }),
    remainingQuantity: t.field({
      type: 'Decimal',
      description: 'Of the quantity: what is not filled, also where nothing will fill it any more.',
      resolve: remainingOf,
    }),
    averagePrice: t.expose('averagePrice', {
      type: 'Decimal',
      nullable: true,
      description: 'Of its fills, to 18 places. Null before the first.',
    }),
    fees: t.expose('fees', { type: 'Decimal', description: 'Paid so far, in the quote currency.' }),
    triggeredAt: t.expose('triggeredAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When its stop price was reached. Null before, and for one that has none.',
    }),
    rejection: t.expose('rejection', {
      type: RejectionRef,
      nullable: true,
      description:
        'Why it was refused or ended early, or why the last change of it was not taken. Null where all went as asked.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was placed.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When it last changed.' }),
  }),
});

function remainingOf({ quantity, filledQuantity }: Order): string {
  return subtractDecimals(quantity, filledQuantity);
}

const OrderUpdateRef = builder.objectRef<EventFrame<OrderUpdate>>('OrderUpdate').implement({
  description: 'A change of an order: a record with an id of its own, one for each version.',
  interfaces: [DeliveredRef, StreamEventRef],
  fields: (t) => ({
    id: t.id({
      description: 'The change: made of the order and its version.',
      resolve: ({ value }) => globalId('OrderUpdate', value.id),
    }),
    order: t.field({
      type: OrderRef,
      description: 'As it stands after the change.',
      resolve: ({ value }) => value.order,
    }),
    filledQuantity: t.field({
      type: 'Decimal',
      description: 'What is filled after the change.',
      resolve: ({ value }) => value.order.filledQuantity,
    }),
    remainingQuantity: t.field({
      type: 'Decimal',
      description: 'What is not filled after the change.',
      resolve: ({ value }) => remainingOf(value.order),
    }),
    averagePrice: t.field({
      type: 'Decimal',
      nullable: true,
      description: 'Of the fills so far. Null before the first.',
      resolve: ({ value }) => value.order.averagePrice,
    }),
  }),
});

const OrderFilter = builder.inputType('OrderFilter', {
  description: 'Which orders. Members are ANDed, the values of a list ORed; a member left out or null does not narrow.',
  fields: (t) => ({
    owner: t.field({
      type: 'Address',
      required: false,
      description: 'Only of this address, one of yours; an operator may name any. Left out: all of yours.',
    }),
    symbols: t.stringList({ required: false, description: 'Only these symbols; 1 to 200. Left out: all.' }),
    botId: t.id({ required: false, description: 'Only of this bot. Left out: of bots and people.' }),
    statuses: t.field({ type: [OrderStatusEnum], required: false, description: 'Only in these. Left out: all.' }),
  }),
});

type Filter = typeof OrderFilter.$inferInput;

/** @throws ApiError `BAD_USER_INPUT`. */
function choiceOf(filter: Filter | null | undefined, { instruments }: Context): OrderChoice {
  const symbols = chosen(filter?.symbols, 'filter.symbols');
  if (symbols) instruments.check(symbols, 'filter.symbols');
  return {
    symbols,
    statuses: chosen(filter?.statuses, 'filter.statuses') as OrderChoice['statuses'],
    botId: filter?.botId == null ? null : idIn('Bot', filter.botId, 'filter.botId'),
  };
}

function predicateOf({ symbols, statuses, botId }: OrderChoice): Predicate<OrderUpdate> {
  return {
    id: canonicalJson({ symbols, statuses, botId }),
    routes: symbols,
    test: ({ order }) => (statuses?.includes(order.status) ?? true) && (botId === null || order.botId === botId),
  };
}

const FILTER = { type: OrderFilter, required: false, description: 'Left out: all of yours.' } as const;

builder.queryFields((t) => ({
  order: t.field({
    authScopes: { owner: true },
    type: OrderRef,
    description: 'One of your orders. `NOT_FOUND` for any other.',
    args: { id: t.arg.id({ required: true, description: 'Its `id`.' }) },
    resolve: (_root, { id }, context) => ownOrder(id, 'id', context),
  }),
  orders: t.connection(
    {
      authScopes: { owner: true },
      type: OrderRef,
      description: `Your orders as they stand, by when they were placed. ${PAGE_COST}`,
      complexity: (args) => perItem(pageSize(args)),
      args: {
        filter: t.arg(FILTER),
        orderBy: t.arg({ type: HistoryOrder, required: false, description: 'Left out: the newest first.' }),
      },
      resolve: async (_root, { filter, orderBy, ...args }, context) => {
        const owners = ownersOf(filter?.owner, context);
        const choice = choiceOf(filter, context);
        return standingPage(
          'orders',
          topics.orderUpdates,
          owners,
          args,
          context,
          async (request: PageRequest<CreationPlace>) => {
            const newestFirst = (orderBy !== 'OLDEST_FIRST') !== request.backwards;
            const found = await context.orders.page(owners.asked, choice, { ...request, newestFirst });
            return found.map((order) => ({ node: order, place: { createdAt: order.createdAt, id: order.id } }));
          },
        );
      },
    },
    {
      name: 'OrderConnection',
      description: 'A page of orders. Its live cursor is one of `orderUpdates`.',
      fields: (c) => ({ liveCursor: c.expose('liveCursor', LIVE_CURSOR) }),
    },
    { name: 'OrderEdge', description: 'An order in a page.' },
  ),
}));

builder.subscriptionField('orderUpdates', (t) =>
  t.field({
    authScopes: { owner: true },
    type: OrderUpdateRef,
    description: `Every change of your orders, from when a venue has seen them. ${EVENT_START}`,
    complexity: startCost,
    args: { filter: t.arg(FILTER), ...BEGINNING },
    subscribe: (_root, { filter, ...args }, context) =>
      subscribeEvents(topics.orderUpdates, {
        owners: ownersOf(filter?.owner, context),
        predicate: predicateOf(choiceOf(filter, context)),
        ...beginningOf(args),
      }),
    resolve: (frame) => frame,
  }),
);
