import type { Bus } from '../bus/bus.ts';
import type { ArchiveWriter } from '../store/archive/archive-writer.ts';
import { Candles } from '../store/candles.ts';
import { Commands } from '../store/commands.ts';
import type { Database } from '../store/database.ts';
import { createCandleWorker } from '../workers/candles/candle-worker.ts';
import { createSignalWorker } from '../workers/signals/signal-worker.ts';
import type { Worker } from '../workers/worker.ts';
import type { Parts } from './parts.ts';

/** What is made of the market as the feeds tell it: bars, signals of them. */
export function marketWorkers(bus: Bus, database: Database, archive: ArchiveWriter, parts: Parts): readonly Worker[] {
  const { config, clock, log } = parts;
  const shared = { bus, candles: new Candles(database), clock, log };
  return [
    createCandleWorker({ ...shared, intervalMs: config.CANDLE_INTERVAL_MS }),
    createSignalWorker({
      ...shared,
      commands: new Commands(database),
      archive,
      // Of a simulated market whoever looks at it wants to see something within minutes.
      intervals: config.SIGNAL_INTERVALS ?? (config.FEEDS.includes('simulated') ? ['S1', 'M1'] : ['M1', 'M15']),
    }),
  ];
}
