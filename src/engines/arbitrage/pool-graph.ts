import type { Hop } from '../../lib/finance/constant-product.ts';
import type { Hex } from '../../model/chain.ts';
import type { Pool, Token } from '../../model/pool.ts';

/** A pool in the graph. Rates are what a vanishing input gives per unit, fee taken: to search by, never to reckon with. */
export interface PoolNode {
  readonly pool: Pool;
  readonly key: Hex;
  readonly pair: Pair;
  reserve0: bigint;
  reserve1: bigint;
  /** The reserves as doubles. */
  depth0: number;
  depth1: number;
  /** Smallest units of token1 for one of token0, and the other way round; zero while a side is empty or it is left out. */
  rate01: number;
  rate10: number;
  /** What is left of an input after the fee, of one. */
  readonly keep: number;
  /** Whether an opportunity of its own stands for it: rings through it are that one's. */
  anchor: boolean;
}

/** Two tokens and the pools between them. `token0` is the one with the lower address, for all of them alike. */
export interface Pair {
  readonly token0: TokenNode;
  readonly token1: TokenNode;
  readonly pools: PoolNode[];
  /** Where this pair stands in the neighbour lists of its tokens. */
  readonly place0: number;
  readonly place1: number;
}

/**
 * A token and its neighbours: parallel lists, so that the search runs over plain numbers. `out` is the best rate from
 * here to the neighbour over all pools of the pair, `back` the best from there to here.
 */
export interface TokenNode {
  readonly key: Hex;
  readonly decimals: number;
  readonly index: number;
  /** Dollars of one smallest unit; zero while nobody has told. */
  usd: number;
  readonly neighbours: number[];
  readonly out: number[];
  readonly back: number[];
  readonly pairs: Pair[];
}

/** A pool in the direction in which a route passes it. */
export interface Step {
  readonly node: PoolNode;
  readonly zeroForOne: boolean;
}

/** Tokens and the constant-product pools between them. */
export class PoolGraph {
  readonly tokens: TokenNode[] = [];
  readonly #tokens = new Map<Hex, TokenNode>();
  readonly #usd = new Map<Hex, number>();
  readonly #pairs = new Map<string, Pair>();
  readonly #pools = new Map<Hex, PoolNode>();

  pool(key: Hex): PoolNode | undefined {
    return this.#pools.get(key);
  }

  pools(): IterableIterator<PoolNode> {
    return this.#pools.values();
  }

  add(pool: Pool): void {
    const key = pool.address.toLowerCase();
    if (this.#pools.has(key)) return;
    const pair = this.#pair(this.#token(pool.token0), this.#token(pool.token1));
    const keep = 1 - pool.feePpm / 1_000_000;
    const empty = { reserve0: 0n, reserve1: 0n, depth0: 0, depth1: 0, rate01: 0, rate10: 0 };
    const node: PoolNode = { pool, key, pair, ...empty, keep, anchor: false };
    pair.pools.push(node);
    this.#pools.set(key, node);
  }

  /** @param usable false for a pool in which nothing is to be looked for. */
  set(node: PoolNode, reserve0: bigint, reserve1: bigint, usable: boolean): void {
    node.reserve0 = reserve0;
    node.reserve1 = reserve1;
    const open = usable && reserve0 > 0n && reserve1 > 0n;
    node.depth0 = Number(reserve0);
    node.depth1 = Number(reserve1);
    const ratio = open ? node.depth1 / node.depth0 : 0;
    node.rate01 = ratio * node.keep;
    node.rate10 = open ? node.keep / ratio : 0;
    const { token0, token1, place0, place1, pools } = node.pair;
    let [best01, best10] = [0, 0];
    for (const { rate01, rate10 } of pools) {
      if (rate01 > best01) best01 = rate01;
      if (rate10 > best10) best10 = rate10;
    }
    token0.out[place0] = best01;
    token0.back[place0] = best10;
    token1.out[place1] = best10;
    token1.back[place1] = best01;
  }

  /** Dollars of one whole token, to rank by. */
  price(key: Hex, usd: number): void {
    this.#usd.set(key, usd);
    const token = this.#tokens.get(key);
    if (token !== undefined) token.usd = usd / 10 ** token.decimals;
  }

  #pair(token0: TokenNode, token1: TokenNode): Pair {
    const key = `${token0.key}${token1.key}`;
    const known = this.#pairs.get(key);
    if (known !== undefined) return known;
    const [place0, place1] = [token0.neighbours.length, token1.neighbours.length];
    const pair: Pair = { token0, token1, pools: [], place0, place1 };
    this.#pairs.set(key, pair);
    connect(token0, token1, pair);
    connect(token1, token0, pair);
    return pair;
  }

  #token({ address, decimals }: Token): TokenNode {
    const key = address.toLowerCase();
    let token = this.#tokens.get(key);
    if (token === undefined) {
      const usd = (this.#usd.get(key) ?? 0) / 10 ** decimals;
      token = { key, decimals, index: this.tokens.length, usd, neighbours: [], out: [], back: [], pairs: [] };
      this.tokens.push(token);
      this.#tokens.set(key, token);
    }
    return token;
  }
}

function connect(from: TokenNode, to: TokenNode, pair: Pair): void {
  from.neighbours.push(to.index);
  from.out.push(0);
  from.back.push(0);
  from.pairs.push(pair);
}

export function rateOf({ node, zeroForOne }: Step): number {
  return zeroForOne ? node.rate01 : node.rate10;
}

export function tokenInOf({ node, zeroForOne }: Step): TokenNode {
  return zeroForOne ? node.pair.token0 : node.pair.token1;
}

export function hopOf({ node, zeroForOne }: Step): Hop {
  const { reserve0, reserve1, pool } = node;
  const { feePpm } = pool;
  return zeroForOne
    ? { reserveIn: reserve0, reserveOut: reserve1, feePpm }
    : { reserveIn: reserve1, reserveOut: reserve0, feePpm };
}
