import { type BookFrame, OrderBook } from './book.ts';
import type { Tidewire } from './client.ts';
import type { OperationError } from './errors.ts';
import { Changing, type Observable } from './observable.ts';
import type { Status, Subscription } from './subscription.ts';

const DOCUMENT = `subscription FollowBook($symbol: String!, $source: String) {
  orderbook(symbol: $symbol, source: $source, format: DELTA) {
    bids { price size } asks { price size } sequence previousSequence checksum stale timestamp
  }
}`;

export interface BookView {
  readonly book: OrderBook;
  /** The source was silent, or has lost its thread: what the book shows may be old. */
  readonly stale: boolean;
  /** When it was true at the source; null before the first book. */
  readonly timestamp: string | null;
}

export interface BookSubscription {
  /** A new object at each frame that was proved. */
  readonly view: Observable<BookView>;
  readonly status: Observable<Status>;
  /** How often a frame did not lead to the server's book, and a whole one was asked for. */
  readonly repairs: number;
  unsubscribe(): void;
}

export interface FollowOptions {
  /** Left out: the symbol's primary source. */
  readonly source?: string;
  error?(error: OperationError): void;
}

/** Keeps the book of a symbol from its changes; a book that cannot be proved is asked for anew. */
export function followBook(tidewire: Tidewire, symbol: string, options: FollowOptions = {}): BookSubscription {
  const book = new OrderBook();
  const view = new Changing<BookView>({ book, stale: false, timestamp: null });
  const status = new Changing<Status>('connecting');
  let repairs = 0;
  let current: Subscription | null = null;
  /** How many subscriptions were made: one that was given up would say that all is over. */
  let turn = 0;

  const take = ({ orderbook: frame }: { orderbook: BookFrame & { stale: boolean; timestamp: string } }) => {
    const isProved = book.apply(frame);
    if (!isProved) repairs++;
    view.set({ book, stale: frame.stale, timestamp: frame.timestamp });
    if (isProved) return;
    const broken = current;
    start();
    broken?.unsubscribe();
  };
  const start = () => {
    const mine = ++turn;
    current = tidewire.subscribe<Parameters<typeof take>[0]>(
      DOCUMENT,
      { symbol, ...(options.source !== undefined && { source: options.source }) },
      {
        next: (data) => {
          if (mine === turn) take(data);
        },
        ...(options.error && { error: options.error }),
        status: (value) => {
          if (mine === turn) status.set(value);
        },
      },
    );
  };
  start();
  return {
    view,
    status,
    get repairs() {
      return repairs;
    },
    unsubscribe: () => current?.unsubscribe(),
  };
}
