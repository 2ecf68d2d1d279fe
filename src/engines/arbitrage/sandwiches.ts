import type { Hex } from '../../model/chain.ts';
import { isSameAmount, type Swap } from './swaps.ts';

/** A swap before and a swap behind those of others, by one account in one pool of one block. */
export interface SandwichFound {
  readonly front: Swap;
  readonly back: Swap;
  readonly victims: readonly Swap[];
  /** In the token that the first put in. */
  readonly profit: bigint;
}

/**
 * The sandwiches of a block, by the rules of Flashbots' mev-inspect (`sandwiches.py`): who was paid out by the first swap
 * puts it back in by a later one of another transaction, the other way round; others swapped the first one's way in
 * between. A router is paid out for everybody and is no account. Beyond those rules what is put back must be what was
 * taken out, within one per cent: two unrelated trades of a busy account are no sandwich.
 *
 * @param swaps of the block, in the order of their transactions.
 * @param routers lower case.
 */
export function sandwichesOf(swaps: readonly Swap[], routers: ReadonlySet<Hex>): readonly SandwichFound[] {
  const byPool = Map.groupBy(swaps, ({ address }) => address);
  return [...byPool.values()].flatMap((inPool) =>
    inPool.flatMap((front, index) => sandwichFrom(front, inPool.slice(index + 1), routers) ?? []),
  );
}

function sandwichFrom(front: Swap, later: readonly Swap[], routers: ReadonlySet<Hex>): SandwichFound | null {
  if (routers.has(front.to)) return null;
  const victims: Swap[] = [];
  for (const swap of later) {
    if (swap.txHash === front.txHash) continue;
    const own = swap.from === front.to;
    const sameWay = swap.tokenIn === front.tokenIn;
    if (sameWay && !own) victims.push(swap);
    if (!sameWay && own && victims.length > 0 && isSameAmount(front.amountOut, swap.amountIn))
      return { front, back: swap, victims, profit: swap.amountOut - front.amountIn };
  }
  return null;
}
