import { createMarketDataWorker, type MarketDataOptions } from '../../src/workers/market-data.ts';
import type { Worker } from '../../src/workers/worker.ts';

/** A market data worker that is told nothing of a market as a whole. */
export function handWorker(
  options: Omit<MarketDataOptions, 'marketStatsEngine' | 'archive' | 'marketStatsIntervalMs'>,
): Worker {
  const stats = { marketStatsEngine: { process: () => [] }, archive: null, marketStatsIntervalMs: 0 };
  return createMarketDataWorker({ ...options, ...stats });
}
