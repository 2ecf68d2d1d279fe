import { type Candidate, candidateOf, gasUnits, netUsd, refined } from './candidate.ts';
import { type PoolGraph, type PoolNode, rateOf, type Step, tokenInOf } from './pool-graph.ts';
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
    const floor: RingFloor = { there: 0, back: 0 };
    raise(floor, node, leastUsd + gasUnits(2) * gasUsd);
    this.#search.through(node, floor, (steps, length) => {
      const rough = roughUsd(steps, length) - gasUnits(length) * gasUsd;
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
      const last = top.length === EXACT_RINGS ? top.at(-1) : undefined;
      if (last !== undefined) raise(floor, node, last.rough + gasUnits(2) * gasUsd);
    });
    let best: Candidate | null = null;
    for (const { ring } of top) {
      const candidate = candidateOf(ring, this.gasPriceWei, this.#prices);
      if (candidate !== null && (best === null || netUsd(candidate) > netUsd(best))) best = candidate;
    }
    return { own: best && refined(best, this.gasPriceWei, this.#prices), others };
  }
}

/**
 * The rates that a ring through a pool must multiply to if it is to give so many dollars: were all other pools endless, its
 * greatest profit would be `reserveIn (sqrt(rates) - 1)^2 / keep`, and they only make it less. No bound where neither token
 * has a price.
 */
function raise(floor: RingFloor, { pair, depth0, depth1, keep }: PoolNode, usd: number): void {
  // At the pool's own price both sides are worth the same; which of the two is asked makes little difference.
  const depthUsd = Math.max(pair.token0.usd * depth0, pair.token1.usd * depth1);
  if (depthUsd === 0) return;
  const least = (1 + Math.sqrt((usd * keep) / depthUsd)) ** 2;
  floor.there = Math.max(floor.there, least);
  floor.back = Math.max(floor.back, least);
}

/** Keeps the best few, best first. */
function insert(top: Ranked[], steps: readonly Readonly<Step>[], length: number, rough: number): void {
  const ring = Array.from({ length }, (_, index) => ({ ...(steps[index] as Step) }));
  const at = top.findIndex((other) => other.rough < rough);
  top.splice(at < 0 ? top.length : at, 0, { ring, rough });
  if (top.length > EXACT_RINGS) top.pop();
}

/**
 * About what a ring gives, dollars: composed to `a x / (b + c x)` the greatest profit is `(sqrt(a) - sqrt(b))^2 / c`, in
 * the first token's smallest units; a first token without price is worth what the way to one with a price makes of it.
 * Zero where none has one.
 */
function roughUsd(steps: readonly Readonly<Step>[], length: number): number {
  let [a, b, c] = [1, 1, 0];
  let usd = 0;
  let reached = 1;
  for (let index = 0; index < length; index++) {
    const step = steps[index] as Step;
    const { depth0, depth1, keep } = step.node;
    const [into, out] = step.zeroForOne ? [depth0, depth1] : [depth1, depth0];
    if (usd === 0) {
      usd = tokenInOf(step).usd * reached;
      reached *= rateOf(step);
    }
    c = into * c + keep * a;
    a *= keep * out;
    b *= into;
  }
  return ((Math.sqrt(a) - Math.sqrt(b)) ** 2 / c) * usd;
}
