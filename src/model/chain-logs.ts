import type { ChainLog, Hex } from './chain.ts';

/** Topics of the events that are read, by the hash of their signature. */
export const TOPIC = {
  /** `Transfer(address indexed from, address indexed to, uint256 value)` */
  transfer: '0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef',
  /** `Sync(uint112 reserve0, uint112 reserve1)` */
  sync: '0x1c411e9a96e071241c2f21f7726b17ae89e3cab4c78be50e062b03a9fffbbad1',
  /** `Swap(address indexed sender, uint256 amount0In, uint256 amount1In, uint256 amount0Out, uint256 amount1Out, address indexed to)` */
  swapV2: '0xd78ad95fa46c994b6551d0da85fc275fe613ce37657fb8d5e3d130840159d822',
  /** `Swap(address indexed sender, address indexed recipient, int256 amount0, int256 amount1, uint160 sqrtPriceX96, uint128 liquidity, int24 tick)` */
  swapV3: '0xc42079f94a6350d7e6235f29174924f928cc2ac818eb64fed8004e115fbcca67',
  /** Aave 2 and 3: `LiquidationCall(address indexed collateral, address indexed debt, address indexed user, uint256 debtToCover, uint256 liquidatedCollateral, address liquidator, bool receiveAToken)` */
  aaveLiquidation: '0xe413a321e8681d831f4dbccbca790d2952b56f977908e45be37335533e005286',
  /** Compound 2: `LiquidateBorrow(address liquidator, address borrower, uint256 repayAmount, address cTokenCollateral, uint256 seizeTokens)` */
  compoundLiquidation: '0x298637f684da70674f26509b10f07ec2fbc77a335ab1e7d6215a4b2484d8bb52',
} as const;

/** `0x` and the digits of one 32-byte word. */
const WORD_DIGITS = 64;

/** Decoded by hand: words at known places. A decoder that is given an ABI takes thirty times as long. */
export function word(data: Hex, index: number): bigint {
  return BigInt(`0x${data.slice(2 + index * WORD_DIGITS, 2 + (index + 1) * WORD_DIGITS)}`);
}

/** A word that may be negative. */
export function signedWord(data: Hex, index: number): bigint {
  return BigInt.asIntN(256, word(data, index));
}

/** The address in the lower 20 bytes of a word. */
export function wordAddress(data: Hex, index: number): Hex {
  return `0x${data.slice(2 + index * WORD_DIGITS + 24, 2 + (index + 1) * WORD_DIGITS)}`;
}

export function topicAddress(topic: Hex): Hex {
  return `0x${topic.slice(26)}`;
}

/** Whether a log has the shape that its event has: any contract may send any topic with anything behind it. */
export function hasShape({ topics, data }: ChainLog, topicCount: number, words: number): boolean {
  return topics.length === topicCount && data.length === 2 + words * WORD_DIGITS;
}
