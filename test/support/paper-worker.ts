import { onTestFinished } from 'vitest';
import type { Bus } from '../../src/bus/bus.ts';
import { PaperVenue } from '../../src/engines/paper/paper-venue.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { decimal } from '../../src/lib/decimal.ts';
import { ALL_OWNERS } from '../../src/model/owner-share.ts';
import { Alerts } from '../../src/store/alerts.ts';
import { ArchiveWriter } from '../../src/store/archive/archive-writer.ts';
import type { Database } from '../../src/store/database.ts';
import { Trading } from '../../src/store/trading.ts';
import { createTradingWorker, type TradingWorkerOptions } from '../../src/workers/trading/trading-worker.ts';
import type { Worker } from '../../src/workers/worker.ts';
import { silentLog } from './server.ts';

/** A trading worker at the paper venue, of all owners where nothing else is said. Not begun; ended when the test ends. */
export function paperWorker(database: Database, bus: Bus, more: Partial<TradingWorkerOptions> = {}): Worker {
  const { worker, archive } = endlessPaperWorker(database, bus, more);
  onTestFinished(async () => {
    await worker.stop();
    await archive.close();
  });
  return worker;
}

/** As {@link paperWorker}, for one that is killed: it cannot be ended. Owners begin with 100,000 USDT. */
export function endlessPaperWorker(database: Database, bus: Bus, more: Partial<TradingWorkerOptions>) {
  const archive = new ArchiveWriter(database, systemClock, silentLog);
  const worker = createTradingWorker({
    share: ALL_OWNERS,
    venue: new PaperVenue({ startingCash: [{ currency: 'USDT', amount: decimal('100000') }] }),
    bus,
    trading: new Trading(database),
    alerts: new Alerts(database),
    archive,
    clock: systemClock,
    log: silentLog,
    portfolioIntervalMs: 100,
    historyIntervalMs: 60_000,
    retentionMs: 86_400_000,
    ...more,
  });
  return { worker, archive };
}
