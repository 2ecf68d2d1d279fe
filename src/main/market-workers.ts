import { topics } from '../bus/topics.ts';
import { Candles } from '../store/candles.ts';
import { Commands } from '../store/commands.ts';
import { createCandleWorker } from '../workers/candles/candle-worker.ts';
import { createSignalWorker } from '../workers/signals/signal-worker.ts';
import type { Worker } from '../workers/worker.ts';
import type { Work, WorkParts } from './work.ts';

/** What is made of the market as the feeds tell it: bars, and signals of them. */
export const MARKET_WORKS: readonly Work[] = [
  { lease: 'candles', durable: [], workers: (parts) => [candleWorker(parts)] },
  { lease: 'signals', durable: [topics.signals], workers: (parts) => [signalWorker(parts)] },
];

function candleWorker({ bus, database, config, clock, log }: WorkParts): Worker {
  return createCandleWorker({ bus, candles: new Candles(database), clock, log, intervalMs: config.CANDLE_INTERVAL_MS });
}

function signalWorker({ bus, database, archive, config, clock, log }: WorkParts): Worker {
  return createSignalWorker({
    bus,
    candles: new Candles(database),
    clock,
    log,
    commands: new Commands(database),
    archive,
    // Of a simulated market whoever looks at it wants to see something within minutes.
    intervals: config.SIGNAL_INTERVALS ?? (config.FEEDS.includes('simulated') ? ['S1', 'M1'] : ['M1', 'M15']),
  });
}
