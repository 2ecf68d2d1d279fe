import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  amountIn,
  amountOut,
  amountsAlong,
  type Hop,
  integerSqrt,
  optimum,
} from '../../../src/lib/finance/constant-product.ts';

const hop = (reserveIn: bigint, reserveOut: bigint, feePpm = 3_000): Hop => ({ reserveIn, reserveOut, feePpm });
const E6 = 10n ** 6n;
const E18 = 10n ** 18n;

const fee = fc.constantFrom(0, 500, 2_000, 2_500, 3_000, 10_000);
const reserve = fc.bigInt(1n, 2n ** 112n - 1n);
const anyHop = fc.record({ reserveIn: reserve, reserveOut: reserve, feePpm: fee });
const smallHop = fc.record({ reserveIn: fc.bigInt(1n, 400n), reserveOut: fc.bigInt(1n, 400n), feePpm: fee });
const route = (of: fc.Arbitrary<Hop>) => fc.array(of, { minLength: 2, maxLength: 4 });

function profit(hops: readonly Hop[], input: bigint): bigint {
  return (amountsAlong(hops, input).at(-1) as bigint) - input;
}

describe('a swap', () => {
  it('gives what the router contract gives', () => {
    // 1,000,000 into 10,000,000 / 20,000,000 at 997/1000: 1000000*997*20000000 / (10000000*1000 + 1000000*997).
    expect(amountOut(hop(10_000_000n, 20_000_000n), 1_000_000n)).toBe(1_813_221n);
    expect(amountIn(hop(10_000_000n, 20_000_000n), 1_813_221n)).toBe(1_000_000n);
    expect(amountOut(hop(10_000_000n, 20_000_000n, 2_500), 1_000_000n)).toBe(1_814_048n);
  });

  it('asks for the least input that gives what is wanted', () => {
    fc.assert(
      fc.property(anyHop, reserve, (pool, wanted) => {
        const input = amountIn(pool, wanted);
        if (input === null) return wanted >= pool.reserveOut;
        return amountOut(pool, input) >= wanted && amountOut(pool, input - 1n) < wanted;
      }),
    );
  });

  it('never makes the product of the reserves smaller', () => {
    fc.assert(
      fc.property(anyHop, reserve, (pool, input) => {
        const after = (pool.reserveIn + input) * (pool.reserveOut - amountOut(pool, input));
        return after >= pool.reserveIn * pool.reserveOut;
      }),
    );
  });

  it('gives nothing for nothing', () => {
    expect(amountOut(hop(1n, 1n), 0n)).toBe(0n);
    expect(amountOut(hop(1n, 1n), -5n)).toBe(0n);
  });
});

describe('the square root', () => {
  it('is the largest whole number whose square fits', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 2n ** 1_100n), (value) => {
        const root = integerSqrt(value);
        return root * root <= value && (root + 1n) * (root + 1n) > value;
      }),
    );
  });
});

describe('the best input', () => {
  it('is the published one where two pools disagree', () => {
    // 1000/2,000,000 and 1000/2,200,000 at 0.3 %: 45,868.624025 in, 2,094.472450 out above it.
    const found = optimum([hop(2_000_000n * E6, 1_000n * E18), hop(1_000n * E18, 2_200_000n * E6)]);
    expect(found?.input.toString()).toMatch(/^4586862402\d$/);
    // In whole millionths the last one is lost on the way.
    expect(found?.profit).toBe(2_094_472_449n);
  });

  it('is the exact one of the example whose plot was read as 0.05 in, 0.002 profit', () => {
    // Reserves 100/1 and 1000/11 at 0.3 %.
    const found = optimum([hop(1n * E18, 100n * E18), hop(1_000n * E18, 11n * E18)]);
    expect(found?.input.toString()).toMatch(/^41647559[34]/);
    expect(found?.profit.toString()).toMatch(/^1901728[34]/);
  });

  it('is none where the fee eats the difference, in either direction', () => {
    const first = [900n * E18, 2_238_300n * E6] as const;
    const second = [487n * E18, 1_210_195n * E6] as const;
    expect(optimum([hop(first[1], first[0]), hop(second[0], second[1])])).toBeNull();
    expect(optimum([hop(second[1], second[0]), hop(first[0], first[1])])).toBeNull();
    const free = optimum([hop(first[1], first[0], 0), hop(second[0], second[1], 0)]);
    const other = optimum([hop(second[1], second[0], 0), hop(first[0], first[1], 0)]);
    // 315.942 in and 0.12711 out above it, with no fee at all.
    expect([free, other].map((found) => found?.profit)).toContain(127_114n);
  });

  it('is the best of all inputs, tried one by one, to within a smallest unit for each hop after the first', () => {
    fc.assert(
      fc.property(route(smallHop), (hops) => {
        let best = 0n;
        for (let input = 1n; input <= 500n; input++) {
          const here = profit(hops, input);
          if (here > best) best = here;
        }
        expect(best - (optimum(hops)?.profit ?? 0n)).toBeLessThan(BigInt(hops.length));
      }),
      { numRuns: 1_000 },
    );
  });

  it('is never beaten by its neighbours, near or far, beyond what rounding down at each hop can move', () => {
    fc.assert(
      fc.property(route(anyHop), fc.bigInt(1n, 2n ** 100n), (hops, distance) => {
        const found = optimum(hops);
        if (found === null) return;
        expect(profit(hops, found.input)).toBe(found.profit);
        expect(found.profit).toBeGreaterThan(0n);
        for (const step of [1n, 2n, 3n, distance])
          for (const input of [found.input + step, found.input - step])
            if (input > 0n) expect(profit(hops, input)).toBeLessThanOrEqual(found.profit + 1n);
      }),
      { numRuns: 500 },
    );
  });

  it('is none in a balanced market: profit is never made of nothing', () => {
    fc.assert(
      fc.property(anyHop, fc.bigInt(1n, 1_000n), fee, (pool, scale, otherFee) => {
        const other = hop(pool.reserveOut * scale, pool.reserveIn * scale, otherFee);
        expect(optimum([pool, other])).toBeNull();
      }),
    );
  });

  it('is found where the token in the middle has no decimals and one unit is worth a fortune', () => {
    const hops = [hop(1_000n * E18, 20n), hop(8n, 1_000n * E18)];
    const found = optimum(hops);
    const forEachUnit = [1n, 2n, 3n, 4n, 5n].map((units) => {
      const input = amountIn(hops[0] as Hop, units) as bigint;
      return profit(hops, input);
    });
    expect(found?.profit).toBe(forEachUnit.reduce((a, b) => (a > b ? a : b)));
  });
});
