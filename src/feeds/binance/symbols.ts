import { badInput } from '../../lib/errors.ts';
import { type Instrument, splitPair } from '../../model/instrument.ts';

/** Spot, and USD-margined perpetual futures: two systems of the venue with hosts, limits and book rules of their own. */
export type BinanceMarket = 'spot' | 'usdm';

export const BINANCE = 'binance';

const PERPETUAL = '-PERP';

const PAIR = /^[A-Z0-9]{2,30}$/;

/** How one of our symbols is known at the venue. */
export interface BinanceSymbol {
  /** Ours: `BTCUSDT`, `BTCUSDT-PERP`. */
  readonly symbol: string;
  readonly market: BinanceMarket;
  /** The venue's, in upper case as in its frames: `BTCUSDT` for both. */
  readonly pair: string;
  readonly instrument: Instrument;
}

/** Whether the venue could have such a symbol: a pair, or a perpetual on one. */
export function isBinanceSymbol(symbol: string): boolean {
  const pair = symbol.endsWith(PERPETUAL) ? symbol.slice(0, -PERPETUAL.length) : symbol;
  return PAIR.test(pair) && splitPair(pair) !== null;
}

/**
 * @throws ApiError `BAD_USER_INPUT` for a symbol that cannot be the venue's.
 */
export function binanceSymbol(symbol: string): BinanceSymbol {
  const perpetual = symbol.endsWith(PERPETUAL);
  const pair = perpetual ? symbol.slice(0, -PERPETUAL.length) : symbol;
  const parts = PAIR.test(pair) ? splitPair(pair) : null;
  if (!parts) throw badInput('symbols', `binance cannot give ${symbol}`, ['BTCUSDT', `BTCUSDT${PERPETUAL}`]);
  return {
    symbol,
    market: perpetual ? 'usdm' : 'spot',
    pair,
    instrument: {
      symbol,
      kind: perpetual ? 'PERP' : 'SPOT',
      venue: BINANCE,
      primarySource: BINANCE,
      base: parts.base,
      quote: parts.quote,
    },
  };
}
