import {
  type Pair,
  type PoolGraph,
  type PoolNode,
  rateOf,
  type Step,
  type TokenNode,
  tokenInOf,
} from './pool-graph.ts';

/** Rates are doubles: a product of four is off by less than this, so a ring is taken for one above 1 only beyond it. */
const ABOVE_ONE = 1 + 1e-12;

/**
 * Rings of three and four that one search tells at most, the shorter first: a pool at a hub that jumps lies on tens of
 * thousands of profitable ones, and a block must not wait for all of them.
 */
const MOST_RINGS = 2_000;

/** A closed route: each step begins with the token with which the one before ends, and the first with the last. */
export type Ring = readonly Step[];

/**
 * Told of the profitable rings that are found, each with about what it gives in dollars before gas (zero where none of its
 * tokens has a price). The steps are the search's own and change after the call: whoever keeps a ring copies the first
 * `length` of them.
 */
export type RingSink = (steps: readonly Readonly<Step>[], length: number, usd: number) => void;

/** The least dollars that a ring must give, before gas. The sink may raise it while it is told: less is then not looked at. */
export interface RingFloor {
  usd: number;
}

interface MutableStep {
  node: PoolNode;
  zeroForOne: boolean;
}

/**
 * The rings through one pool that give back more than is put in, up to four hops long, no token twice but the first.
 *
 * The pool is passed from x to y, and every path y -> x of one to three hops is looked at, in both directions at once
 * (the way there, and the way back, are products of the two rates of the same edges). Two hops: the other pools of the
 * pair. Three and four: the neighbours of y and the neighbours of those, closed by a table of the last step's rate for
 * each token, filled from x for this search: a path costs two multiplications. An edge stands for the best pool of its
 * pair; only where that product is high enough are the pools of the pairs combined, hop by hop, and given up as soon as
 * what is left could not bring enough, were its pools endless.
 */
export class RingSearch {
  readonly #graph: PoolGraph;
  /** By token index: the rates token -> x and x -> token, zero where they are no neighbours. */
  #toX = new Float64Array(0);
  #fromX = new Float64Array(0);
  /** Where the pair of a token with x stands in the lists of x. */
  #place = new Int32Array(0);

  constructor(graph: PoolGraph) {
    this.#graph = graph;
  }

  through(node: PoolNode, floor: RingFloor, sink: RingSink): void {
    if (node.rate01 === 0) return;
    const { token0: x, token1: y, pools } = node.pair;
    const there = new Expansion(node, true, floor, sink);
    const back = new Expansion(node, false, floor, sink);
    if (pools.length > 1) {
      there.along(y, [node.pair]);
      back.along(x, [node.pair]);
    }
    this.#fill(x);
    this.#three(node, x, y, there, back);
    this.#four(node, x, y, there, back);
    this.#clear(x);
  }

