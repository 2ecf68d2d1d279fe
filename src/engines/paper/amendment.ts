import { type Fixed, fixed } from '../../lib/fixed.ts';
import type { Amendment, Order, Rejection } from '../../model/order.ts';
import { brokenRule, rejectionOf } from '../../model/order-rules.ts';
import type { TradingRules } from '../../model/trading-rules.ts';
import { rejection } from './admission.ts';

interface Amended {
  readonly amended: Order;
  /** Of the amended order: what is not filled. */
  readonly remaining: Fixed;
  /** The rule that it breaks by what it says. */
  readonly broken: Rejection | null;
}

/** An order as it would be after a change. */
export function amendedOf(order: Order, amendment: Amendment, rules: TradingRules): Amended {
  const { quantity, price, stopPrice } = amendment;
  const amended: Order = {
    ...order,
    quantity: quantity ?? order.quantity,
    price: price ?? order.price,
    stopPrice: stopPrice ?? order.stopPrice,
  };
  const broken = brokenRule(amended, rules);
  // Before its quantity is read: one that cannot be held has too many places.
  if (broken) return { amended, remaining: 0n, broken: rejectionOf(broken) };
  const filled = fixed(order.filledQuantity);
  const remaining = fixed(amended.quantity) - filled;
  if (remaining <= 0n) {
    const message = 'So much of it is filled already.';
    return { amended, remaining, broken: rejection('AMEND_BELOW_FILLED', message, filled, fixed(amended.quantity)) };
  }
  if (order.triggeredAt !== null && stopPrice !== null) {
    const message = 'It has come to life: its stop price counts no more.';
    return { amended, remaining, broken: rejection('INVALID_ORDER', message) };
  }
  return { amended, remaining, broken: null };
}
