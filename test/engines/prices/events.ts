import type { Engine } from '../../../src/engines/engine.ts';
import type { Instrument } from '../../../src/model/instrument.ts';
import type {
  Disconnected,
  InstrumentListed,
  MarketEvent,
  TickerHeard,
  TradeHeard,
} from '../../../src/model/market-event.ts';
import type { Price } from '../../../src/model/price.ts';
import type { Trade } from '../../../src/model/trade.ts';

export const SYMBOL = 'BTCUSDT';
export const SOURCE = 'venue';
export const MINUTE = 60_000;
export const DAY = 24 * 60 * MINUTE;
/** 2026-01-01T00:00:00Z. */
export const START = 1_767_225_600_000;

const heard = (timestamp: number) => ({ source: SOURCE, timestamp, receivedAt: timestamp + 5 });

export function listed(more: Partial<Instrument> = {}): InstrumentListed {
  const instrument = {
    symbol: SYMBOL,
    kind: 'SPOT',
    venue: 'venue',
    primarySource: SOURCE,
    base: 'BTC',
    quote: 'USDT',
  } as const;
  return { kind: 'instrument', ...heard(START), instrument: { ...instrument, ...more } };
}

export function trade(
  id: number | string,
  price: string,
  timestamp = START,
  more: Partial<TradeHeard> = {},
): TradeHeard {
  const facts = { symbol: SYMBOL, tradeId: String(id), price, quantity: '1', side: 'BUY', gapBefore: null } as const;
  return { kind: 'trade', ...heard(timestamp), ...facts, ...more };
}

export function ticker(last: string, timestamp = START, more: Partial<TickerHeard> = {}): TickerHeard {
  const facts = { symbol: SYMBOL, last, open: '90.0', high: '120.00', low: '80', volume: '1234.50' };
  return { kind: 'ticker', ...heard(timestamp), ...facts, ...more };
}

export function disconnected(...symbols: string[]): Disconnected {
  return { kind: 'disconnected', ...heard(START), symbols, reason: 'closed' };
}

/** The prices that the last of the events made the engine put out. */
export function pricesAfter(engine: Engine, ...events: readonly MarketEvent[]): Price[] {
  return lastOutputs(engine, events).flatMap((output) => (output.kind === 'price' ? [output.price] : []));
}

/** The price that the last of the events made the engine put out. */
export function priceAfter(engine: Engine, ...events: readonly MarketEvent[]): Price {
  const [price, ...more] = pricesAfter(engine, ...events);
  if (price === undefined || more.length > 0) throw new Error('not one price');
  return price;
}

export function tradesAfter(engine: Engine, ...events: readonly MarketEvent[]): Trade[] {
  return events
    .flatMap((event) => engine.process(event))
    .flatMap((output) => (output.kind === 'trade' ? [output.trade] : []));
}

export function lastOutputs(engine: Engine, events: readonly MarketEvent[]) {
  return events.map((event) => engine.process(event)).at(-1) ?? [];
}
