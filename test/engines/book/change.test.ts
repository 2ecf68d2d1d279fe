import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createBookEngine } from '../../../src/engines/book/book-engine.ts';
import type { BookOutput } from '../../../src/engines/engine.ts';
import { type Decimal, decimal, ZERO } from '../../../src/lib/decimal.ts';
import { applyBookChange, type Book, bookChecksum, type Level } from '../../../src/model/book.ts';
import type { MarketEvent, VenueLevel } from '../../../src/model/market-event.ts';
import { snapshot, spotDiff } from './events.ts';

/** Prices of one side on few places, so that levels meet often, with sizes of which every third deletes. */
const side = (lowest: number) =>
  fc.array(
    fc
      .tuple(fc.nat({ max: 14 }), fc.nat({ max: 5 }))
      .map(
        ([step, size]): VenueLevel => [
          decimal((lowest + step / 4).toFixed(2)),
          decimal(Math.max(0, size - 2).toFixed(1)),
        ],
      ),
    { maxLength: 12 },
  );
const levels = fc.record({ bids: side(90), asks: side(100) });
const depths = fc.integer({ min: 1, max: 6 });
const keys = (side: readonly VenueLevel[]) => side.map(([price]) => Number(price));
const steps = fc.array(fc.record({ levels, whole: fc.boolean() }), { maxLength: 15 });

/** The same book kept as simply as can be: a map a side, sorted anew each time. */
class PlainBook {
  readonly #depth: number;
  readonly #bids = new Map<Decimal, Decimal>();
  readonly #asks = new Map<Decimal, Decimal>();

  constructor(depth: number) {
    this.#depth = depth;
  }

  clear(): void {
    this.#bids.clear();
    this.#asks.clear();
  }

  set(bids: readonly VenueLevel[], asks: readonly VenueLevel[]): void {
    for (const [held, updates] of [
      [this.#bids, bids],
      [this.#asks, asks],
    ] as const) {
      for (const [price, size] of updates) {
        if (size === ZERO) held.delete(price);
        else held.set(price, size);
      }
    }
  }

  top(): { readonly bids: readonly Level[]; readonly asks: readonly Level[] } {
    const sorted = (held: Map<Decimal, Decimal>, better: 1 | -1) =>
      [...held].sort(([a], [b]) => better * (Number(b) - Number(a))).slice(0, this.#depth);
    return { bids: sorted(this.#bids, 1), asks: sorted(this.#asks, -1) };
  }
}

/** Change by price, what was deleted included. */
function difference(before: readonly Level[], after: readonly Level[]): readonly Level[] {
  const [old, now] = [new Map(before), new Map(after)];
  const prices = new Set([...old.keys(), ...now.keys()]);
  return [...prices]
    .filter((price) => old.get(price) !== now.get(price))
    .map((price): Level => [price, now.get(price) ?? ZERO])
    .sort();
}

function play(events: readonly MarketEvent[], depth: number, check: (output: BookOutput, index: number) => void): void {
  const engine = createBookEngine({ depth });
  events.forEach((event, index) => {
    const outputs = engine.process(event);
    expect(outputs.map((output) => output.kind)).toEqual(['book']);
    check(outputs[0] as BookOutput, index);
  });
}

it('for any diffs and snapshots: the book is the best levels, and its change is what lies between it and the one before', () => {
  fc.assert(
    fc.property(levels, steps, depths, fc.boolean(), fc.boolean(), (first, rest, depth, numbered, withKeys) => {
      const plain = new PlainBook(depth);
      const all = [{ levels: first, whole: true }, ...rest.map((step) => (numbered ? step : { ...step, whole: true }))];
      const events = all.map(({ levels: { bids, asks }, whole }, index): MarketEvent => {
        const event = whole ? snapshot(numbered ? index : null, [], []) : spotDiff(index, index, []);
        return { ...event, bids, asks, ...(withKeys && { searchKeys: { bids: keys(bids), asks: keys(asks) } }) };
      });
      let published: Book | null = null;
      play(events, depth, (output, index) => {
        const {
          levels: { bids, asks },
          whole,
        } = all[index] as (typeof all)[number];
        if (whole) plain.clear();
        plain.set(bids, asks);
        const expected = plain.top();
        const book = output.book();
        expect(book).toMatchObject({ ...expected, stale: false, checksum: bookChecksum(book.bids, book.asks) });
        expect(output.change === null).toBe(published === null);
        if (published !== null && output.change !== null) {
          expect(applyBookChange(published, output.change)).toEqual(book);
          expect(output.change.bids.toSorted()).toEqual(difference(published.bids, expected.bids));
          expect(output.change.asks.toSorted()).toEqual(difference(published.asks, expected.asks));
        }
        published = book;
      });
    }),
    { numRuns: 1_000 },
  );
});

it('gives books and changes that later events do not touch', () => {
  fc.assert(
    fc.property(levels, fc.array(levels, { maxLength: 5 }), (first, rest) => {
      const events = [first, ...rest].map(({ bids, asks }, index): MarketEvent => {
        return { ...(index === 0 ? snapshot(0, [], []) : spotDiff(index, index, [])), bids, asks };
      });
      const kept: { readonly given: unknown; readonly copy: unknown }[] = [];
      play(events, 4, (output) => {
        const given = { change: output.change, book: output.book() };
        kept.push({ given, copy: structuredClone(given) });
      });
      for (const { given, copy } of kept) expect(given).toEqual(copy);
    }),
  );
});
