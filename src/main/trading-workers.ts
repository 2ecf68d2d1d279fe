import { topics } from '../bus/topics.ts';
import { PaperVenue } from '../engines/paper/paper-venue.ts';
import { decimal } from '../lib/decimal.ts';
import { Alerts } from '../store/alerts.ts';
import { Trading } from '../store/trading.ts';
import { createTradingWorker } from '../workers/trading/trading-worker.ts';
import type { Worker } from '../workers/worker.ts';
import type { Work, WorkParts } from './work.ts';

const DAY_MS = 86_400_000;

/** Orders against the paper venue, and the portfolios that come of them. */
export const TRADING_WORK: Work = {
  lease: 'trading',
  durable: [topics.orderUpdates, topics.tradeExecutions],
  workers: (parts) => [tradingWorker(parts)],
};

function tradingWorker({ bus, database, archive, config, clock, log }: WorkParts): Worker {
  const startingCash = config.PAPER_BALANCES.map((text) => {
    const [currency = '', amount = ''] = text.split('=');
    return { currency, amount: decimal(amount) };
  });
  return createTradingWorker({
    venue: new PaperVenue({ startingCash }),
    bus,
    trading: new Trading(database),
    alerts: new Alerts(database),
    archive,
    clock,
    log,
    portfolioIntervalMs: config.PORTFOLIO_INTERVAL_MS,
    historyIntervalMs: config.RISK_HISTORY_INTERVAL_MS,
    retentionMs: config.DURABLE_RETENTION_DAYS * DAY_MS,
  });
}
