import type { Pair, PoolGraph, PoolNode, Step, TokenNode } from './pool-graph.ts';

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
 * Told of every profitable ring that is found. The steps are the search's own and change after the call: whoever keeps
 * a ring copies the first `length` of them.
 */
export type RingSink = (steps: readonly Readonly<Step>[], length: number) => void;

/**
 * Rates that a ring must multiply to more than, by the direction in which it passes the pool searched for (`there`: token0
 * first). The sink may raise them while it is told: what cannot be among the best any more is then not looked at.
 */
export interface RingFloor {
  there: number;
  back: number;
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
 * pair; only where that product is above one are the pools of the pairs combined.
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

  /** @param floor raised to one at least. */
  through(node: PoolNode, floor: RingFloor, sink: RingSink): void {
    if (node.rate01 === 0) return;
    floor.there = Math.max(floor.there, ABOVE_ONE);
    floor.back = Math.max(floor.back, ABOVE_ONE);
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

/** The choices of pools along given pairs, behind one pool passed in one direction. */
class Expansion {
  readonly #rate: number;
  readonly #zeroForOne: boolean;
  readonly #floor: RingFloor;
  readonly #sink: RingSink;
  /** Rings told so far. */
  told = 0;
  readonly #steps: readonly MutableStep[];

  constructor(node: PoolNode, zeroForOne: boolean, floor: RingFloor, sink: RingSink) {
    this.#zeroForOne = zeroForOne;
    this.#floor = floor;
    this.#rate = zeroForOne ? node.rate01 : node.rate10;
    this.#sink = sink;
    this.#steps = Array.from({ length: 4 }, () => ({ node, zeroForOne }));
  }

  /** Rates must multiply to more than this. */
  get floor(): number {
    return this.#zeroForOne ? this.#floor.there : this.#floor.back;
  }

  /** Tells every choice whose rates multiply to more than the floor. `from` is the token with which the first pair is entered. */
  along(from: TokenNode, pairs: readonly Pair[]): void {
    this.#choose(pairs, 0, from, this.#rate);
  }

  #choose(pairs: readonly Pair[], at: number, from: TokenNode, product: number): void {
    const pair = pairs[at] as Pair;
    const zeroForOne = pair.token0 === from;
    const to = zeroForOne ? pair.token1 : pair.token0;
    const rest = bestRate(pairs, at + 1, to);
    const step = this.#steps[at + 1] as MutableStep;
    step.zeroForOne = zeroForOne;
    const first = (this.#steps[0] as MutableStep).node;
    for (const node of pair.pools) {
      const reached = product * (zeroForOne ? node.rate01 : node.rate10);
      if (reached * rest <= this.floor || node === first) continue;
      step.node = node;
      if (at + 1 < pairs.length) {
        this.#choose(pairs, at + 1, to, reached);
        continue;
      }
      this.told++;
      this.#sink(this.#steps, pairs.length + 1);
    }
  }
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
