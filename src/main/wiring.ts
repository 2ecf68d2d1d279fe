import { topics } from '../bus/topics.ts';
import { createBookEngine } from '../engines/book/book-engine.ts';
import { createMarketStatsEngine } from '../engines/market-stats/market-stats-engine.ts';
import { createPricesEngine } from '../engines/prices/prices-engine.ts';
import { RiskEngine } from '../engines/risk/risk-engine.ts';
import { followsAccounts } from '../feeds/account-feed.ts';
import type { Feed } from '../feeds/feed.ts';
import { InterruptibleFeed } from '../feeds/interruptible.ts';
import { createFeed } from '../feeds/registry.ts';
import { Population } from '../feeds/simulated/population/population.ts';
import { type Clock, DAY_MS } from '../lib/clock.ts';
import { ApiError } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import { ALL_OWNERS, type OwnerShare } from '../model/owner-share.ts';
import { Alerts } from '../store/alerts.ts';
import { Commands } from '../store/commands.ts';
import { MarketHistory } from '../store/market-history.ts';
import { Positions } from '../store/positions.ts';
import { listenForInterruptions } from '../workers/interruptions.ts';
import { createMarketDataWorker } from '../workers/market-data.ts';
import { MarketRecorder } from '../workers/market-recorder.ts';
import { PriceSources } from '../workers/price-sources.ts';
import { createLiquidationMerger } from '../workers/risk/liquidation-merger.ts';
import { createRiskWorker } from '../workers/risk/risk-worker.ts';
import type { FollowedAccounts } from '../workers/risk/venue-accounts.ts';
import { toldTrades } from '../workers/told-trades.ts';
import type { Worker } from '../workers/worker.ts';
import { chainWorks } from './chain-workers.ts';
import { type Config, ConfigError } from './config.ts';
import { demoOwner } from './identity.ts';
import { type MarketShard, marketShards, pythOptions, sharesOf } from './market-shards.ts';
import { MARKET_WORKS } from './market-workers.ts';
import { ownerShares } from './owner-shares.ts';
import type { Parts } from './parts.ts';
import { realAccounts, tradingWorks } from './trading-workers.ts';
import type { Work, WorkParts } from './work.ts';

/**
 * The write side, as pieces of work that one process does at a time. Feeds that quote the same symbols choose the best source among
 * themselves, so they are one piece, or as many as the symbols are dealt out to. Risk, orders and bots are
 * one each, or as many as the owners are dealt out to; only where risk follows accounts of a venue it goes with that venue's own feed.
 */
export function worksOf(parts: Parts): readonly Work[] {
  // A symbol that no feed gives ends the process here, and not when it first holds the lease.
  accountFeedOf(feedsOf(parts.config, parts.clock, parts.log), parts.config);
  realAccounts(parts);
  const shards = marketShards(parts.config);
  const markets = shards.map(
    (shard): Work => ({
      lease: shard.lease,
      durable: [topics.fundingRates, ...(shard.withRisk ? OF_RISK : [])],
      workers: (made) => feedWorkers({ ...made, config: shard.config }, shard),
    }),
  );
  return [
    ...markets,
    ...(shards.some(({ withRisk }) => withRisk) ? [] : riskWorks(parts.config.RISK_SHARDS)),
    ...MARKET_WORKS,
    ...tradingWorks(parts.config),
    ...chainWorks(parts),
  ];
}

/** Topics of owners' positions that last. */
const OF_RISK = [topics.positionEvents, topics.alerts];

/** The owners, dealt out by their addresses; the lists of markets, to which all add, are put together with the first share. */
function riskWorks(of: number): readonly Work[] {
  return ownerShares('risk', of, (share) => ({
    durable: OF_RISK,
    workers: (made) => [
      riskWorker(made, null, share),
      ...(of > 1 && share.number === 0 ? [createLiquidationMerger({ ...made, of })] : []),
    ],
  }));
}

