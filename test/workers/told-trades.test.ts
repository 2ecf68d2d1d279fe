import { describe, expect, onTestFinished, test } from 'vitest';
import { createMemoryBus } from '../../src/bus/memory-bus.ts';
import { topics } from '../../src/bus/topics.ts';
import type { ToldTrades } from '../../src/feeds/feed.ts';
import { toldTrades } from '../../src/workers/told-trades.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { silentLog } from '../support/server.ts';
import { HandEngine, HandFeed, trade } from './hand-feed.ts';
import { handWorker } from './hand-worker.ts';

test('what was told last of a source is its own trades by symbol, oldest first', async () => {
  const bus = createMemoryBus({ clock: new FakeClock(), log: silentLog });
  onTestFinished(() => bus.close());
  for (const one of [
    trade(1),
    trade(7, { source: 'other' }),
    trade(2, { symbol: 'ETHUSDT' }),
    trade(3, { source: 'hand' }),
  ])
    await bus.publishEvent(topics.trades, one);
  const told = await toldTrades(bus, 'hand', silentLog);
  expect([...told].map(([symbol, trades]) => [symbol, trades.map(({ tradeId }) => tradeId)])).toEqual([
    ['BTCUSDT', ['1', '3']],
    ['ETHUSDT', ['2']],
  ]);
});

describe('a feed', () => {
  const started = (told: () => Promise<ToldTrades>) => {
    const [feed, clock] = [new HandFeed(), new FakeClock()];
    const bus = createMemoryBus({ clock, log: silentLog });
    onTestFinished(() => bus.close());
    const [bookEngine, pricesEngine] = [new HandEngine(), new HandEngine()];
    const worker = handWorker({ feed, bus, clock, log: silentLog, bookEngine, pricesEngine, priceIntervalMs: 0, told });
    worker.start();
    return { feed, worker, clock };
  };

  test('begins with what was told, once that is known', async () => {
    const { promise, resolve } = Promise.withResolvers<ToldTrades>();
    const { feed, clock } = started(() => promise);
    await clock.advance(1_000);
    expect(feed.told).toBeNull();
    const told = new Map([['BTCUSDT', [trade(1)]]]);
    resolve(told);
    await clock.advance(0);
    expect(feed.told).toBe(told);
  });

  test('begins all the same where that cannot be known, and not when its work ended meanwhile', async () => {
    const { feed, clock } = started(() => Promise.reject(new Error('away')));
    await clock.advance(0);
    expect(feed.told).toEqual(new Map());
    const { promise, resolve } = Promise.withResolvers<ToldTrades>();
    const late = started(() => promise);
    await late.worker.stop();
    resolve(new Map());
    await late.clock.advance(0);
    expect(late.feed.told).toBeNull();
  });
});
