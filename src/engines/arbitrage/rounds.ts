import type { Hex } from '../../model/chain.ts';
import { isSameAmount, type Swap } from './swaps.ts';

/** A closed round of swaps: the first token in is the last token out. */
export interface Round {
  readonly swaps: readonly Swap[];
  readonly account: Hex;
  readonly token: Hex;
  readonly startAmount: bigint;
  readonly endAmount: bigint;
  readonly profit: bigint;
}

/**
 * The search grows with the factorial of its swaps: a transaction with more than this many (there are airdrops and
 * rebalancers with hundreds) is searched by its first ones.
 */
const MAX_SWAPS = 24;

/**
 * The rounds of one transaction, by the rules of Flashbots' mev-inspect (`arbitrages.py`): at least two swaps; the first
 * takes in the token that the last gives out; who put in at the start is paid at the end, and is none of the pools; from
 * hop to hop the token is the same, the amounts agree within one per cent, and one hands to the other (directly, or
 * through an account in between). Of several ways the shortest; each swap belongs to one round; where several rounds are
 * found, only those count that were begun before they were ended.
 */
export function roundsOf(swapsOfTransaction: readonly Swap[]): readonly Round[] {
  const swaps = swapsOfTransaction.slice(0, MAX_SWAPS);
  if (swaps.length < 2) return [];
  const pools = new Set(swaps.map(({ address }) => address));
  const unused = new Set(swaps);
  const rounds: Round[] = [];
  for (const start of swaps) {
    if (!unused.has(start) || pools.has(start.from)) continue;
    const ends = swaps.filter((end) => unused.has(end) && closes(start, end));
    const route = ends.length === 0 ? null : shortestRoute(start, ends, [...unused], MAX_SWAPS);
    if (route === null) continue;
    for (const swap of route) unused.delete(swap);
    rounds.push(roundOf(route));
  }
  return rounds.length < 2 ? rounds : rounds.filter(({ swaps: [first, ...rest] }) => isBefore(first, rest.at(-1)));
}

function closes(start: Swap, end: Swap): boolean {
  return end !== start && start.tokenIn === end.tokenOut && start.address !== end.address && start.from === end.to;
}

function isBefore(first: Swap | undefined, last: Swap | undefined): boolean {
  return first !== undefined && last !== undefined && first.order < last.order;
}

/** @param longest swaps that the route may have, `start` counted. */
function shortestRoute(
  start: Swap,
  ends: readonly Swap[],
  all: readonly Swap[],
  longest: number,
): readonly Swap[] | null {
  if (longest < 2) return null;
  const end = ends.find((candidate) => handsOver(start, candidate));
  if (end !== undefined) return [start, end];
  const others = all.filter((swap) => swap !== start && !ends.includes(swap));
  let shortest: readonly Swap[] | null = null;
  let limit = longest - 1;
  for (const next of others) {
    if (!handsOver(start, next)) continue;
    const rest = shortestRoute(next, ends, others, limit);
    if (rest === null) continue;
    shortest = [start, ...rest];
    limit = rest.length - 1;
  }
  return shortest;
}

/** Whether what `giver` gave out is what `taker` took in. */
function handsOver(giver: Swap, taker: Swap): boolean {
  return (
    giver.tokenOut === taker.tokenIn &&
    (giver.address === taker.from || giver.to === taker.address || giver.to === taker.from) &&
    isSameAmount(giver.amountOut, taker.amountIn)
  );
}

function roundOf(swaps: readonly Swap[]): Round {
  const [start, end] = [swaps[0] as Swap, swaps.at(-1) as Swap];
  return {
    swaps,
    account: start.from,
    token: start.tokenIn,
    startAmount: start.amountIn,
    endAmount: end.amountOut,
    profit: end.amountOut - start.amountIn,
  };
}
