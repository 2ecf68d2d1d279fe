import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PoolGraph, type PoolNode, rateOf, type Step, tokenInOf } from '../../../src/engines/arbitrage/pool-graph.ts';
import { RingSearch } from '../../../src/engines/arbitrage/rings.ts';
import { at, pool, token } from './chain-events.ts';

const TOKENS = Array.from({ length: 6 }, (_, index) => token(0x10 + index, `T${index}`));

const market = fc.array(
  fc.record({
    tokens: fc.uniqueArray(fc.nat(TOKENS.length - 1), { minLength: 2, maxLength: 2 }),
    reserve0: fc.bigInt(900n, 1_100n),
    reserve1: fc.bigInt(900n, 1_100n),
    feePpm: fc.constantFrom(500, 2_500, 3_000),
  }),
  { minLength: 2, maxLength: 14 },
);

function graphOf(pools: typeof market extends fc.Arbitrary<infer T> ? T : never): PoolGraph {
  const graph = new PoolGraph();
  pools.forEach(({ tokens, reserve0, reserve1, feePpm }, index) => {
    const [low, high] = tokens.toSorted((a, b) => a - b).map((each) => TOKENS[each]);
    if (low === undefined || high === undefined) return;
    graph.add(pool(0x1000 + index, [low, high], { feePpm }));
    const node = graph.pool(at(0x1000 + index).toLowerCase());
    if (node !== undefined) graph.set(node, reserve0, reserve1, true);
  });
  return graph;
}

/** Every closed walk of two to four different pools that begins with `first`, no token twice: tried one by one. */
function allRings(graph: PoolGraph, first: PoolNode): Set<string> {
  const found = new Set<string>();
  const pools = [...graph.pools()];
  const walk = (used: readonly PoolNode[], here: string, start: string, seen: readonly string[], product: number) => {
    if (here === start) {
      if (product > 1) found.add(used.map(({ key }) => key).join(' '));
      return;
    }
    if (used.length === 4) return;
    for (const node of pools) {
      if (used.includes(node)) continue;
      for (const zeroForOne of [true, false]) {
        const [from, to] = zeroForOne
          ? [node.pair.token0.key, node.pair.token1.key]
          : [node.pair.token1.key, node.pair.token0.key];
        if (from === here && !seen.includes(to))
          walk([...used, node], to, start, [...seen, to], product * rateOf({ node, zeroForOne }));
      }
    }
  };
  const [token0, token1] = [first.pair.token0.key, first.pair.token1.key];
  walk([first], token1, token0, [token1], first.rate01);
  walk([first], token0, token1, [token0], first.rate10);
  return found;
}

function ringsThrough(graph: PoolGraph, node: PoolNode): readonly string[] {
  const found: string[] = [];
  new RingSearch(graph).through(node, { usd: 0 }, (steps, length) => {
    const ring = steps.slice(0, length);
    found.push(ring.map((step) => step.node.key).join(' '));
    ring.forEach((step, index) => {
      expect(tokenOutOf(step)).toBe(tokenInOf(ring[(index + 1) % length] as Step));
    });
  });
  return found;
}

function tokenOutOf({ node, zeroForOne }: Step) {
  return zeroForOne ? node.pair.token1 : node.pair.token0;
}

describe('the search', () => {
  it('finds every profitable ring of two to four pools through a pool, and no other', () => {
    fc.assert(
      fc.property(market, fc.nat(), (pools, choice) => {
        const graph = graphOf(pools);
        const nodes = [...graph.pools()];
        const node = nodes[choice % nodes.length] as PoolNode;
        const found = ringsThrough(graph, node);
        expect(new Set(found)).toEqual(allRings(graph, node));
        expect(new Set(found).size).toBe(found.length);
      }),
      { numRuns: 500 },
    );
  });

  it('finds nothing through a pool that is empty or left out', () => {
    const [low, high] = [token(0x10, 'A'), token(0x11, 'B')] as const;
    const graph = new PoolGraph();
    for (const number of [1, 2]) graph.add(pool(number, [low, high]));
    const [first, second] = [...graph.pools()] as [PoolNode, PoolNode];
    graph.set(first, 1_000n, 1_000n, true);
    graph.set(second, 1_000n, 2_000n, true);
    expect(ringsThrough(graph, first)).toHaveLength(1);
    graph.set(first, 1_000n, 0n, true);
    expect(ringsThrough(graph, first)).toEqual([]);
    graph.set(first, 1_000n, 1_000n, false);
    expect(ringsThrough(graph, first)).toEqual([]);
    expect(ringsThrough(graph, second)).toEqual([]);
  });
});
