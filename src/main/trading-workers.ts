import { topics } from '../bus/topics.ts';
import { PaperVenue } from '../engines/paper/paper-venue.ts';
import { createBinanceUserFeed } from '../feeds/binance/user-feed.ts';
import { DAY_MS } from '../lib/clock.ts';
import { decimal } from '../lib/decimal.ts';
import { isOfShare, type OwnerShare } from '../model/owner-share.ts';
import { Alerts } from '../store/alerts.ts';
import { Bots } from '../store/bots.ts';
import { Commands } from '../store/commands.ts';
import { Orders } from '../store/orders.ts';
import { Trading } from '../store/trading.ts';
import { TradingDesk } from '../store/trading-desk.ts';
import { createBotWorker } from '../workers/bots/bot-worker.ts';
import type { FollowedOrderFeed } from '../workers/trading/real-account-inlet.ts';
import { createTradingWorker } from '../workers/trading/trading-worker.ts';
import type { Worker } from '../workers/worker.ts';
import { type Config, ConfigError } from './config.ts';
import { demoOwner } from './identity.ts';
import { ownerShares } from './owner-shares.ts';
import type { Parts } from './parts.ts';
import type { Work, WorkParts } from './work.ts';

/**
 * Orders with the portfolios that come of them, and the bots that place them: two kinds of work, and each owner in the same share of both.
 */
export function tradingWorks({ TRADING_SHARDS: of }: Config): readonly Work[] {
  return [
    ...ownerShares('trading', of, (share) => ({
      // Alerts of limits, as well.
      durable: [topics.orderUpdates, topics.tradeExecutions, topics.alerts],
      workers: (parts) => [tradingWorker(parts, share)],
    })),
    ...ownerShares('bots', of, (share) => ({ durable: [], workers: (parts) => [botWorker(parts, share)] })),
  ];
}

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

function tradingWorker(parts: WorkParts, share: OwnerShare): Worker {
  const { bus, database, archive, config, clock, log } = parts;
  const followed = realAccounts(parts).filter(({ account }) => isOfShare(share, account.owner));
  const startingCash = config.PAPER_BALANCES.map((text) => {
    const [currency = '', amount = ''] = text.split('=');
    return { currency, amount: decimal(amount) };
  });
  return createTradingWorker({
    share,
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

function botWorker({ bus, database, config, clock, log }: WorkParts, share: OwnerShare): Worker {
  return createBotWorker({
    share,
    bus,
    bots: new Bots(database),
    orders: new Orders(database),
    desk: new TradingDesk(database, bus, clock, log),
    commands: new Commands(database),
    // Beside real prices nobody wants something to trade by itself.
    demoOwner: config.FEEDS.includes('simulated') ? demoOwner(config) : null,
    clock,
    log,
  });
}
