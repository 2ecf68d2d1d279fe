import { Latest } from '../data/latest.ts';
import { useOnly, useStream } from '../data/use-stream.ts';
import { BookDocument, type BookSubscription } from '../generated/graphql.ts';

export type Book = BookSubscription['orderbook'];

/** The book of an instrument, and the question that it answers. */
export function useBook(symbol: string) {
  const question = {
    document: BookDocument,
    variables: { symbol },
    value: ({ orderbook }: BookSubscription) => orderbook,
  };
  return { question, latest: useStream(question, () => new Latest<Book>()) };
}

export function useBookNow(latest: Latest<Book>): Book | undefined {
  return useOnly(latest);
}
