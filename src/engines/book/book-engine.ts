import { BOOK_DEPTH, type Book } from '../../model/book.ts';
import { sourceKey } from '../../model/instrument.ts';
import type { Engine, EngineOutput } from '../engine.ts';
import { OrderBook } from './order-book.ts';

export interface BookEngineOptions {
  /** Levels a side that are put out. */
  readonly depth?: number;
  /** Diffs kept for each book while its snapshot is awaited. */
  readonly bufferLimit?: number;
}

/**
 * 100 seconds of a venue that sends ten diffs a second. A snapshot is as young as the request for it, so the buffer has to
 * reach back over one answer only; a thousand symbols that wait long for theirs must not fill the memory.
 */
const BUFFER_LIMIT = 1_000;

const NOTHING: readonly EngineOutput[] = [];

export interface BookEngine extends Engine {
  /** All levels held of a book, best first, also those too deep to be put out; undefined for a book never heard of. */
  levels(symbol: string, source: string): Pick<Book, 'bids' | 'asks'> | undefined;
}

/**
 * Order books, one for each symbol and source, out of snapshots and diffs.
 *
 * - A gap, a crossed book, a price or a size that is none: the book as it was put out last is put out once more as stale,
 *   a resync is asked for, and diffs are kept from there.
 * - A new snapshot puts it out again as it then is, with the diffs kept since folded in, not stale, with no change.
 * - A snapshot on top of a live book replaces it, and its change is the difference.
 */
export function createBookEngine(options: BookEngineOptions = {}): BookEngine {
  const { depth = BOOK_DEPTH, bufferLimit = BUFFER_LIMIT } = options;
  const books = new Map<string, OrderBook>();

  const bookOf = (symbol: string, source: string): OrderBook => {
    const key = sourceKey(symbol, source);
    let book = books.get(key);
    if (book === undefined) {
      book = new OrderBook({ symbol, source, depth, bufferLimit });
      books.set(key, book);
    }
    return book;
  };

  return {
    process(event) {
      switch (event.kind) {
        case 'book-diff':
          return bookOf(event.symbol, event.source).diff(event);
        case 'book-snapshot':
          return bookOf(event.symbol, event.source).snapshot(event);
        case 'disconnected':
          return event.symbols.flatMap(
            (symbol) => books.get(sourceKey(symbol, event.source))?.disconnected() ?? NOTHING,
          );
        default:
          return NOTHING;
      }
    },
    levels: (symbol, source) => books.get(sourceKey(symbol, source))?.levels(),
  };
}
