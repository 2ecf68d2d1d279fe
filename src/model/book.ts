import { crc32 } from 'node:zlib';
import { compareDecimals, type Decimal } from '../lib/decimal.ts';
import type { Perishable } from './observed.ts';

/** Price in the quote currency and size in the base currency. Size `0` in a change deletes the level. */
export type Level = readonly [price: Decimal, size: Decimal];

/** Levels a side that the product carries; deeper ones stay in the engine. 1,000 is what a client may ask for at most. */
export const BOOK_DEPTH = 1_000;

/** Levels a side that the checksum covers. */
export const CHECKSUM_DEPTH = 10;

interface BookFacts extends Perishable {
  readonly symbol: string;
  readonly source: string;
  /** The venue's own number of the last change in it; null where the venue numbers none. */
  readonly venueUpdateId: string | null;
  /** {@link bookChecksum} of the book after this. */
  readonly checksum: number;
}

/** The best {@link BOOK_DEPTH} levels a side: bids from the highest price down, asks from the lowest up. */
export interface Book extends BookFacts {
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
}

/**
 * What changed within the best {@link BOOK_DEPTH} levels a side since the book before: a level that was pushed out is
 * deleted, one that moved up into them is sent. Order within a side does not matter.
 */
export interface BookChange extends BookFacts {
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
}

/** The book after a change. Neither argument is touched. */
export function applyBookChange(book: Book, change: BookChange): Book {
  return {
    ...change,
    bids: applyLevels(book.bids, change.bids, 1),
    asks: applyLevels(book.asks, change.asks, -1),
  };
}

/**
 * Unsigned CRC32 (IEEE) of the ten best levels, best first, alternating bid and ask, each `price:size`, joined by `|`;
 * levels that are missing are left out.
 */
export function bookChecksum(bids: readonly Level[], asks: readonly Level[]): number {
  const parts: string[] = [];
  for (let depth = 0; depth < CHECKSUM_DEPTH; depth++) {
    const bid = bids[depth];
    const ask = asks[depth];
    if (bid) parts.push(`${bid[0]}:${bid[1]}`);
    if (ask) parts.push(`${ask[0]}:${ask[1]}`);
  }
  return crc32(parts.join('|'));
}

/** @param better sign of `compareDecimals(a, b)` when `a` is the better price of this side. */
function applyLevels(levels: readonly Level[], changes: readonly Level[], better: 1 | -1): readonly Level[] {
  if (changes.length === 0) return levels;
  const next = levels.slice();
  for (const change of changes) {
    let low = 0;
    let high = next.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const level = next[middle] as Level;
      if (compareDecimals(level[0], change[0]) === better) low = middle + 1;
      else high = middle;
    }
    const held = next[low]?.[0] === change[0];
    if (change[1] === '0') {
      if (held) next.splice(low, 1);
    } else next.splice(low, held ? 1 : 0, change);
  }
  return next;
}
