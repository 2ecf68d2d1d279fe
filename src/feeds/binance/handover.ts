import type { BookDiffHeard } from '../../model/market-event.ts';
import type { SocketRole } from '../connection.ts';

/**
 * Decides which diffs count while a successor takes over from a connection. Both deliver the same changes, cut where
 * they like: a symbol stays with the old one until a diff of the new one goes on exactly where the last one ended, so
 * that nothing is told twice and nothing falls between.
 */
export class Handover {
  /** Last update told of each symbol. */
  readonly #told = new Map<string, number>();
  /** Symbols that still wait for their exact continuation by the successor. */
  readonly #waiting = new Set<string>();
  #overlapping = false;

  /** The successor delivers too from now on. */
  begin(symbols: readonly string[]): void {
    this.#overlapping = true;
    for (const symbol of symbols) this.#waiting.add(symbol);
  }

  /** Only one connection is left; a symbol that has not moved takes what the successor has, if it is newer. */
  end(): void {
    this.#overlapping = false;
  }

  /** The thread is lost: whatever comes next is a beginning. */
  reset(): void {
    this.#overlapping = false;
    this.#told.clear();
    this.#waiting.clear();
  }

  /** Whether every symbol has moved over. */
  get complete(): boolean {
    return this.#waiting.size === 0;
  }

  /** Whether this diff is told. Both roles are asked, always. */
  accepts(diff: BookDiffHeard, role: SocketRole): boolean {
    const { symbol, lastUpdateId } = diff;
    const fromOld = this.#overlapping && role === 'current';
    if (!this.#waiting.has(symbol)) return !fromOld && this.#tell(diff);
    const told = this.#told.get(symbol);
    if (told !== undefined && lastUpdateId <= told) return false;
    if (fromOld) return this.#tell(diff);
    if (this.#overlapping && told !== undefined && !continues(diff, told)) return false;
    this.#waiting.delete(symbol);
    return this.#tell(diff);
  }

  #tell({ symbol, lastUpdateId }: BookDiffHeard): true {
    this.#told.set(symbol, lastUpdateId);
    return true;
  }
}

/** Spot diffs carry absolute sizes and may overlap what was told; futures diffs must chain exactly. */
function continues(diff: BookDiffHeard, told: number): boolean {
  return diff.previousUpdateId === null ? diff.firstUpdateId <= told + 1 : diff.previousUpdateId === told;
}
