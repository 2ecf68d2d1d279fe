import type { EngineOutput } from '../../../src/engines/engine.ts';
import { type Decimal, decimal } from '../../../src/lib/decimal.ts';
import type { Book } from '../../../src/model/book.ts';
import type { BookDiffHeard, BookSnapshotHeard, Disconnected, VenueLevel } from '../../../src/model/market-event.ts';

export const SYMBOL = 'BTCUSDT';
export const SOURCE = 'venue';

/** `price size` pairs. */
export type LevelTexts = readonly `${string} ${string}`[];

/** Canonical, as a mapper makes them; what is no decimal is passed on as it stands, to be refused. */
const canonical = (text: string): Decimal => (/^-?\d+(\.\d+)?$/.test(text) ? decimal(text) : (text as Decimal));

const levels = (texts: LevelTexts): VenueLevel[] =>
  texts.map((text) => {
    const [price = '', size = ''] = text.split(' ');
    return [canonical(price), canonical(size)];
  });

interface More {
  readonly symbol?: string;
  readonly timestamp?: number;
}

const from = ({ symbol = SYMBOL, timestamp = 1_000 }: More) => ({
  symbol,
  source: SOURCE,
  timestamp,
  receivedAt: timestamp + 1,
});

export function snapshot(
  lastUpdateId: number | null,
  bids: LevelTexts,
  asks: LevelTexts,
  more: More = {},
): BookSnapshotHeard {
  return { kind: 'book-snapshot', ...from(more), lastUpdateId, bids: levels(bids), asks: levels(asks) };
}

/** A diff that is placed by number alone. */
export function spotDiff(
  first: number,
  last: number,
  bids: LevelTexts,
  asks: LevelTexts = [],
  more: More = {},
): BookDiffHeard {
  return {
    kind: 'book-diff',
    ...from(more),
    firstUpdateId: first,
    lastUpdateId: last,
    previousUpdateId: null,
    bids: levels(bids),
    asks: levels(asks),
  };
}

/** A diff that names the one before it. */
export function chainedDiff(
  previous: number,
  first: number,
  last: number,
  bids: LevelTexts = [],
  asks: LevelTexts = [],
): BookDiffHeard {
  return { ...spotDiff(first, last, bids, asks), previousUpdateId: previous };
}

export function disconnected(...symbols: string[]): Disconnected {
  return { kind: 'disconnected', source: SOURCE, symbols, reason: 'closed', timestamp: 9_000, receivedAt: 9_000 };
}

/** What was put out, each in one line that a test can name. */
export function told(outputs: readonly EngineOutput[]): string[] {
  return outputs.map((output) => {
    if (output.kind === 'resync') return `resync ${output.symbol}`;
    if (output.kind !== 'book') return output.kind;
    const book = output.book();
    return `${book.stale ? 'stale' : 'fresh'} ${output.change === null ? 'whole' : 'change'} ${book.venueUpdateId}: ${sides(book)}`;
  });
}

/** Bids and asks, best first, as `price size`. */
export function sides({ bids, asks }: Pick<Book, 'bids' | 'asks'>): string {
  return [bids, asks].map((side) => side.map((level) => level.join(' ')).join(', ')).join(' / ');
}
