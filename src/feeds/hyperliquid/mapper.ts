import { decimal } from '../../lib/decimal.ts';
import type { BookSnapshotHeard, FundingHeard, MarketEvent, TradeHeard, VenueLevel } from '../../model/market-event.ts';
import {
  amount,
  count,
  type RawAssetContext,
  type RawBook,
  type RawMessage,
  type RawTrade,
  record,
  signed,
} from './messages.ts';
import { HYPERLIQUID } from './symbols.ts';

/** Funding is settled every hour. Milliseconds. */
export const FUNDING_INTERVAL_MS = 3_600_000;

/** What a message of the venue is. */
export type Mapped =
  /** Facts of one market. Trades are oldest first. */
  | { readonly kind: 'market'; readonly channel: string; readonly events: readonly MarketEvent[] }
  /** Of an address that is watched: to be read by who watches it. */
  | { readonly kind: 'account'; readonly channel: string; readonly data: unknown }
  /** Heart-beats and answers to our own requests. */
  | { readonly kind: 'nothing' }
  /** The venue refuses something, in its words. */
  | { readonly kind: 'refusal'; readonly what: string }
  | { readonly kind: 'unreadable'; readonly what: string };

const NOTHING: Mapped = { kind: 'nothing' };

/**
 * One message of the venue's socket. Pure: the same text at the same time gives the same.
 * @param symbolOf our symbol of a coin that was asked for; undefined for others, which are left out.
 */
export function mapMessage(text: string, symbolOf: (coin: string) => string | undefined, now: number): Mapped {
  const { channel, data } = parsed(text);
  switch (channel) {
    case 'l2Book':
      return market(channel, [mapBook(data, symbolOf, now)]);
    case 'trades':
      return Array.isArray(data)
        ? market(channel, inOrder(data.map((row) => mapTrade(row, symbolOf, now))))
        : unreadable(channel);
    case 'activeAssetCtx':
      return market(channel, mapContext(data, symbolOf, now));
    case 'clearinghouseState':
    case 'userFills':
      return { kind: 'account', channel, data };
    case 'pong':
    case 'subscriptionResponse':
      return NOTHING;
    case 'error':
      return { kind: 'refusal', what: typeof data === 'string' ? data.slice(0, 200) : 'an error without a reason' };
    default:
      return unreadable(typeof channel === 'string' ? channel.slice(0, 40) : 'message');
  }
}

/** Of a body over REST. Null for what is no book of this coin. */
export function mapBookBody(body: string, coin: string, symbol: string, now: number): BookSnapshotHeard | null {
  return mapBook(json(body), (heard) => (heard === coin ? symbol : undefined), now) ?? null;
}

/** Settlements of a coin, oldest first. Null for what is no list of them. */
export function mapFundings(body: string, coin: string, symbol: string, now: number): readonly FundingHeard[] | null {
  const rows = json(body);
  if (!Array.isArray(rows)) return null;
  return rows
    .flatMap((row): FundingHeard[] => {
      const { coin: of, fundingRate, time } = record(row);
      const [rate, timestamp] = [signed(fundingRate), count(time)];
      if (of !== coin || rate === null || timestamp === null) return [];
      return [{ kind: 'funding', source: HYPERLIQUID, symbol, rate, timestamp, receivedAt: now }];
    })
    .sort((a, b) => a.timestamp - b.timestamp);
}

/** Coins that the venue lists and has not taken off. Null for what is no such list. */
export function mapListed(body: string): ReadonlySet<string> | null {
  const { universe } = record(json(body));
  if (!Array.isArray(universe)) return null;
  return new Set(
    universe.flatMap((row) => {
      const { name, isDelisted } = record(row);
      return typeof name === 'string' && isDelisted !== true ? [name] : [];
    }),
  );
}

type Read<E> = E | null | undefined;

