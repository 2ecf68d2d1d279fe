import { compareDecimals, type Decimal, decimal, ZERO } from '../../lib/decimal.ts';
import type { Level } from '../../model/book.ts';
import type { VenueLevel } from '../../model/market-event.ts';
import { Ladder } from './ladder.ts';
import { EXACT_LENGTH, searchKey } from './search-key.ts';

const MINUS = 45;

/** What the last updates did at one price; null where no level stood or stands. */
type Touch =
  | { readonly key: number; readonly before: Level; readonly after: Level | null }
  | { readonly key: number; readonly before: Level | null; readonly after: Level };

/** The last place of a view. */
interface Edge {
  readonly key: number;
  readonly price: Decimal;
}

/**
 * One side of a book, all of its levels, and what the last updates changed within its view: the best `depth` of them.
 *
 * Levels stand worst first: nearly everything happens near the best price, and a ladder is changed cheapest at its end.
 * A level is never altered but replaced, so whoever was given one may keep it.
 */
export class BookSide {
  /** 1 where a higher price is better (bids), -1 where a lower one is (asks). A key here is `searchKey` times this. */
  readonly #direction: 1 | -1;
  readonly #depth: number;
  readonly #ladder = new Ladder();
  /** Whether every price that was ever held is short enough for its key to be its own. */
  #exactKeys = true;
  #touches: Touch[] = [];
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
    this.#touches = [];
    this.#edgeBefore = this.#edge();
  }

  /**
   * Sets the sizes of levels. Zero deletes; where no level is held it changes nothing: venues delete levels that are
   * deeper than their snapshot shows. Of a price that comes twice, the last size counts.
   * @throws RangeError at a text that is no decimal or a negative size, with the updates before it applied.
   */
  apply(updates: readonly VenueLevel[]): void {
    let rises = 0;
    let falls = 0;
    let lastKey = Number.NaN;
    for (let index = 0; index < updates.length; index++) {
      const update = updates[index] as VenueLevel;
      const key = searchKey(update[0]) * this.#direction;
      const size = decimal(update[1]);
      if (size.charCodeAt(0) === MINUS) throw new RangeError(`a size cannot be negative: ${size}`);
      this.#set(update[0], key, size);
      if (key > lastKey) rises++;
      else if (key < lastKey) falls++;
      lastKey = key;
    }
    // Venues sort what they send, and in a strictly sorted list no price comes twice: cheaper to see than to search for.
    const last = updates.length - 1;
    if (rises < last && falls < last) this.#touches = oncePerPrice(this.#touches);
  }

  /** Takes back what was applied since {@link begin}. */
  undo(): void {
    for (const { key, before, after } of this.#touches.toReversed()) {
      const index = this.#find(priceOf(before, after), key);
      if (index < 0) this.#ladder.insert(~index, key, before as Level);
      else if (before === null) this.#ladder.remove(index);
      else this.#ladder.replace(index, before);
    }
    this.#touches = [];
  }

  /**
   * What has changed in view since {@link begin}: new sizes, `0` for a level that is gone or was pushed out, and the
   * levels that moved up into view.
   */
  changes(): Level[] {
    const changes: Level[] = [];
    const edgeBefore = this.#edgeBefore;
    const edgeAfter = this.#edge();
    for (const { key, before, after } of this.#touches) {
      const shown = before !== null && this.#within(key, before, edgeBefore) ? before[1] : ZERO;
      if (after !== null && this.#within(key, after, edgeAfter)) {
        if (after[1] !== shown) changes.push(after);
      } else if (shown !== ZERO) changes.push([priceOf(before, after), ZERO]);
    }
    if (edgeBefore?.price !== edgeAfter?.price) this.#addMoved(changes);
    return changes;
  }

  /** Adds the levels that crossed the edge of the view only because others came or went. */
  #addMoved(changes: Level[]): void {
    const ladder = this.#ladder;
    // Few levels cross the edge at once: looking through the touches is cheaper than a set of them.
    const isTouched = (level: Level) => this.#touches.some((touch) => touch.after === level);
    const wasInView = (index: number) => this.#within(ladder.key(index), ladder.level(index), this.#edgeBefore);
    const edge = Math.max(0, ladder.length - this.#depth);
    for (let index = edge - 1; index >= 0 && wasInView(index); index--) {
      const level = ladder.level(index);
      if (!isTouched(level)) changes.push([level[0], ZERO]);
    }
    for (let index = edge; index < ladder.length && !wasInView(index); index++) {
      const level = ladder.level(index);
      if (!isTouched(level)) changes.push(level);
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

  #set(text: string, key: number, size: Decimal): void {
    const index = this.#find(text, key);
    if (index < 0) {
      if (size === ZERO) return;
      const after: Level = [owned(decimal(text)), owned(size)];
      if (after[0].length > EXACT_LENGTH) this.#exactKeys = false;
      this.#ladder.insert(~index, key, after);
      this.#touches.push({ key, before: null, after });
      return;
    }
    const before = this.#ladder.level(index);
    if (size === ZERO) {
      this.#ladder.remove(index);
      this.#touches.push({ key, before, after: null });
    } else {
      const after: Level = [before[0], owned(size)];
      this.#ladder.replace(index, after);
      this.#touches.push({ key, before, after });
    }
  }

  /** The index of a price; where it is not held, the complement (`~`) of the index at which it belongs. */
  #find(price: string, key: number): number {
    const ladder = this.#ladder;
    let index = ladder.lowerBound(key);
    if (index === ladder.length || ladder.key(index) !== key) return ~index;
    if (this.#exactKeys && price.length <= EXACT_LENGTH) return index;
    const canonical = decimal(price);
    for (; index < ladder.length && ladder.key(index) === key; index++) {
      const order = compareDecimals(ladder.level(index)[0], canonical) * this.#direction;
      if (order === 0) return index;
      if (order > 0) break;
    }
    return ~index;
  }
}

function priceOf(before: Level | null, after: Level | null): Decimal {
  return ((before ?? after) as Level)[0];
}

/** Of several touches of one price, the first's before and the last's after. */
function oncePerPrice(touches: readonly Touch[]): Touch[] {
  const byPrice = new Map<Decimal, Touch>();
  for (const touch of touches) {
    const price = priceOf(touch.before, touch.after);
    const first = byPrice.get(price);
    byPrice.set(price, first === undefined ? touch : ({ ...touch, before: first.before } as Touch));
  }
  return [...byPrice.values()];
}

/** From this length on, a slice of a string in V8 is a window that keeps the whole string alive. */
const WINDOW_LENGTH = 13;

/** A text of its own: a level outlives the frame that it came in by hours, and must not keep it in memory. */
function owned(text: Decimal): Decimal {
  return text.length < WINDOW_LENGTH ? text : (` ${text}`.slice(1) as Decimal);
}
