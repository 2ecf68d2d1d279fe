import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Decimal, fromUnits } from '../../src/lib/decimal.ts';
import { applyBookChange, type Book, bookChecksum, type Level } from '../../src/model/book.ts';

const levels = (...texts: string[]): Level[] => texts.map((text) => text.split(' ') as unknown as Level);

function book(bids: readonly Level[], asks: readonly Level[], more: Partial<Book> = {}): Book {
  const facts = { symbol: 'BTCUSDT', source: 'venue', venueUpdateId: '1', stale: false, timestamp: 1, receivedAt: 2 };
  return { ...facts, checksum: bookChecksum(bids, asks), bids, asks, ...more };
}

describe('the checksum of a book', () => {
  it('is the CRC32 of the best levels, bid and ask in turn', () => {
    expect(bookChecksum(levels('10 1', '9 0.5'), levels('11 2', '12 3'))).toBe(crc32('10:1|11:2|9:0.5|12:3'));
  });

  it('leaves out what is missing on the shorter side', () => {
    expect(bookChecksum(levels('10 1'), levels('11 2', '12 3'))).toBe(crc32('10:1|11:2|12:3'));
    expect(bookChecksum([], [])).toBe(0);
  });

  it('is unsigned, and the one that everybody computes', () => {
    // "123456789" is the text by which CRC32 implementations are told apart.
    expect(crc32('123456789')).toBe(0xcbf43926);
    expect(bookChecksum(levels('61602.01 1.67177'), levels('61602.02 2.66795'))).toBe(
      crc32('61602.01:1.67177|61602.02:2.66795'),
    );
  });

  it('sees the ten best levels a side and none below', () => {
    const side = Array.from({ length: 12 }, (_, index) => `${100 - index} 1`);
    const changed = (rank: number) => side.map((text, index) => (index === rank ? `${text}5` : text));
    const of = (texts: readonly string[]) => bookChecksum(levels(...texts), []);
    expect(of(changed(10))).toBe(of(side));
    expect(of(changed(9))).not.toBe(of(side));
  });
});

describe('applying a change', () => {
  it('sets, inserts and deletes on both sides, best first, and ignores deletes of what is not there', () => {
    const before = book(levels('10 1', '8 1'), levels('11 1', '13 1'));
    const after = applyBookChange(
      before,
      book(levels('9 2', '10 0', '7 0'), levels('12 3', '11 4', '99 0'), { venueUpdateId: '2' }),
    );
    expect(after.bids).toEqual(levels('9 2', '8 1'));
    expect(after.asks).toEqual(levels('11 4', '12 3', '13 1'));
  });

  it('takes everything else from the change', () => {
    const change = book([], [], { venueUpdateId: '2', stale: true, timestamp: 5, receivedAt: 6, checksum: 7 });
    expect(applyBookChange(book(levels('10 1'), []), change)).toEqual({ ...change, bids: levels('10 1') });
  });

  it('touches neither the book nor the change', () => {
    const [before, change] = [book(levels('10 1'), levels('11 1')), book(levels('10 0', '9 1'), levels('11 2'))];
    const copies = structuredClone([before, change]);
    applyBookChange(before, change);
    expect([before, change]).toEqual(copies);
  });

  it('gives the same book in whatever order the levels of a change stand', () => {
    const price = fc
      .tuple(fc.nat({ max: 10_000 }), fc.nat({ max: 4 }))
      .map(([units, scale]) => fromUnits(BigInt(units), scale));
    const side = fc.uniqueArray(
      fc.tuple(
        price,
        fc.constantFrom('0', '1', '2.5').map((size) => size as Decimal),
      ),
      {
        selector: ([at]) => at,
        maxLength: 30,
      },
    );
    fc.assert(
      fc.property(side, side, (held, changes) => {
        const before = applyBookChange(book([], []), book(held, held));
        const [forward, backward] = [changes, changes.toReversed()].map((list) =>
          applyBookChange(before, book(list, list)),
        );
        expect(forward?.bids).toEqual(backward?.bids);
        expect(forward?.asks).toEqual(backward?.asks);
        const sizes = new Map(
          [...held, ...changes].filter(([at, size]) => size !== '0' || changes.some(([of]) => of === at)),
        );
        const expected = [...sizes].filter(([, size]) => size !== '0').sort(([a], [b]) => Number(a) - Number(b));
        expect(forward?.asks).toEqual(expected);
        expect(forward?.bids).toEqual(expected.toReversed());
      }),
    );
  });
});
