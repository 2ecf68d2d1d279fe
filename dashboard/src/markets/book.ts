import { useSyncExternalStore } from 'react';
import { type Level, OrderBook } from 'tidewire-client';
import { DRAWING_MS } from '../data/frames.ts';
import { Collection } from '../data/stream.ts';
import { useStream } from '../data/use-stream.ts';
import { BookDocument, type BookSubscription } from '../generated/graphql.ts';

type Frame = BookSubscription['orderbook'];

export interface BookNow {
  /** Best first, both. */
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
  readonly isStale: boolean;
}

const EMPTY: BookNow = { bids: [], asks: [], isStale: false };

/** A book kept from its changes. One that its checksum does not prove is thrown away and asked for anew. */
export class BookOfChanges extends Collection<Frame> {
  /** For drawings of it. */
  readonly drawn = this.changes.subscribeEvery(DRAWING_MS);
  readonly #book = new OrderBook();
  #now = EMPTY;

  override next(frame: Frame): void {
    const isProved = this.#book.apply(frame);
    const { bids, asks } = this.#book;
    this.#now = { bids, asks, isStale: frame.stale };
    this.changes.mark();
    if (!isProved) this.currentStatus().retry();
  }

  override restart(): void {
    this.#book.clear();
    this.#now = EMPTY;
    this.changes.mark();
  }

  override get isEmpty(): boolean {
    return this.#book.sequence === null;
  }

  readonly now = (): BookNow => this.#now;
}

/** The book of an instrument, and the question that it answers. */
export function useBook(symbol: string) {
  const question = {
    document: BookDocument,
    variables: { symbol },
    value: ({ orderbook }: BookSubscription) => orderbook,
  };
  return { question, book: useStream(question, () => new BookOfChanges()) };
}

/** The book as often as it is worth drawing. */
export function useBookDrawn(book: BookOfChanges): BookNow {
  return useSyncExternalStore(book.drawn, book.now);
}
