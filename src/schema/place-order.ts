import { randomUUID } from 'node:crypto';
import type { Decimal } from '../lib/decimal.ts';
import { badInput } from '../lib/errors.ts';
import { hasEnded, type Order, type OrderTerms } from '../model/order.ts';
import { brokenRule } from '../model/order-rules.ts';
import { tradingRules } from '../model/trading-rules.ts';
import { builder, idIn } from './builder.ts';
import type { Context } from './context.ts';
import { OrderRef } from './order.ts';
import { OrderTypeEnum, TimeInForceEnum } from './order-kinds.ts';
import { ownOrder } from './own-order.ts';
import { oneOwner } from './owner.ts';
import { idempotencyKeyOf } from './position-change-payload.ts';
import { SideEnum } from './side.ts';

const PlaceOrderInput = builder.inputType('PlaceOrderInput', {
  description: 'An order at the paper venue.',
  fields: (t) => ({
    owner: t.field({ type: 'Address', required: false, description: 'Whose. Left out: your only address.' }),
    clientOrderId: t.string({
      required: false,
      description:
        "Yours, 1 to 64 characters, unique among the owner's orders: the same one again with the same content is the same order, with another `CONFLICT`. Left out: one is made, and a retry is a second order.",
    }),
    symbol: t.string({ required: true, description: 'As in `instruments`: "BTCUSDT".' }),
    side: t.field({ type: SideEnum, required: true, description: 'Buy or sell.' }),
    type: t.field({ type: OrderTypeEnum, required: true, description: 'What it does.' }),
    quantity: t.field({
      type: 'Decimal',
      required: true,
      description: 'In the base currency, a multiple of the step.',
    }),
    price: t.field({
      type: 'Decimal',
      required: false,
      description:
        'Worst price, a multiple of the tick: of LIMIT and STOP_LIMIT, and of a TAKE_PROFIT that is to rest.',
    }),
    stopPrice: t.field({
      type: 'Decimal',
      required: false,
      description: 'Last price at which it comes to life: of STOP, STOP_LIMIT and TAKE_PROFIT.',
    }),
    timeInForce: t.field({ type: TimeInForceEnum, required: false, description: 'Left out: GTC.' }),
    postOnly: t.boolean({
      required: false,
      description: 'Refused rather than to take what is there. Left out: false.',
    }),
    reduceOnly: t.boolean({ required: false, description: 'Only ever makes a position smaller. Left out: false.' }),
  }),
});

const AmendOrderInput = builder.inputType('AmendOrderInput', {
  description:
    'What is to change of an order; what is left out stays. A smaller quantity alone keeps its place in the queue.',
  fields: (t) => ({
    orderId: t.id({ required: true, description: 'The order.' }),
    quantity: t.field({ type: 'Decimal', required: false, description: 'All of it, what is filled included.' }),
    price: t.field({ type: 'Decimal', required: false, description: 'Worst price.' }),
    stopPrice: t.field({ type: 'Decimal', required: false, description: 'While it has not come to life.' }),
    idempotencyKey: t.string({
      required: false,
      description: 'Yours, at most 100 characters: the same one again changes nothing and answers the same.',
    }),
  }),
});

const CancelOrderInput = builder.inputType('CancelOrderInput', {
  description: 'An order to cancel.',
  fields: (t) => ({ orderId: t.id({ required: true, description: 'Which.' }) }),
});

const CancelAllOrdersInput = builder.inputType('CancelAllOrdersInput', {
  description: 'Which open orders to cancel: all of the owner, or of one symbol, or of one bot.',
  fields: (t) => ({
    owner: t.field({ type: 'Address', required: false, description: 'Whose. Left out: your only address.' }),
    symbol: t.string({ required: false, description: 'Only of this symbol. Left out: of all.' }),
    botId: t.id({ required: false, description: 'Only of this bot. Left out: of bots and people.' }),
  }),
});

const OrderPayload = builder.objectRef<Order>('OrderPayload').implement({
  description: 'An order whose change is under way: what becomes of it comes by `orderUpdates`.',
  fields: (t) => ({
    order: t.field({ type: OrderRef, description: 'As it stands.', resolve: (order) => order }),
  }),
});

const CancelAllOrdersPayload = builder.objectRef<readonly Order[]>('CancelAllOrdersPayload').implement({
  description: 'Orders that are about to be cancelled: each tells it by `orderUpdates`.',
  fields: (t) => ({
    orders: t.field({
      type: [OrderRef],
      complexity: { field: 1, multiplier: 50 },
      description: 'The newest of them as they stand, 500 at most; all are cancelled. Counted as 50.',
      resolve: (orders) => [...orders],
    }),
  }),
});

/** Orders that one answer shows. */
const SHOWN_ORDERS = 500;

