import type { MarketEvent } from '../model/market-event.ts';
import type { Trade } from '../model/trade.ts';

export const FEED_STATES = ['connecting', 'live', 'stale', 'stopped'] as const;
/**
 * `connecting`: no connection, trying. `live`: connected and heard from within the contract. `stale`: connected but
 * quiet past the contract, or out of step and resynchronising. `stopped`: ended by us.
 */
export type FeedState = (typeof FEED_STATES)[number];

/** What a feed says of itself, whenever it changes. */
export interface FeedHealth {
  readonly state: FeedState;
  /** One sentence on what is wrong and what is being done; empty when live. */
  readonly message: string;
  /** Errors since the start: connections lost, frames not understood, requests refused. */
  readonly errorCount: number;
  /** Times it came back to `live`. */
  readonly recoveries: number;
  /** Last data (heart-beats not counted), milliseconds; null before the first. */
  readonly lastDataAt: number | null;
}

export interface FeedSink {
  /** Called in the venue's order for each symbol, never reentrantly. Must not throw. */
  event(event: MarketEvent): void;
  /** Called when something in {@link Feed.health} other than `lastDataAt` has changed. */
  healthChanged(): void;
}

/** Of each symbol, trades that an earlier life of the feed has told, oldest first: the last ones, as far as they are known. */
export type ToldTrades = ReadonlyMap<string, readonly Pick<Trade, 'tradeId' | 'timestamp'>[]>;

/**
 * One venue's stream of market events.
 *
 * - It lives by itself from `start` to `stop`: connects, reconnects with back-off and jitter, rotates before the venue
 *   cuts it off, keeps to the venue's limits. Nothing that a venue sends or does not send throws out of it.
 * - `instrument` events for all of its symbols come first, before any connection is made.
 * - Every loss of the thread is told as a `disconnected` event with the symbols it concerns, before anything that comes after it.
 * - After a (re)connect the book of every symbol comes as `book-snapshot` by itself; diffs may come before it.
 * - Where it is told what an earlier life gave, in another process maybe, the trades since then are a hole like any other: filled from the
 *   venue's history as far as that goes, else said in `gapBefore`.
 * - Data is anything but heart-beats. A connection without data past the feed's contract is closed and made anew.
 */
export interface Feed {
  /** The `source` of everything it gives: `binance`. */
  readonly name: string;
  start(sink: FeedSink, told?: ToldTrades): void;
  /** Asks the venue for a new `book-snapshot` of a symbol. Asking again while one is under way changes nothing. */
  resync(symbol: string): void;
  health(): FeedHealth;
  /** Resolves when its sockets and timers are gone; no event comes after it. */
  stop(): Promise<void>;
}
