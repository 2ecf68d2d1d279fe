import type { Decimal } from '../../lib/decimal.ts';
import { type Fixed, fixed, multiply, ONE } from '../../lib/fixed.ts';
import type { Instrument } from '../../model/instrument.ts';
import type { Order } from '../../model/order.ts';
import type { TradingRules } from '../../model/trading-rules.ts';
import type { Account } from './account.ts';
import type { Queued } from './price-queue.ts';
import type { ShownBook } from './shown-book.ts';

/** Where an order lives: its symbol, and the queues beside the book. */
interface OrderMarket {
  readonly instrument: Instrument;
  readonly rules: TradingRules;
  readonly book: ShownBook;
  readonly last: Decimal | null;
  rest(working: Working): void;
  unrest(working: Working): void;
  wait(working: Working): void;
  unwait(working: Working): void;
  isTriggered(working: Working): boolean;
}

/** An order that lives. */
export interface Working extends Queued {
  order: Order;
  readonly account: Account;
  readonly market: OrderMarket;
  remaining: Fixed;
  /** Size shown at its price when it was placed and not traded since; null while what stands there is not known. */
  ahead: Fixed | null;
  /** Whether the book, or a trade, has shown its price since it was placed: only then may it fill there. */
  shown: boolean;
  /** Time of the book that it was placed in, by the venue's clock: trades up to it were before it. */
  since: number;
  /** What it locks. */
  cash: Fixed;
  quantity: Fixed;
}

/** What an order needs of its account. */
export interface Need {
  readonly cash: Fixed;
  readonly quantity: Fixed;
  /** Whether it makes a position larger: what only reduces is never refused for want of cash. */
  readonly increases: boolean;
}

/** How much of an order a position of the other direction absorbs. */
export function closable({ account, order }: Pick<Working, 'account' | 'order'>): Fixed {
  const held = account.quantity(order.symbol);
  if (order.side === 'SELL') return held > 0n ? held : 0n;
  return held < 0n ? -held : 0n;
}

/** What must be there for `remaining` of an order at a price. */
export function needAt(working: Working, remaining: Fixed, price: Decimal): Need {
  const { order, market } = working;
  const { rules, instrument } = market;
  const closing = closable(working);
  const increase = remaining > closing ? remaining - closing : 0n;
  const at = fixed(price);
  const fee = dearestFee(rules);
  if (instrument.kind === 'PERP') {
    const margin = order.reduceOnly ? 0n : multiply(multiply(at, increase), rules.initialMargin ?? ONE);
    const cash = margin + multiply(multiply(at, remaining), fee);
    return { cash, quantity: 0n, increases: increase > 0n && !order.reduceOnly };
  }
  if (order.side === 'SELL') return { cash: 0n, quantity: remaining, increases: false };
  const value = multiply(at, remaining);
  return { cash: value + multiply(value, fee), quantity: 0n, increases: true };
}

function dearestFee({ makerFee, takerFee }: TradingRules): Fixed {
  return makerFee > takerFee ? makerFee : takerFee;
}

/** What an order needs: at its own price, or for what the book offers now. */
export function needOf(working: Working): Need {
  const { order, market, remaining } = working;
  const price = order.price ?? (order.triggeredAt === null ? order.stopPrice : null);
  if (price !== null) return needAt(working, remaining, price);
  let need: Need = { cash: 0n, quantity: 0n, increases: false };
  const offers = market.book.offers(order.side, remaining, null);
  const worst = offers.at(-1);
  if (!worst) return need;
  // Paid in full: offer by offer. Of a perpetual, the margin is of the whole: at the worst price it is enough.
  if (market.instrument.kind === 'PERP') return needAt(working, sumOf(offers), worst.price);
  for (const offer of offers) {
    const part = needAt(working, offer.quantity, offer.price);
    need = { cash: need.cash + part.cash, quantity: need.quantity + part.quantity, increases: part.increases };
  }
  return need;
}

export function sumOf(offers: readonly { readonly quantity: Fixed }[]): Fixed {
  return offers.reduce((total, { quantity }) => total + quantity, 0n);
}

export function lock(working: Working, { cash, quantity }: Pick<Need, 'cash' | 'quantity'>): void {
  working.cash = cash;
  working.quantity = quantity;
  working.account.lockCash(working.market.instrument.quote, cash);
  working.account.lockHolding(working.order.symbol, quantity);
}

export function unlock(working: Working): void {
  lock(working, { cash: -working.cash, quantity: -working.quantity });
  working.cash = 0n;
  working.quantity = 0n;
}
