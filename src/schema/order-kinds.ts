import type {
  LIQUIDITIES,
  ORDER_STATUSES,
  ORDER_TYPES,
  ORDER_VENUES,
  REJECTION_CODES,
  TIMES_IN_FORCE,
} from '../model/order.ts';
import { builder } from './builder.ts';

export const OrderStatusEnum = builder.enumType('OrderStatus', {
  description: 'How far the life of an order has come.',
  values: {
    PENDING: { description: 'Stored; no venue has seen it yet.' },
    NEW: { description: 'It rests, or waits for its stop price.' },
    PARTIALLY_FILLED: { description: 'A part of it is filled, and the rest lives on.' },
    FILLED: { description: 'All of it is filled.' },
    CANCELED: { description: 'Its owner ended it.' },
    REJECTED: { description: 'It was never taken: `rejection` says why.' },
    EXPIRED: { description: 'Its time in force ended it, or nothing more could be had: `rejection` says why.' },
  } satisfies Record<(typeof ORDER_STATUSES)[number], object>,
});

export const OrderTypeEnum = builder.enumType('OrderType', {
  description: 'What an order does.',
  values: {
    MARKET: { description: 'Takes what is offered now, at any price.' },
    LIMIT: { description: 'Trades at `price` or better.' },
    STOP: { description: 'A MARKET order once the last price has gone to `stopPrice`, against the position.' },
    STOP_LIMIT: { description: 'A LIMIT order once the last price has gone to `stopPrice`, against the position.' },
    TAKE_PROFIT: {
      description:
        'A MARKET order, or with `price` a LIMIT order, once the last price has gone to `stopPrice`, in favour.',
    },
  } satisfies Record<(typeof ORDER_TYPES)[number], object>,
});

export const TimeInForceEnum = builder.enumType('TimeInForce', {
  description: 'How long an order lives.',
  values: {
    GTC: { description: 'Good till cancelled.' },
    IOC: { description: 'Immediate or cancel: what cannot be had at once expires.' },
    FOK: { description: 'Fill or kill: all of it at once, or nothing.' },
  } satisfies Record<(typeof TIMES_IN_FORCE)[number], object>,
});

export const LiquidityEnum = builder.enumType('Liquidity', {
  description: 'Which side of a fill an order was.',
  values: {
    MAKER: { description: 'It rested, and was met.' },
    TAKER: { description: 'It took what was offered.' },
  } satisfies Record<(typeof LIQUIDITIES)[number], object>,
});

export const OrderVenueEnum = builder.enumType('OrderVenue', {
  description: 'Where an order lives.',
  values: {
    PAPER: { value: 'paper', description: "The paper venue: real books and trades, nobody's money." },
    BINANCE: { value: 'binance', description: 'A real account, which is only read here.' },
  } satisfies Record<
    Uppercase<(typeof ORDER_VENUES)[number]>,
    { value: (typeof ORDER_VENUES)[number]; description: string }
  >,
});

export const RejectionCodeEnum = builder.enumType('RejectionCode', {
  description: 'Which rule an order, or a change of one, did not keep.',
  values: {
    UNKNOWN_SYMBOL: { description: 'No such symbol is traded.' },
    NOT_TRADABLE: { description: 'The symbol is known, and orders are not taken in it.' },
    INVALID_ORDER: { description: 'Its members do not go together.' },
    QUANTITY_STEP: { description: 'The quantity is no multiple of the step, `limit`.' },
    PRICE_TICK: { description: 'A price is no multiple of the tick, `limit`.' },
    MIN_QUANTITY: { description: 'The quantity is below the least, `limit`.' },
    MIN_NOTIONAL: { description: 'Price times quantity is below the least, `limit`.' },
    MARKET_UNAVAILABLE: { description: 'The book of the symbol is not known now.' },
    NO_LIQUIDITY: { description: 'No more than `limit` can be had at once.' },
    INSUFFICIENT_BALANCE: { description: 'Only `limit` is free, and `actual` is needed.' },
    POST_ONLY_WOULD_TAKE: { description: 'A post-only order at `actual` would take what is offered at `limit`.' },
    REDUCE_ONLY_WOULD_INCREASE: { description: 'Only `limit` can be reduced.' },
    WOULD_TRIGGER_IMMEDIATELY: { description: 'The last price, `limit`, has reached the stop price already.' },
    POSITION_LIMIT: { description: "The owner's position limit, `limit` dollars, would be exceeded." },
    LOSS_LIMIT: { description: "The owner's loss limit, `limit` dollars, is reached: orders may only reduce." },
    TOO_MANY_ORDERS: { description: 'The owner has too many open orders.' },
    ORDER_ENDED: { description: 'The order has ended already.' },
    AMEND_BELOW_FILLED: { description: 'No less than is filled, `limit`, can be asked for.' },
    VENUE_REFUSED: { description: 'A real venue has refused it, in its own words.' },
  } satisfies Record<(typeof REJECTION_CODES)[number], object>,
});
