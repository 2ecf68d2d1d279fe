import { expect } from 'vitest';
import type { Bus } from '../../src/bus/bus.ts';
import { topics } from '../../src/bus/topics.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { addDecimals, ZERO } from '../../src/lib/decimal.ts';
import type { Address } from '../../src/model/identity.ts';
import type { Execution, OrderUpdate } from '../../src/model/order.ts';
import { ALL_OWNERS } from '../../src/model/owner-share.ts';
import type { Database } from '../../src/store/database.ts';
import { Orders } from '../../src/store/orders.ts';
import { Trading } from '../../src/store/trading.ts';
import { TradingDesk } from '../../src/store/trading-desk.ts';
import { eventually, silentLog } from './server.ts';
import { marketPurchase } from './trading.ts';
import { sumsOf } from './trading-screen.ts';

/** More than an owner has of anything here. */
const ALL = { from: null, newestFirst: false, limit: 10_000 } as const;

/**
 * Orders in BTCUSDT, placed as an api does, and the proof of what has come of them in other processes.
 * @param nudges where workers hear of them.
 */
export function placedOrders(database: Database, bus: Bus, nudges: Bus = bus) {
  const desk = new TradingDesk(database, nudges, systemClock, silentLog);
  const orders = new Orders(database);
  const trading = new Trading(database);
  const buy = (owner: Address, clientOrderId: string) => desk.place(marketPurchase(owner, clientOrderId, '0.01'));
  const told = async <V>(topic: typeof topics.orderUpdates | typeof topics.tradeExecutions, owner: Address) =>
    (await bus.readAfter({ kind: 'event', name: topic.name, owner }, 0, ALL.limit)).records.map(
      ({ payload }) => JSON.parse(payload) as V,
    );
  const updates = (owner: Address) => told<OrderUpdate>(topics.orderUpdates, owner);
  const executions = (owner: Address) => told<Execution>(topics.tradeExecutions, owner);
  const statusOf = async (id: string) => (await orders.find(id))?.status;
  const ofOwner = (owner: Address) => orders.page([owner], { symbols: null, statuses: null, botId: null }, ALL);

  /**
   * Whatever was killed: each order is filled, by its quantity; its fills are stored and told once, and the account is what they make.
   * @returns the fills, and what the owner has by them, as quantity and cash.
   */
  async function proveOnce(owner: Address) {
    await eventually('every order has ended', async () =>
      (await ofOwner(owner)).every(({ status }) => status !== 'PENDING' && status !== 'NEW'),
    );
    const stored = await trading.executions([owner], null, ALL);
    await eventually('every fill is told', async () => (await executions(owner)).length >= stored.length);
    const fills = await executions(owner);
    expect(fills.map(({ id }) => id).sort()).toEqual(stored.map(({ id }) => id).sort());
    await eventually('every end is told', async () => {
      const ended = new Set((await updates(owner)).flatMap(({ order }) => (order.status === 'FILLED' ? order.id : [])));
      return ended.size === (await ofOwner(owner)).length;
    });
    const heard = await updates(owner);
    expect(new Set(heard.map(({ id }) => id)).size).toBe(heard.length);
    for (const { id, status, version, quantity } of await ofOwner(owner)) {
      expect(status).toBe('FILLED');
      const versions = heard.filter(({ order }) => order.id === id).map(({ order }) => order.version);
      expect(versions).toEqual(Array.from({ length: version - 1 }, (_, at) => at + 2));
      const ofOrder = fills.filter(({ order }) => order.id === id);
      expect(ofOrder.reduce((sum, fill) => addDecimals(sum, fill.quantity), ZERO)).toBe(quantity);
    }
    const account = (await trading.accounts(ALL_OWNERS)).find((one) => one.owner === owner);
    const cash = account?.cash.find(({ currency }) => currency === 'USDT')?.amount;
    const has = [account?.holdings[0]?.quantity, cash] as const;
    expect(has).toEqual(sumsOf(fills).at(-1));
    return { fills, has };
  }

  return { buy, updates, statusOf, proveOnce };
}
