import { compareDecimals, type Decimal, ZERO } from '../../lib/decimal.ts';
import type { Level } from '../../model/book.ts';
import { Ladder } from './ladder.ts';
import { EXACT_LENGTH } from './search-key.ts';
import { oncePerPrice, type Touches } from './touches.ts';

const DIGIT_0 = 48;
const DIGIT_9 = 57;

/** The last place of a view. */
interface Edge {
  readonly key: number;
  readonly price: Decimal;
}

const NOTHING: Touches = { updates: [], keys: [], befores: [] };

/**
 * One side of a book, all of its levels, and what the last updates changed within its view: the best `depth` of them.
 *
 * Levels stand worst first. A level is never altered but replaced by the one that was heard, so whoever was given one may
 * keep it.
 */
export class BookSide {
  /** 1 where a higher price is better (bids), -1 where a lower one is (asks). A key here is a search key times this. */
  readonly #direction: 1 | -1;
  readonly #depth: number;
  readonly #ladder = new Ladder();
  /** Whether every price that was ever held is short enough for its key to be its own. */
  #exactKeys = true;
  #touches = NOTHING;
  /** Where the view ended before the last updates; null when it held every level. */
  #edgeBefore: Edge | null = null;

  constructor(direction: 1 | -1, depth: number) {
    this.#direction = direction;
    this.#depth = depth;
  }

  get best(): Level | undefined {
    const { length } = this.#ladder;
    return length === 0 ? undefined : this.#ladder.level(length - 1);
  }

  /** The best levels, best first; without a depth all of them. */
  top(depth = this.#ladder.length): Level[] {
    const levels: Level[] = [];
    const end = Math.max(0, this.#ladder.length - depth);
    for (let index = this.#ladder.length - 1; index >= end; index--) levels.push(this.#ladder.level(index));
    return levels;
  }

  /** Forgets the last updates: {@link undo} and {@link changes} tell of what is applied from here on. */
  begin(): void {
    this.#touches = NOTHING;
    this.#edgeBefore = this.#edge();
  }

  /**
   * Sets the sizes of levels. Zero deletes; where no level is held it changes nothing: venues delete levels that are
   * deeper than their snapshot shows. Of a price that comes twice, the last size counts.
   * @param searchKeys one for each update, of its price.
   * @throws RangeError at what is no size, with the updates before it applied.
   */
  apply(updates: readonly Level[], searchKeys: readonly number[]): void {
    const keys: number[] = [];
    const befores: (Level | null)[] = [];
    this.#touches = { updates, keys, befores };
    const last = updates.length - 1;
    let rises = 0;
    let falls = 0;
    let lastKey = Number.NaN;
    for (let index = 0; index <= last; index++) {
      const update = updates[index] as Level;
      const key = (searchKeys[index] as number) * this.#direction;
      // Texts are trusted to be decimals; one look keeps out what is below zero, and most of what is none.
      const first = update[1].charCodeAt(0);
      if (!(first >= DIGIT_0 && first <= DIGIT_9)) throw new RangeError(`not a size: ${update[1]}`);
      befores.push(this.#set(update, key));
      keys.push(key);
      if (key > lastKey) rises++;
      else if (key < lastKey) falls++;
      lastKey = key;
    }
    // Venues sort what they send, and in a strictly sorted list no price comes twice: cheaper to see than to search for.
    if (rises < last && falls < last) this.#touches = oncePerPrice(this.#touches);
  }

  /** Takes back what was applied since {@link begin}. */
  undo(): void {
    const { updates, keys, befores } = this.#touches;
    const ladder = this.#ladder;
    // The last first: of a price that comes twice, what stood before the first is what stays.
    for (let index = befores.length - 1; index >= 0; index--) {
      const before = befores[index] as Level | null;
      const key = keys[index] as number;
      const held = this.#seek((updates[index] as Level)[0], key);
      if (before === null) {
        if (held) ladder.removeNext();
      } else if (held) ladder.replaceNext(before);
      else ladder.insertNext(key, before);
    }
    this.#touches = NOTHING;
  }

  /**
   * What has changed in view since {@link begin}: new sizes, `0` for a level that is gone or was pushed out, and the
   * levels that moved up into view.
   */
  changes(): Level[] {
    const changes: Level[] = [];
    const edgeBefore = this.#edgeBefore;
    const edgeAfter = this.#edge();
    // A level that is better than both edges was and is in view: nearly all of them, so that the rest may cost more.
    const inner = Math.max(edgeBefore?.key ?? Number.NEGATIVE_INFINITY, edgeAfter?.key ?? Number.NEGATIVE_INFINITY);
    const { updates, keys, befores } = this.#touches;
    const outer: Level[] = [];
    for (let index = 0; index < keys.length; index++) {
      const update = updates[index] as Level;
      const before = befores[index] as Level | null;
      const key = keys[index] as number;
      const isInner = key > inner;
      if (!isInner) outer.push(update);
      const shown = before !== null && (isInner || this.#within(key, before, edgeBefore)) ? before[1] : ZERO;
      if (isInner || this.#within(key, update, edgeAfter)) {
        if (update[1] !== shown) changes.push(update);
      } else if (shown !== ZERO) changes.push([update[0], ZERO]);
    }
    if (edgeBefore?.price !== edgeAfter?.price) this.#addMoved(changes, outer);
    return changes;
  }

  /** Adds the levels that crossed the edge of the view only because others came or went. */
  #addMoved(changes: Level[], touched: readonly Level[]): void {
    const ladder = this.#ladder;
    const wasInView = (index: number) => this.#within(ladder.key(index), ladder.level(index), this.#edgeBefore);
    const edge = Math.max(0, ladder.length - this.#depth);
    for (let index = edge - 1; index >= 0 && wasInView(index); index--) {
      const level = ladder.level(index);
      if (!touched.includes(level)) changes.push([level[0], ZERO]);
    }
    for (let index = edge; index < ladder.length && !wasInView(index); index++) {
      const level = ladder.level(index);
      if (!touched.includes(level)) changes.push(level);
    }
  }

  /** Null when the view holds every level. */
  #edge(): Edge | null {
    const index = this.#ladder.length - this.#depth;
    return index <= 0 ? null : { key: this.#ladder.key(index), price: this.#ladder.level(index)[0] };
  }

  /** Whether a level is not worse than the edge of a view. */
  #within(key: number, level: Level, edge: Edge | null): boolean {
    if (edge === null || key > edge.key) return true;
    return key === edge.key && compareDecimals(level[0], edge.price) !== -this.#direction;
  }

  /** What stood at the price before. */
  #set(update: Level, key: number): Level | null {
    const ladder = this.#ladder;
    const deletes = update[1] === ZERO;
    if (!this.#seek(update[0], key)) {
      if (deletes) return null;
      if (update[0].length > EXACT_LENGTH) this.#exactKeys = false;
      ladder.insertNext(key, update);
      return null;
    }
    const before = ladder.next;
    if (deletes) ladder.removeNext();
    else ladder.replaceNext(update);
    return before;
  }

  /** Whether a price is held: then its level is the next one, and otherwise the cursor stands where it belongs. */
  #seek(price: Decimal, key: number): boolean {
    const ladder = this.#ladder;
    const hasKey = ladder.seek(key);
    if (!hasKey || (this.#exactKeys && price.length <= EXACT_LENGTH)) return hasKey;
    for (; ladder.isNext(key); ladder.skipNext()) {
      const order = compareDecimals(ladder.next[0], price) * this.#direction;
      if (order >= 0) return order === 0;
    }
    return false;
  }
}
