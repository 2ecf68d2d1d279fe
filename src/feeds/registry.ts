import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { createBinanceFeed } from './binance/feed.ts';
import { isBinanceSymbol } from './binance/symbols.ts';
import type { Feed } from './feed.ts';
import { createHyperliquidFeed } from './hyperliquid/feed.ts';
import { isHyperliquidSymbol } from './hyperliquid/symbols.ts';
import { createPythFeed } from './pyth/feed.ts';
import { isPythSymbol } from './pyth/symbols.ts';
import { createSimulatedFeed } from './simulated/feed.ts';

/** Where venues are reached: bases as the venue's own, without a path; a trailing slash does no harm. */
export interface FeedUrls {
  /** `wss://stream.binance.com:9443` */
  readonly binanceWs: string;
  /** `https://api.binance.com` */
  readonly binanceRest: string;
  /** `wss://fstream.binance.com` */
  readonly binanceFuturesWs: string;
  /** `https://fapi.binance.com` */
  readonly binanceFuturesRest: string;
  /** `wss://api.hyperliquid.xyz` */
  readonly hyperliquidWs: string;
  /** `https://api.hyperliquid.xyz` */
  readonly hyperliquidRest: string;
  /** `https://hermes.pyth.network` */
  readonly pythHermes: string;
}

/** What any feed may need to be made; each takes what it uses. */
export interface FeedOptions {
  /** Our symbols (`BTCUSDT`, `BTCUSDT-PERP`). A feed throws `BAD_USER_INPUT` when made with one that it cannot give. */
  readonly symbols: readonly string[];
  readonly urls: FeedUrls;
  readonly pyth: {
    /** Null for a server that needs none. */
    readonly apiKey: string | null;
    /** The oracle's ids of price feeds by our symbols, where the operator names them. */
    readonly priceIds: ReadonlyMap<string, string>;
  };
  readonly clock: Clock;
  readonly log: Log;
  /** Numbers in [0, 1), for jitter only: nothing that a feed says depends on them. */
  readonly random: () => number;
  /** What the simulated venue unfolds from: the same seed gives the same market. */
  readonly seed: number;
}

const FACTORIES = {
  simulated: createSimulatedFeed,
  binance: createBinanceFeed,
  hyperliquid: createHyperliquidFeed,
  pyth: createPythFeed,
} as const satisfies Record<string, (options: FeedOptions) => Feed>;

export type FeedName = keyof typeof FACTORIES;

/** Every feed there is, for configuration and its error messages. */
export const FEED_NAMES = Object.keys(FACTORIES) as readonly FeedName[];

const GIVES: Readonly<Record<FeedName, (symbol: string) => boolean>> = {
  simulated: () => true,
  // What is priced in dollars proper it does not list.
  binance: (symbol) => isBinanceSymbol(symbol) && !symbol.endsWith('USD'),
  hyperliquid: isHyperliquidSymbol,
  pyth: isPythSymbol,
};

/** Whether a feed could have a symbol, by its name alone or because the operator says so. */
export function couldGive(feed: FeedName, symbol: string, { priceIds }: FeedOptions['pyth']): boolean {
  return GIVES[feed](symbol) || (feed === 'pyth' && priceIds.has(symbol));
}

/** Makes a feed; it does nothing before {@link Feed.start}. */
export function createFeed(name: FeedName, options: FeedOptions): Feed {
  return FACTORIES[name](options);
}
