import type { Bus } from '../../src/bus/bus.ts';
import { decimal } from '../../src/lib/decimal.ts';
import type { Price } from '../../src/model/price.ts';
import type { Trade } from '../../src/model/trade.ts';
import type { BenchTrade } from '../workload.ts';

/** The benchmark's trade as a worker publishes one. */
export function venueTrade({ tradeId, symbol, source, price, quantity, side }: BenchTrade): Trade {
  const now = Date.now();
  return {
    tradeId,
    symbol,
    source,
    price: decimal(price),
    quantity: decimal(quantity),
    side,
    gapBefore: null,
    timestamp: now,
    receivedAt: now,
  };
}

/** A price whose digits are the trade's stamp. */
export function priceOf({ tradeId, symbol, price }: BenchTrade): Price {
  const now = Date.now();
  const [stamp = '0', sequence = '0'] = tradeId.split('-');
  return {
    symbol,
    source: 'bench',
    primary: true,
    // A last digit that is not zero: the text is canonical whatever the sequence.
    price: decimal(`${stamp}.${sequence}1`),
    confidence: null,
    emaPrice: null,
    token: null,
    session: null,
    previousClose: null,
    open24h: null,
    high24h: null,
    low24h: null,
    close: decimal(price),
    volume24h: null,
    change24h: null,
    changePct24h: null,
    volatilityPct: null,
    stale: false,
    timestamp: now,
    receivedAt: now,
  };
}

/** Resolves when the bus's store answers. */
export function busReady(bus: Bus): Promise<void> {
  return new Promise((resolve) => {
    if (bus.state() === 'ready') return resolve();
    const stop = bus.onStateChange((state) => {
      if (state !== 'ready') return;
      stop();
      resolve();
    });
  });
}