  #three({ rate01, rate10 }: PoolNode, x: TokenNode, y: TokenNode, there: Expansion, back: Expansion): void {
    for (let i = 0; i < y.neighbours.length; i++) {
      const a = y.neighbours[i] as number;
      const first = y.pairs[i] as Pair;
      if (rate01 * (y.out[i] as number) * (this.#toX[a] as number) > there.floor)
        there.along(y, [first, this.#closing(x, a)]);
      if (rate10 * (y.back[i] as number) * (this.#fromX[a] as number) > back.floor)
        back.along(x, [this.#closing(x, a), first]);
    }
  }

  #four({ rate01, rate10 }: PoolNode, x: TokenNode, y: TokenNode, there: Expansion, back: Expansion): void {
    const { tokens } = this.#graph;
    const [toX, fromX] = [this.#toX, this.#fromX];
    const [xIndex, yIndex] = [x.index, y.index];
    for (let i = 0; i < y.neighbours.length; i++) {
      const a = y.neighbours[i] as number;
      if (a === xIndex) continue;
      const [out01, out10] = [rate01 * (y.out[i] as number), rate10 * (y.back[i] as number)];
      if (out01 === 0 && out10 === 0) continue;
      const first = y.pairs[i] as Pair;
      const { neighbours, out, back: backRates, pairs } = tokens[a] as TokenNode;
      for (let j = 0; j < neighbours.length; j++) {
        const b = neighbours[j] as number;
        const last = toX[b] as number;
        if (last === 0 || b === yIndex) continue;
        if (out01 * (out[j] as number) * last > there.floor)
          there.along(y, [first, pairs[j] as Pair, this.#closing(x, b)]);
        if (out10 * (backRates[j] as number) * (fromX[b] as number) > back.floor)
          back.along(x, [this.#closing(x, b), pairs[j] as Pair, first]);
      }
      if (there.told + back.told > MOST_RINGS) return;
    }
  }

  /** The pair of x with one of its neighbours. */
  #closing(x: TokenNode, neighbour: number): Pair {
    return x.pairs[this.#place[neighbour] as number] as Pair;
  }

  #fill(x: TokenNode): void {
    const size = this.#graph.tokens.length;
    if (this.#toX.length < size) {
      this.#toX = new Float64Array(2 * size);
      this.#fromX = new Float64Array(2 * size);
      this.#place = new Int32Array(2 * size);
    }
    for (let i = 0; i < x.neighbours.length; i++) {
      const neighbour = x.neighbours[i] as number;
      this.#toX[neighbour] = x.back[i] as number;
      this.#fromX[neighbour] = x.out[i] as number;
      this.#place[neighbour] = i;
    }
  }

  #clear(x: TokenNode): void {
    for (const neighbour of x.neighbours) {
      this.#toX[neighbour] = 0;
      this.#fromX[neighbour] = 0;
    }
  }
}

/**
 * The choices of pools along given pairs, behind one pool passed in one direction. A route is `a x / (b + c x)`, hop by hop;
 * whose greatest profit is `(sqrt(a) - sqrt(b))^2 / c`. Hops to come only multiply `a` by their rates and add to `c`: with
 * the best rates and nothing added it is what the route can give at most.
 */
class Expansion {
  readonly #first: PoolNode;
  readonly #zeroForOne: boolean;
  readonly #floor: RingFloor;
  readonly #sink: RingSink;
  readonly #steps: readonly MutableStep[];
  /** Dollars of the smallest unit of the first token, by the pool's own price where it has none; zero where both have none. */
  readonly #usd: number;
  #floorUsd = -1;
  #floorRate = 0;
  /** Rings told so far. */
  told = 0;

  constructor(node: PoolNode, zeroForOne: boolean, floor: RingFloor, sink: RingSink) {
    this.#first = node;
    this.#zeroForOne = zeroForOne;
    this.#floor = floor;
    this.#sink = sink;
    this.#steps = Array.from({ length: 4 }, () => ({ node, zeroForOne }));
    const { token0, token1 } = node.pair;
    this.#usd = zeroForOne ? token0.usd || token1.usd * node.rate01 : token1.usd || token0.usd * node.rate10;
  }

  /** Rates must multiply to more than this to bring the floor's dollars, were all pools but the first endless. */
  get floor(): number {
    if (this.#floorUsd === this.#floor.usd) return this.#floorRate;
    this.#floorUsd = this.#floor.usd;
    const { depth0, depth1, keep } = this.#first;
    const depthUsd = this.#usd * (this.#zeroForOne ? depth0 : depth1);
    const least = depthUsd === 0 ? 1 : (1 + Math.sqrt((this.#floorUsd * keep) / depthUsd)) ** 2;
    this.#floorRate = Math.max(least, ABOVE_ONE);
    return this.#floorRate;
  }

  /** Tells every choice that gives enough. `from` is the token with which the first pair is entered. */
  along(from: TokenNode, pairs: readonly Pair[]): void {
    const { depth0, depth1, keep } = this.#first;
    const [into, out] = this.#zeroForOne ? [depth0, depth1] : [depth1, depth0];
    this.#choose(pairs, 0, from, keep * out, into, keep);
  }

  #choose(pairs: readonly Pair[], at: number, from: TokenNode, a: number, b: number, c: number): void {
    const pair = pairs[at] as Pair;
    const zeroForOne = pair.token0 === from;
    const to = zeroForOne ? pair.token1 : pair.token0;
    const rest = bestRate(pairs, at + 1, to);
    const step = this.#steps[at + 1] as MutableStep;
    step.zeroForOne = zeroForOne;
    const { pools } = pair;
    for (let index = 0; index < pools.length; index++) {
      const node = pools[index] as PoolNode;
      const { depth0, depth1, keep } = node;
      const rate = zeroForOne ? node.rate01 : node.rate10;
      const into = zeroForOne ? depth0 : depth1;
      // All three are divided by what comes in, which changes nothing and keeps the numbers small.
      const [nextA, nextC] = [a * rate, c + (keep * a) / into];
      const most = nextA * rest;
      if (!(most > b * ABOVE_ONE) || node === this.#first) continue;
      const usd = ((Math.sqrt(most) - Math.sqrt(b)) ** 2 / nextC) * this.#usd;
      if (this.#usd > 0 && usd < this.#floor.usd) continue;
      step.node = node;
      if (at + 1 < pairs.length) {
        this.#choose(pairs, at + 1, to, nextA, b, nextC);
        continue;
      }
      this.told++;
      const length = pairs.length + 1;
      const gross =
        this.#usd > 0 ? usd : ((Math.sqrt(nextA) - Math.sqrt(b)) ** 2 / nextC) * firstUsd(this.#steps, length);
      this.#sink(this.#steps, length, gross);
    }
  }
}

/** Dollars of the smallest unit of a ring's first token: what the way to a token with a price makes of it. */
function firstUsd(steps: readonly Step[], length: number): number {
  let reached = 1;
  for (let index = 0; index < length; index++) {
    const step = steps[index] as Step;
    const { usd } = tokenInOf(step);
    if (usd > 0) return usd * reached;
    reached *= rateOf(step);
  }
  return 0;
}

/** The most that the pairs from `at` on can give: of all choices, those that cannot come above the floor are not tried. */
function bestRate(pairs: readonly Pair[], at: number, from: TokenNode): number {
  let rate = 1;
  let here = from;
  for (let index = at; index < pairs.length; index++) {
    const { token0, token1, place0, place1 } = pairs[index] as Pair;
    const forwards = token0 === here;
    rate *= (forwards ? token0.out[place0] : token1.out[place1]) as number;
    here = forwards ? token1 : token0;
  }
  return rate;
}
