import type { Book, BookChange } from '../model/book.ts';
import type { MarketEvent } from '../model/market-event.ts';
import type { FundingRate, MarketStats } from '../model/market-stats.ts';
import type { Price } from '../model/price.ts';
import type { Trade } from '../model/trade.ts';

/** A book after a change. */
export interface BookOutput {
  readonly kind: 'book';
  readonly symbol: string;
  readonly source: string;
  /** What changed since the book put out before; null when this book stands alone (first, resync, back from stale). */
  readonly change: BookChange | null;
  /** Builds the whole book: dear, so only whoever publishes it calls it, and before the engine's next event. */
  readonly book: () => Book;
}

export interface PriceOutput {
  readonly kind: 'price';
  readonly price: Price;
}

export interface TradeOutput {
  readonly kind: 'trade';
  readonly trade: Trade;
}

/** The engine cannot go on with this book until the feed brings a new snapshot. */
export interface ResyncOutput {
  readonly kind: 'resync';
  readonly symbol: string;
  readonly source: string;
  /** Why, for the log and the status. */
  readonly reason: string;
}

export interface MarketStatsOutput {
  readonly kind: 'market-stats';
  readonly stats: MarketStats;
}

export interface FundingOutput {
  readonly kind: 'funding';
  readonly funding: FundingRate;
  /** Whether it may have been put out before, by an engine that is gone. */
  readonly past: boolean;
}

export type EngineOutput = BookOutput | PriceOutput | TradeOutput | ResyncOutput | MarketStatsOutput | FundingOutput;

/**
 * A function of the events it has been given: synchronous, no I/O, time only from the events and the injected clock.
 * The same events give the same outputs, always; what it cannot use (a diff that is too old, a level never held) it
 * ignores, what it cannot trust (a gap, a crossed book) it answers with a stale value and a request, never with a throw.
 */
export interface Engine {
  process(event: MarketEvent): readonly EngineOutput[];
}
