import { isDeepStrictEqual } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Bus } from '../../src/bus/bus.ts';
import { topics } from '../../src/bus/topics.ts';
import { systemClock } from '../../src/lib/clock.ts';
import type { Order } from '../../src/model/order.ts';
import { ALL_OWNERS } from '../../src/model/owner-share.ts';
import { Bots } from '../../src/store/bots.ts';
import { Commands } from '../../src/store/commands.ts';
import type { Database } from '../../src/store/database.ts';
import { Orders } from '../../src/store/orders.ts';
import { TradingDesk } from '../../src/store/trading-desk.ts';
import { createBotWorker } from '../../src/workers/bots/bot-worker.ts';
import { botOrder } from '../support/bots.ts';
import { instrument, price } from '../support/market.ts';
import { ALICE, user } from '../support/owner-schema.ts';
import { freshDatabase } from '../support/postgres.ts';
import { eventually, query, silentLog, testServer } from '../support/server.ts';

interface Given {
  readonly id: string;
  readonly status: string;
  readonly lastError: string | null;
  readonly position: string;
  readonly orderCount: number;
}

async function stage() {
  const database = await freshDatabase();
  const seams = { identityOf: () => user('alice', [ALICE], ['read', 'write']) };
  const { url, bus } = await testServer({ database, seams });
  await bus.publishState(topics.instruments, instrument('A'));
  await bus.publishState(topics.prices, price('A', '101'));
  const make = async (plan: string, more = '') => {
    const { data, errors } = await query<{ createBot: { bot: Given } }>(
      url,
      `mutation { createBot(input: {name: "b", symbol: "A", plan: {${plan}} ${more}}) { bot { id status } } }`,
    );
    return { id: data?.createBot.bot.id ?? '', error: errors?.[0]?.extensions };
  };
  const turn = async (name: string, id: string) =>
    expect((await query(url, `mutation { ${name}(input: {botId: "${id}"}) { bot { id } } }`)).errors).toBeUndefined();
  const look = async (id: string) => {
    const { data } = await query<{ bot: Given }>(
      url,
      `{ bot(id: "${id}") { id status lastError position orderCount } }`,
    );
    return data?.bot as Given;
  };
  const placed = () =>
    new Orders(database).page(
      [ALICE],
      { symbols: null, statuses: null, botId: null },
      { from: null, newestFirst: false, limit: 500 },
    );
  return { database, url, bus, make, turn, look, placed };
}

function worker(bus: Bus, database: Database, desk?: TradingDesk, bots = new Bots(database)) {
  const made = createBotWorker({
    share: ALL_OWNERS,
    bus,
    bots,
    orders: new Orders(database),
    desk: desk ?? new TradingDesk(database, bus, systemClock, silentLog),
    commands: new Commands(database),
    clock: systemClock,
    log: silentLog,
  });
  onTestFinished(() => made.stop());
  made.start();
  return made;
}

/** What the venue would say: an order has been filled, or else it stands as said. */
const filled = (bus: Bus, order: Order, version = 5, status: Order['status'] = 'FILLED') => {
  const { id, owner, clientOrderId, botId, quantity } = order;
  const after = {
    ...botOrder(owner, botId ?? '', clientOrderId, order, { filledQuantity: quantity }),
    id,
    version,
    status,
  };
  return bus.publishEvent(topics.orderUpdates, {
    id: `${id}|${version}`,
    owner,
    order: after,
    timestamp: 1,
    receivedAt: 1,
  });
};

const GRID = 'grid: {lower: "90", upper: "110", steps: 4, quantity: "2", budget: "1000"}';

