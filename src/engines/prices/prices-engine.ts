import { decimal } from '../../lib/decimal.ts';
import { type Instrument, sourceKey } from '../../model/instrument.ts';
import type { OraclePriceHeard, TickerHeard, TradeHeard } from '../../model/market-event.ts';
import type { Trade } from '../../model/trade.ts';
import type { Engine, EngineOutput } from '../engine.ts';
import { type OraclePrice, SymbolPrice, type Ticker } from './symbol-price.ts';

const NOTHING: readonly EngineOutput[] = [];

/**
 * Prices, one for each symbol and source, and trades.
 *
 * - Every trade is put out once, in the order heard, and then the price; one whose number is not above the last is a
 *   repetition. A trade or ticker older than the last price does not turn it back.
 * - 24 h figures are the venue's own where its ticker has been heard, else those of our trades, once they cover 24 hours.
 * - A quote is an offer and no price; a text that is no decimal is ignored with its event.
 * - An oracle's price has its confidence; whether it is fresh the oracle's feed says with it.
 * - A disconnect puts out every price held once more as stale; the next trade or ticker makes it fresh.
 */
export function createPricesEngine(): Engine {
  const instruments = new Map<string, Instrument>();
  const prices = new Map<string, SymbolPrice>();

  const priceOf = (symbol: string, source: string): SymbolPrice => {
    const key = sourceKey(symbol, source);
    let price = prices.get(key);
    if (price === undefined) {
      price = new SymbolPrice(symbol, source);
      prices.set(key, price);
    }
    return price;
  };

  const outputs = (symbol: string, price: SymbolPrice): readonly EngineOutput[] => {
    const current = price.current(instruments.get(symbol));
    return current === null ? NOTHING : [{ kind: 'price', price: current }];
  };

  return {
    process(event) {
      switch (event.kind) {
        case 'instrument':
          instruments.set(event.instrument.symbol, event.instrument);
          return NOTHING;
        case 'trade': {
          const trade = readTrade(event);
          const price = priceOf(event.symbol, event.source);
          if (trade === null || !(event.numbersRise === false || price.isNew(trade.tradeId))) return NOTHING;
          price.trade(trade.price, trade.quantity, trade, trade.gapBefore !== null);
          return [{ kind: 'trade', trade }, ...outputs(event.symbol, price)];
        }
        case 'ticker': {
          const ticker = readTicker(event);
          if (ticker === null) return NOTHING;
          const price = priceOf(event.symbol, event.source);
          price.ticker(ticker);
          return outputs(event.symbol, price);
        }
        case 'oracle-price': {
          const read = readOraclePrice(event);
          if (read === null) return NOTHING;
          const price = priceOf(event.symbol, event.source);
          price.oracle(read);
          return outputs(event.symbol, price);
        }
        case 'disconnected':
          return event.symbols.flatMap((symbol) => {
            const price = prices.get(sourceKey(symbol, event.source));
            return price?.markStale() ? outputs(symbol, price) : NOTHING;
          });
        default:
          return NOTHING;
      }
    },
  };
}

function readTrade(event: TradeHeard): Trade | null {
  const { symbol, source, tradeId, side, gapBefore, timestamp, receivedAt } = event;
  try {
    const [price, quantity] = [decimal(event.price), decimal(event.quantity)];
    return { symbol, source, tradeId, price, quantity, side, gapBefore, timestamp, receivedAt };
  } catch {
    return null;
  }
}

function readTicker(event: TickerHeard): Ticker | null {
  const { indicative = false, session = null, previousClose, timestamp, receivedAt } = event;
  try {
    return {
      last: decimal(event.last),
      indicative,
      open: decimal(event.open),
      high: event.high === null ? null : decimal(event.high),
      low: event.low === null ? null : decimal(event.low),
      volume: event.volume === null ? null : decimal(event.volume),
      session,
      previousClose: previousClose === undefined ? null : decimal(previousClose),
      timestamp,
      receivedAt,
    };
  } catch {
    return null;
  }
}

function readOraclePrice(event: OraclePriceHeard): OraclePrice | null {
  const { session, stale, timestamp, receivedAt } = event;
  try {
    const [price, confidence] = [decimal(event.price), decimal(event.confidence)];
    const emaPrice = event.emaPrice === null ? null : decimal(event.emaPrice);
    return { price, confidence, emaPrice, session, stale, timestamp, receivedAt };
  } catch {
    return null;
  }
}