function feedWorkers(parts: WorkParts, { suffix, withRisk }: MarketShard): readonly Worker[] {
  const { bus, database, archive, config, clock, log } = parts;
  const sources = new PriceSources(clock);
  const recorder = new MarketRecorder({
    history: new MarketHistory(database),
    clock,
    log,
    intervalMs: config.MARKET_HISTORY_INTERVAL_MS,
    retentionMs: config.DURABLE_RETENTION_DAYS * DAY_MS,
  });
  const feeds = feedsOf(config, clock, log);
  const accounts = withRisk ? accountFeedOf(feeds, config) : null;
  const inDevelopment = config.NODE_ENV !== 'production';
  const interruptible = inDevelopment ? feeds.map((feed) => new InterruptibleFeed(feed, clock)) : [];
  const workers = (inDevelopment ? interruptible : feeds).map((feed) =>
    createMarketDataWorker({
      feed,
      bus,
      clock,
      log,
      bookEngine: createBookEngine(),
      pricesEngine: createPricesEngine(),
      marketStatsEngine: createMarketStatsEngine(),
      archive,
      recorder,
      priceIntervalMs: config.PRICE_INTERVAL_MS,
      marketStatsIntervalMs: config.MARKET_STATS_INTERVAL_MS,
      sources,
      primarySources: primarySourcesOf(config),
      // Nothing happens on a simulated venue while nobody runs it.
      ...(!config.FEEDS.includes('simulated') && { told: () => toldTrades(bus, feed.name, log) }),
      suffix,
    }),
  );
  const deaf = inDevelopment ? listenForInterruptions(bus, interruptible, log) : () => undefined;
  parts.onEnd(async () => {
    deaf();
    await recorder.stop();
  });
  return [...workers, ...(withRisk ? [riskWorker(parts, accounts, ALL_OWNERS)] : [])];
}

/** Of each symbol the feed that stands for it: the first in the operator's list that could give it. */
function primarySourcesOf(config: Config): ReadonlyMap<string, string> {
  const firstLast = [...sharesOf(config)].reverse();
  return new Map<string, string>(firstLast.flatMap(([name, symbols]) => symbols.map((symbol) => [symbol, name])));
}

/** @throws ConfigError for accounts that no feed follows. */
function accountFeedOf(feeds: readonly Feed[], { HYPERLIQUID_ACCOUNTS: addresses }: Config): FollowedAccounts | null {
  if (addresses.length === 0) return null;
  const feed = feeds.find(followsAccounts);
  if (!feed) throw new ConfigError('HYPERLIQUID_ACCOUNTS: no feed in FEEDS follows accounts; "hyperliquid" does.');
  return { feed, addresses };
}

function riskWorker(
  { bus, database, archive, config, clock, log }: WorkParts,
  accounts: FollowedAccounts | null,
  share: OwnerShare,
): Worker {
  const population = config.FEEDS.includes('simulated')
    ? new Population({ seed: config.SIMULATION_SEED, demoOwner: demoOwner(config), startedAt: clock.now(), share })
    : null;
  return createRiskWorker({
    engine: new RiskEngine({ atRisk: config.AT_RISK_HEALTH_FACTOR, model: config.RISK_MODEL }),
    share,
    population,
    accounts,
    bus,
    positions: new Positions(database),
    alerts: new Alerts(database),
    marketHistory: new MarketHistory(database),
    commands: new Commands(database),
    archive,
    clock,
    log,
    positionIntervalMs: config.POSITION_INTERVAL_MS,
    liquidationIntervalMs: config.LIQUIDATION_INTERVAL_MS,
    historyIntervalMs: config.RISK_HISTORY_INTERVAL_MS,
    retentionMs: config.DURABLE_RETENTION_DAYS * DAY_MS,
  });
}

/** @throws ConfigError for a symbol that a feed cannot give, or that two feeds would give in each other's place. */
function feedsOf(config: Config, clock: Clock, log: Log) {
  const { FEEDS: names } = config;
  if (names.includes('simulated') && names.length > 1)
    throw new ConfigError(
      'FEEDS: "simulated" beside a live feed is not allowed: nobody could tell which price is real.',
    );
  const urls = {
    binanceWs: config.BINANCE_WS_URL,
    binanceRest: config.BINANCE_REST_URL,
    binanceFuturesWs: config.BINANCE_FUTURES_WS_URL,
    binanceFuturesRest: config.BINANCE_FUTURES_REST_URL,
    hyperliquidWs: config.HYPERLIQUID_WS_URL,
    hyperliquidRest: config.HYPERLIQUID_REST_URL,
    pythHermes: config.PYTH_HERMES_URL,
  };
  const pyth = pythOptions(config);
  const shares = sharesOf(config);
  try {
    const options = { urls, pyth, clock, log, random: Math.random, seed: config.SIMULATION_SEED };
    return names.map((name) => createFeed(name, { ...options, symbols: shares.get(name) ?? [] }));
  } catch (error) {
    if (error instanceof ApiError)
      throw new ConfigError(
        `SYMBOLS: ${error.message}; allowed: ${String(error.details.allowed ?? 'what the feed lists')}.`,
      );
    throw error;
  }
}
