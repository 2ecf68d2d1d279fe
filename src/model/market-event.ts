import type { Decimal } from '../lib/decimal.ts';
import type { Instrument } from './instrument.ts';
import type { Observed } from './observed.ts';
import type { MarketSession } from './price.ts';
import type { FeedGap, Side } from './trade.ts';

/**
 * A level of a book. Its texts are canonical, and their own: an engine holds the level as it is, for hours, so a window
 * into the message that it came in would keep the whole message in memory.
 */
export type VenueLevel = readonly [price: Decimal, size: Decimal];

interface FromSource extends Observed {
  /** The feed's name: `binance`. */
  readonly source: string;
}

interface OfSymbol extends FromSource {
  /** Our symbol, not the venue's. */
  readonly symbol: string;
}

/** An instrument that this feed gives. Said before anything else of its symbol. */
export interface InstrumentListed extends FromSource {
  readonly kind: 'instrument';
  readonly instrument: Instrument;
}

/** A trade, in venue text. */
export interface TradeHeard extends OfSymbol {
  readonly kind: 'trade';
  readonly tradeId: string;
  readonly price: string;
  readonly quantity: string;
  readonly side: Side;
  /** False where the venue's numbers have no order: the feed itself then gives each trade once. */
  readonly numbersRise?: false;
  /** Set where the feed knows that trades before this one are missing for good. */
  readonly gapBefore: FeedGap | null;
}

/** The venue's own rolling 24 hours, in venue text. */
export interface TickerHeard extends OfSymbol {
  readonly kind: 'ticker';
  readonly last: string;
  /** True where `last` is no trade but the venue's own valuation: good only until a trade is heard. */
  readonly indicative?: true;
  readonly open: string;
  /** Null where the venue does not tell them. */
  readonly high: string | null;
  readonly low: string | null;
  /** In the base currency; null where the venue does not tell it. */
  readonly volume: string | null;
  /** Of a share, where the venue tells them. */
  readonly session?: MarketSession;
  readonly previousClose?: string;
}

/** What an oracle says that something is worth, in decimal text. Its timestamp is when its publishers said so. */
export interface OraclePriceHeard extends OfSymbol {
  readonly kind: 'oracle-price';
  readonly price: string;
  /** Half the width of the band in which it believes the price to lie. */
  readonly confidence: string;
  readonly emaPrice: string | null;
  /** Of a share whose sessions the oracle tells. */
  readonly session: MarketSession | null;
  /** Whether it is older than the feed lets a price of this kind be, in this session. */
  readonly stale: boolean;
}

/** Best bid and ask, in venue text. */
export interface QuoteHeard extends OfSymbol {
  readonly kind: 'quote';
  /** The venue's number of the book update it belongs to; null where the venue gives none. */
  readonly updateId: number | null;
  readonly bid: readonly [price: string, size: string];
  readonly ask: readonly [price: string, size: string];
}

interface SidesHeard extends OfSymbol {
  readonly bids: readonly VenueLevel[];
  readonly asks: readonly VenueLevel[];
  /**
   * For each level the double nearest to its price, to search by and not to reckon with, from a feed that has read the
   * digits anyway: reading them again would cost the engine a sixth of its time. Without them it reads the texts.
   */
  readonly searchKeys?: { readonly bids: readonly number[]; readonly asks: readonly number[] };
}

/** A whole book, or as deep as the venue gives it. */
export interface BookSnapshotHeard extends SidesHeard {
  readonly kind: 'book-snapshot';
  /** Last update that the snapshot holds; null where the venue numbers none and each snapshot stands alone. */
  readonly lastUpdateId: number | null;
}

/** Absolute sizes of the levels that changed; size zero deletes. */
export interface BookDiffHeard extends SidesHeard {
  readonly kind: 'book-diff';
  readonly firstUpdateId: number;
  readonly lastUpdateId: number;
  /**
   * Last update of the diff before this one, where the venue chains diffs by it (Binance futures `pu`); null where diffs
   * follow each other by number alone (Binance spot). The two have different rules for the first diff after a snapshot.
   */
  readonly previousUpdateId: number | null;
}

/** The feed lost its thread for these symbols: what is held of them is old, and books must start anew. */
export interface Disconnected extends FromSource {
  readonly kind: 'disconnected';
  readonly symbols: readonly string[];
  readonly reason: string;
}

/** What a venue says of a perpetual market, in venue text; what it does not say is null. */
export interface MarketStatsHeard extends OfSymbol {
  readonly kind: 'market-stats';
  readonly markPrice: string;
  /** Base currency. */
  readonly longOpenInterest: string | null;
  readonly shortOpenInterest: string | null;
  readonly totalOpenInterest: string | null;
  /** Quote currency, over 24 h. */
  readonly volume24h: string | null;
  /** Of the interval now running, a fraction; positive where longs pay. */
  readonly fundingRate: string | null;
  readonly fundingIntervalMs: number | null;
}

/** Funding was settled. */
export interface FundingHeard extends OfSymbol {
  readonly kind: 'funding';
  /** Of this settlement, a fraction; positive where longs pay. */
  readonly rate: string;
  /** True where it happened before the feed asked: an earlier life of it may have told it. */
  readonly past?: true;
}

/** What a mapper makes of a venue's frames: facts, in one language for all venues, not yet interpreted. */
export type MarketEvent =
  | InstrumentListed
  | TradeHeard
  | TickerHeard
  | OraclePriceHeard
  | QuoteHeard
  | BookSnapshotHeard
  | BookDiffHeard
  | MarketStatsHeard
  | FundingHeard
  | Disconnected;
