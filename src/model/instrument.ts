export const MARKET_KINDS = ['SPOT', 'PERP', 'EQUITY'] as const;
export type MarketKind = (typeof MARKET_KINDS)[number];

/** What a symbol names: one instrument, everywhere (`BTCUSDT`, `BTCUSDT-PERP`, `BTC-PERP`, `AAPL`). */
export interface Instrument {
  readonly symbol: string;
  readonly kind: MarketKind;
  /** Where it is traded: `binance`, `hyperliquid`, `simulated`. */
  readonly venue: string;
  /** The feed that is asked first for it, and the default of every `source` argument. */
  readonly primarySource: string;
  /** What is bought and sold: `BTC`. */
  readonly base: string;
  /** What it is priced in: `USDT`. */
  readonly quote: string;
}

/** Quote currencies in the order in which they are looked for at the end of a joined pair: the longer first. */
const QUOTES = ['FDUSD', 'USDT', 'USDC', 'TUSD', 'BUSD', 'USD', 'EUR', 'TRY', 'BTC', 'ETH', 'BNB'];

/** Splits a joined pair: `BTCUSDT` gives `{base: "BTC", quote: "USDT"}`; null where no known quote ends it. */
export function splitPair(pair: string): { readonly base: string; readonly quote: string } | null {
  const quote = QUOTES.find((candidate) => pair.endsWith(candidate) && pair.length > candidate.length);
  return quote === undefined ? null : { base: pair.slice(0, -quote.length), quote };
}

/** The key of everything that a source says of a symbol. Neither may hold the separator. */
export function sourceKey(symbol: string, source: string): string {
  return `${symbol}|${source}`;
}

/** The symbol of a {@link sourceKey}. */
export function symbolOfKey(key: string): string {
  return key.slice(0, key.indexOf('|'));
}
