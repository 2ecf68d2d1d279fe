import type { Decimal } from '../../lib/decimal.ts';
import { absolute, type Fixed, fixed, fixedText, multiply } from '../../lib/fixed.ts';
import type { Rejection, RejectionCode } from '../../model/order.ts';
import type { OwnerLimits } from '../../model/owner-limits.ts';
import { PERP_INITIAL_MARGIN } from '../../model/trading-rules.ts';
import type { Account } from './account.ts';
import { reaches } from './shown-book.ts';
import { type MarkOf, unrealizedOf, valuationOf } from './valuation.ts';
import { closable, type Need, needAt, needOf, type Working } from './working.ts';

export function rejection(
  code: RejectionCode,
  message: string,
  limit: Fixed | null = null,
  actual: Fixed | null = null,
): Rejection {
  return {
    code,
    message,
    limit: limit === null ? null : fixedText(limit),
    actual: actual === null ? null : fixedText(actual),
  };
}

/**
 * Cash that orders may use: less what is locked, less the margin of perpetuals, less what they have lost so far. What they have gained
 * counts when it is realised.
 */
function availableCash(account: Account, currency: string, markOf: MarkOf): Fixed {
  let available = account.cash(currency) - account.locked(currency);
  for (const held of account.holdings) {
    if (held.kind !== 'PERP' || held.quote !== currency || held.quantity === 0n) continue;
    available -= multiply(absolute(held.cost), PERP_INITIAL_MARGIN);
    const unrealized = unrealizedOf(held, markOf);
    if (unrealized < 0n) available += unrealized;
  }
  return available;
}

/** Whether an account has what an order needs. */
function lackOf({ account, order, market }: Working, need: Need, markOf: MarkOf): Rejection | null {
  const { quote, base, kind } = market.instrument;
  if (need.quantity > 0n) {
    const held = account.held(order.symbol);
    const free = held ? held.quantity - held.locked : 0n;
    if (need.quantity > free)
      return rejection('INSUFFICIENT_BALANCE', `Not enough ${base} is free.`, free, need.quantity);
  }
  if (need.cash === 0n || (kind === 'PERP' && !need.increases)) return null;
  const available = availableCash(account, quote, markOf);
  if (need.cash <= available) return null;
  return rejection('INSUFFICIENT_BALANCE', `Not enough ${quote} is free.`, available, need.cash);
}

/** Which limit of its owner an order would break. @param others the owner's other open orders. */
function beyondLimits(
  working: Working,
  price: Decimal,
  limits: OwnerLimits | undefined,
  others: Iterable<Working>,
  markOf: MarkOf,
): Rejection | null {
  if (!limits) return null;
  const closing = closable(working);
  const increase = working.remaining - closing;
  if (increase <= 0n || working.order.reduceOnly) return null;
  const { account, order } = working;
  const at = fixed(price);
  const held = account.quantity(order.symbol);
  let position = closing === 0n ? absolute(held) + increase : increase;
  let pending = 0n;
  for (const other of others) {
    if (other === working || other.order.reduceOnly) continue;
    const increasing = needAt(other, other.remaining, other.order.price ?? other.order.stopPrice ?? price).increases;
    if (!increasing) continue;
    if (other.order.symbol === order.symbol && other.order.side === order.side) position += other.remaining;
    pending += multiply(other.remaining, fixed(other.order.price ?? other.order.stopPrice ?? price));
  }
  const { exposure, totalPnl } = valuationOf(account, markOf);
  const { maxPositionUsd, maxExposureUsd, maxLossUsd } = limits;
  if (maxLossUsd !== null && -totalPnl >= fixed(maxLossUsd))
    return rejection('LOSS_LIMIT', 'The loss limit is reached: orders may only reduce.', fixed(maxLossUsd), -totalPnl);
  const value = multiply(position, at);
  if (maxPositionUsd !== null && value > fixed(maxPositionUsd))
    return rejection(
      'POSITION_LIMIT',
      `The position in ${order.symbol} would be too large.`,
      fixed(maxPositionUsd),
      value,
    );
  const all = exposure + pending + multiply(increase, at);
  if (maxExposureUsd !== null && all > fixed(maxExposureUsd))
    return rejection('POSITION_LIMIT', 'All positions together would be too large.', fixed(maxExposureUsd), all);
  return null;
}

export interface Admission {
  /** Open orders of one owner at most. */
  readonly mostOrders: number;
  /** The owner's open orders. */
  readonly others: ReadonlySet<Working>;
  readonly limits: OwnerLimits | undefined;
  readonly markOf: MarkOf;
}

/** Why an order cannot begin to live as it is; nothing is changed. */
export function refusalOf(working: Working, { mostOrders, others, limits, markOf }: Admission): Rejection | null {
  const { order, market } = working;
  if (others.size >= mostOrders && !others.has(working))
    return rejection('TOO_MANY_ORDERS', `An owner has at most ${mostOrders} open orders.`);
  if (!market.book.isFresh)
    return rejection('MARKET_UNAVAILABLE', `The book of ${order.symbol} is not known now: try again shortly.`);
  const best = market.book.bestFor(order.side);
  const price = order.price ?? order.stopPrice ?? best;
  if (price === null) return rejection('NO_LIQUIDITY', 'Nothing is offered.');
  return (
    breachOf(working, best) ??
    beyondLimits(working, price, limits, others, markOf) ??
    lackOf(working, needOf(working), markOf)
  );
}

/** What an order says of itself, and would not keep. */
function breachOf(working: Working, best: Decimal | null): Rejection | null {
  const { order, market, remaining } = working;
  const waits = order.stopPrice !== null && order.triggeredAt === null;
  const closing = closable(working);
  // What has come to life may find less left than when it was placed: it reduces that.
  if (order.reduceOnly && (order.triggeredAt === null ? remaining > closing : closing === 0n)) {
    const message = 'It would do more than reduce what is held.';
    return rejection('REDUCE_ONLY_WOULD_INCREASE', message, closing, remaining);
  }
  if (waits && market.isTriggered(working)) {
    const last = market.last === null ? null : fixed(market.last);
    const stop = order.stopPrice === null ? null : fixed(order.stopPrice);
    return rejection('WOULD_TRIGGER_IMMEDIATELY', 'The last price has reached the stop price already.', last, stop);
  }
  if (!waits && order.postOnly && best !== null && order.price !== null && reaches(order.side, order.price, best)) {
    const message = 'It would take what is offered, and must not.';
    return rejection('POST_ONLY_WOULD_TAKE', message, fixed(best), fixed(order.price));
  }
  return null;
}
