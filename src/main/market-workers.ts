import type { Bus } from '../bus/bus.ts';
import type { ArchiveWriter } from '../store/archive/archive-writer.ts';
import { Bots } from '../store/bots.ts';
import { Candles } from '../store/candles.ts';
import { Commands } from '../store/commands.ts';
import type { Database } from '../store/database.ts';
import { Orders } from '../store/orders.ts';
import { TradingDesk } from '../store/trading-desk.ts';
import { createBotWorker } from '../workers/bots/bot-worker.ts';
import { createCandleWorker } from '../workers/candles/candle-worker.ts';
import { createSignalWorker } from '../workers/signals/signal-worker.ts';
import type { Worker } from '../workers/worker.ts';
import type { Parts } from './parts.ts';

/** What is made of the market as the feeds tell it: bars, signals of them, and the bots that follow them. */
export function marketWorkers(bus: Bus, database: Database, archive: ArchiveWriter, parts: Parts): readonly Worker[] {
  const { config, clock, log } = parts;
  const commands = new Commands(database);
  const shared = { bus, candles: new Candles(database), clock, log };
  return [
    createCandleWorker({ ...shared, intervalMs: config.CANDLE_INTERVAL_MS }),
    createSignalWorker({
      ...shared,
      commands,
      archive,
      // Of a simulated market whoever looks at it wants to see something within minutes.
      intervals: config.SIGNAL_INTERVALS ?? (config.FEEDS.includes('simulated') ? ['S1', 'M1'] : ['M1', 'M15']),
    }),
    createBotWorker({
      bus,
      bots: new Bots(database),
      orders: new Orders(database),
      desk: new TradingDesk(database, bus, clock, log),
      commands,
      clock,
      log,
    }),
  ];
}
