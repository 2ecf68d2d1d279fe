import { type Candidate, evaluated, netUsd, ranked } from './candidate.ts';
import type { PoolGraph, PoolNode } from './pool-graph.ts';
import { type Ring, RingSearch } from './rings.ts';
import type { TokenPrices } from './token-prices.ts';

/** Rings of a search that are reckoned exactly, best first by rank: the rank is a double's, so the first may not be the best. */
const EXACT_RINGS = 3;

export interface BestRings {
  /** The best of those that pass no pool which stands for an opportunity of its own. */
  readonly own: Candidate | null;
  /** Pools with opportunities of their own that some ring found here passes, and about what the best such gives in dollars. */
  readonly others: ReadonlyMap<PoolNode, number>;
}

/** Finds the best ring through a pool. */
export class BestRing {
  readonly #search: RingSearch;
  readonly #prices: TokenPrices;
  readonly #wrappedNative: string;
  gasPriceWei = 0n;

  constructor(graph: PoolGraph, prices: TokenPrices, wrappedNative: string) {
    this.#search = new RingSearch(graph);
    this.#prices = prices;
    this.#wrappedNative = wrappedNative;
  }

  /** @param isTaken whether a pool stands for an opportunity already; the pool searched for may be one itself. */
  through(node: PoolNode, isTaken: (other: PoolNode) => boolean): BestRings {
    const gasPriceWei = Number(this.gasPriceWei);
    const nativeUsd = this.#prices.rough(this.#wrappedNative) ?? 0;
    const others = new Map<PoolNode, number>();
    const own: { readonly ring: Ring; readonly rough: number }[] = [];
    for (const ring of this.#search.through(node)) {
      const rank = ranked(ring, gasPriceWei, nativeUsd, this.#prices);
      if (rank === null || rank.rough <= 0) continue;
      const taken = ring.flatMap((step) => (step.node !== node && isTaken(step.node) ? [step.node] : []));
      for (const other of taken) others.set(other, Math.max(others.get(other) ?? 0, rank.rough));
      if (taken.length === 0) own.push(rank);
    }
    own.sort((a, b) => b.rough - a.rough);
    let best: Candidate | null = null;
    for (const { ring } of own.slice(0, EXACT_RINGS)) {
      const candidate = evaluated(ring, this.gasPriceWei, this.#prices);
      if (candidate !== null && (best === null || netUsd(candidate) > netUsd(best))) best = candidate;
    }
    return { own: best, others };
  }
}
