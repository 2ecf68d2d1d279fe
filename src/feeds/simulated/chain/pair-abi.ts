import { parseAbi } from 'viem/utils';

/** What a constant-product pair tells, to decode what simulated ones do. */
export const PAIR_ABI = parseAbi([
  'event Sync(uint112 reserve0, uint112 reserve1)',
  'event Swap(address indexed sender, uint256 amount0In, uint256 amount1In, uint256 amount0Out, uint256 amount1Out, address indexed to)',
]);
