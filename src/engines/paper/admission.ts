import type { Decimal } from '../../lib/decimal.ts';
import { absolute, type Fixed, fixed, fixedText, multiply } from '../../lib/fixed.ts';
import type { Rejection, RejectionCode } from '../../model/order.ts';
import type { OwnerLimits } from '../../model/trading-account.ts';
import { PERP_INITIAL_MARGIN } from '../../model/trading-rules.ts';
import type { Account } from './account.ts';
import { type MarkOf, unrealizedOf, valueOf } from './valuation.ts';
import { closable, type Need, needAt, type Working } from './working.ts';

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
export function availableCash(account: Account, currency: string, markOf: MarkOf): Fixed {
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
export function lackOf({ account, order, market }: Working, need: Need, markOf: MarkOf): Rejection | null {
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
export function beyondLimits(
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
  const { exposure, totalPnl } = valueOf(account, markOf);
  const { maxPositionUsd, maxExposureUsd, maxLossUsd } = limits;
  if (maxLossUsd !== null && -totalPnl >= fixed(maxLossUsd))
    return rejection('LOSS_LIMIT', 'The loss limit is reached: orders may only reduce.', fixed(maxLossUsd), -totalPnl);
  const value = multiply(position, at);
  if (maxPositionUsd !== null && value > fixed(maxPositionUsd))
    return rejection('POSITION_LIMIT', `The position in ${order.symbol} would be too large.`, fixed(maxPositionUsd), value);
  const all = exposure + pending + multiply(increase, at);
  if (maxExposureUsd !== null && all > fixed(maxExposureUsd))
    return rejection('POSITION_LIMIT', 'All positions together would be too large.', fixed(maxExposureUsd), all);
  return null;
}
