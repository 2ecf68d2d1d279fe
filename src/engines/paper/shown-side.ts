import { compareDecimals, type Decimal } from '../../lib/decimal.ts';
import type { Level } from '../../model/book.ts';

/** Levels that are kept in order: what trades is near the best, and a thousand changes a second are not. */
const NEAR = 32;

/**
 * One side of a shown book. A venue changes dozens of levels ten times a second, most of them far from where anything trades: all are
 * kept by their prices, and only the best ones in order.
 */
export class ShownSide {
  /** 1: the higher price is the better one; -1: the lower. */
  readonly #better: 1 | -1;
  readonly #levels = new Map<Decimal, Level>();
  /** The best levels, best first: at least one where there is any. */
  #near: Level[] = [];
  /** The level that is shown last; null while it has to be looked for. */
  #last: Level | null = null;

  constructor(better: 1 | -1) {
    this.#better = better;
  }

  get size(): number {
    return this.#levels.size;
  }

  get best(): Level | null {
    return this.#near[0] ?? null;
  }

  /** The worst level that is shown. */
  get last(): Level | null {
    if (this.#last === null)
      for (const level of this.#levels.values())
        if (this.#last === null || this.#isBetter(this.#last[0], level[0])) this.#last = level;
    return this.#last;
  }

  at(price: Decimal): Level | null {
    return this.#levels.get(price) ?? null;
  }

  /** Best first. Nothing may change meanwhile. */
  *inOrder(): IterableIterator<Level> {
    yield* this.#near;
    if (this.#near.length < this.#levels.size) yield* this.#sorted().slice(this.#near.length);
  }

  set(levels: readonly Level[]): void {
    this.#levels.clear();
    for (const level of levels) this.#levels.set(level[0], level);
    this.#near = levels.slice(0, NEAR);
    this.#last = levels.at(-1) ?? null;
  }

  change(changes: readonly Level[]): void {
    for (const level of changes) {
      const [price, size] = level;
      if (size !== '0') {
        const isNew = !this.#levels.has(price);
        // All that there is was in order: what comes behind it is in order as well.
        const all = isNew && this.#near.length === this.#levels.size;
        this.#levels.set(price, level);
        this.#putNear(level, all);
        if (this.#last !== null && !this.#isBetter(price, this.#last[0])) this.#last = level;
      } else if (this.#levels.delete(price)) {
        this.#removeNear(price);
        if (this.#last?.[0] === price) this.#last = null;
      }
    }
    if (this.#near.length === 0 && this.#levels.size > 0) this.#near = this.#sorted().slice(0, NEAR);
  }

  #putNear(level: Level, all: boolean): void {
    const near = this.#near;
    const worst = near.at(-1);
    // Beyond what is in order nothing is known of what lies between.
    if (!all && (worst === undefined || this.#isBetter(worst[0], level[0]))) return;
    const at = this.#placeOf(level[0]);
    if (near[at]?.[0] === level[0]) near[at] = level;
    else near.splice(at, 0, level);
    if (near.length > 2 * NEAR) near.length = NEAR;
  }

  #removeNear(price: Decimal): void {
    const at = this.#placeOf(price);
    if (this.#near[at]?.[0] === price) this.#near.splice(at, 1);
  }

  #placeOf(price: Decimal): number {
    let low = 0;
    let high = this.#near.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#isBetter((this.#near[middle] as Level)[0], price)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #sorted(): Level[] {
    return [...this.#levels.values()].sort((a, b) => -this.#better * compareDecimals(a[0], b[0]));
  }

  #isBetter(a: Decimal, b: Decimal): boolean {
    return compareDecimals(a, b) === this.#better;
  }
}
