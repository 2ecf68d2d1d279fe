import type { ChainLog, Hex, Receipt } from '../../model/chain.ts';
import { hasShape, signedWord, TOPIC, topicAddress, word } from '../../model/chain-logs.ts';
import type { Pool } from '../../model/pool.ts';

/** A swap that a known pool told. Addresses lower case, amounts in smallest units as the pool counted them. */
export interface Swap {
  readonly pool: Pool;
  /** The pool's address, lower case. */
  readonly address: Hex;
  readonly txHash: Hex;
  readonly txIndex: number;
  /** Who sent in what was put in. */
  readonly from: Hex;
  /** Who was sent what came out. */
  readonly to: Hex;
  readonly tokenIn: Hex;
  readonly tokenOut: Hex;
  readonly amountIn: bigint;
  readonly amountOut: bigint;
  /**
   * When it began: index of the log in which the pool paid out. In a flash swap the pool pays first and tells last, so
   * that its `Swap` stands behind those of the pools that were used in between.
   */
  readonly order: number;
}

/** Two amounts of one token that pass from swap to swap may differ by this part of the larger: one per cent. */
const TOLERANCE_DIVISOR = 100n;

export function isSameAmount(a: bigint, b: bigint): boolean {
  const [smaller, larger] = a < b ? [a, b] : [b, a];
  return (larger - smaller) * TOLERANCE_DIVISOR <= larger;
}

interface Transfer {
  readonly token: Hex;
  readonly from: Hex;
  readonly to: Hex;
  readonly amount: bigint;
  readonly index: number;
}

export interface SwapsOfReceipt {
  readonly swaps: readonly Swap[];
  /** Tokens of which less arrived than the pool paid out: they keep a part of each transfer. */
  readonly taxed: readonly Hex[];
}

const NOTHING: SwapsOfReceipt = { swaps: [], taxed: [] };

/**
 * The swaps of a transaction, by the pools that are known: the topic alone proves nothing, any contract may send it.
 * `poolOf` takes the lower-case address of whoever told.
 */
export function swapsOf(receipt: Receipt, poolOf: (address: Hex) => Pool | undefined): SwapsOfReceipt {
  if (!receipt.logs.some((log) => isSwap(log) && poolOf(log.address) !== undefined)) return NOTHING;
  const transfers: Transfer[] = [];
  const swaps: Swap[] = [];
  const taxed: Hex[] = [];
  for (const log of receipt.logs) {
    if (log.topics[0] === TOPIC.transfer && hasShape(log, 3, 1)) transfers.push(transferOf(log));
    if (!isSwap(log)) continue;
    const pool = poolOf(log.address);
    const amounts = pool && amountsOf(log, pool.kind);
    if (pool === undefined || amounts == null) continue;
    const [tokenIn, tokenOut] = amounts.zeroForOne
      ? [pool.token0.address.toLowerCase(), pool.token1.address.toLowerCase()]
      : [pool.token1.address.toLowerCase(), pool.token0.address.toLowerCase()];
    const paidIn = transfers.findLast(({ token, to }) => token === tokenIn && to === log.address);
    const paidOut = transfers.findLast(({ token, from }) => token === tokenOut && from === log.address);
    if (paidOut !== undefined && paidOut.amount < amounts.out) taxed.push(tokenOut);
    swaps.push({
      pool,
      address: log.address,
      txHash: receipt.txHash,
      txIndex: receipt.txIndex,
      from: paidIn?.from ?? topicAddress(log.topics[1] ?? ''),
      to: paidOut?.to ?? topicAddress(log.topics[2] ?? ''),
      tokenIn,
      tokenOut,
      amountIn: amounts.in,
      amountOut: amounts.out,
      order: paidOut?.index ?? log.index,
    });
  }
  return { swaps: swaps.sort((a, b) => a.order - b.order), taxed };
}

function isSwap({ topics }: ChainLog): boolean {
  return topics[0] === TOPIC.swapV2 || topics[0] === TOPIC.swapV3;
}

function transferOf(log: ChainLog): Transfer {
  return {
    token: log.address,
    from: topicAddress(log.topics[1] ?? ''),
    to: topicAddress(log.topics[2] ?? ''),
    amount: word(log.data, 0),
    index: log.index,
  };
}

interface Amounts {
  readonly zeroForOne: boolean;
  readonly in: bigint;
  readonly out: bigint;
}

/** Null where the log is not one that a pool of this kind sends, or nothing was exchanged for something. */
function amountsOf(log: ChainLog, kind: Pool['kind']): Amounts | null {
  const net = kind === 'V2' ? netOfV2(log) : netOfV3(log);
  if (net === null) return null;
  const [net0, net1] = net;
  if (net0 > 0n && net1 < 0n) return { zeroForOne: true, in: net0, out: -net1 };
  if (net1 > 0n && net0 < 0n) return { zeroForOne: false, in: net1, out: -net0 };
  return null;
}

/** What the pool won of each token. V2 tells what came in and what went out, and both may concern one token. */
function netOfV2(log: ChainLog): readonly [bigint, bigint] | null {
  if (log.topics[0] !== TOPIC.swapV2 || !hasShape(log, 3, 4)) return null;
  return [word(log.data, 0) - word(log.data, 2), word(log.data, 1) - word(log.data, 3)];
}

function netOfV3(log: ChainLog): readonly [bigint, bigint] | null {
  if (log.topics[0] !== TOPIC.swapV3 || !hasShape(log, 3, 5)) return null;
  return [signedWord(log.data, 0), signedWord(log.data, 1)];
}
