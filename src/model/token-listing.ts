import type { Address } from './identity.ts';
import { isCash } from './position.ts';

/** A token as `prices` may be asked for it: whose price it has. */
export interface TokenListing {
  readonly chainId: number;
  /** EIP-55. */
  readonly address: Address;
  /** Base currency of the instruments that price it. */
  readonly base: string;
}

const on = (chainId: number, base: string, address: Address): TokenListing => ({ chainId, base, address });

/**
 * The main tokens of the chains that are known, as their issuers and explorers list them. A wrapped coin has the price of the coin.
 */
export const TOKEN_LISTINGS: readonly TokenListing[] = [
  on(1, 'ETH', '0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2'),
  on(1, 'BTC', '0x2260FAC5E5542a773Aa44fBCfeDf7C193bc2C599'),
  on(1, 'LINK', '0x514910771AF9Ca656af840dff83E8264EcF986CA'),
  on(1, 'UNI', '0x1f9840a85d5aF5bf1D1762F925BDADdC4201F984'),
  on(1, 'AAVE', '0x7Fc66500c84A76Ad7e9c93437bFc5Ac33E2DDaE9'),
  on(56, 'BNB', '0xbb4CdB9CBd36B01bD1cBaEBF2De08d9173bc095c'),
  on(56, 'BTC', '0x7130d2A12B9BCbFAe4f2634d864A1Ee1Ce3Ead9c'),
  on(56, 'ETH', '0x2170Ed0880ac9A755fd29B2688956BD959F933F8'),
  on(137, 'POL', '0x0d500B1d8E8eF31E21C99d1Db9A6444d3ADf1270'),
  on(137, 'ETH', '0x7ceB23fD6bC0adD59E62ac25578270cFf1b9f619'),
  on(137, 'BTC', '0x1BFD67037B42Cf73acF2047067bd4F2C47D9BfD6'),
];

/** Listings of a token address on any chain, in any case. */
export function listingsOf(address: Address): readonly TokenListing[] {
  const wanted = address.toLowerCase();
  return TOKEN_LISTINGS.filter((listing) => listing.address.toLowerCase() === wanted);
}

/**
 * Symbols whose price is a token's, the usual first: against a dollar currency, at spot.
 * @param symbols those that there are.
 */
export function pricingSymbols({ base }: TokenListing, symbols: readonly PricedSymbol[]): readonly string[] {
  const found = symbols.filter((one) => one.kind === 'SPOT' && one.base === base && isCash(one.quote));
  // Before any worker has said what there is, what it is most likely to be called.
  return found.length === 0 ? [`${base}USDT`] : found.map(({ symbol }) => symbol).sort();
}

interface PricedSymbol {
  readonly symbol: string;
  readonly kind: string;
  readonly base: string;
  readonly quote: string;
}

/** The token of a symbol on a chain, or on the first chain that has it listed; null where none is. */
export function tokenOf({ kind, base, quote }: PricedSymbol, chainId: number | null): TokenListing | null {
  if (kind !== 'SPOT' || !isCash(quote)) return null;
  return TOKEN_LISTINGS.find((one) => one.base === base && (chainId === null || one.chainId === chainId)) ?? null;
}
