import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ShownSide } from '../../../src/engines/paper/shown-side.ts';
import { compareDecimals, type Decimal, decimal } from '../../../src/lib/decimal.ts';
import type { Level } from '../../../src/model/book.ts';

/** Prices that are near each other, far more levels than are kept in order, and two that are one double. */
const price = fc.oneof(
  fc.integer({ min: 1, max: 150 }).map((cents) => decimal((cents / 10).toFixed(1))),
  fc.constantFrom(decimal('7.10000000000000000001'), decimal('7.10000000000000000002')),
);
const size = fc.constantFrom(decimal('0'), decimal('1'), decimal('2'));
const changes = fc.array(fc.tuple(price, size), { maxLength: 60 });

test.each([
  ['bids', 1],
  ['asks', -1],
] as const)('%s are what a plain sorted list of them would be, after every change', (_side, better) => {
  fc.assert(
    fc.property(changes, fc.array(changes, { maxLength: 20 }), (first, later) => {
      const side = new ShownSide(better);
      const reference = new Map<Decimal, Decimal>();
      const sorted = (): Level[] => [...reference].sort(([a], [b]) => -better * compareDecimals(a, b));
      for (const [at, of] of first) if (of !== '0') reference.set(at, of);
      side.set(sorted());
      for (const round of [[], ...later]) {
        side.change(round);
        for (const [at, of] of round)
          if (of === '0') reference.delete(at);
          else reference.set(at, of);
        expect(side.best).toEqual(sorted()[0] ?? null);
        expect([...side.inOrder()]).toEqual(sorted());
        expect(side.last).toEqual(sorted().at(-1) ?? null);
        expect(side.size).toBe(reference.size);
        for (const [at, of] of reference) expect(side.at(at)).toEqual([at, of]);
      }
    }),
  );
});
