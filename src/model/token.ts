import type { Address } from './identity.ts';
import type { Instrument } from './instrument.ts';

/** A token as a contract: one chain's, at one address. */
export interface Token {
  readonly chainId: number;
  readonly address: Address;
}

/** A token that stands for a symbol: holding it is holding what the symbol names. */
export interface ListedToken extends Token {
  /** True for all but the first of a symbol: its price is told only to who asks by token or chain. */
  readonly further: boolean;
}

const ETHEREUM = 1;
const BNB_CHAIN = 56;
const POLYGON = 137;

/**
 * The main tokens of each asset, by its symbol: the contract that most of it is held in first. Wrapped and bridged tokens
 * are redeemable one for one and priced as what they are of; one that left its peg would still be shown at it.
 */
const TOKENS: Readonly<Record<string, readonly (readonly [chainId: number, address: Address])[]>> = {
  BTC: [
    [ETHEREUM, '0x2260FAC5E5542a773Aa44fBCfeDf7C193bc2C599'],
    [BNB_CHAIN, '0x7130d2A12B9BCbFAe4f2634d864A1Ee1Ce3Ead9c'],
    [POLYGON, '0x1BFD67037B42Cf73acF2047067bd4F2C47D9BfD6'],
  ],
  ETH: [
    [ETHEREUM, '0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2'],
    [BNB_CHAIN, '0x2170Ed0880ac9A755fd29B2688956BD959F933F8'],
    [POLYGON, '0x7ceB23fD6bC0adD59E62ac25578270cFf1b9f619'],
  ],
  BNB: [[BNB_CHAIN, '0xbb4CdB9CBd36B01bD1cBaEBF2De08d9173bc095c']],
  POL: [[POLYGON, '0x0d500B1d8E8eF31E21C99d1Db9A6444d3ADf1270']],
  SOL: [[BNB_CHAIN, '0x570A5D26f7765Ecb712C0924E4De545B89fD43dF']],
  LINK: [
    [ETHEREUM, '0x514910771AF9Ca656af840dff83E8264EcF986CA'],
    [POLYGON, '0x53E0bca35eC356BD5ddDFebbD1Fc0fD03FaBad39'],
  ],
  UNI: [[ETHEREUM, '0x1f9840a85d5aF5bf1D1762F925BDADdC4201F984']],
  AAVE: [
    [ETHEREUM, '0x7Fc66500c84A76Ad7e9c93437bFc5Ac33E2DDaE9'],
    [POLYGON, '0xD6DF932A45C0f255f85145f286eA0b292B21C90B'],
  ],
  CAKE: [[BNB_CHAIN, '0x0E09FaBB73Bd3Ade0a17ECC321fD13a19e81cE82']],
  USDC: [
    [ETHEREUM, '0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48'],
    [BNB_CHAIN, '0x8AC76a51cc950d9822D68b83fE1Ad97B32Cd580d'],
    [POLYGON, '0x3c499c542cEF5E3811e1192ce70d8cC03d5c3359'],
  ],
  USDT: [
    [ETHEREUM, '0xdAC17F958D2ee523a2206206994597C13D831ec7'],
    [BNB_CHAIN, '0x55d398326f99059fF775485246999027B3197955'],
    [POLYGON, '0xc2132D05D31c914a87C6611C10748AEb04B58e8F'],
  ],
  DAI: [
    [ETHEREUM, '0x6B175474E89094C44Da98b954EedeAC495271d0F'],
    [POLYGON, '0x8f3Cf7ad23Cd3CaDbD9735AFf958023239c6A063'],
  ],
};

const LISTED: ReadonlyMap<string, readonly ListedToken[]> = new Map(
  Object.entries(TOKENS).map(([asset, tokens]) => [
    asset,
    tokens.map(([chainId, address], place) => ({ chainId, address, further: place > 0 })),
  ]),
);

/** The assets that a chain has tokens of, by those tokens. */
export function assetsOn(chainId: number): ReadonlyMap<Address, string> {
  const found = new Map<Address, string>();
  for (const [asset, tokens] of LISTED)
    for (const token of tokens) if (token.chainId === chainId) found.set(token.address, asset);
  return found;
}

/** Every address that stands for a symbol, on whatever chain. */
export const TOKEN_ADDRESSES: ReadonlySet<Address> = new Set(
  [...LISTED.values()].flatMap((tokens) => tokens.map(({ address }) => address)),
);

/** Chains on which a token stands for a symbol. */
export const TOKEN_CHAINS: readonly number[] = [ETHEREUM, BNB_CHAIN, POLYGON];

/** Quotes that are dollars, or promise to be worth one: a price in anything else is no price of a token. */
const DOLLARS = new Set(['USD', 'USDT', 'USDC', 'FDUSD']);

const NONE: readonly ListedToken[] = [];

/** The tokens whose price an instrument's is, the main one first: of what is bought for delivery, in dollars. */
export function tokensOf({ kind, base, quote }: Instrument): readonly ListedToken[] {
  return kind === 'SPOT' && DOLLARS.has(quote) ? (LISTED.get(base) ?? NONE) : NONE;
}

/** The key of what is said of a symbol as the price of a token: of its main one, the symbol's own. */
export function tokenKey(key: string, token: ListedToken | null): string {
  return token?.further ? `${key}|${token.chainId}:${token.address}` : key;
}
