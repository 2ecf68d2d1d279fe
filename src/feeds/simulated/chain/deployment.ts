import { getAddress, keccak256, stringToHex } from 'viem/utils';
import type { Address } from '../../../model/identity.ts';
import { type Pool, poolName, type Token } from '../../../model/pool.ts';

/** A token as it lives on a simulated chain. */
export interface SimulatedToken extends Token {
  readonly symbol: string;
  /** Symbol of the simulated venue whose price it has, or what it costs at the start, dollars. */
  readonly worth: { readonly symbol: string } | { readonly usd: number };
}

export interface SimulatedPool {
  readonly pool: Pool;
  readonly token0: SimulatedToken;
  readonly token1: SimulatedToken;
  /** Dollars on each side at the start. */
  readonly depthUsd: number;
}

export interface Deployment {
  readonly chainId: number;
  /** Usual price of a unit of gas, wei. */
  readonly gasPriceWei: bigint;
  readonly tokens: readonly SimulatedToken[];
  readonly pools: readonly SimulatedPool[];
  /** Contract that swaps for everybody. */
  readonly router: Address;
}

/** Somebody or something of a simulated chain: the same one in every life. */
export function simulatedAddress(chainId: number, name: string): Address {
  return getAddress(`0x${keccak256(stringToHex(`simulated:${chainId}:${name}`)).slice(-40)}`);
}

const token = (symbol: string, address: Address, worth: SimulatedToken['worth'], decimals = 18): SimulatedToken => ({
  symbol,
  address: getAddress(address),
  decimals,
  worth,
});

const DOLLAR = { usd: 1 };

const BSC = {
  WBNB: token('WBNB', '0xbb4CdB9CBd36B01bD1cBaEBF2De08d9173bc095c', { symbol: 'BNBUSDT' }),
  USDT: token('USDT', '0x55d398326f99059fF775485246999027B3197955', DOLLAR),
  USDC: token('USDC', '0x8AC76a51cc950d9822D68b83fE1Ad97B32Cd580d', DOLLAR),
  ETH: token('ETH', '0x2170Ed0880ac9A755fd29B2688956BD959F933F8', { symbol: 'ETHUSDT' }),
  BTCB: token('BTCB', '0x7130d2A12B9BCbFAe4f2634d864A1Ee1Ce3Ead9c', { symbol: 'BTCUSDT' }),
  CAKE: token('CAKE', '0x0E09FaBB73Bd3Ade0a17ECC321fD13a19e81cE82', { usd: 2.6 }),
};

const POLYGON = {
  WPOL: token('WPOL', '0x0d500B1d8E8eF31E21C99d1Db9A6444d3ADf1270', { usd: 0.46 }),
  USDC: token('USDC', '0x3c499c542cEF5E3811e1192ce70d8cC03d5c3359', DOLLAR, 6),
  USDT: token('USDT', '0xc2132D05D31c914a87C6611C10748AEb04B58e8F', DOLLAR, 6),
  WETH: token('WETH', '0x7ceB23fD6bC0adD59E62ac25578270cFf1b9f619', { symbol: 'ETHUSDT' }),
  WBTC: token('WBTC', '0x1BFD67037B42Cf73acF2047067bd4F2C47D9BfD6', { symbol: 'BTCUSDT' }, 8),
  AAVE: token('AAVE', '0xD6DF932A45C0f255f85145f286eA0b292B21C90B', { usd: 280 }),
};

type Listing = readonly [exchange: string, feePpm: number, a: SimulatedToken, b: SimulatedToken, depthUsd: number];

const MILLION = 1_000_000;

/** Most pairs are traded at two exchanges, and every token is on some triangle: that is what arbitrage lives on. */
const LISTINGS: Readonly<Record<number, readonly Listing[]>> = {
  56: [
    ['PancakeSwap', 2_500, BSC.WBNB, BSC.USDT, 38 * MILLION],
    ['Biswap', 2_000, BSC.WBNB, BSC.USDT, 17 * MILLION],
    ['ApeSwap', 2_000, BSC.WBNB, BSC.USDT, 6 * MILLION],
    ['PancakeSwap', 2_500, BSC.ETH, BSC.WBNB, 22 * MILLION],
    ['Biswap', 2_000, BSC.ETH, BSC.WBNB, 9 * MILLION],
    ['PancakeSwap', 2_500, BSC.ETH, BSC.USDT, 14 * MILLION],
    ['PancakeSwap', 2_500, BSC.BTCB, BSC.WBNB, 26 * MILLION],
    ['Biswap', 2_000, BSC.BTCB, BSC.USDT, 12 * MILLION],
    ['PancakeSwap', 2_500, BSC.CAKE, BSC.WBNB, 19 * MILLION],
    ['ApeSwap', 2_000, BSC.CAKE, BSC.WBNB, 4 * MILLION],
    ['PancakeSwap', 2_500, BSC.CAKE, BSC.USDT, 7 * MILLION],
    ['PancakeSwap', 2_500, BSC.USDC, BSC.USDT, 30 * MILLION],
  ],
  137: [
    ['QuickSwap', 3_000, POLYGON.WPOL, POLYGON.USDC, 16 * MILLION],
    ['SushiSwap', 3_000, POLYGON.WPOL, POLYGON.USDC, 7 * MILLION],
    ['QuickSwap', 3_000, POLYGON.WPOL, POLYGON.WETH, 11 * MILLION],
    ['SushiSwap', 3_000, POLYGON.WPOL, POLYGON.WETH, 5 * MILLION],
    ['QuickSwap', 3_000, POLYGON.WETH, POLYGON.USDC, 21 * MILLION],
    ['SushiSwap', 3_000, POLYGON.WETH, POLYGON.USDC, 13 * MILLION],
    ['QuickSwap', 3_000, POLYGON.WBTC, POLYGON.WETH, 9 * MILLION],
    ['SushiSwap', 3_000, POLYGON.WBTC, POLYGON.USDC, 6 * MILLION],
    ['QuickSwap', 3_000, POLYGON.AAVE, POLYGON.WETH, 5 * MILLION],
    ['SushiSwap', 3_000, POLYGON.AAVE, POLYGON.WPOL, 3 * MILLION],
    ['QuickSwap', 3_000, POLYGON.USDC, POLYGON.USDT, 18 * MILLION],
  ],
};

const GAS_PRICES: Readonly<Record<number, bigint>> = { 56: 1_000_000_000n, 137: 40_000_000_000n };

/** Chains that can be simulated. */
export const SIMULATED_CHAINS: readonly number[] = Object.keys(LISTINGS).map(Number);

/** @throws Error for a chain that is not one of {@link SIMULATED_CHAINS}. */
export function deploymentOf(chainId: number): Deployment {
  const listings = LISTINGS[chainId];
  const gasPriceWei = GAS_PRICES[chainId];
  if (listings === undefined || gasPriceWei === undefined) throw new Error(`chain ${chainId} is not simulated`);
  const tokens = [...new Set(listings.flatMap(([, , a, b]) => [a, b]))];
  const pools = listings.map(([exchange, feePpm, a, b, depthUsd]): SimulatedPool => {
    // As every factory orders them.
    const [token0, token1] = a.address.toLowerCase() < b.address.toLowerCase() ? [a, b] : [b, a];
    const name = poolName(token0, token1);
    const address = simulatedAddress(chainId, `${exchange}:${name}`);
    return { pool: { chainId, kind: 'V2', address, name, token0, token1, feePpm }, token0, token1, depthUsd };
  });
  return { chainId, gasPriceWei, tokens, pools, router: simulatedAddress(chainId, 'router') };
}
