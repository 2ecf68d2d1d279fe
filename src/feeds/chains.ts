import type { ChainMoney, Hex } from '../model/chain.ts';
import type { Address } from '../model/identity.ts';

/** A factory of pools, by which a pool proves that it is one. */
export interface PoolFactory {
  readonly name: string;
  readonly address: Address;
  readonly kind: 'V2' | 'V3';
  /** Of every pool it made, millionths; null where each pool says its own. */
  readonly feePpm: number | null;
}

/** What is known of a chain without asking it. */
export interface EvmChain extends ChainMoney {
  readonly name: string;
  /** Usual time between two blocks, milliseconds. */
  readonly blockMs: number;
  readonly factories: readonly PoolFactory[];
  /** Contracts that swap for everybody, lower case. */
  readonly routers: readonly Hex[];
  /** Answers many calls in one; null where the chain has none. */
  readonly multicall: Address | null;
}

/** Multicall3 stands at the same address on all chains that have it. */
const MULTICALL3 = '0xcA11bde05977b3631167028862bE2a173976CA11';

const v2 = (name: string, address: Address, feePpm: number): PoolFactory => ({ name, address, kind: 'V2', feePpm });
const v3 = (name: string, address: Address): PoolFactory => ({ name, address, kind: 'V3', feePpm: null });

/**
 * The chains that are known by their number. Left out are factories whose pairs each have a fee of their own that no `fee()`
 * tells (BiSwap), and those whose `Swap` is another event (PancakeSwap V3).
 */
export const EVM_CHAINS: readonly EvmChain[] = [
  {
    chainId: 1,
    name: 'Ethereum',
    blockMs: 12_000,
    wrappedNative: '0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2',
    nativeSymbol: 'ETHUSDT',
    stablecoins: [
      '0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48',
      '0xdAC17F958D2ee523a2206206994597C13D831ec7',
      '0x6B175474E89094C44Da98b954EedeAC495271d0F',
    ],
    factories: [
      v2('Uniswap V2', '0x5C69bEe701ef814a2B6a3EDD4B1652CB9cc5aA6f', 3_000),
      v2('SushiSwap', '0xC0AEe478e3658e2610c5F7A4A2E1777cE9e4f2Ac', 3_000),
      v3('Uniswap V3', '0x1F98431c8aD98523631AE4a59f267346ea31F984'),
    ],
    routers: [
      '0x7a250d5630b4cf539739df2c5dacb4c659f2488d',
      '0xd9e1ce17f2641f24ae83637ab66a2cca9c378b9f',
      '0xe592427a0aece92de3edee1f18e0157c05861564',
      '0x68b3465833fb72a70ecdf485e0e4c7bd8665fc45',
    ],
    multicall: MULTICALL3,
  },
  {
    chainId: 56,
    name: 'BNB Smart Chain',
    blockMs: 750,
    wrappedNative: '0xbb4CdB9CBd36B01bD1cBaEBF2De08d9173bc095c',
    nativeSymbol: 'BNBUSDT',
    stablecoins: [
      '0x55d398326f99059fF775485246999027B3197955',
      '0xe9e7CEA3DedcA5984780Bafc599bD69ADd087D56',
      '0x8AC76a51cc950d9822D68b83fE1Ad97B32Cd580d',
    ],
    factories: [
      v2('PancakeSwap V2', '0xcA143Ce32Fe78f1f7019d7d551a6402fC5350c73', 2_500),
      v3('Uniswap V3', '0xdB1d10011AD0Ff90774D0C6Bb92e5C5c8b4461F7'),
    ],
    routers: ['0x10ed43c718714eb63d5aa57b78b54704e256024e', '0x13f4ea83d0bd40e75c8222255bc855a974568dd4'],
    multicall: MULTICALL3,
  },
  {
    chainId: 137,
    name: 'Polygon',
    blockMs: 2_000,
    wrappedNative: '0x0d500B1d8E8eF31E21C99d1Db9A6444d3ADf1270',
    nativeSymbol: 'POLUSDT',
    stablecoins: [
      '0x3c499c542cEF5E3811e1192ce70d8cC03d5c3359',
      '0x2791Bca1f2de4661ED88A30C99A7a9449Aa84174',
      '0xc2132D05D31c914a87C6611C10748AEb04B58e8F',
    ],
    factories: [
      v2('QuickSwap', '0x5757371414417b8C6CAad45bAeF941aBc7d3Ab32', 3_000),
      v2('SushiSwap', '0xc35DADB65012eC5796536bD9864eD8773aBc74C4', 3_000),
      v3('Uniswap V3', '0x1F98431c8aD98523631AE4a59f267346ea31F984'),
    ],
    routers: ['0xa5e0829caced8ffdd4de3c43696c57f7d7a678ff', '0x1b02da8cb0d097eb8d57a175b88c7d8b47997506'],
    multicall: MULTICALL3,
  },
];
