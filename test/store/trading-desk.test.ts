import { beforeEach, describe, expect, test } from 'vitest';
import { createMemoryBus } from '../../src/bus/memory-bus.ts';
import { topics } from '../../src/bus/topics.ts';
import { decimal } from '../../src/lib/decimal.ts';
import type { Nudge } from '../../src/model/nudge.ts';
import type { Order } from '../../src/model/order.ts';
import { ALL_OWNERS } from '../../src/model/owner-share.ts';
import { Commands } from '../../src/store/commands.ts';
import type { Database } from '../../src/store/database.ts';
import { Orders } from '../../src/store/orders.ts';
import { type OrderIntent, TradingDesk } from '../../src/store/trading-desk.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { freshDatabase } from '../support/postgres.ts';
import { silentLog } from '../support/server.ts';

const OWNER = '0x00000000000000000000000000000000000000A1';
const OTHER = '0x00000000000000000000000000000000000000b2';

const intent = (clientOrderId: string, more: Partial<OrderIntent> = {}): OrderIntent => ({
  owner: OWNER,
  clientOrderId,
  botId: null,
  symbol: 'BTCUSDT',
  side: 'BUY',
  type: 'LIMIT',
  quantity: decimal('1'),
  price: decimal('100'),
  stopPrice: null,
  timeInForce: 'GTC',
  postOnly: false,
  reduceOnly: false,
  ...more,
});

describe('the trading desk', () => {
  const clock = new FakeClock();
  let database: Database;
  let desk: TradingDesk;
  let commands: Commands;
  let nudges: Nudge[];

  beforeEach(async () => {
    database = await freshDatabase();
    const bus = createMemoryBus({ clock, log: silentLog });
    nudges = [];
    await bus.subscribe(topics.nudges, {
      message: ({ payload }) => nudges.push(JSON.parse(payload)),
      restored: () => undefined,
    });
    desk = new TradingDesk(database, bus, clock, silentLog);
    commands = new Commands(database);
  });

  const waiting = async () => (await commands.waiting('trading', 100, ALL_OWNERS)).map(({ body }) => body);

  /** As the worker leaves an order behind. */
  async function becomes(order: Order, change: Partial<Order>): Promise<void> {
    const { status, version, ...rest } = { ...order, version: order.version + 1, ...change };
    const body = { ...order, ...rest, status, version };
    await database.run((client) =>
      client.storedOrder.update({ where: { id: order.id }, data: { status, version, body: body as object } }),
    );
  }

  test('stores an intent and its command together, and nudges the worker', async () => {
    const order = await desk.place(intent('one', { botId: 'bot' }));
    expect(order).toMatchObject({ status: 'PENDING', version: 1, botId: 'bot', filledQuantity: '0' });
    expect(await new Orders(database).find(order.id)).toEqual(order);
    expect(await waiting()).toEqual([{ type: 'place', orderId: order.id }]);
    expect(nudges).toMatchObject([{ about: 'trading', placed: { order } }]);
    // Who has another share of the owners need not look.
    await desk.cancel(OWNER, order.id);
    expect(nudges.slice(1)).toMatchObject([{ about: 'trading', owner: OWNER }]);
  });

  test('a client order id again is the same order, however often and at once', async () => {
    const placed = await Promise.all(Array.from({ length: 8 }, () => desk.place(intent('one'))));
    expect(new Set(placed.map(({ id }) => id)).size).toBe(1);
    expect(await waiting()).toHaveLength(1);
    // As it stands by then.
    await becomes(placed[0] as Order, { status: 'FILLED' });
    expect(await desk.place(intent('one'))).toMatchObject({ status: 'FILLED', version: 2 });
  });

  test('a client order id with another content is a conflict, and another owner has ids of its own', async () => {
    await desk.place(intent('one'));
    await expect(desk.place(intent('one', { quantity: decimal('2') }))).rejects.toMatchObject({
      code: 'CONFLICT',
      details: { argument: 'input.clientOrderId' },
    });
    await expect(desk.place(intent('one', { botId: 'bot' }))).rejects.toMatchObject({ code: 'CONFLICT' });
    await desk.place(intent('one', { owner: OTHER }));
    expect(await waiting()).toHaveLength(2);
  });

  test('a change is handed on once for each idempotency key', async () => {
    const order = await desk.place(intent('one'));
    const amendment = { quantity: decimal('2'), price: null, stopPrice: null };
    await desk.amend(OWNER, order.id, amendment, 'key');
    await desk.amend(OWNER, order.id, amendment, 'key');
    await desk.cancel(OWNER, order.id);
    await desk.cancelAll(OWNER, null, 'bot');
    expect(await waiting()).toEqual([
      { type: 'place', orderId: order.id },
      { type: 'amend', orderId: order.id, amendment },
      { type: 'cancel', orderId: order.id },
      { type: 'cancel-all', symbol: null, botId: 'bot' },
    ]);
    await expect(desk.amend(OWNER, order.id, { ...amendment, quantity: decimal('3') }, 'key')).rejects.toMatchObject({
      code: 'CONFLICT',
      details: { argument: 'input.idempotencyKey' },
    });
  });

  test("refuses what cannot be: another's order, one that has ended, less than is filled", async () => {
    const order = await desk.place(intent('one'));
    await expect(desk.cancel(OTHER, order.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await becomes(order, { status: 'PARTIALLY_FILLED', filledQuantity: decimal('0.4') });
    const less = { quantity: decimal('0.4'), price: null, stopPrice: null };
    await expect(desk.amend(OWNER, order.id, less, null)).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      details: { allowed: 'more than 0.4; to end it, cancel it' },
    });
    await becomes(order, { status: 'FILLED' });
    await expect(desk.cancel(OWNER, order.id)).rejects.toMatchObject({
      code: 'CONFLICT',
      message: 'The order is filled: nothing can be changed any more.',
    });
    await becomes(order, { status: 'CANCELED' });
    expect(await desk.cancel(OWNER, order.id)).toMatchObject({ status: 'CANCELED' });
    expect(await waiting()).toHaveLength(1);
  });
});