builder.mutationFields((t) => ({
  placeOrder: t.field({
    type: OrderPayload,
    authScopes: { owner: true },
    description:
      'Places an order. What it says is checked at once; whether the venue takes it comes by `orderUpdates`: NEW and its fills, or REJECTED with why.',
    args: { input: t.arg({ type: PlaceOrderInput, required: true, description: 'The order.' }) },
    resolve: (_root, { input }, context) => {
      const terms: OrderTerms = {
        symbol: input.symbol,
        side: input.side,
        type: input.type,
        quantity: input.quantity as Decimal,
        price: (input.price ?? null) as Decimal | null,
        stopPrice: (input.stopPrice ?? null) as Decimal | null,
        timeInForce: input.timeInForce ?? 'GTC',
        postOnly: input.postOnly ?? false,
        reduceOnly: input.reduceOnly ?? false,
      };
      checked(terms, context);
      const owner = oneOwner(input.owner, context);
      const clientOrderId = input.clientOrderId ?? randomUUID();
      return context.tradingDesk.place({ ...terms, owner, clientOrderId, botId: null });
    },
  }),
  amendOrder: t.field({
    type: OrderPayload,
    authScopes: { owner: true },
    description:
      'Changes an open order. What the venue makes of it comes by `orderUpdates`; a change that it does not take leaves the order as it was, with why in `rejection`. `CONFLICT` for one that has ended.',
    args: { input: t.arg({ type: AmendOrderInput, required: true, description: 'What changes.' }) },
    resolve: async (_root, { input }, context) => {
      const { orderId, quantity = null, price = null, stopPrice = null } = input;
      if (quantity === null && price === null && stopPrice === null)
        throw badInput('input', 'Nothing is to change.', 'one or more of quantity, price, stopPrice');
      const order = await ownOrder(orderId, 'input.orderId', context);
      const amendment = {
        quantity: quantity as Decimal | null,
        price: price as Decimal | null,
        stopPrice: stopPrice as Decimal | null,
      };
      // Of one that has ended no value is right: that is what is said.
      if (!hasEnded(order) && order.venue === 'paper')
        checked(
          {
            ...order,
            quantity: amendment.quantity ?? order.quantity,
            price: amendment.price ?? order.price,
            stopPrice: amendment.stopPrice ?? order.stopPrice,
          },
          context,
        );
      return context.tradingDesk.amend(order.owner, order.id, amendment, idempotencyKeyOf(input));
    },
  }),
  cancelOrder: t.field({
    type: OrderPayload,
    authScopes: { owner: true },
    description:
      'Cancels an open order. One that is cancelled already is answered as it stands; `CONFLICT` for one that has ended otherwise.',
    args: { input: t.arg({ type: CancelOrderInput, required: true, description: 'Which.' }) },
    resolve: async (_root, { input }, context) => {
      const order = await ownOrder(input.orderId, 'input.orderId', context);
      return context.tradingDesk.cancel(order.owner, order.id);
    },
  }),
  cancelAllOrders: t.field({
    type: CancelAllOrdersPayload,
    authScopes: { owner: true },
    description: 'Cancels every open order of an owner, or those of one symbol or bot.',
    args: { input: t.arg({ type: CancelAllOrdersInput, required: true, description: 'Which.' }) },
    resolve: async (_root, { input }, context) => {
      const owner = oneOwner(input.owner, context);
      const symbol = input.symbol ?? null;
      if (symbol !== null) context.instruments.checkForCommand(symbol, 'input.symbol');
      const botId = input.botId == null ? null : idIn('Bot', input.botId, 'input.botId');
      await context.tradingDesk.cancelAll(owner, symbol, botId);
      const choice = {
        symbols: symbol === null ? null : [symbol],
        statuses: ['PENDING', 'NEW', 'PARTIALLY_FILLED'] as const,
        botId,
      };
      return context.orders.page([owner], choice, { from: null, newestFirst: true, limit: SHOWN_ORDERS });
    },
  }),
}));

/** What a caller can know before it asks. @throws ApiError `BAD_USER_INPUT` naming the rule and what it allows. */
function checked(terms: OrderTerms, { instruments }: Context): void {
  instruments.checkForCommand(terms.symbol, 'input.symbol');
  const instrument = instruments.get(terms.symbol);
  // No worker has spoken yet: the venue will say.
  if (!instrument) return;
  const rules = tradingRules(instrument);
  if (!rules)
    throw badInput(
      'input.symbol',
      `Orders in ${terms.symbol} are not taken.`,
      'an instrument that is priced in dollars',
    );
  const broken = brokenRule(terms, rules);
  if (!broken) return;
  const { member, code, message, limit } = broken;
  throw badInput(`input.${member}`, `${code}: ${message}`, limit === null ? undefined : allowedBy(code, limit));
}

function allowedBy(code: string, limit: Decimal): string {
  if (code === 'QUANTITY_STEP' || code === 'PRICE_TICK' || code === 'MIN_QUANTITY')
    return `a multiple of ${limit} above 0`;
  return code === 'MIN_NOTIONAL' ? `price times quantity of at least ${limit}` : `at most ${limit}`;
}
