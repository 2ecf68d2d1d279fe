import type {
  BookDiffHeard,
  BookSnapshotHeard,
  MarketEvent,
  QuoteHeard,
  TickerHeard,
  TradeHeard,
} from '../../model/market-event.ts';
import { DEPTH_SIDES, DIFF_SIDES, isDecimalText, type LiftedLevels, liftLevels, sidesOf } from './levels.ts';
import { isCount, isZeroText, type RawDepth, type RawFrame, type RawPastTrade, type RawPayload } from './messages.ts';
import type { BinanceMarket } from './symbols.ts';

/** What a frame says that is no market event. */
export type BinanceNotice =
  /** Not what its type promises, or no JSON at all. */
  | { readonly kind: 'malformed'; readonly what: string; readonly frame: string }
  /** A type, or a symbol, that we did not ask for. */
  | { readonly kind: 'unknown'; readonly what: string; readonly frame: string }
  /** The venue refused a request that we sent over the socket. */
  | { readonly kind: 'refused'; readonly what: string; readonly frame: string }
  /** The venue's server goes down in minutes: connect anew now. */
  | { readonly kind: 'shutdown' }
  /** A number in the trades' sequence that was no trade in the book (insurance fund, auto-deleveraging). */
  | { readonly kind: 'no-trade'; readonly symbol: string; readonly tradeId: number; readonly timestamp: number };

export interface BinanceMapperOptions {
  readonly market: BinanceMarket;
  /** `source` of every event. */
  readonly source: string;
  /** Our symbol for the venue's pair in upper case; undefined for one that was not asked for. */
  readonly symbolOf: (pair: string) => string | undefined;
  /** Called for what is no market event; at most once a frame. */
  readonly notice?: (notice: BinanceNotice) => void;
}

export interface BinanceMapper {
  /** Events of one frame as it came, combined or raw; empty for anything else. Never throws. */
  map(frame: string, receivedAt: number): readonly MarketEvent[];
}

const NOTHING: readonly MarketEvent[] = [];

/** Frames kept with a notice, characters: enough to see what it was. */
const SAMPLE_LENGTH = 200;

/**
 * Goes by what a frame holds, never by the name of its stream: `@depth@100ms` and `@depth@0ms` carry the same payload.
 * Numbers stay the venue's text, but the levels of books become canonical. Times: the transaction's where given, else
 * the event's; the spot `bookTicker` has neither and gets `receivedAt`.
 */
export function createBinanceMapper(options: BinanceMapperOptions): BinanceMapper {
  const { market, source, symbolOf } = options;
  const notice = options.notice ?? (() => undefined);

  const reject = (kind: 'malformed' | 'unknown' | 'refused', what: string, frame: string) => {
    notice({ kind, what: what.slice(0, 40), frame: frame.slice(0, SAMPLE_LENGTH) });
    return NOTHING;
  };

  const payload = (
    data: RawPayload,
    levels: LiftedLevels | null,
    frame: string,
    receivedAt: number,
  ): readonly MarketEvent[] => {
    const type = typeof data.e === 'string' ? data.e : 'B' in data && 'A' in data ? 'bookTicker' : 'untyped';
    if (type === 'serverShutdown') {
      notice({ kind: 'shutdown' });
      return NOTHING;
    }
    const read = READERS.get(type);
    if (!read) return reject('unknown', type, frame);
    if (typeof data.s !== 'string') return reject('malformed', type, frame);
    const symbol = symbolOf(data.s);
    if (symbol === undefined) return reject('unknown', `symbol in ${type}`, frame);
    const event = read(data, { source, symbol, market, receivedAt, levels });
    if (event === null) return reject('malformed', type, frame);
    if (event.kind === 'trade' && isNoTrade(data)) {
      notice({ kind: 'no-trade', symbol, tradeId: Number(event.tradeId), timestamp: event.timestamp });
      return NOTHING;
    }
    return [event];
  };

  const parsed = (text: string, levels: LiftedLevels | null, frame: string, receivedAt: number) => {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      return reject('malformed', 'JSON', frame);
    }
    if (typeof value !== 'object' || value === null) return reject('malformed', 'JSON', frame);
    const raw = value as RawFrame & RawPayload;
    if (raw.stream !== undefined) {
      if (typeof raw.data !== 'object' || raw.data === null) return reject('malformed', 'combined frame', frame);
      return payload(raw.data as RawPayload, levels, frame, receivedAt);
    }
    if (raw.error !== undefined) return reject('refused', 'request over the socket', frame);
    if (raw.result !== undefined) return NOTHING;
    return payload(raw, levels, frame, receivedAt);
  };

  return {
    map(frame, receivedAt) {
      const levels = liftLevels(frame, DIFF_SIDES);
      return parsed(levels?.rest ?? frame, levels, frame, receivedAt);
    },
  };
}

interface Context {
  readonly source: string;
  readonly symbol: string;
  readonly market: BinanceMarket;
  readonly receivedAt: number;
  /** Sides of a diff, where they could be taken out of the text beforehand. */
  readonly levels: LiftedLevels | null;
}

