import type { Level } from '../../model/book.ts';

/** Entries up to which moving one by one is cheaper than a call that moves them all. */
const FEW_ENTRIES = 24;

/** Entries that a new ladder has room for; it doubles from there. */
const FIRST_CAPACITY = 64;

/**
 * Levels in the order of their keys, which may be equal, kept as an editor keeps its text: a gap buffer, with the free
 * room at a cursor. There a level comes and goes without another being moved, and the cursor moves by what lies between.
 * Half of what a venue sends makes a level or takes one away, and it sends them in order: from one to the next it is
 * three levels, while to the best price it is hundreds.
 *
 * What moves are plain numbers in one typed array: a third of the cost of moving references.
 */
export class Ladder {
  /** For each entry a key, and a place in `#levels`. Entries from `#gapStart` to before `#gapEnd` are free. */
  #entries = new Float64Array(2 * FIRST_CAPACITY);
  /** Entries that there is room for. */
  #capacity = FIRST_CAPACITY;
  #gapStart = 0;
  #gapEnd = FIRST_CAPACITY;
  readonly #levels: Level[] = [];
  /** Places in `#levels` whose level is gone. */
  readonly #free: number[] = [];

  get length(): number {
    return this.#capacity - this.#gapEnd + this.#gapStart;
  }

  level(index: number): Level {
    return this.#levelOf(this.#entryAt(index));
  }

  key(index: number): number {
    return this.#entries[2 * this.#entryAt(index)] as number;
  }

  /** Puts the cursor before the first level whose key is not below `key`, and says whether that level has this key. */
  seek(key: number): boolean {
    const entries = this.#entries;
    const start = this.#gapStart;
    const end = this.#gapEnd;
    const capacity = this.#capacity;
    // Steps double until one goes too far; the place lies within the last of them.
    let step = 1;
    if (end < capacity && (entries[2 * end] as number) < key) {
      let below = end;
      for (; below + step < capacity && (entries[2 * (below + step)] as number) < key; step *= 2) below += step;
      this.#moveForward(this.#lowerBound(below + 1, Math.min(below + step, capacity), key) - end);
    } else {
      let above = start;
      for (; above >= step && (entries[2 * (above - step)] as number) >= key; step *= 2) above -= step;
      this.#moveBack(start - this.#lowerBound(Math.max(above - step + 1, 0), above, key));
    }
    return this.isNext(key);
  }

  /** Whether there is a level behind the cursor, with this key. */
  isNext(key: number): boolean {
    return this.#gapEnd < this.#capacity && this.#entries[2 * this.#gapEnd] === key;
  }

  /** The level behind the cursor; there has to be one. */
  get next(): Level {
    return this.#levelOf(this.#gapEnd);
  }

  /** Puts the cursor behind the next level. */
  skipNext(): void {
    this.#moveForward(1);
  }

  replaceNext(level: Level): void {
    this.#levels[this.#entries[2 * this.#gapEnd + 1] as number] = level;
  }

  removeNext(): void {
    // Its place keeps the level until it is given to another: one that is gone is small, and soon forgotten.
    this.#free.push(this.#entries[2 * this.#gapEnd + 1] as number);
    this.#gapEnd++;
  }

  /** Makes a level the next one. Its key must lie between those of the levels around the cursor. */
  insertNext(key: number, level: Level): void {
    if (this.#gapStart === this.#gapEnd) this.#grow();
    const place = this.#free.pop() ?? this.#levels.length;
    this.#levels[place] = level;
    this.#gapEnd--;
    this.#entries[2 * this.#gapEnd] = key;
    this.#entries[2 * this.#gapEnd + 1] = place;
  }

  #entryAt(index: number): number {
    return index < this.#gapStart ? index : index + this.#gapEnd - this.#gapStart;
  }

  #levelOf(entry: number): Level {
    return this.#levels[this.#entries[2 * entry + 1] as number] as Level;
  }

  /** The first entry, of those between, whose key is not below `key`; `to` when there is none. */
  #lowerBound(from: number, to: number, key: number): number {
    const entries = this.#entries;
    let low = from;
    let high = to;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((entries[2 * middle] as number) < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #moveForward(count: number): void {
    const entries = this.#entries;
    const from = 2 * this.#gapEnd;
    const to = 2 * this.#gapStart;
    if (count > FEW_ENTRIES) entries.copyWithin(to, from, from + 2 * count);
    else for (let offset = 0; offset < 2 * count; offset++) entries[to + offset] = entries[from + offset] as number;
    this.#gapStart += count;
    this.#gapEnd += count;
  }

  #moveBack(count: number): void {
    const entries = this.#entries;
    this.#gapStart -= count;
    this.#gapEnd -= count;
    const from = 2 * this.#gapStart;
    const to = 2 * this.#gapEnd;
    // The last first: where the gap is narrower than what moves, the first would be written over what is still to move.
    if (count > FEW_ENTRIES) entries.copyWithin(to, from, from + 2 * count);
    else
      for (let offset = 2 * count - 1; offset >= 0; offset--) entries[to + offset] = entries[from + offset] as number;
  }

  #grow(): void {
    const entries = new Float64Array(2 * this.#entries.length);
    entries.set(this.#entries.subarray(0, 2 * this.#gapStart));
    entries.set(this.#entries.subarray(2 * this.#gapEnd), 2 * (this.#gapEnd + this.#capacity));
    this.#entries = entries;
    this.#gapEnd += this.#capacity;
    this.#capacity *= 2;
  }
}
