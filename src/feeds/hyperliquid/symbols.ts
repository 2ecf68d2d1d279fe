import { badInput } from '../../lib/errors.ts';
import type { Instrument } from '../../model/instrument.ts';

export const HYPERLIQUID = 'hyperliquid';

const PERPETUAL = '-PERP';

/** Coins quoted by the thousand, which the venue marks with a small letter; our symbols have capitals only. */
const THOUSANDS = new Set(['PEPE', 'SHIB', 'BONK', 'FLOKI', 'LUNC', 'DOGS', 'NEIRO']);

/** How one of our symbols is known at the venue. */
export interface HyperliquidSymbol {
  /** Ours: `BTC-PERP`. */
  readonly symbol: string;
  /** The venue's: `BTC`, `kPEPE`. */
  readonly coin: string;
  readonly instrument: Instrument;
}

/** Whether the venue could have such a symbol: only perpetuals on a coin alone, not on a pair. */
export function isHyperliquidSymbol(symbol: string): boolean {
  return /^[A-Z0-9]{1,20}-PERP$/.test(symbol);
}

/**
 * @throws ApiError `BAD_USER_INPUT` for a symbol that cannot be the venue's.
 */
export function hyperliquidSymbol(symbol: string): HyperliquidSymbol {
  if (!isHyperliquidSymbol(symbol))
    throw badInput('symbols', `${HYPERLIQUID} cannot give ${symbol.slice(0, 40)}`, [`BTC${PERPETUAL}`]);
  const base = symbol.slice(0, -PERPETUAL.length);
  const coin = base.startsWith('K') && THOUSANDS.has(base.slice(1)) ? `k${base.slice(1)}` : base;
  return {
    symbol,
    coin,
    instrument: {
      symbol,
      kind: 'PERP',
      venue: HYPERLIQUID,
      primarySource: HYPERLIQUID,
      base: coin,
      quote: 'USD',
    },
  };
}

/** Our symbol of a venue's coin. */
export function symbolOfCoin(coin: string): string {
  return coin.toUpperCase() + PERPETUAL;
}
