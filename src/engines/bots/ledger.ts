import { fixed, fixedText } from '../../lib/fixed.ts';
import { type Bot, type BotOrder, dayOf, tradesOn } from '../../model/bot.ts';
import { hasEnded, type Order } from '../../model/order.ts';

/** A bot after news of one of its orders, which tell how far the order has come in all: told twice they change nothing. */
export function withOrder(bot: Bot, order: Order): Bot {
  const known = bot.orders.find(({ clientOrderId }) => clientOrderId === order.clientOrderId);
  if (!known || order.version <= known.version) return bot;
  const filled = fixed(order.filledQuantity) - fixed(known.filledQuantity);
  const value = fixed(order.filledValue) - fixed(known.filledValue);
  const fees = fixed(order.fees) - fixed(known.fees);
  const taken = order.side === 'BUY' ? bought(bot, filled, value, known) : sold(bot, filled, value, known);
  const { version, filledQuantity, filledValue } = order;
  const ended = hasEnded(order);
  const orders = bot.orders.flatMap((one): readonly BotOrder[] => {
    if (one !== known) return [one];
    return ended ? [] : [{ ...one, version, filledQuantity, filledValue, fees: order.fees }];
  });
  const day = dayOf(order.updatedAt);
  const traded = ended && filledQuantity !== '0' ? 1 : 0;
  return {
    ...taken,
    orders,
    fees: fixedText(fixed(bot.fees) + fees),
    day: Math.max(bot.day, day),
    tradesToday: tradesOn(bot, order.updatedAt) + traded,
  };
}

function bought(bot: Bot, quantity: bigint, value: bigint, { slot }: BotOrder): Bot {
  return {
    ...bot,
    position: fixedText(fixed(bot.position) + quantity),
    cost: fixedText(fixed(bot.cost) + value),
    held: moved(bot, slot, quantity),
  };
}

/** By average cost: what is sold takes its share of what was paid. */
function sold(bot: Bot, quantity: bigint, value: bigint, { slot }: BotOrder): Bot {
  if (quantity === 0n) return bot;
  const [position, cost] = [fixed(bot.position), fixed(bot.cost)];
  const share = quantity >= position ? cost : (cost * quantity) / position;
  const gain = value - share;
  return {
    ...bot,
    position: fixedText(position - quantity),
    cost: fixedText(cost - share),
    realizedPnl: fixedText(fixed(bot.realizedPnl) + gain),
    sales: bot.sales + 1,
    gains: bot.gains + (gain > 0n ? 1 : 0),
    held: moved(bot, slot, -quantity),
  };
}

function moved({ held }: Bot, slot: number | null, quantity: bigint): Bot['held'] {
  return slot === null ? held : held.map((one, at) => (at === slot ? fixedText(fixed(one) + quantity) : one));
}
