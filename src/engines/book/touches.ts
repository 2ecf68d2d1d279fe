import type { Decimal } from '../../lib/decimal.ts';
import type { Level } from '../../model/book.ts';

/** What updates did, in columns: an update, its key, and the level that stood at its price before, or null. */
export interface Touches {
  readonly updates: readonly Level[];
  readonly keys: readonly number[];
  /** As many as updates have been applied. */
  readonly befores: readonly (Level | null)[];
}

/** Of several touches of one price, the first's before and the last's update. */
export function oncePerPrice({ updates, keys, befores }: Touches): Touches {
  const firsts = new Map<Decimal, number>();
  const lasts = new Map<Decimal, Level>();
  for (const [index, update] of updates.entries()) {
    if (!firsts.has(update[0])) firsts.set(update[0], index);
    lasts.set(update[0], update);
  }
  const indices = [...firsts.values()];
  return {
    updates: [...lasts.values()],
    keys: indices.map((index) => keys[index] as number),
    befores: indices.map((index) => befores[index] as Level | null),
  };
}