type Reader = (data: RawPayload, context: Context) => TradeHeard | TickerHeard | QuoteHeard | BookDiffHeard | null;

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['trade', readTrade],
  ['depthUpdate', readDiff],
  ['bookTicker', readQuote],
  ['24hrTicker', readTicker],
]);

function readTrade(data: RawPayload, { source, symbol, receivedAt }: Context): TradeHeard | null {
  const { t, T, p, q, m } = data;
  if (!isCount(t) || !isCount(T) || !isDecimalText(p) || !isDecimalText(q) || typeof m !== 'boolean') return null;
  return tradeHeard(source, symbol, t, p, q, m, T, receivedAt);
}

function tradeHeard(
  source: string,
  symbol: string,
  id: number,
  price: string,
  quantity: string,
  buyerIsMaker: boolean,
  timestamp: number,
  receivedAt: number,
): TradeHeard {
  const side = buyerIsMaker ? 'SELL' : 'BUY';
  const tradeId = String(id);
  return { kind: 'trade', source, symbol, tradeId, price, quantity, side, gapBefore: null, timestamp, receivedAt };
}

/** Such frames carry the mark price, or zeros, and would print a price at which nobody traded. */
function isNoTrade(data: RawPayload): boolean {
  if (data.X !== undefined && data.X !== 'MARKET') return true;
  return isZeroText(data.p as string) || isZeroText(data.q as string);
}

function readDiff(data: RawPayload, { source, symbol, market, receivedAt, levels }: Context): BookDiffHeard | null {
  const { U, u, pu, E, T } = data;
  const timestamp = T ?? E;
  const sides = sidesOf(levels, data.b, data.a);
  if (!sides || !isCount(U) || !isCount(u) || U > u || !isCount(timestamp)) return null;
  // Futures diffs are chained by `pu` alone; one without it could not be placed.
  const previous = market === 'usdm' ? pu : (pu ?? null);
  if (previous !== null && !isCount(previous)) return null;
  return {
    kind: 'book-diff',
    source,
    symbol,
    firstUpdateId: U,
    lastUpdateId: u,
    previousUpdateId: previous,
    bids: sides.bids.levels,
    asks: sides.asks.levels,
    searchKeys: { bids: sides.bids.keys, asks: sides.asks.keys },
    timestamp,
    receivedAt,
  };
}

function readQuote(data: RawPayload, { source, symbol, receivedAt }: Context): QuoteHeard | null {
  const { u, b, B, a, A, T, E } = data;
  const timestamp = T ?? E ?? receivedAt;
  if (!isCount(u) || !isCount(timestamp)) return null;
  if (!isDecimalText(b) || !isDecimalText(B) || !isDecimalText(a) || !isDecimalText(A)) return null;
  return { kind: 'quote', source, symbol, updateId: u, bid: [b, B], ask: [a, A], timestamp, receivedAt };
}

function readTicker(data: RawPayload, { source, symbol, receivedAt }: Context): TickerHeard | null {
  const { c, o, h, l, v, E } = data;
  if (!isCount(E) || !isDecimalText(c) || !isDecimalText(o)) return null;
  if (!isDecimalText(h) || !isDecimalText(l) || !isDecimalText(v)) return null;
  return { kind: 'ticker', source, symbol, last: c, open: o, high: h, low: l, volume: v, timestamp: E, receivedAt };
}

/** The event of a REST `depth` body; null when it is none. The spot body carries no time and gets `receivedAt`. */
export function mapDepthSnapshot(
  body: string,
  source: string,
  symbol: string,
  receivedAt: number,
): BookSnapshotHeard | null {
  const lifted = liftLevels(body, DEPTH_SIDES);
  const { lastUpdateId, bids, asks, T } = parseObject(lifted?.rest ?? body) as RawDepth;
  const sides = sidesOf(lifted, bids, asks);
  if (!sides || !isCount(lastUpdateId)) return null;
  return {
    kind: 'book-snapshot',
    source,
    symbol,
    lastUpdateId,
    bids: sides.bids.levels,
    asks: sides.asks.levels,
    searchKeys: { bids: sides.bids.keys, asks: sides.asks.keys },
    timestamp: isCount(T) ? T : receivedAt,
    receivedAt,
  };
}

/** The trades of a REST `historicalTrades` or `trades` body, as given; null when it is none. */
export function mapPastTrades(
  body: string,
  source: string,
  symbol: string,
  receivedAt: number,
): readonly TradeHeard[] | null {
  const rows = parseObject(body);
  if (!Array.isArray(rows)) return null;
  const trades: TradeHeard[] = [];
  for (const row of rows as readonly unknown[]) {
    if (typeof row !== 'object' || row === null) return null;
    const { id, price, qty, time, isBuyerMaker } = row as RawPastTrade;
    if (!isCount(id) || !isCount(time) || !isDecimalText(price) || !isDecimalText(qty)) return null;
    if (typeof isBuyerMaker !== 'boolean') return null;
    trades.push(tradeHeard(source, symbol, id, price, qty, isBuyerMaker, time, receivedAt));
  }
  return trades;
}

/** The object or array of a body; an empty object for anything else. */
function parseObject(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
