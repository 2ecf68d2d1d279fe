import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BestRing } from '../../../src/engines/arbitrage/best-ring.ts';
import { candidateOf, netUsd } from '../../../src/engines/arbitrage/candidate.ts';
import { PoolGraph, type PoolNode } from '../../../src/engines/arbitrage/pool-graph.ts';
import { type Ring, RingSearch } from '../../../src/engines/arbitrage/rings.ts';
import { TokenPrices } from '../../../src/engines/arbitrage/token-prices.ts';
import { decimal } from '../../../src/lib/decimal.ts';
import { at, E18, MONEY, pool, token, WBNB } from './chain-events.ts';

const GAS_PRICE = 10n ** 9n;
/** The native coin, and tokens of which some have a price and some have none. */
const TOKENS = [WBNB, ...Array.from({ length: 5 }, (_, index) => token(0x11 + index, `T${index}`))];

const market = fc.array(
  fc.record({
    tokens: fc.uniqueArray(fc.nat(TOKENS.length - 1), { minLength: 2, maxLength: 2 }),
    depth: fc.integer({ min: 1, max: 10_000 }),
    // Everything is worth the same, to within some per cent.
    tilt: fc.integer({ min: 950, max: 1_050 }),
    feePpm: fc.constantFrom(500, 2_500, 3_000),
  }),
  { minLength: 2, maxLength: 16 },
);

/** Every ring through a pool, each reckoned exactly. */
function bestByTrying(graph: PoolGraph, node: PoolNode, prices: TokenPrices): bigint {
  const rings: Ring[] = [];
  new RingSearch(graph).through(node, { usd: 0 }, (steps, length) => {
    rings.push(steps.slice(0, length).map((step) => ({ ...step })));
  });
  let best = 0n;
  for (const ring of rings) {
    const candidate = candidateOf(ring, GAS_PRICE, prices);
    if (candidate !== null && netUsd(candidate) > best) best = netUsd(candidate);
  }
  return best;
}

describe('the best ring', () => {
  it('gives as much as the best of all rings, each reckoned exactly', () => {
    let found = 0;
    fc.assert(
      fc.property(market, fc.nat(), (pools, choice) => {
        const graph = new PoolGraph();
        const prices = new TokenPrices(MONEY);
        prices.set(WBNB.address.toLowerCase(), decimal('600'));
        prices.set(at(0x11).toLowerCase(), decimal('600'));
        for (const [key, usd] of prices.rough()) graph.price(key, usd);
        pools.forEach(({ tokens, depth, tilt, feePpm }, index) => {
          const [low = WBNB, high = WBNB] = tokens.toSorted((a, b) => a - b).map((each) => TOKENS[each]);
          graph.add(pool(0x1000 + index, [low, high], { feePpm }));
          const node = graph.pool(at(0x1000 + index).toLowerCase());
          if (node !== undefined) graph.set(node, BigInt(depth) * E18, (BigInt(depth * tilt) * E18) / 1_000n, true);
        });
        const nodes = [...graph.pools()];
        const node = nodes[choice % nodes.length] as PoolNode;
        const search = new BestRing(graph, prices);
        search.gasPriceWei = GAS_PRICE;
        const { own } = search.through(node, 0, false);
        const best = bestByTrying(graph, node, prices);
        if (best > 0n) found++;
        expect(own === null ? 0n : netUsd(own)).toBe(best);
      }),
      { numRuns: 500, seed: 1 },
    );
    expect(found).toBeGreaterThan(100);
  });
});