/** Undefined for a coin that nobody asked for; null for what cannot be read. */
function mapBook(data: unknown, symbolOf: (coin: string) => string | undefined, now: number): Read<BookSnapshotHeard> {
  const { coin, time, levels }: RawBook = record(data);
  const timestamp = count(time);
  if (typeof coin !== 'string' || timestamp === null || !Array.isArray(levels)) return null;
  const symbol = symbolOf(coin);
  if (symbol === undefined) return undefined;
  const [bids, asks] = [mapLevels(levels[0]), mapLevels(levels[1])];
  if (!bids || !asks) return null;
  const times = { timestamp, receivedAt: now };
  return { kind: 'book-snapshot', source: HYPERLIQUID, symbol, lastUpdateId: null, bids, asks, ...times };
}

function mapLevels(rows: unknown): readonly VenueLevel[] | null {
  if (!Array.isArray(rows)) return null;
  const levels: VenueLevel[] = [];
  for (const row of rows) {
    const { px, sz } = record(row);
    const [price, size] = [amount(px), amount(sz)];
    if (price === null || size === null) return null;
    levels.push([decimal(price), decimal(size)]);
  }
  return levels;
}

function mapTrade(row: unknown, symbolOf: (coin: string) => string | undefined, now: number): Read<TradeHeard> {
  const { coin, side, px, sz, time, tid }: RawTrade = record(row);
  const [price, quantity, timestamp, id] = [amount(px), amount(sz), count(time), count(tid)];
  if (typeof coin !== 'string' || price === null || quantity === null || timestamp === null || id === null) return null;
  if (side !== 'A' && side !== 'B') return null;
  const symbol = symbolOf(coin);
  if (symbol === undefined) return undefined;
  return {
    kind: 'trade',
    source: HYPERLIQUID,
    symbol,
    tradeId: String(id),
    price,
    quantity,
    side: side === 'B' ? 'BUY' : 'SELL',
    numbersRise: false,
    gapBefore: null,
    timestamp,
    receivedAt: now,
  };
}

/** A market's figures: as a perpetual, and the day of its price. */
function mapContext(
  data: unknown,
  symbolOf: (coin: string) => string | undefined,
  now: number,
): readonly Read<MarketEvent>[] {
  const { coin, ctx } = record(data);
  const context: RawAssetContext = record(ctx);
  const markPrice = amount(context.markPx);
  if (typeof coin !== 'string' || markPrice === null) return [null];
  const symbol = symbolOf(coin);
  if (symbol === undefined) return [undefined];
  const facts = { source: HYPERLIQUID, symbol, timestamp: now, receivedAt: now };
  const open = amount(context.prevDayPx);
  const stats: MarketEvent = {
    kind: 'market-stats',
    ...facts,
    markPrice,
    // Every contract of an order book has both sides: the venue tells their number.
    longOpenInterest: null,
    shortOpenInterest: null,
    totalOpenInterest: amount(context.openInterest),
    volume24h: amount(context.dayNtlVlm),
    fundingRate: signed(context.funding),
    fundingIntervalMs: FUNDING_INTERVAL_MS,
  };
  if (open === null) return [stats];
  const last = amount(context.midPx) ?? markPrice;
  const day = { open, high: null, low: null, volume: amount(context.dayBaseVlm) };
  return [stats, { kind: 'ticker', ...facts, last, indicative: true, ...day }];
}

function inOrder(trades: readonly Read<TradeHeard>[]): readonly Read<TradeHeard>[] {
  return [...trades].sort((a, b) => (a?.timestamp ?? 0) - (b?.timestamp ?? 0));
}

function market(channel: string, read: readonly Read<MarketEvent>[]): Mapped {
  if (read.includes(null)) return unreadable(channel);
  return { kind: 'market', channel, events: read.filter((event) => event !== null && event !== undefined) };
}

function unreadable(what: string): Mapped {
  return { kind: 'unreadable', what };
}

function parsed(text: string): RawMessage {
  return record(json(text));
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
