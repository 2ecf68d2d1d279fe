import { onTestFinished } from 'vitest';
import { createMemoryBus } from '../../src/bus/memory-bus.ts';
import { topics } from '../../src/bus/topics.ts';
import { RiskEngine } from '../../src/engines/risk/risk-engine.ts';
import { systemClock } from '../../src/lib/clock.ts';
import type { Identity } from '../../src/model/identity.ts';
import { ALL_OWNERS } from '../../src/model/owner-share.ts';
import type { Price } from '../../src/model/price.ts';
import { Alerts } from '../../src/store/alerts.ts';
import { ArchiveWriter } from '../../src/store/archive/archive-writer.ts';
import { Commands } from '../../src/store/commands.ts';
import type { Database } from '../../src/store/database.ts';
import { MarketHistory } from '../../src/store/market-history.ts';
import { Positions } from '../../src/store/positions.ts';
import { createRiskWorker, type RiskWorkerOptions } from '../../src/workers/risk/risk-worker.ts';
import type { Worker } from '../../src/workers/worker.ts';
import { price } from './market.ts';
import { eventually, silentLog, type TestServer, testServer } from './server.ts';

/** A risk worker on a database and a bus of its own, and a server before them. */
export interface RiskGround {
  readonly worker: Worker;
  readonly server: TestServer;
  /** The best price of a symbol is this from now on. */
  price(symbol: string, text: string, more?: Partial<Price>): Promise<unknown>;
  /** Ends the worker in order. */
  stop(): Promise<void>;
}

/** Resolves when the worker has taken up what was stored. Ended when the test ends. */
export async function riskGround(
  database: Database,
  options: Partial<RiskWorkerOptions> & { readonly demo?: Identity } = {},
): Promise<RiskGround> {
  const { demo = null, ...worked } = options;
  const parts = { clock: systemClock, log: silentLog };
  const bus = createMemoryBus(parts);
  const server = await testServer({ bus, database, demo });
  const archive = new ArchiveWriter(database, systemClock, silentLog);
  const worker = createRiskWorker({
    engine: new RiskEngine({}),
    share: ALL_OWNERS,
    population: null,
    accounts: null,
    bus,
    positions: new Positions(database),
    alerts: new Alerts(database),
    marketHistory: new MarketHistory(database),
    commands: new Commands(database),
    archive,
    ...parts,
    positionIntervalMs: 50,
    liquidationIntervalMs: 50,
    historyIntervalMs: 3_600_000,
    retentionMs: 86_400_000,
    ...worked,
  });
  const stop = async () => {
    await worker.stop();
    await archive.close();
  };
  onTestFinished(async () => {
    await stop();
    await bus.close();
  });
  worker.start();
  await eventually('what was stored is loaded', () => worker.health().status === 'HEALTHY');
  let told = Date.now();
  return {
    worker,
    server,
    stop,
    price: (symbol, text, more = {}) => {
      told = Math.max(told + 1, Date.now());
      return bus.publishState(topics.prices, price(symbol, text, { timestamp: told, receivedAt: told, ...more }));
    },
  };
}