describe('the bot worker', () => {
  test('makes, starts, pauses and stops a bot, whose orders are its own, and tells how it stands', async () => {
    const { url, database, bus, make, turn, look, placed } = await stage();
    worker(bus, database);
    const { id } = await make(GRID);
    expect(await look(id)).toMatchObject({ status: 'STOPPED', orderCount: 0 });
    await turn('startBot', id);
    await eventually('it has its orders', async () => (await placed()).length === 3);
    const orders = await placed();
    expect(orders.map(({ side, price: at, quantity }) => [side, at, quantity])).toEqual([
      ['BUY', '90', '2'],
      ['BUY', '95', '2'],
      ['BUY', '100', '2'],
    ]);
    await filled(bus, orders[2] as Order);
    await eventually('it sells what it bought', async () => (await placed()).length === 4);
    await eventually('it is told', async () => (await look(id)).position === '2');
    await turn('pauseBot', id);
    await eventually('it is paused', async () => (await look(id)).status === 'PAUSED');
    await turn('stopBot', id);
    await eventually('it is stopped', async () => (await look(id)).status === 'STOPPED');
    await eventually('what is left of its orders is to be cancelled', async () => {
      const commands = await new Commands(database).waiting('trading', 100, ALL_OWNERS);
      return isDeepStrictEqual(commands.at(-1)?.body, { type: 'cancel-all', symbol: null, botId: orders[0]?.botId });
    });
    const { data } = await query<{ bots: Given[] }>(url, '{ bots { id status } }');
    expect(data?.bots).toEqual([{ id, status: 'STOPPED' }]);
  });

  test('killed between deciding and ordering, and between ordering and hearing of it, orders once', async () => {
    const { database, bus, make, turn, look, placed } = await stage();
    // It decides and stores, and its orders never come out: one gets through, unheard.
    const desk = new TradingDesk(database, bus, systemClock, silentLog);
    let through = 1;
    const place = desk.place.bind(desk);
    desk.place = async (intent) => {
      if (through-- > 0) await place(intent);
      throw new Error('killed');
    };
    const first = worker(bus, database, desk);
    const { id } = await make(GRID);
    await turn('startBot', id);
    await eventually('one order got through', async () => (await placed()).length === 1);
    await first.stop();
    expect((await look(id)).orderCount).toBe(3);
    const [one] = await placed();
    await filled(bus, one as Order);
    worker(bus, database);
    await eventually('all of them are there', async () => (await placed()).length >= 4);
    await eventually('it knows what it has', async () => (await look(id)).position === '2');
    const names = (await placed()).map(({ clientOrderId }) => clientOrderId);
    expect(new Set(names).size).toBe(names.length);
    expect((await placed()).map(({ side, price: at }) => `${side} ${at}`).sort()).toEqual([
      'BUY 100',
      'BUY 90',
      'BUY 95',
      'SELL 95',
    ]);
  });

  test('ended while it obeys, leaves what it was asked for to the next', async () => {
    const { database, bus, make, turn, look } = await stage();
    const asked = Promise.withResolvers<void>();
    const answered = Promise.withResolvers<void>();
    const bots = new Bots(database);
    const first = worker(bus, database, undefined, bots);
    const { id } = await make(GRID);
    await eventually(
      'it is made',
      async () => (await new Commands(database).waiting('bots', 1, ALL_OWNERS)).length === 0,
    );
    bots.find = async (botId) => {
      asked.resolve();
      await answered.promise;
      return new Bots(database).find(botId);
    };
    await turn('startBot', id);
    await asked.promise;
    const ended = first.stop();
    answered.resolve();
    await ended;
    expect((await look(id)).status).toBe('STOPPED');
    worker(bus, database);
    await eventually('it runs', async () => (await look(id)).status === 'RUNNING');
  });

  test('obeys while other bots keep it busy without an end', async () => {
    const { database, bus, make, turn, placed } = await stage();
    const bots = new Bots(database);
    let busyWith: Order | null = null;
    let version = 5;
    // Before anything is stored, the next thing has happened.
    bots.put = async (stored) => {
      if (busyWith) await filled(bus, busyWith, version++, 'PARTIALLY_FILLED');
      await new Bots(database).put(stored);
    };
    worker(bus, database, undefined, bots);
    const [busy, other] = [await make(GRID), await make(GRID)];
    await turn('startBot', busy.id);
    await eventually('it has ordered', async () => (await placed()).length > 0);
    const done = async () => (await new Commands(database).waiting('bots', 1, ALL_OWNERS)).length === 0;
    await eventually('it has obeyed', done);
    const [order] = await placed();
    busyWith = order as Order;
    await filled(bus, busyWith, version++, 'PARTIALLY_FILLED');
    await eventually('it is busy', () => version > 10);
    await turn('startBot', other.id);
    await eventually('it obeys', done);
    busyWith = null;
  });

  test('obeys also where the bus cannot tell it of commands at first', async () => {
    const { database, bus, make, look } = await stage();
    let refused = 0;
    const deaf = new Proxy(bus, {
      get:
        (target, name: keyof Bus) =>
        (...given: unknown[]) => {
          const isNudges = name === 'subscribe' && (given[0] as { name: string }).name === topics.nudges.name;
          if (isNudges && refused++ === 0) return Promise.reject(new Error('not now'));
          return (Reflect.get(target, name) as (...all: unknown[]) => unknown).apply(target, given);
        },
    });
    worker(deaf, database);
    await eventually('it was refused', () => refused > 0);
    const { id } = await make(GRID);
    await eventually('it is made', async () => (await look(id))?.status === 'STOPPED');
    await eventually('it listens', () => refused === 2);
  });

  test('lets a bot that fails say why, while another goes on', async () => {
    const { database, bus, make, turn, look, placed } = await stage();
    worker(bus, database);
    const [poor, other] = [await make(GRID, 'maxOrders: 1'), await make('dca: {amount: "50", intervalSeconds: 60}')];
    for (const { id } of [poor, other]) await turn('startBot', id);
    await eventually('one failed', async () => (await look(poor.id)).status === 'FAILED');
    expect((await look(poor.id)).lastError).toMatch(/1 orders, which is its limit/);
    await eventually('the other goes on', async () => (await placed()).some(({ type }) => type === 'MARKET'));
    expect(await look(other.id)).toMatchObject({ status: 'RUNNING', lastError: null });
  });

  test.each([
    ['grid: {lower: "90", upper: "80", steps: 4, quantity: "2", budget: "1000"}', 'input.plan.grid.upper'],
    ['grid: {lower: "90", upper: "110", steps: 4, quantity: "2", budget: "779"}', 'input.plan.grid.budget'],
    ['grid: {lower: "90", upper: "90.0000001", steps: 50, quantity: "2", budget: "99999"}', 'input.plan.grid.steps'],
    ['grid: {lower: "-1", upper: "110", steps: 4, quantity: "2", budget: "1000"}', 'input.plan.grid.lower'],
    ['dca: {amount: "0", intervalSeconds: 60}', 'input.plan.dca.amount'],
    ['dca: {amount: "1", intervalSeconds: 1}', 'input.plan.dca.intervalSeconds'],
    ['signal: {amount: "1", strategies: []}', 'input.plan.signal.strategies'],
    ['signal: {amount: "1", minConfidence: 2}', 'input.plan.signal.minConfidence'],
  ])('refuses a plan that makes no sense: %s', async (plan, argument) => {
    const { make } = await stage();
    expect((await make(plan)).error).toMatchObject({ code: 'BAD_USER_INPUT', argument, allowed: expect.any(String) });
  });
});
