import type { BlockMined } from '../../model/chain.ts';
import { measuresOf, type Opportunity, type RouteHop } from '../../model/opportunity.ts';
import { type Candidate, imbalancePct, netUsd, tokenIn, tokenOut } from './candidate.ts';
import type { PoolNode } from './pool-graph.ts';
import { nativeText, type TokenPrices, usdText } from './token-prices.ts';

/** The block, or the reading of reserves, of which something is said. */
export type Moment = Pick<BlockMined, 'chainId' | 'number' | 'timestamp' | 'receivedAt'>;

/** What of an opportunity follows from the candidate alone. */
type Figures = Pick<
  Opportunity,
  | 'imbalancePct'
  | 'referenceDeviationPct'
  | 'profitUsd'
  | 'profitNative'
  | 'grossProfitUsd'
  | 'gasCostUsd'
  | 'gasCostNative'
  | 'reserve0'
  | 'reserve1'
  | 'route'
  | 'optimalInput'
  | 'grossProfit'
>;

function figuresOf(node: PoolNode, candidate: Candidate, prices: TokenPrices): Figures {
  const { ring, best, cost, grossUsd, grossNative } = candidate;
  return {
    imbalancePct: imbalancePct(ring),
    referenceDeviationPct: referenceDeviationPct(node, prices),
    profitUsd: usdText(netUsd(candidate)),
    profitNative: nativeText(grossNative - cost.wei),
    grossProfitUsd: usdText(grossUsd),
    gasCostUsd: usdText(cost.usd),
    gasCostNative: nativeText(cost.wei),
    reserve0: node.reserve0,
    reserve1: node.reserve1,
    route: routeOf(candidate),
    optimalInput: best.input,
    grossProfit: best.profit,
  };
}

function routeOf({ ring, best }: Candidate): readonly RouteHop[] {
  return ring.map((step, index) => ({
    poolAddress: step.node.pool.address,
    poolName: step.node.pool.name,
    tokenIn: tokenIn(step).address,
    tokenOut: tokenOut(step).address,
    amountIn: best.amounts[index] ?? 0n,
    amountOut: best.amounts[index + 1] ?? 0n,
  }));
}

function referenceDeviationPct({ pool, reserve0, reserve1 }: PoolNode, prices: TokenPrices): number | null {
  const reference = prices.roughRatio(pool.token0.address.toLowerCase(), pool.token1.address.toLowerCase());
  if (reference === null || reserve0 === 0n) return null;
  const own = (Number(reserve1) / Number(reserve0)) * 10 ** (pool.token0.decimals - pool.token1.decimals);
  return Math.round((own / reference - 1) * 1e8) / 1e6;
}

export function opened(
  node: PoolNode,
  candidate: Candidate,
  prices: TokenPrices,
  moment: Moment,
  version: (id: string) => number,
): Opportunity {
  const { chainId, number, timestamp, receivedAt } = moment;
  const id = `${chainId}:${node.pool.address}:${number}`;
  return {
    id,
    version: version(id),
    before: null,
    state: 'OPENED',
    closeReason: null,
    chainId,
    poolName: node.pool.name,
    poolAddress: node.pool.address,
    ...figuresOf(node, candidate, prices),
    blockNumber: number,
    ageBlocks: 0,
    detectedAt: receivedAt,
    captured: false,
    capturedBy: null,
    captureTxHash: null,
    realizedProfitUsd: null,
    timestamp,
    receivedAt,
  };
}

export function updated(
  before: Opportunity,
  node: PoolNode,
  candidate: Candidate,
  prices: TokenPrices,
  moment: Moment,
): Opportunity {
  return { ...before, ...figuresOf(node, candidate, prices), ...changed(before, moment), state: 'UPDATED' };
}

/** What every change brings with it. */
export function changed(
  before: Opportunity,
  moment: Moment,
): Pick<Opportunity, 'version' | 'before' | 'blockNumber' | 'ageBlocks' | 'timestamp' | 'receivedAt'> {
  const { number, timestamp, receivedAt } = moment;
  const ageBlocks = before.ageBlocks + Math.max(0, number - before.blockNumber);
  const version = before.version + 1;
  return { version, before: measuresOf(before), blockNumber: number, ageBlocks, timestamp, receivedAt };
}
