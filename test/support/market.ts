import { type Decimal, decimal } from '../../src/lib/decimal.ts';
import { type Book, type BookChange, bookChecksum, type Level } from '../../src/model/book.ts';
import type { Candle } from '../../src/model/candle.ts';
import type { Instrument } from '../../src/model/instrument.ts';
import type { FundingRate, MarketStats } from '../../src/model/market-stats.ts';
import type { Price } from '../../src/model/price.ts';
import type { MarketLiquidations } from '../../src/model/risk.ts';
import { NOBODY, type Signal } from '../../src/model/signal.ts';
import type { Trade } from '../../src/model/trade.ts';

const NOW = Date.UTC(2026, 0, 1);

/** Values of every noun, complete and valid, of which a test says only what it is about. */
export function instrument(symbol: string, more: Partial<Instrument> = {}): Instrument {
  return {
    symbol,
    kind: 'SPOT',
    venue: 'test',
    primarySource: 'test',
    base: symbol.slice(0, 3),
    quote: 'USDT',
    ...more,
  };
}

export function price(symbol: string, text: string, more: Partial<Price> = {}): Price {
  return {
    symbol,
    source: 'test',
    primary: true,
    price: decimal(text),
    confidence: null,
    emaPrice: null,
    token: null,
    session: null,
    previousClose: null,
    open24h: null,
    high24h: null,
    low24h: null,
    close: null,
    volume24h: null,
    change24h: null,
    changePct24h: null,
    volatilityPct: null,
    stale: false,
    timestamp: NOW,
    receivedAt: NOW,
    ...more,
  };
}

export function trade(symbol: string, tradeId: number, more: Partial<Trade> = {}): Trade {
  return {
    symbol,
    source: 'test',
    tradeId: String(tradeId),
    price: decimal('100'),
    quantity: decimal('1'),
    side: 'BUY',
    gapBefore: null,
    timestamp: NOW,
    receivedAt: NOW,
    ...more,
  };
}

/** A bar of a second of one trade at its close. */
export function candle(symbol: string, openTime: number, more: Partial<Candle> = {}): Candle {
  const { close = decimal('100') } = more;
  return {
    symbol,
    interval: 'S1',
    openTime,
    source: 'test',
    open: close,
    high: close,
    low: close,
    close,
    volume: decimal('1'),
    quoteVolume: close,
    trades: 1,
    closed: false,
    complete: true,
    version: 1,
    openedAt: openTime,
    through: null,
    stale: false,
    timestamp: openTime,
    receivedAt: openTime,
    ...more,
  };
}

/** A signal of a built-in strategy, of whose time its number tells. */
export function signal(symbol: string, number: number, more: Partial<Signal> = {}): Signal {
  return {
    id: `TEST|${symbol}|S1|${number}`,
    owner: NOBODY,
    strategy: 'TEST',
    interval: 'S1',
    signalType: 'BUY',
    symbol,
    price: decimal(String(number)),
    quantity: decimal('1'),
    confidence: 0.5,
    values: [],
    timestamp: NOW + number,
    receivedAt: NOW + number,
    ...more,
  };
}

export function stats(symbol: string, text: string, more: Partial<MarketStats> = {}): MarketStats {
  return {
    symbol,
    source: 'test',
    currentPrice: decimal(text),
    longOpenInterest: null,
    shortOpenInterest: null,
    totalOpenInterest: null,
    volume24h: null,
    fundingRate: null,
    fundingIntervalMs: null,
    lastFundingUpdate: null,
    stale: false,
    timestamp: NOW,
    receivedAt: NOW,
    ...more,
  };
}

/** Of a rate that says which it is. */
export function funding(symbol: string, number: number): FundingRate {
  return {
    symbol,
    source: 'test',
    fundingRate: decimal(String(number)),
    longOpenInterest: null,
    shortOpenInterest: null,
    timestamp: NOW + number,
    receivedAt: NOW + number,
  };
}

/** A market with one candidate, whose price says which it is. */
export function nearLiquidation(symbol: string, number: number): MarketLiquidations {
  const candidate = {
    positionId: 'near',
    owner: '0x00000000000000000000000000000000000000A1',
    symbol,
    healthFactor: decimal('1.1'),
    liquidationPrice: null,
    currentPrice: decimal(String(number)),
    potentialReward: null,
    liquidatable: false,
  };
  return { symbol, count: 1, candidates: [candidate], stale: false, timestamp: NOW, receivedAt: NOW };
}

type Levels = readonly (readonly [price: string, size: string])[];

const levels = (texts: Levels): Level[] => texts.map(([at, size]) => [at as Decimal, size as Decimal]);

export function book(symbol: string, bids: Levels, asks: Levels, more: Partial<Book> = {}): Book {
  const sides = { bids: levels(bids), asks: levels(asks) };
  return {
    symbol,
    source: 'test',
    venueUpdateId: null,
    checksum: bookChecksum(sides.bids, sides.asks),
    stale: false,
    timestamp: NOW,
    receivedAt: NOW,
    ...sides,
    ...more,
  };
}

/** @param after the book that the change leads to: its checksum stands in the change. */
export function bookChange(after: Book, bids: Levels, asks: Levels): BookChange {
  return { ...after, bids: levels(bids), asks: levels(asks) };
}
