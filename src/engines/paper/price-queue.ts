import { compareDecimals, type Decimal } from '../../lib/decimal.ts';

/** What stands in a queue at a price. */
export interface Queued {
  /** Grows with every entry: of equal prices the earlier is first. */
  readonly arrival: number;
}

/** Entries in the order of their prices, and at one price in the order in which they came. */
export class PriceQueue<T extends Queued> {
  /** 1: the highest price is first; -1: the lowest. */
  readonly #first: 1 | -1;
  readonly #entries: { readonly price: Decimal; readonly entry: T }[] = [];

  constructor(first: 'highest' | 'lowest') {
    this.#first = first === 'highest' ? 1 : -1;
  }

  get size(): number {
    return this.#entries.length;
  }

  /** Price of the first entry; null where there is none. */
  get best(): Decimal | null {
    return this.#entries[0]?.price ?? null;
  }

  add(price: Decimal, entry: T): void {
    this.#entries.splice(this.#placeOf(price, entry.arrival), 0, { price, entry });
  }

  remove(price: Decimal, entry: T): void {
    const place = this.#placeOf(price, entry.arrival);
    if (this.#entries[place]?.entry === entry) this.#entries.splice(place, 1);
  }

  /** The entries from the first on while their prices qualify: a copy, so that they may be removed meanwhile. */
  while(qualifies: (price: Decimal) => boolean): readonly T[] {
    const found: T[] = [];
    for (const { price, entry } of this.#entries) {
      if (!qualifies(price)) break;
      found.push(entry);
    }
    return found;
  }

  #placeOf(price: Decimal, arrival: number): number {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const at = this.#entries[middle];
      const order = at ? compareDecimals(at.price, price) : 0;
      const isBefore = order === 0 ? (at?.entry.arrival ?? 0) < arrival : order === this.#first;
      if (isBefore) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
