import { type Decimal, decimalPlaces } from '../lib/decimal.ts';
import { FIXED_PLACES, type Fixed, fixed, fixedText, multiply } from '../lib/fixed.ts';
import type { OrderTerms, Rejection, RejectionCode } from './order.ts';
import type { TradingRules } from './trading-rules.ts';

/** A rule that an order breaks by what it says, and the member that breaks it. */
export interface BrokenRule extends Rejection {
  readonly member: 'quantity' | 'price' | 'stopPrice' | 'postOnly';
}

/** Which prices a type of order has: `true` it must, `false` it must not, `null` it may. */
const PRICES: Readonly<Record<OrderTerms['type'], { readonly price: boolean | null; readonly stopPrice: boolean }>> = {
  MARKET: { price: false, stopPrice: false },
  LIMIT: { price: true, stopPrice: false },
  STOP: { price: false, stopPrice: true },
  STOP_LIMIT: { price: true, stopPrice: true },
  TAKE_PROFIT: { price: null, stopPrice: true },
};

/** Largest quantity and price: far above all that trades, and far below what arithmetic could not hold. */
const MOST = fixed('1000000000000' as Decimal);

/** Places of a quantity or a price at most: the product of both, and a fee of it, must keep every digit. */
const MOST_PLACES = 12;

/** The first rule that an order breaks by what it says, whatever the market does; null where it breaks none. */
export function brokenRule(order: OrderTerms, rules: TradingRules): BrokenRule | null {
  return brokenShape(order) ?? brokenGrid(order, rules);
}

export function rejectionOf({ code, message, limit, actual }: BrokenRule): Rejection {
  return { code, message, limit, actual };
}

function brokenShape(order: OrderTerms): BrokenRule | null {
  const { type, timeInForce, postOnly } = order;
  for (const member of ['price', 'stopPrice'] as const) {
    const wanted = PRICES[type][member];
    if (wanted === true && order[member] === null)
      return broken(member, 'INVALID_ORDER', `A ${type} order needs a ${member}.`);
    if (wanted === false && order[member] !== null)
      return broken(member, 'INVALID_ORDER', `A ${type} order has no ${member}.`);
  }
  if (postOnly && (order.price === null || timeInForce !== 'GTC'))
    return broken(
      'postOnly',
      'INVALID_ORDER',
      'Only an order with a price that is good till cancelled can be post-only.',
    );
  return null;
}

function brokenGrid(order: OrderTerms, { tick, step, minNotional }: TradingRules): BrokenRule | null {
  for (const member of ['quantity', 'price', 'stopPrice'] as const) {
    const text = order[member];
    if (text === null) continue;
    const grid = member === 'quantity' ? step : tick;
    const name = member === 'quantity' ? 'step' : 'tick';
    const code = member === 'quantity' ? 'QUANTITY_STEP' : 'PRICE_TICK';
    const isReadable = decimalPlaces(text) <= Math.min(FIXED_PLACES, MOST_PLACES);
    const value = isReadable ? fixed(text) : 0n;
    if (!isReadable || value % grid !== 0n)
      return broken(member, code, `The ${member} is off the ${name} of ${fixedText(grid)}.`, grid, text);
    if (value <= 0n)
      return broken(member, member === 'quantity' ? 'MIN_QUANTITY' : code, `The ${member} is not above 0.`, grid, text);
    if (value > MOST) return broken(member, 'INVALID_ORDER', `The ${member} is too large.`, MOST, text);
  }
  const at = order.price ?? order.stopPrice;
  if (at === null) return null;
  const notional = multiply(fixed(at), fixed(order.quantity));
  if (notional >= minNotional) return null;
  const message = `The value is below ${fixedText(minNotional)}.`;
  return broken('quantity', 'MIN_NOTIONAL', message, minNotional, fixedText(notional));
}

function broken(
  member: BrokenRule['member'],
  code: RejectionCode,
  message: string,
  limit: Fixed | null = null,
  actual: Decimal | null = null,
): BrokenRule {
  return { member, code, message, limit: limit === null ? null : fixedText(limit), actual };
}
