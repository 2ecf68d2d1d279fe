import type { Level } from '../../model/book.ts';

/**
 * Levels in the order of their keys, which may be equal. Half of what a venue sends makes a level or takes one away, and
 * what has to move then are plain numbers in one typed array: a third of the cost of moving references.
 */
export class Ladder {
  #length = 0;
  /** For each level its key, and its place in `#levels`. */
  #entries = new Float64Array(2 * 64);
  readonly #levels: Level[] = [];
  /** Places in `#levels` whose level is gone. */
  readonly #free: number[] = [];

  get length(): number {
    return this.#length;
  }

  level(index: number): Level {
    return this.#levels[this.#entries[2 * index + 1] as number] as Level;
  }

  key(index: number): number {
    return this.#entries[2 * index] as number;
  }

  /** Index of the first level whose key is not below `key`; the length when there is none. */
  lowerBound(key: number): number {
    const entries = this.#entries;
    let low = 0;
    let high = this.#length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((entries[2 * middle] as number) < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  replace(index: number, level: Level): void {
    this.#levels[this.#entries[2 * index + 1] as number] = level;
  }

  insert(index: number, key: number, level: Level): void {
    if (2 * this.#length === this.#entries.length) this.#grow();
    const entries = this.#entries;
    const place = this.#free.pop() ?? this.#levels.length;
    this.#levels[place] = level;
    entries.copyWithin(2 * index + 2, 2 * index, 2 * this.#length);
    entries[2 * index] = key;
    entries[2 * index + 1] = place;
    this.#length++;
  }

  remove(index: number): void {
    const entries = this.#entries;
    this.#free.push(entries[2 * index + 1] as number);
    entries.copyWithin(2 * index, 2 * index + 2, 2 * this.#length);
    this.#length--;
  }

  #grow(): void {
    const entries = new Float64Array(2 * this.#entries.length);
    entries.set(this.#entries);
    this.#entries = entries;
  }
}
