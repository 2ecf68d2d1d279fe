import { compareDecimals, type Decimal, fromUnits, ZERO } from '../../lib/decimal.ts';
import { divide, FIXED_PLACES, fixed } from '../../lib/fixed.ts';
import type { Bot, GridPlan } from '../../model/bot.ts';
import { gridPrice } from '../../model/grid.ts';
import type { OrderTerms } from '../../model/order.ts';
import type { Signal } from '../../model/signal.ts';
import type { Side } from '../../model/trade.ts';

/** An order that a plan wants, and why; one of quantity 0 cannot be, and why says why. */
export interface Wish {
  readonly terms: OrderTerms;
  readonly slot: number | null;
  readonly why: string;
}

/** What is to be done now that time has come so far. */
export function wishesAt(bot: Bot, now: number): { readonly wishes: readonly Wish[]; readonly nextAt: number | null } {
  const { plan, price, nextAt } = bot;
  if (plan.kind === 'GRID') return { wishes: gridWishes(bot, plan), nextAt: null };
  if (plan.kind !== 'DCA' || price === null || now < (nextAt ?? now)) return { wishes: [], nextAt };
  // What was missed is not made up for: one purchase at most.
  const due = nextAt ?? now;
  const later = due + plan.intervalMs * (Math.floor((now - due) / plan.intervalMs) + 1);
  return { wishes: buying(bot, plan.amount, `bought for ${plan.amount}`), nextAt: later };
}

export function wishesOn(bot: Bot, { signalType, strategy, symbol, confidence }: Signal): readonly Wish[] {
  const { plan, position, orders } = bot;
  if (plan.kind !== 'SIGNAL' || symbol !== bot.symbol || confidence < plan.minConfidence) return [];
  if (!(plan.strategies?.includes(strategy) ?? true) || orders.length > 0) return [];
  if (signalType === 'BUY' && position === ZERO) return buying(bot, plan.amount, `followed ${strategy}: bought`);
  if (signalType !== 'SELL' || position === ZERO) return [];
  return [{ terms: market(bot, 'SELL', position), slot: null, why: `followed ${strategy}: sold` }];
}

/** Every step has one order at most: it sells what it holds at its top, or buys at its bottom while the price is above. */
function gridWishes(bot: Bot, plan: GridPlan): readonly Wish[] {
  const { price, held, orders } = bot;
  if (price === null) return [];
  const busy = new Set(orders.map(({ slot }) => slot));
  return held.flatMap((holds, slot): readonly Wish[] => {
    if (busy.has(slot)) return [];
    const [bottom, top] = [gridPrice(plan, slot, bot.tick), gridPrice(plan, slot + 1, bot.tick)];
    if (holds !== ZERO)
      return [{ terms: limit(bot, 'SELL', holds, top), slot, why: `step ${slot + 1}: sells at ${top}` }];
    if (compareDecimals(bottom, price) >= 0) return [];
    const terms = limit(bot, 'BUY', plan.quantity, bottom);
    return [{ terms, slot, why: `step ${slot + 1}: buys at ${bottom}` }];
  });
}

function buying(bot: Bot, amount: Decimal, why: string): readonly Wish[] {
  const price = fixed(bot.price ?? ZERO);
  if (price <= 0n) return [];
  const lot = fixed(bot.lot);
  const most = divide(fixed(amount), price);
  const quantity = fromUnits(most - (most % lot), FIXED_PLACES);
  const tooLittle = `${amount} buys less than ${bot.lot}, the least quantity, at ${bot.price}.`;
  return [{ terms: market(bot, 'BUY', quantity), slot: null, why: quantity === ZERO ? tooLittle : why }];
}

function market({ symbol }: Bot, side: Side, quantity: Decimal): OrderTerms {
  const none = { price: null, stopPrice: null, postOnly: false, reduceOnly: false } as const;
  return { symbol, side, type: 'MARKET', quantity, timeInForce: 'IOC', ...none };
}

function limit({ symbol }: Bot, side: Side, quantity: Decimal, price: Decimal): OrderTerms {
  const plain = { stopPrice: null, postOnly: false, reduceOnly: false } as const;
  return { symbol, side, type: 'LIMIT', quantity, price, timeInForce: 'GTC', ...plain };
}
