import type { Level } from '../../model/book.ts';
import type { Depth } from './quote.ts';

/** How far from the middle quotes count, as a fraction. */
const WITHIN = 0.02;

/**
 * What is offered and asked within two per cent of the middle of a book, in its quote currency: a statistic, so in JS numbers. Null
 * where a side is empty.
 * @param bids from the highest price down.
 * @param asks from the lowest price up.
 */
export function depthWithin(bids: readonly Level[], asks: readonly Level[]): Depth | null {
  const [bid] = bids;
  const [ask] = asks;
  if (bid === undefined || ask === undefined) return null;
  const middle = (Number(bid[0]) + Number(ask[0])) / 2;
  return {
    bidUsd: sumWhile(bids, (price) => price >= middle * (1 - WITHIN)),
    askUsd: sumWhile(asks, (price) => price <= middle * (1 + WITHIN)),
  };
}

function sumWhile(levels: readonly Level[], within: (price: number) => boolean): number {
  let sum = 0;
  for (const [price, size] of levels) {
    if (!within(Number(price))) break;
    sum += Number(price) * Number(size);
  }
  return sum;
}
