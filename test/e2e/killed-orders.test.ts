import { describe, expect, onTestFinished, test } from 'vitest';
import { createMemoryBus } from '../../src/bus/memory-bus.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { ALICE } from '../support/owner-schema.ts';
import { placedOrders } from '../support/placed-orders.ts';
import { PrivateRedis, redisRuntime } from '../support/private-redis.ts';
import { startRole } from '../support/role.ts';
import { silentLog, eventually as within } from '../support/server.ts';
import { sharedGround } from '../support/shared-ground.ts';

/** Whole processes start here, and a lease has to run out. */
const eventually = (what: string, holds: () => boolean | Promise<boolean>) => within(what, holds, 60_000);

/**
 * A Redis of its own for a real worker, a database, and a hand that places orders.
 * @param nudges whether workers hear of them; else they find what is to be done by themselves, also while Redis stands still.
 */
async function stage(nudges: 'heard' | 'unheard') {
  const redis = await PrivateRedis.start('--appendonly', 'yes');
  onTestFinished(() => redis.stop());
  // What is proved needs one market: the rest only takes time of a start.
  const { environment, bus, database } = await sharedGround({ FEEDS: 'simulated', SYMBOLS: 'BTCUSDT' }, redis.url);
  const deaf = createMemoryBus({ clock: systemClock, log: silentLog });
  onTestFinished(() => deaf.close());
  const { buy, updates, ...rest } = placedOrders(database, bus, nudges === 'heard' ? bus : deaf);
  return {
    redis,
    environment,
    ...rest,
    buy: (clientOrderId: string) => buy(ALICE, clientOrderId),
    updates: () => updates(ALICE),
  };
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
    await run.proveOnce(ALICE);
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
    await run.proveOnce(ALICE);
    await two.end('SIGKILL');
  });
});
