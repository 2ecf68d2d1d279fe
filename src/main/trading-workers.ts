import { topics } from '../bus/topics.ts';
import { PaperVenue } from '../engines/paper/paper-venue.ts';
import { createBinanceUserFeed } from '../feeds/binance/user-feed.ts';
import { DAY_MS } from '../lib/clock.ts';
import { decimal } from '../lib/decimal.ts';
import { Alerts } from '../store/alerts.ts';
import { Trading } from '../store/trading.ts';
import type { FollowedOrderFeed } from '../workers/trading/real-account-inlet.ts';
import { createTradingWorker } from '../workers/trading/trading-worker.ts';
import type { Worker } from '../workers/worker.ts';
import { ConfigError } from './config.ts';
import type { Parts } from './parts.ts';
import type { Work, WorkParts } from './work.ts';

/** Orders against the paper venue, and the portfolios that come of them. */
export const TRADING_WORK: Work = {
  lease: 'trading',
  durable: [topics.orderUpdates, topics.tradeExecutions],
  workers: (parts) => [tradingWorker(parts)],
};

/**
 * Real accounts that the operator has given keys of.
 * @throws ConfigError for half of what is needed.
 */
export function realAccounts({ config, clock, log }: Parts): readonly FollowedOrderFeed[] {
  const { BINANCE_ACCOUNT_OWNER: owner, BINANCE_API_KEY: apiKey, BINANCE_API_SECRET: secret } = config;
  if (owner === undefined && apiKey === undefined && secret === undefined) return [];
  if (owner === undefined || apiKey === undefined || secret === undefined)
    throw new ConfigError(
      'BINANCE_ACCOUNT_OWNER, BINANCE_API_KEY, BINANCE_API_SECRET: an account is followed with all three, or with none.',
    );
  const url = config.BINANCE_WS_API_URL;
  const feed = createBinanceUserFeed({ url, key: { apiKey, secret }, clock, log, random: Math.random });
  return [{ account: { owner, venue: 'binance' }, feed }];
}

function tradingWorker(parts: WorkParts): Worker {
  const { bus, database, archive, config, clock, log } = parts;
  const followed = realAccounts(parts);
  const startingCash = config.PAPER_BALANCES.map((text) => {
    const [currency = '', amount = ''] = text.split('=');
    return { currency, amount: decimal(amount) };
  });
  return createTradingWorker({
    venue: new PaperVenue({ startingCash, followed: followed.map(({ account }) => account) }),
    followed,
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
