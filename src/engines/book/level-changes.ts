import { ZERO } from '../../lib/decimal.ts';
import type { Level } from '../../model/book.ts';

/** What turns one side into another: new sizes, and `0` for levels that are gone. */
export function levelChanges(before: readonly Level[], after: readonly Level[]): Level[] {
  const gone = new Map(before);
  const changes: Level[] = [];
  for (const level of after) {
    if (gone.get(level[0]) !== level[1]) changes.push(level);
    gone.delete(level[0]);
  }
  for (const price of gone.keys()) changes.push([price, ZERO]);
  return changes;
}
