import { badInput } from '../../lib/errors.ts';
import { type Instrument, splitPair } from '../../model/instrument.ts';

export const PYTH = 'pyth';

/** What the oracle calls kinds of things, as it is asked for them. */
export type PythAsset = 'crypto' | 'equity';

/** How one of our symbols is known at the oracle. */
export interface PythSymbol {
  readonly symbol: string;
  readonly asset: PythAsset;
  /** The oracle's: `Crypto.BTC/USD`, `Equity.US.AAPL/USD`. */
  readonly name: string;
  readonly instrument: Instrument;
}

const COIN = /^([A-Z0-9]{1,20})USD$/;
const SHARE = /^[A-Z]{1,5}(\.[A-Z])?$/;

/** Whether the oracle could have such a symbol: a coin in dollars, or a share listed in the United States. */
export function isPythSymbol(symbol: string): boolean {
  return COIN.test(symbol) || SHARE.test(symbol);
}

/**
 * @param configured whether the operator named the price feed of the symbol: it may then be any.
 * @throws ApiError `BAD_USER_INPUT` for a symbol that cannot be the oracle's.
 */
export function pythSymbol(symbol: string, configured: boolean): PythSymbol {
  const base = COIN.exec(symbol)?.[1];
  if (base === undefined && !configured && !SHARE.test(symbol))
    throw badInput('symbols', `${PYTH} cannot give ${symbol.slice(0, 40)}`, ['BTCUSD', 'AAPL']);
  const isShare = base === undefined && SHARE.test(symbol);
  const pair = splitPair(symbol);
  return {
    symbol,
    asset: isShare ? 'equity' : 'crypto',
    name: isShare ? `Equity.US.${symbol}/USD` : `Crypto.${base ?? symbol}/USD`,
    instrument: {
      symbol,
      kind: isShare ? 'EQUITY' : 'SPOT',
      venue: PYTH,
      primarySource: PYTH,
      base: isShare ? symbol : (base ?? pair?.base ?? symbol),
      quote: isShare ? 'USD' : (pair?.quote ?? 'USD'),
    },
  };
}

/** The oracle's id of a price feed as it writes it: 64 hexadecimal digits in lower case. Null for what is none. */
export function priceId(text: unknown): string | null {
  if (typeof text !== 'string') return null;
  const id = text.toLowerCase().replace(/^0x/, '');
  return /^[0-9a-f]{64}$/.test(id) ? id : null;
}
