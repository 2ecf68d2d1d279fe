import { decimal, ZERO } from '../../src/lib/decimal.ts';
import { fixed, fixedText, multiply } from '../../src/lib/fixed.ts';
import type { Bot, BotPlan } from '../../src/model/bot.ts';
import type { Address } from '../../src/model/identity.ts';
import type { Order, OrderTerms } from '../../src/model/order.ts';

const NOW = Date.UTC(2026, 0, 1);

const DCA: BotPlan = { kind: 'DCA', amount: decimal('100'), intervalMs: 60_000 };

/** A bot as it is made. */
export function bot(id: string, owner: Address, more: Partial<Bot> = {}): Bot {
  const { plan = DCA } = more;
  return {
    id,
    owner,
    version: 1,
    name: id,
    symbol: 'A',
    tick: decimal('0.01'),
    lot: decimal('0.00001'),
    plan,
    limits: { maxOrders: null, maxPosition: null, maxLoss: null },
    status: 'STOPPED',
    step: 0,
    orders: [],
    held: plan.kind === 'GRID' ? Array.from({ length: plan.steps }, () => ZERO) : [],
    position: ZERO,
    cost: ZERO,
    realizedPnl: ZERO,
    fees: ZERO,
    price: null,
    sales: 0,
    gains: 0,
    day: 0,
    tradesToday: 0,
    nextAt: null,
    lastAction: null,
    lastError: null,
    createdAt: NOW,
    stale: false,
    timestamp: NOW,
    receivedAt: NOW,
    ...more,
  };
}

/** An order of a bot as a venue has it, of which so much was filled at one price. */
export function botOrder(
  owner: Address,
  botId: string,
  clientOrderId: string,
  terms: OrderTerms,
  more: Partial<Order> & { readonly at?: string } = {},
): Order {
  const { at = terms.price ?? '100', ...rest } = more;
  const filledQuantity = rest.filledQuantity ?? ZERO;
  return {
    ...terms,
    id: clientOrderId,
    owner,
    clientOrderId,
    venue: 'paper',
    botId,
    version: 2,
    status: 'NEW',
    filledQuantity,
    filledValue: fixedText(multiply(fixed(filledQuantity), fixed(decimal(at)))),
    averagePrice: null,
    fees: ZERO,
    triggeredAt: null,
    rejection: null,
    createdAt: NOW,
    updatedAt: NOW,
    ...rest,
  };
}
