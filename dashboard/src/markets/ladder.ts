import type { Level } from 'tidewire-client';
import { textOf, unitsOf } from '../format/exact.ts';

/** A step of the ladder: every level within it together. */
export interface Rung extends Level {
  /** What could be had down to here, this rung included. */
  readonly total: string;
}

/** The best rungs of one side. A bid belongs to the step below it, an ask to the one above: no rung looks better than it is. */
export function rungsOf(levels: readonly Level[], side: 'bid' | 'ask', step: string, count: number): readonly Rung[] {
  const width = unitsOf(step);
  const rungs: Rung[] = [];
  let total = 0n;
  let price: bigint | null = null;
  let size = 0n;
  const close = () => {
    if (price !== null) rungs.push({ price: textOf(price), size: textOf(size), total: textOf(total) });
  };
  for (const level of levels) {
    const units = unitsOf(level.price);
    const rest = units % width;
    const place = rest === 0n ? units : side === 'bid' ? units - rest : units - rest + width;
    if (place !== price) {
      close();
      if (rungs.length === count) return rungs;
      price = place;
      size = 0n;
    }
    const added = unitsOf(level.size);
    size += added;
    total += added;
  }
  close();
  return rungs.slice(0, count);
}

/** Steps to choose from: the finest that tells neighbouring levels apart, and coarser ones. */
export function stepsOf(bestPrice: string): readonly string[] {
  const [whole = '0'] = bestPrice.split('.');
  const magnitude = whole.length;
  return ['0.01', '0.1', '1', '10', '100'].filter((_, index) => index <= Math.max(1, magnitude - 2));
}

/** From the best bid to the best ask. */
export function spreadOf(bids: readonly Level[], asks: readonly Level[]): string | null {
  const [bid] = bids;
  const [ask] = asks;
  return bid && ask ? textOf(unitsOf(ask.price) - unitsOf(bid.price)) : null;
}
