import { expect, test } from 'vitest';
import { readConfig } from '../../src/main/config.ts';
import { marketShards } from '../../src/main/market-shards.ts';

const SYMBOLS = 'BTCUSDT,ETHUSDT,SOLUSDT,BTCUSDT-PERP,ETH-PERP,BTC-PERP,BTCUSD,AAPL';

const dealt = (environment: Readonly<Record<string, string>>) =>
  marketShards(readConfig({ FEEDS: 'binance,hyperliquid,pyth', SYMBOLS, ...environment }));

test('one share is every symbol; risk is a piece of its own, shared out by itself', () => {
  expect(dealt({})).toMatchObject([{ lease: 'market', suffix: '', withRisk: false }]);
  const accounts = { HYPERLIQUID_ACCOUNTS: '0x000000000000000000000000000000000000dEaD' };
  expect(dealt(accounts)).toMatchObject([{ lease: 'market', withRisk: true }]);
  expect(() => dealt({ ...accounts, RISK_SHARDS: '2' })).toThrow(/^RISK_SHARDS: /);
});

test('each symbol is in one share, whatever others there are, and a share asks only feeds that give what it has', () => {
  const shards = dealt({ MARKET_SHARDS: '3' });
  expect(shards.flatMap(({ config }) => config.SYMBOLS).sort()).toEqual(SYMBOLS.split(',').sort());
  const shareOf = (symbol: string, all: typeof shards) =>
    all.find(({ config }) => config.SYMBOLS.includes(symbol))?.lease;
  const fewer = dealt({ MARKET_SHARDS: '3', SYMBOLS: 'BTCUSDT,AAPL' });
  for (const symbol of ['BTCUSDT', 'AAPL']) expect(shareOf(symbol, fewer)).toBe(shareOf(symbol, shards));
  for (const { config } of [...shards, ...fewer]) {
    expect(config.FEEDS.length).toBeGreaterThan(0);
    if (config.SYMBOLS.every((symbol) => symbol.endsWith('USDT'))) expect(config.FEEDS).not.toContain('hyperliquid');
    if (!config.SYMBOLS.some((symbol) => symbol.endsWith('-PERP'))) expect(config.FEEDS).not.toContain('hyperliquid');
  }
  // An empty share is nobody's work; risk is a piece of its own.
  expect(fewer.length).toBeLessThanOrEqual(2);
  expect(shards.some(({ withRisk }) => withRisk)).toBe(false);
});

test('risk stays with the feed over which it follows accounts', () => {
  const accounts = { HYPERLIQUID_ACCOUNTS: '0x000000000000000000000000000000000000dEaD', MARKET_SHARDS: '4' };
  const withRisk = dealt(accounts).filter((shard) => shard.withRisk);
  expect(withRisk.map(({ config }) => config.FEEDS.includes('hyperliquid'))).toEqual([true]);
});

test('of the simulated venue all symbols are dealt out; of others SYMBOLS has to say which', () => {
  const simulated = marketShards(readConfig({ MARKET_SHARDS: '2' }));
  expect(simulated.length).toBe(2);
  for (const { config } of simulated) expect(config.FEEDS).toEqual(['simulated']);
  expect(() => marketShards(readConfig({ FEEDS: 'binance', MARKET_SHARDS: '2' }))).toThrow(/^MARKET_SHARDS: /);
});
