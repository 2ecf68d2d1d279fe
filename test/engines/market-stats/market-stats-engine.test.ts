import { expect, test } from 'vitest';
import { createMarketStatsEngine } from '../../../src/engines/market-stats/market-stats-engine.ts';
import type { MarketStatsHeard } from '../../../src/model/market-event.ts';

const FROM = { symbol: 'BTC-PERP', source: 'test' };

const told = (markPrice: string, at: number, more: Partial<MarketStatsHeard> = {}): MarketStatsHeard => ({
  kind: 'market-stats',
  ...FROM,
  markPrice,
  longOpenInterest: null,
  shortOpenInterest: null,
  totalOpenInterest: '12.50',
  volume24h: null,
  fundingRate: '0.0001',
  fundingIntervalMs: 3_600_000,
  timestamp: at,
  receivedAt: at,
  ...more,
});

test('a market is told in canonical decimals, and what is older or no decimal changes nothing', () => {
  const engine = createMarketStatsEngine();
  expect(engine.process(told('100.10', 5))).toMatchObject([
    { kind: 'market-stats', stats: { currentPrice: '100.1', totalOpenInterest: '12.5', stale: false } },
  ]);
  expect(engine.process(told('99', 4))).toEqual([]);
  expect(engine.process(told('x', 6))).toEqual([]);
  expect(engine.process(told('99', 6, { volume24h: 'much' }))).toEqual([]);
});

test('a settlement is told once, with what is open, and its time with the market', () => {
  const engine = createMarketStatsEngine();
  engine.process(told('100', 1, { longOpenInterest: '7', shortOpenInterest: '5' }));
  const settled = { kind: 'funding', ...FROM, rate: '0.00010', timestamp: 10, receivedAt: 11 } as const;
  expect(engine.process(settled)).toMatchObject([
    { kind: 'funding', funding: { fundingRate: '0.0001', longOpenInterest: '7', shortOpenInterest: '5' } },
    { kind: 'market-stats', stats: { lastFundingUpdate: 10 } },
  ]);
  expect(engine.process(settled)).toEqual([]);
  expect(engine.process(told('101', 12))).toMatchObject([{ stats: { lastFundingUpdate: 10 } }]);
});

test('a lost venue makes its markets stale, once', () => {
  const engine = createMarketStatsEngine();
  engine.process(told('100', 1));
  const lost = {
    kind: 'disconnected',
    source: 'test',
    symbols: ['BTC-PERP'],
    reason: 'gone',
    timestamp: 2,
    receivedAt: 2,
  } as const;
  expect(engine.process(lost)).toMatchObject([{ stats: { stale: true, currentPrice: '100' } }]);
  expect(engine.process(lost)).toEqual([]);
  expect(engine.process(told('101', 3))).toMatchObject([{ stats: { stale: false } }]);
});

test('a settlement of the past is told as such, and its time is known before the market is', () => {
  const engine = createMarketStatsEngine();
  const settled = { kind: 'funding', ...FROM, rate: '0.1', timestamp: 10, receivedAt: 50, past: true } as const;
  expect(engine.process(settled)).toMatchObject([{ kind: 'funding', past: true }]);
  expect(engine.process(told('100', 50))).toMatchObject([{ stats: { lastFundingUpdate: 10 } }]);
  expect(engine.process({ ...FROM, kind: 'funding', rate: '0.1', timestamp: 60, receivedAt: 61 })).toMatchObject([
    { kind: 'funding', past: false },
    { stats: { lastFundingUpdate: 60 } },
  ]);
});
