import { type Decimal, decimal } from '../../lib/decimal.ts';
import { sourceKey } from '../../model/instrument.ts';
import type { FundingHeard, MarketStatsHeard } from '../../model/market-event.ts';
import type { FundingRate, MarketStats } from '../../model/market-stats.ts';
import type { Engine, EngineOutput } from '../engine.ts';

const NOTHING: readonly EngineOutput[] = [];

/**
 * Perpetual markets as wholes, one for each symbol and source, and settlements of funding.
 *
 * - What is older than the last that was heard changes nothing; a text that is no decimal is ignored with its event.
 * - A settlement carries the open interest that was last heard, and its time is told with the market from then on.
 * - A disconnect puts out every market held once more as stale.
 */
export function createMarketStatsEngine(): Engine {
  const markets = new Map<string, MarketStats>();
  /** When each was last settled: that may be known before the market is. */
  const settledAt = new Map<string, number>();

  const heard = (event: MarketStatsHeard): readonly EngineOutput[] => {
    const key = sourceKey(event.symbol, event.source);
    const before = markets.get(key);
    if (before && event.timestamp < before.timestamp) return NOTHING;
    const stats = readStats(event, settledAt.get(key) ?? null);
    if (!stats) return NOTHING;
    markets.set(key, stats);
    return [{ kind: 'market-stats', stats }];
  };

  const settled = (event: FundingHeard): readonly EngineOutput[] => {
    const key = sourceKey(event.symbol, event.source);
    const before = markets.get(key);
    const rate = read(event.rate);
    if (rate === undefined || rate === null || event.timestamp <= (settledAt.get(key) ?? 0)) return NOTHING;
    settledAt.set(key, event.timestamp);
    const { symbol, source, timestamp, receivedAt } = event;
    const funding: FundingRate = {
      symbol,
      source,
      fundingRate: rate,
      longOpenInterest: before?.longOpenInterest ?? null,
      shortOpenInterest: before?.shortOpenInterest ?? null,
      timestamp,
      receivedAt,
    };
    const output: EngineOutput = { kind: 'funding', funding, past: event.past === true };
    if (!before) return [output];
    const stats = { ...before, lastFundingUpdate: timestamp };
    markets.set(key, stats);
    return [output, { kind: 'market-stats', stats }];
  };

  return {
    process(event) {
      switch (event.kind) {
        case 'market-stats':
          return heard(event);
        case 'funding':
          return settled(event);
        case 'disconnected':
          return event.symbols.flatMap((symbol) => {
            const key = sourceKey(symbol, event.source);
            const before = markets.get(key);
            if (!before || before.stale) return NOTHING;
            const stats = { ...before, stale: true };
            markets.set(key, stats);
            return [{ kind: 'market-stats', stats } as const];
          });
        default:
          return NOTHING;
      }
    },
  };
}

function readStats(event: MarketStatsHeard, lastFundingUpdate: number | null): MarketStats | null {
  const currentPrice = read(event.markPrice);
  const longOpenInterest = read(event.longOpenInterest);
  const shortOpenInterest = read(event.shortOpenInterest);
  const totalOpenInterest = read(event.totalOpenInterest);
  const volume24h = read(event.volume24h);
  const fundingRate = read(event.fundingRate);
  if (currentPrice === undefined || currentPrice === null) return null;
  const texts = { longOpenInterest, shortOpenInterest, totalOpenInterest, volume24h, fundingRate };
  if (Object.values(texts).includes(undefined)) return null;
  return {
    symbol: event.symbol,
    source: event.source,
    currentPrice,
    ...(texts as Record<keyof typeof texts, Decimal | null>),
    fundingIntervalMs: event.fundingIntervalMs,
    lastFundingUpdate,
    timestamp: event.timestamp,
    receivedAt: event.receivedAt,
    stale: false,
  };
}

/** Null stays null; undefined for what is no decimal. */
function read(text: string | null): Decimal | null | undefined {
  if (text === null) return null;
  try {
    return decimal(text);
  } catch {
    return undefined;
  }
}
