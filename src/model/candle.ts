import type { Decimal } from '../lib/decimal.ts';
import type { Perishable } from './observed.ts';

export const CANDLE_INTERVALS = ['S1', 'M1', 'M5', 'M15', 'H1', 'H4', 'D1'] as const;
/** How long a bar is. Bars begin at whole multiples since 1970 in UTC: a day at midnight. */
export type CandleInterval = (typeof CANDLE_INTERVALS)[number];

/** Milliseconds. */
export const INTERVAL_MS: Readonly<Record<CandleInterval, number>> = {
  S1: 1_000,
  M1: 60_000,
  M5: 300_000,
  M15: 900_000,
  H1: 3_600_000,
  H4: 14_400_000,
  D1: 86_400_000,
};

/** How long a bar stays live after it was closed, milliseconds: late trades amend it, and slow readers still get it. */
export const CLOSED_HELD_MS = 60_000;

/** A place in the stream of trades: two of one epoch can be compared. */
export interface TradePlace {
  readonly epoch: string;
  readonly sequence: number;
}

/** Which bar of which series. */
export interface CandleName {
  readonly symbol: string;
  readonly interval: CandleInterval;
  /** Milliseconds; the bar ends before `openTime` plus its interval. */
  readonly openTime: number;
}

/**
 * What happened in one interval of a symbol. An interval in which nothing was traded has no bar. Its `timestamp` is that of
 * its last trade.
 */
export interface Candle extends CandleName, Perishable {
  readonly source: string;
  /** Price of the trade with the earliest time; of several, the first heard. */
  readonly open: Decimal;
  readonly high: Decimal;
  readonly low: Decimal;
  /** Price of the trade with the latest time; of several, the last heard. */
  readonly close: Decimal;
  /** In the base currency; null where the bar is made of prices. */
  readonly volume: Decimal | null;
  /** In the quote currency; null likewise. */
  readonly quoteVolume: Decimal | null;
  readonly trades: number | null;
  /** Its interval is over. A late trade may still amend it for {@link CLOSED_HELD_MS}. */
  readonly closed: boolean;
  /** Nothing that belongs in it is known to be missing. */
  readonly complete: boolean;
  /** Grows with every change. */
  readonly version: number;
  /** Time of the first trade in it, milliseconds. */
  readonly openedAt: number;
  /** The last trade that is in it; null where it is made of prices. */
  readonly through: TradePlace | null;
}

/** The key of all bars of a symbol and interval. */
export function seriesKey(symbol: string, interval: CandleInterval): string {
  return `${symbol}|${interval}`;
}

export function candleKey({ symbol, interval, openTime }: CandleName): string {
  return `${seriesKey(symbol, interval)}|${openTime}`;
}

/** The series of a {@link candleKey}. */
export function seriesOfKey(key: string): string {
  return key.slice(0, key.lastIndexOf('|'));
}

/** When the bar began that a time lies in. */
export function openTimeOf(interval: CandleInterval, time: number): number {
  const length = INTERVAL_MS[interval];
  return Math.floor(time / length) * length;
}
