import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { textOf, unitsOf } from '../../dashboard/src/format/exact.ts';
import { rungsOf, spreadOf } from '../../dashboard/src/markets/ladder.ts';
import type { Level } from '../../src/client/book.ts';

const CENT = 10n ** 16n;

/** Levels of one side, best first, at prices of whole cents. */
const side = (isBid: boolean) =>
  fc
    .uniqueArray(fc.integer({ min: 1, max: 5_000 }), { minLength: 1, maxLength: 60 })
    .map((cents) => cents.sort((a, b) => (isBid ? b - a : a - b)))
    .chain((cents) =>
      fc.tuple(fc.constant(cents), fc.array(fc.integer({ min: 1, max: 10 ** 9 }), { minLength: 60, maxLength: 60 })),
    )
    .map(([cents, sizes]) =>
      cents.map(
        (cent, index): Level => ({ price: textOf(BigInt(cent) * CENT), size: textOf(BigInt(sizes[index] ?? 1)) }),
      ),
    );

const sum = (sizes: readonly string[]) => textOf(sizes.reduce((total, size) => total + unitsOf(size), 0n));

describe('The rungs of a ladder', () => {
  test.each(['bid', 'ask'] as const)('hold every level of a %s side once, and look no better than it is', (name) => {
    const isBid = name === 'bid';
    fc.assert(
      fc.property(side(isBid), fc.constantFrom('0.01', '0.1', '1', '10'), (levels, step) => {
        const rungs = rungsOf(levels, name, step, 10_000);
        expect(sum(rungs.map(({ size }) => size))).toBe(sum(levels.map(({ size }) => size)));
        expect(rungs.at(-1)?.total).toBe(sum(levels.map(({ size }) => size)));
        const [best] = rungs;
        const shown = unitsOf(best?.price ?? '0');
        const real = unitsOf(levels[0]?.price ?? '0');
        expect(isBid ? shown <= real : shown >= real).toBe(true);
        for (const { price } of rungs) expect(unitsOf(price) % unitsOf(step)).toBe(0n);
      }),
    );
  });

  test('are as many as asked for, each with what can be had down to it', () => {
    const levels = ['100.07', '100.02', '99.98', '99.5'].map((price) => ({ price, size: '0.1' }));
    expect(rungsOf(levels, 'bid', '0.1', 3)).toEqual([
      { price: '100', size: '0.2', total: '0.2' },
      { price: '99.9', size: '0.1', total: '0.3' },
      { price: '99.5', size: '0.1', total: '0.4' },
    ]);
    expect(rungsOf(levels, 'bid', '0.1', 1)).toEqual([{ price: '100', size: '0.2', total: '0.2' }]);
  });

  test('have the exact spread between them', () => {
    expect(spreadOf([{ price: '0.1', size: '1' }], [{ price: '0.3', size: '1' }])).toBe('0.2');
    expect(spreadOf([], [{ price: '0.3', size: '1' }])).toBeNull();
  });
});
