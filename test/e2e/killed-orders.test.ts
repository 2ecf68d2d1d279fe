import { randomUUID } from 'node:crypto';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createMemoryBus } from '../../src/bus/memory-bus.ts';
import { createRedisBus } from '../../src/bus/redis-bus.ts';
import { topics } from '../../src/bus/topics.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { decimal } from '../../src/lib/decimal.ts';
import type { Execution, OrderUpdate } from '../../src/model/order.ts';
import { Database } from '../../src/store/database.ts';
import { Orders } from '../../src/store/orders.ts';
import { Trading } from '../../src/store/trading.ts';
import { TradingDesk } from '../../src/store/trading-desk.ts';
import { ALICE } from '../support/owner-schema.ts';
import { migratedDatabaseUrl } from '../support/postgres.ts';
import { PrivateRedis, redisRuntime } from '../support/private-redis.ts';
import { startRole } from '../support/role.ts';
import { silentLog, eventually as within } from '../support/server.ts';
import { sumsOf } from '../support/trading-screen.ts';

/** Whole processes start here, and a lease has to run out. */
const eventually = (what: string, holds: () => boolean | Promise<boolean>) => within(what, holds, 60_000);

/**
 * A real worker with a Redis of its own and a database, and a hand that places orders as an api does.
 * @param nudges whether workers hear of them; else they find what is to be done by themselves, also while Redis stands still.
 */
async function stage(nudges: 'heard' | 'unheard') {
  const redis = await PrivateRedis.start('--appendonly', 'yes');
  onTestFinished(() => redis.stop());
  const environment = {
    REDIS_URL: redis.url,
    REDIS_PREFIX: `test-${randomUUID()}`,
    DATABASE_URL: await migratedDatabaseUrl(),
    FEEDS: 'simulated',
    // What is proved needs one market: the rest only takes time of a start.
    SYMBOLS: 'BTCUSDT',
  };
  const database = new Database(environment.DATABASE_URL, silentLog);
  onTestFinished(() => database.close());
  const bus = createRedisBus({ url: redis.url, prefix: environment.REDIS_PREFIX, clock: systemClock, log: silentLog });
  onTestFinished(() => bus.close());
  const deaf = createMemoryBus({ clock: systemClock, log: silentLog });
  onTestFinished(() => deaf.close());
  const desk = new TradingDesk(database, nudges === 'heard' ? bus : deaf, systemClock, silentLog);
  const buy = (clientOrderId: string) =>
    desk.place({
      owner: ALICE,
      clientOrderId,
      botId: null,
      symbol: 'BTCUSDT',
      side: 'BUY',
      type: 'MARKET',
      quantity: decimal('0.01'),
      price: null,
      stopPrice: null,
      timeInForce: 'IOC',
      postOnly: false,
      reduceOnly: false,
    });
  const told = async <V>(topic: typeof topics.orderUpdates | typeof topics.tradeExecutions) =>
    (await bus.readAfter({ kind: 'event', name: topic.name, owner: ALICE }, 0, 1_000)).records.map(
      ({ payload }) => JSON.parse(payload) as V,
    );
  const updates = () => told<OrderUpdate>(topics.orderUpdates);
  const executions = () => told<Execution>(topics.tradeExecutions);
  const statusOf = async (id: string) => (await new Orders(database).find(id))?.status;
  return { redis, environment, database, buy, updates, executions, statusOf };
}

type Stage = Awaited<ReturnType<typeof stage>>;

/** Whatever was killed: each order has one end, its fills are stored and told once, and the account is what they make. */
async function proveOnce({ database, updates, executions }: Stage): Promise<void> {
  const trading = new Trading(database);
  const stored = await trading.executions([ALICE], null, { from: null, newestFirst: false, limit: 100 });
  await eventually('every fill is told', async () => (await executions()).length >= stored.length);
  const told = await executions();
  expect(told.map(({ id }) => id).sort()).toEqual(stored.map(({ id }) => id).sort());
  const ids = (await updates()).map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const choice = { symbols: null, statuses: null, botId: null };
  const orders = await new Orders(database).page([ALICE], choice, { from: null, newestFirst: false, limit: 100 });
  for (const { id, status, version } of orders) {
    expect(status).toBe('FILLED');
    const versions = (await updates()).filter(({ order }) => order.id === id).map(({ order }) => order.version);
    expect(versions).toEqual(Array.from({ length: version - 1 }, (_, at) => at + 2));
  }
  const account = (await trading.accounts()).find(({ owner }) => owner === ALICE);
  const cash = account?.cash.find(({ currency }) => currency === 'USDT')?.amount;
  expect([account?.holdings[0]?.quantity, cash]).toEqual(sumsOf(told).at(-1));
}

describe.skipIf(!redisRuntime)('a real worker that is killed in the middle of an order', () => {
  test('between the intent and the outcome: the next one acts, once', { timeout: 240_000 }, async () => {
    const run = await stage('heard');
    const { environment, buy, statusOf, updates } = run;
    const one = await startRole('worker', environment);
    const first = await buy('first');
    await eventually('it works', async () => (await statusOf(first.id)) === 'FILLED');
    one.process.kill('SIGSTOP');
    const second = await buy('second');
    await one.end('SIGKILL');
    expect(await statusOf(second.id)).toBe('PENDING');
    expect((await updates()).some(({ order }) => order.id === second.id)).toBe(false);
    const two = await startRole('worker', environment);
    await eventually('the next one acts', async () => (await statusOf(second.id)) === 'FILLED');
    await proveOnce(run);
    await two.end('SIGKILL');
  });

  test('between the fill and its telling: the next one tells, once', { timeout: 240_000 }, async () => {
    const run = await stage('unheard');
    const { redis, environment, buy, statusOf, updates } = run;
    const one = await startRole('worker', environment);
    const first = await buy('first');
    await eventually('it works', async () => (await statusOf(first.id)) === 'FILLED');
    await eventually('it tells', async () => (await updates()).some(({ order }) => order.id === first.id));
    // It stores, and its telling stands at the door of a Redis that stands still; or is in there, and nobody can say.
    redis.freeze();
    const second = await buy('second');
    await eventually('it has stored', async () => (await statusOf(second.id)) === 'FILLED');
    await one.end('SIGKILL');
    redis.thaw();
    const two = await startRole('worker', environment);
    await eventually('it is told', async () =>
      (await updates()).some(({ order }) => order.id === second.id && order.status === 'FILLED'),
    );
    const third = await buy('third');
    await eventually('it goes on', async () => (await statusOf(third.id)) === 'FILLED');
    await proveOnce(run);
    await two.end('SIGKILL');
  });
});
