import type { Position } from '../../bus/bus.ts';
import { type Candle, candleKey, seriesKey } from '../../model/candle.ts';

/** Where a worker goes on that takes up what another left. */
export interface Continuation {
  /** The bars that it knows: of each series the newest, and those that are still live. */
  readonly candles: readonly Candle[];
  /** Every trade after this one is to be taken; null where there is nothing to go on from. */
  readonly from: Position | null;
  /** Symbols whose last trade belongs to a stream that is gone: what followed it nobody can tell. */
  readonly severed: readonly string[];
}

/**
 * @param stored the newest bar of each series, from the database: a running one as it stood some seconds ago.
 * @param live those on the bus.
 */
export function continuation(stored: readonly Candle[], live: readonly Candle[]): Continuation {
  const known = new Map<string, Candle>();
  for (const candle of [...stored, ...live]) {
    const key = candleKey(candle);
    if ((known.get(key)?.version ?? 0) < candle.version) known.set(key, candle);
  }
  const newest = new Map<string, Candle>();
  for (const candle of known.values()) {
    const series = seriesKey(candle.symbol, candle.interval);
    if ((newest.get(series)?.openTime ?? -1) < candle.openTime) newest.set(series, candle);
  }
  let epoch = '';
  for (const { through } of newest.values()) if (through && through.epoch > epoch) epoch = through.epoch;
  let sequence = Number.POSITIVE_INFINITY;
  const severed = new Set<string>();
  for (const { symbol, through } of newest.values()) {
    if (!through) continue;
    if (through.epoch === epoch) sequence = Math.min(sequence, through.sequence);
    else severed.add(symbol);
  }
  return {
    candles: [...known.values()],
    from: sequence === Number.POSITIVE_INFINITY ? null : { epoch, sequence },
    severed: [...severed],
  };
}
