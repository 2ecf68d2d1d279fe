import { expect, test } from 'vitest';
import { createFeed, FEED_NAMES, type FeedName, type FeedOptions } from '../../src/feeds/registry.ts';
import { createLog } from '../../src/lib/log.ts';
import { examineFeed, type FeedUnderExam } from '../contracts/feed.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { HyperliquidVenue } from '../support/hyperliquid-venue.ts';
import { PythOracle } from '../support/pyth-oracle.ts';
import { RecordedVenue } from '../support/recorded-venue.ts';
import { syntheticRecording } from '../support/recording-synthetic.ts';
import { quietly } from '../support/until.ts';

const NOWHERE = {
  binanceWs: 'ws://127.0.0.1:1',
  binanceRest: 'http://127.0.0.1:1',
  binanceFuturesWs: 'ws://127.0.0.1:1',
  binanceFuturesRest: 'http://127.0.0.1:1',
  hyperliquidWs: 'ws://127.0.0.1:1',
  hyperliquidRest: 'http://127.0.0.1:1',
  pythHermes: 'http://127.0.0.1:1',
};

function made(name: FeedName, clock: FakeClock, symbols: readonly string[], urls: FeedOptions['urls'] = NOWHERE) {
  const pyth = { apiKey: null, priceIds: new Map<string, string>() };
  return createFeed(name, { symbols, urls, pyth, clock, log: createLog('silent'), random: () => 0, seed: 7 });
}

async function simulated(): Promise<FeedUnderExam> {
  const clock = new FakeClock();
  const symbols = ['BTCUSDT', 'AAPL'];
  return {
    feed: made('simulated', clock, symbols),
    symbols,
    clock,
    goOn: () => clock.advance(500),
    cut: null,
    close: async () => undefined,
  };
}

async function binance(): Promise<FeedUnderExam> {
  const clock = new FakeClock();
  const pairs = ['BTCUSDT', 'ETHUSDT'];
  const recordings = (market: 'spot' | 'usdm') => pairs.map((pair) => syntheticRecording({ market, pair, steps: 400 }));
  const spot = await RecordedVenue.start({ recordings: recordings('spot') });
  const usdm = await RecordedVenue.start({ recordings: recordings('usdm') });
  const symbols = [...pairs, ...pairs.map((pair) => `${pair}-PERP`)];
  const urls = {
    ...NOWHERE,
    binanceWs: spot.wsUrl,
    binanceRest: spot.restUrl,
    binanceFuturesWs: usdm.wsUrl,
    binanceFuturesRest: usdm.restUrl,
  };
  return {
    feed: made('binance', clock, symbols, urls),
    symbols,
    clock,
    goOn: async () => {
      // A real venue goes on whether or not anyone listens; a recording that runs out while nobody does is of no use.
      if (spot.connections > 0 && usdm.connections > 1) await Promise.all([spot.play(20), usdm.play(20)]);
      await quietly();
      await clock.advance(200);
    },
    cut: async () => {
      spot.cut();
      usdm.cut();
    },
    close: async () => {
      await Promise.all([spot.close(), usdm.close()]);
    },
  };
}

async function hyperliquid(): Promise<FeedUnderExam> {
  const clock = new FakeClock();
  const venue = await HyperliquidVenue.start({ coins: ['BTC', 'kPEPE'], clock });
  return {
    feed: made('hyperliquid', clock, ['BTC-PERP', 'KPEPE-PERP'], {
      ...NOWHERE,
      hyperliquidWs: venue.wsUrl,
      hyperliquidRest: venue.restUrl,
    }),
    symbols: ['BTC-PERP', 'KPEPE-PERP'],
    books: 'snapshots',
    trades: 'unordered',
    clock,
    goOn: async () => {
      venue.step();
      await quietly();
      await clock.advance(200);
    },
    cut: async () => venue.cut(),
    close: () => venue.close(),
  };
}

async function pyth(): Promise<FeedUnderExam> {
  const clock = new FakeClock();
  const oracle = await PythOracle.start({ names: ['Crypto.BTC/USD', 'Equity.US.AAPL/USD'], clock });
  return {
    feed: made('pyth', clock, ['BTCUSD', 'AAPL'], { ...NOWHERE, pythHermes: oracle.url }),
    symbols: ['BTCUSD', 'AAPL'],
    books: 'none',
    trades: 'none',
    clock,
    goOn: async () => {
      oracle.step();
      await quietly();
      await clock.advance(200);
    },
    cut: async () => oracle.cut(),
    close: () => oracle.close(),
  };
}

const EXAMINED: Readonly<Record<FeedName, () => Promise<FeedUnderExam>>> = { simulated, binance, hyperliquid, pyth };

for (const name of FEED_NAMES) examineFeed(name, EXAMINED[name]);

test('every feed of the registry goes by the name that it is listed under', () => {
  const symbols: Partial<Record<FeedName, string>> = { hyperliquid: 'BTC-PERP', pyth: 'BTCUSD' };
  for (const name of FEED_NAMES) expect(made(name, new FakeClock(), [symbols[name] ?? 'BTCUSDT']).name).toBe(name);
});
