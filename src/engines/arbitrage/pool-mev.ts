import type { PoolMev } from '../../model/arbitrage-transaction.ts';
import type { Hex } from '../../model/chain.ts';
import type { Pool } from '../../model/pool.ts';

/** Blocks counted over: some hours of a chain with blocks of a few seconds. */
const WINDOW_BLOCKS = 1_000;

const COUNTS = ['swaps', 'arbitrageSwaps', 'sandwiches', 'sandwichedSwaps', 'liquidationSwaps'] as const;
type Count = (typeof COUNTS)[number];
export type MevCounts = Record<Count, number>;

/** What one block added, by pool. */
export type BlockMev = Map<Hex, { readonly pool: Pool; readonly counts: MevCounts }>;

export function count(block: BlockMev, key: Hex, pool: Pool, what: Count, by = 1): void {
  let entry = block.get(key);
  if (entry === undefined) {
    entry = { pool, counts: { swaps: 0, arbitrageSwaps: 0, sandwiches: 0, sandwichedSwaps: 0, liquidationSwaps: 0 } };
    block.set(key, entry);
  }
  entry.counts[what] += by;
}

/** How much was extracted from each pool in the last {@link WINDOW_BLOCKS} blocks. */
export class MevWindow {
  readonly #blocks: { readonly number: number; readonly block: BlockMev }[] = [];
  readonly #totals = new Map<Hex, MevCounts>();

  /** @returns the totals of every pool that this block, or one that has left the window, changed. */
  add(number: number, block: BlockMev, at: Pick<PoolMev, 'chainId' | 'timestamp' | 'receivedAt'>): readonly PoolMev[] {
    this.#blocks.push({ number, block });
    this.#apply(block, 1);
    let left = this.#blocks[0];
    while (left !== undefined && left.number <= number - WINDOW_BLOCKS) {
      this.#apply(left.block, -1);
      this.#blocks.shift();
      left = this.#blocks[0];
    }
    return this.#said(block, number, at);
  }

  /** Takes the newest block back. */
  remove(number: number, at: Pick<PoolMev, 'chainId' | 'timestamp' | 'receivedAt'>): readonly PoolMev[] {
    const last = this.#blocks.at(-1);
    if (last === undefined || last.number !== number) return [];
    this.#blocks.pop();
    this.#apply(last.block, -1);
    return this.#said(last.block, number, at);
  }

  #apply(block: BlockMev, sign: 1 | -1): void {
    for (const [key, { counts }] of block) {
      const totals = this.#totals.get(key);
      if (totals === undefined) this.#totals.set(key, { ...counts });
      else for (const what of COUNTS) totals[what] += sign * counts[what];
      if (this.#totals.get(key)?.swaps === 0) this.#totals.delete(key);
    }
  }

  #said(
    block: BlockMev,
    blockNumber: number,
    { chainId, timestamp, receivedAt }: Pick<PoolMev, 'chainId' | 'timestamp' | 'receivedAt'>,
  ): readonly PoolMev[] {
    return Array.from(block, ([key, { pool, counts }]) => {
      const zero: MevCounts = { ...counts };
      for (const what of COUNTS) zero[what] = 0;
      const totals = this.#totals.get(key) ?? zero;
      const facts = { chainId, pool: pool.address, blockNumber, windowBlocks: WINDOW_BLOCKS, timestamp, receivedAt };
      return { ...facts, ...totals };
    });
  }
}
