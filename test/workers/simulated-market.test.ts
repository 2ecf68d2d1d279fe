import { describe, expect, it } from 'vitest';
import type { BusRecord } from '../../src/bus/bus.ts';
import { createMemoryBus } from '../../src/bus/memory-bus.ts';
import { topics } from '../../src/bus/topics.ts';
import { createBookEngine } from '../../src/engines/book/book-engine.ts';
import { createMarketStatsEngine } from '../../src/engines/market-stats/market-stats-engine.ts';
import { createPricesEngine } from '../../src/engines/prices/prices-engine.ts';
import { createSimulatedFeed } from '../../src/feeds/simulated/feed.ts';
import { compareDecimals } from '../../src/lib/decimal.ts';
import { createLog } from '../../src/lib/log.ts';
import { applyBookChange, type Book, type BookChange, bookChecksum } from '../../src/model/book.ts';
import type { ComponentReport } from '../../src/model/component.ts';
import type { Price } from '../../src/model/price.ts';
import type { Trade } from '../../src/model/trade.ts';
import { createComponentReporter } from '../../src/workers/components.ts';
import { createMarketDataWorker } from '../../src/workers/market-data.ts';
import { FakeClock } from '../support/fake-clock.ts';

const ALL = ['BTCUSDT', 'ETHUSDT', 'BNBUSDT', 'SOLUSDT', 'AAPL', 'MSFT', 'BTC-PERP', 'ETH-PERP'];
const log = createLog('silent');

/** Feed, engines, worker and bus as they run, and a listener from the first moment on. */
async function open() {
  const clock = new FakeClock();
  const bus = createMemoryBus({ clock, log });
  const heard = { orderbook: [] as BusRecord[], trades: [] as BusRecord[], prices: [] as BusRecord[] };
  for (const name of ['orderbook', 'trades', 'prices'] as const)
    await bus.subscribe(topics[name], { message: (record) => heard[name].push(record), restored: () => undefined });
  const worker = createMarketDataWorker({
    feed: createSimulatedFeed({ symbols: [], clock, seed: 42, log }),
    bus,
    clock,
    log,
    bookEngine: createBookEngine(),
    pricesEngine: createPricesEngine(),
    marketStatsEngine: createMarketStatsEngine(),
    archive: null,
    priceIntervalMs: 0,
    marketStatsIntervalMs: 0,
  });
  const reporter = createComponentReporter({ sources: [worker], bus, clock, log });
  reporter.start();
  worker.start();
  const latest = async <V>(name: 'instruments' | 'prices' | 'orderbook' | 'components') =>
    [...(await bus.latest(topics[name])).values()].map((record) => JSON.parse(record.payload) as V);
  const close = async () => {
    await worker.stop();
    reporter.stop();
    expect(clock.pending).toBe(0);
    await bus.close();
  };
  return { clock, heard, latest, close };
}

describe('the simulated venue, all the way to the bus', () => {
  it('has a price with its day, a book and an instrument for every symbol at once', async () => {
    const { clock, latest, close } = await open();
    await clock.advance(0);
    expect((await latest<{ symbol: string }>('instruments')).map(({ symbol }) => symbol)).toEqual(ALL);
    const all = await latest<Price>('prices');
    expect(all.filter(({ token }) => token?.further).map(({ symbol }) => symbol)).toEqual(
      expect.arrayContaining(['BTCUSDT', 'ETHUSDT']),
    );
    const prices = all.filter(({ token }) => !token?.further);
    expect(prices.map(({ symbol }) => symbol)).toEqual(ALL);
    for (const { price, open24h, high24h, low24h, volume24h, stale, source } of prices) {
      expect([source, stale]).toEqual(['simulated', false]);
      if (!open24h || !high24h || !low24h || !volume24h) throw new Error('24 h fields are missing');
      expect(compareDecimals(low24h, price)).not.toBe(1);
      expect(compareDecimals(high24h, price)).not.toBe(-1);
    }
    const books = await latest<Book>('orderbook');
    expect(books.map(({ symbol }) => symbol)).toEqual(ALL);
    for (const { bids, asks } of books) {
      expect(Math.min(bids.length, asks.length)).toBeGreaterThanOrEqual(50);
      const [[bid] = [], [ask] = []] = [bids[0], asks[0]];
      expect(bid && ask && compareDecimals(bid, ask)).toBe(-1);
    }
    expect(await latest<ComponentReport>('components')).toMatchObject([{ name: 'feed:simulated', status: 'HEALTHY' }]);
    await close();
  });

  it('holds at a listener, change by change, the very books that the store holds', async () => {
    const { clock, heard, latest, close } = await open();
    await clock.advance(30_000);
    const folded = new Map<string, Book>();
    for (const { key, form, payload } of heard.orderbook) {
      const before = folded.get(key);
      const after =
        form === 'change' && before
          ? applyBookChange(before, JSON.parse(payload) as BookChange)
          : (JSON.parse(payload) as Book);
      if (bookChecksum(after.bids, after.asks) !== after.checksum) throw new Error(`${key} differs after a change`);
      folded.set(key, after);
    }
    expect([...folded.values()]).toEqual(await latest<Book>('orderbook'));
    expect(heard.orderbook.filter((record) => record.form === 'value').length, 'one whole book a symbol').toBe(
      ALL.length,
    );
    expect(heard.orderbook.length).toBeGreaterThan(ALL.length * 290);
    await close();
  });

  it('delivers every trade once, and prices that follow them', async () => {
    const { clock, heard, latest, close } = await open();
    await clock.advance(30_000);
    const prices = new Map((await latest<Price>('prices')).map((price) => [price.symbol, price]));
    for (const symbol of ALL) {
      const trades = heard.trades
        .filter(({ key }) => key === symbol)
        .map(({ payload }) => JSON.parse(payload) as Trade);
      const ids = trades.map(({ tradeId }) => Number(tradeId));
      expect(ids.length).toBeGreaterThan(10);
      expect(ids).toEqual(ids.map((_, place) => (ids[0] ?? 0) + place));
      expect(trades.every(({ gapBefore }) => gapBefore === null)).toBe(true);
      expect(prices.get(symbol)?.price).toBe(trades.at(-1)?.price);
    }
    await close();
  });
});
