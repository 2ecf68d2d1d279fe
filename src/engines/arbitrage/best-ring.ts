import { type Candidate, candidateOf, gasUnits, netUsd } from './candidate.ts';
import type { PoolGraph, PoolNode, Step } from './pool-graph.ts';
import { type Ring, type RingFloor, RingSearch } from './rings.ts';
import type { TokenPrices } from './token-prices.ts';

/** Rings of a search that are reckoned exactly: the rank is a double's, so the first of them may not be the best. */
const EXACT_RINGS = 3;

interface Ranked {
  readonly ring: Ring;
  /** Dollars after gas, about. */
  readonly rough: number;
}

export interface BestRings {
  readonly own: Candidate | null;
  /** Where they are left apart: pools with opportunities of their own, and about what the best ring to them gives in dollars. */
  readonly others: ReadonlyMap<PoolNode, number>;
}

/** Finds the best ring through a pool: ranks all of them by doubles, and reckons the first few exactly. */
export class BestRing {
  readonly #search: RingSearch;
  readonly #prices: TokenPrices;
  gasPriceWei = 0n;

  constructor(graph: PoolGraph, prices: TokenPrices) {
    this.#search = new RingSearch(graph);
    this.#prices = prices;
  }

  /**
   * @param leastUsd what is worth telling, after gas: less is not looked for.
   * @param apart whether rings that pass another pool with an opportunity of its own are left to that one.
   */
  through(node: PoolNode, leastUsd: number, apart: boolean): BestRings {
    const gasUsd = Number(this.gasPriceWei) * this.#prices.roughUsdOfWei();
    const others = new Map<PoolNode, number>();
    const top: Ranked[] = [];
    const leastGas = gasUnits(2) * gasUsd;
    const floor: RingFloor = { usd: leastUsd + leastGas };
    this.#search.through(node, floor, (steps, length, usd) => {
      const rough = usd - gasUnits(length) * gasUsd;
      if (!(rough > 0)) return;
      let own = true;
      for (let index = 1; index < length && apart; index++) {
        const other = (steps[index] as Step).node;
        if (!other.anchor) continue;
        own = false;
        others.set(other, Math.max(others.get(other) ?? 0, rough));
      }
      if (!own || (top.length === EXACT_RINGS && rough <= (top.at(-1) as Ranked).rough)) return;
      insert(top, steps, length, rough);
      if (top.length === EXACT_RINGS) floor.usd = (top.at(-1) as Ranked).rough + leastGas;
    });
    let best: Candidate | null = null;
    for (const { ring } of top) {
      const candidate = candidateOf(ring, this.gasPriceWei, this.#prices);
      if (candidate !== null && (best === null || netUsd(candidate) > netUsd(best))) best = candidate;
    }
    return { own: best, others };
  }
}

/** Keeps the best few, best first. */
function insert(top: Ranked[], steps: readonly Readonly<Step>[], length: number, rough: number): void {
  const ring = Array.from({ length }, (_, index) => ({ ...(steps[index] as Step) }));
  const at = top.findIndex((other) => other.rough < rough);
  top.splice(at < 0 ? top.length : at, 0, { ring, rough });
  if (top.length > EXACT_RINGS) top.pop();
}
