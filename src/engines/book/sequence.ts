import type { BookDiffHeard } from '../../model/market-event.ts';

/** Where a numbered book stands: `chained` once a diff has been applied on top of its snapshot. */
export interface BookPosition {
  readonly lastUpdateId: number;
  readonly chained: boolean;
}

/** `old`: the book holds it already. `next`: it follows without a hole. `gap`: something before it is missing. */
export type DiffPlace = 'old' | 'next' | 'gap';

/** Whether a diff fits a book: by number where diffs only number their updates, by `pu` where they name the one before. */
export function placeDiff(diff: BookDiffHeard, book: BookPosition): DiffPlace {
  return diff.previousUpdateId === null ? placeNumbered(diff, book) : placeChained(diff, diff.previousUpdateId, book);
}

/** Updates are numbered densely, so the first missing one decides, after a snapshot as between two diffs. */
function placeNumbered(diff: BookDiffHeard, { lastUpdateId }: BookPosition): DiffPlace {
  if (diff.lastUpdateId <= lastUpdateId) return 'old';
  return diff.firstUpdateId > lastUpdateId + 1 ? 'gap' : 'next';
}

/**
 * Numbers have holes here, so only the chain proves that nothing is missing. On top of a snapshot a diff must span the
 * snapshot's number, its own end included (the numbered rule would drop it and then find no link), or begin right at it.
 */
function placeChained(diff: BookDiffHeard, previous: number, { lastUpdateId, chained }: BookPosition): DiffPlace {
  if (previous === lastUpdateId) return 'next';
  if (chained) return diff.lastUpdateId <= lastUpdateId ? 'old' : 'gap';
  if (diff.lastUpdateId < lastUpdateId) return 'old';
  return diff.firstUpdateId <= lastUpdateId ? 'next' : 'gap';
}
