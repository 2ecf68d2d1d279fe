import { decimal } from '../../lib/decimal.ts';
import { type Instrument, sourceKey } from '../../model/instrument.ts';
import type { TickerHeard, TradeHeard } from '../../model/market-event.ts';
import type { Trade } from '../../model/trade.ts';
import type { Engine, EngineOutput } from '../engine.ts';
import { SymbolPrice, type Ticker } from './symbol-price.ts';

const NOTHING: readonly EngineOutput[] = [];

/**
 * Prices, one for each symbol and source, and trades.
 *
 * - Every trade is put out once, in the order heard, and then the price; one whose number is not above the last is a
 *   repetition. A trade or ticker older than the last price does not turn it back.
 * - 24 h figures are the venue's own where its ticker has been heard, else those of our trades, once they cover 24 hours.
 * - A quote is an offer and no price; a text that is no decimal is ignored with its event.
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
          if (trade === null || !price.isNew(trade.tradeId)) return NOTHING;
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

function readTicker({ last, open, high, low, volume, timestamp, receivedAt }: TickerHeard): Ticker | null {
  try {
    return {
      last: decimal(last),
      open: decimal(open),
      high: decimal(high),
      low: decimal(low),
      volume: decimal(volume),
      timestamp,
      receivedAt,
    };
  } catch {
    return null;
  }
}
