import { crc32 } from 'node:zlib';
import { couldGive, type FeedName, type FeedOptions } from '../feeds/registry.ts';
import { SIMULATED_SYMBOLS } from '../feeds/simulated/markets.ts';
import { type Config, ConfigError } from './config.ts';

/** A share of the symbols, which one process follows at a time over all feeds that give them. */
export interface MarketShard {
  /** It names the number of shards too: a worker that was configured for another number does other work. */
  readonly lease: string;
  /** What tells its feeds from the same feeds of another shard. */
  readonly suffix: string;
  /** As if there were no others. */
  readonly config: Config;
  /** Whether positions are assessed with it: where accounts of a venue are followed, that is done over the venue's own feed. */
  readonly withRisk: boolean;
}

/**
 * The symbols, dealt out by their names alone: one that is added moves no other, and two feeds that quote the same symbol are in one
 * process, where its best source is chosen.
 * @throws ConfigError
 */
export function marketShards(config: Config): readonly MarketShard[] {
  const { MARKET_SHARDS: count, RISK_SHARDS: ofOwners, HYPERLIQUID_ACCOUNTS: accounts } = config;
  if (ofOwners > 1 && accounts.length > 0)
    throw new ConfigError(
      'RISK_SHARDS: positions that a venue tells of HYPERLIQUID_ACCOUNTS are not shared out; it has to be 1.',
    );
  if (count === 1) return [{ lease: 'market', suffix: '', config, withRisk: accounts.length > 0 }];
  const shares = sharesOf(config);
  const shards = Array.from({ length: count }, (_, at) => {
    const symbols = allSymbols(config).filter((symbol) => crc32(symbol) % count === at);
    const gives = (name: FeedName) =>
      config.FEEDS.includes('simulated') || shares.get(name)?.some((symbol) => symbols.includes(symbol));
    return { number: at + 1, config: { ...config, SYMBOLS: symbols, FEEDS: config.FEEDS.filter(gives) } };
  }).filter((shard) => shard.config.SYMBOLS.length > 0);
  const followsAccounts = shards.find((shard) => shard.config.FEEDS.includes('hyperliquid'));
  return shards.map((shard) => ({
    lease: `market:${shard.number}/${count}`,
    suffix: `/${shard.number}`,
    config: shard.config,
    withRisk: accounts.length > 0 && shard === followsAccounts,
  }));
}

function allSymbols({ FEEDS, SYMBOLS }: Config): readonly string[] {
  if (SYMBOLS.length > 0) return [...new Set(SYMBOLS)];
  if (FEEDS.includes('simulated')) return SIMULATED_SYMBOLS;
  throw new ConfigError('MARKET_SHARDS: which symbols are to be shared out, SYMBOLS has to say.');
}

/**
 * Which symbols each feed is asked for: of one feed all of them, of several those that it could give.
 * @throws ConfigError for a symbol that none of them could.
 */
export function sharesOf(config: Config): ReadonlyMap<FeedName, readonly string[]> {
  const { FEEDS: feeds, SYMBOLS: symbols } = config;
  const pyth = pythOptions(config);
  const gives = (name: FeedName, symbol: string) => feeds.length === 1 || couldGive(name, symbol, pyth);
  const nobodys = symbols.find((symbol) => !feeds.some((name) => gives(name, symbol)));
  if (nobodys !== undefined) throw new ConfigError(`SYMBOLS: none of ${feeds.join(', ')} can give ${nobodys}.`);
  return new Map(feeds.map((name) => [name, symbols.filter((symbol) => gives(name, symbol))]));
}

export function pythOptions({ PYTH_API_KEY: apiKey, PYTH_PRICE_IDS: pairs }: Config): FeedOptions['pyth'] {
  return { apiKey: apiKey ?? null, priceIds: new Map(pairs.map((pair) => pair.split('=') as [string, string])) };
}
