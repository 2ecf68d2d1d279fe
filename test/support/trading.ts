import { decimal, ZERO } from '../../src/lib/decimal.ts';
import type { Address } from '../../src/model/identity.ts';
import type { Execution, Order, OrderUpdate } from '../../src/model/order.ts';
import type { Portfolio } from '../../src/model/portfolio.ts';
import type { OrderIntent } from '../../src/store/trading-desk.ts';

const NOW = Date.UTC(2026, 0, 1);

/** Values of the nouns of trading, complete and valid, of which a test says only what it is about. */
export function order(id: string, owner: Address, more: Partial<Order> = {}): Order {
  return {
    id,
    owner,
    clientOrderId: id,
    venue: 'paper',
    botId: null,
    version: 2,
    symbol: 'BTCUSDT',
    side: 'BUY',
    type: 'LIMIT',
    quantity: decimal('1'),
    price: decimal('100'),
    stopPrice: null,
    timeInForce: 'GTC',
    postOnly: false,
    reduceOnly: false,
    status: 'NEW',
    filledQuantity: ZERO,
    filledValue: ZERO,
    averagePrice: null,
    fees: ZERO,
    triggeredAt: null,
    rejection: null,
    createdAt: NOW,
    updatedAt: NOW,
    ...more,
  };
}

/** A purchase of BTCUSDT at whatever it costs, as it is handed in. */
export function marketPurchase(owner: Address, clientOrderId: string, quantity: string): OrderIntent {
  return {
    owner,
    clientOrderId,
    botId: null,
    symbol: 'BTCUSDT',
    side: 'BUY',
    type: 'MARKET',
    quantity: decimal(quantity),
    price: null,
    stopPrice: null,
    timeInForce: 'IOC',
    postOnly: false,
    reduceOnly: false,
  };
}

export function orderUpdate(of: Order): OrderUpdate {
  return { id: `${of.id}|${of.version}`, owner: of.owner, order: of, timestamp: NOW, receivedAt: NOW };
}

export function execution(of: Order, number: number): Execution {
  const { owner, symbol, side } = of;
  return {
    id: `${of.id}|${number}`,
    owner,
    order: of,
    symbol,
    side,
    quantity: decimal(String(number)),
    price: decimal('100'),
    fee: ZERO,
    feeCurrency: 'USDT',
    liquidity: 'MAKER',
    realizedPnl: ZERO,
    tradeId: null,
    timestamp: NOW,
    receivedAt: NOW,
  };
}

export function portfolio(owner: Address, equity: string): Portfolio {
  return {
    owner,
    venue: 'paper',
    positions: [],
    cash: [],
    equity: decimal(equity),
    exposure: ZERO,
    realizedPnl: ZERO,
    unrealizedPnl: ZERO,
    fees: ZERO,
    totalPnl: ZERO,
    stale: false,
    timestamp: NOW,
    receivedAt: NOW,
  };
}
