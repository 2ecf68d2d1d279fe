import {
  type Pair,
  type PoolGraph,
  type PoolNode,
  rateOf,
  type Step,
  stepsFrom,
  type TokenNode,
} from './pool-graph.ts';

/** Rates are doubles: a product of four is off by less than this, so a ring is taken for one above 1 only beyond it. */
const ABOVE_ONE = 1 + 1e-12;

/** Rings that one search hands on. A pool at a hub that jumps lies on thousands; the best are among the best by rate. */
const MAX_RINGS = 512;

/** A closed route: each step begins with the token with which the one before ends, and the first with the last. */
export type Ring = readonly Step[];

/**
 * The rings through one pool that give back more than is put in, up to four hops long, no token twice but the first.
 *
 * The pool is passed from x to y, and every path y -> x of one to three hops is looked at, in both directions at once
 * (the way there, and the way back, are products of the two rates of the same edges). Two hops: the other pools of the
 * pair. Three and four: the neighbours of y and the neighbours of those, closed by a table of the last step's rate for
 * each token, filled from x for this search: a path costs two multiplications. An edge stands for the best pool of its
 * pair; only where that product is above one are all pools of the pairs combined.
 */
export class RingSearch {
  readonly #graph: PoolGraph;
  /** By token index: the rates token -> x and x -> token, zero where they are no neighbours. */
  #toX = new Float64Array(0);
  #fromX = new Float64Array(0);

  constructor(graph: PoolGraph) {
    this.#graph = graph;
  }

  through(node: PoolNode): readonly Ring[] {
    const rings: Ring[] = [];
    const { token0: x, token1: y } = node.pair;
    if (node.rate01 === 0) return rings;
    const forward: Step = { node, zeroForOne: true };
    const backward: Step = { node, zeroForOne: false };
    for (const other of node.pair.pools) {
      if (other === node) continue;
      if (node.rate01 * other.rate10 > ABOVE_ONE) rings.push([forward, { node: other, zeroForOne: false }]);
      if (node.rate10 * other.rate01 > ABOVE_ONE) rings.push([backward, { node: other, zeroForOne: true }]);
    }
    this.#fill(x);
    this.#longer(node, x, y, forward, backward, rings);
    this.#clear(x);
    return rings;
  }

  #longer(node: PoolNode, x: TokenNode, y: TokenNode, forward: Step, backward: Step, rings: Ring[]): void {
    const { tokens } = this.#graph;
    const [toX, fromX] = [this.#toX, this.#fromX];
    const { rate01, rate10 } = node;
    const [xIndex, yIndex] = [x.index, y.index];
    for (let i = 0; i < y.neighbours.length; i++) {
      const a = y.neighbours[i] as number;
      if (a === xIndex) continue;
      const there = rate01 * (y.out[i] as number);
      const back = rate10 * (y.back[i] as number);
      if (there === 0 && back === 0) continue;
      const first = y.pairs[i] as Pair;
      const tokenA = tokens[a] as TokenNode;
      if (there * (toX[a] as number) > ABOVE_ONE) expand(forward, [y, tokenA], [first, pairOf(tokenA, x)], rings);
      if (back * (fromX[a] as number) > ABOVE_ONE) expand(backward, [x, tokenA], [pairOf(tokenA, x), first], rings);
      const { neighbours, out, back: backRates } = tokenA;
      for (let j = 0; j < neighbours.length; j++) {
        const b = neighbours[j] as number;
        const closing = toX[b] as number;
        if (closing === 0 || b === yIndex) continue;
        if (there * (out[j] as number) * closing > ABOVE_ONE) {
          const tokenB = tokens[b] as TokenNode;
          expand(forward, [y, tokenA, tokenB], [first, tokenA.pairs[j] as Pair, pairOf(tokenB, x)], rings);
        }
        if (back * (backRates[j] as number) * (fromX[b] as number) > ABOVE_ONE) {
          const tokenB = tokens[b] as TokenNode;
          expand(backward, [x, tokenB, tokenA], [pairOf(tokenB, x), tokenA.pairs[j] as Pair, first], rings);
        }
      }
      if (rings.length >= MAX_RINGS) return;
    }
  }

  #fill(x: TokenNode): void {
    const size = this.#graph.tokens.length;
    if (this.#toX.length < size) {
      this.#toX = new Float64Array(2 * size);
      this.#fromX = new Float64Array(2 * size);
    }
    for (let i = 0; i < x.neighbours.length; i++) {
      this.#toX[x.neighbours[i] as number] = x.back[i] as number;
      this.#fromX[x.neighbours[i] as number] = x.out[i] as number;
    }
  }

  #clear(x: TokenNode): void {
    for (const neighbour of x.neighbours) {
      this.#toX[neighbour] = 0;
      this.#fromX[neighbour] = 0;
    }
  }
}

function pairOf(a: TokenNode, b: TokenNode): Pair {
  return a.pairs[a.neighbours.indexOf(b.index)] as Pair;
}

/** Every choice of pools along the pairs, behind the first step, whose rates still multiply to more than one. */
function expand(first: Step, from: readonly TokenNode[], pairs: readonly Pair[], rings: Ring[]): void {
  const choose = (chosen: readonly Step[], product: number): void => {
    const at = chosen.length - 1;
    const pair = pairs[at];
    if (pair === undefined) {
      if (product > ABOVE_ONE && rings.length < MAX_RINGS) rings.push(chosen);
      return;
    }
    for (const step of stepsFrom(pair, from[at] as TokenNode)) choose([...chosen, step], product * rateOf(step));
  };
  choose([first], rateOf(first));
}
