import { compareDecimals, type Decimal } from '../../lib/decimal.ts';
import { type Fixed, fixed } from '../../lib/fixed.ts';
import { BOOK_DEPTH, type Book, type BookChange } from '../../model/book.ts';
import type { Side } from '../../model/trade.ts';
import { ShownSide } from './shown-side.ts';

/** What can be had at one price. */
export interface Offer {
  readonly price: Decimal;
  readonly quantity: Fixed;
}

/** The book as the venue shows it, less what paper orders have taken of it: what one took, no other gets. */
export class ShownBook {
  /** When it was shown, and whether it still is what the venue shows; null before the first. */
  #shown: { readonly stale: boolean; readonly timestamp: number } | null = null;
  readonly #sides = { bids: new ShownSide(1), asks: new ShownSide(-1) };
  /** By price, of the side that is bought from or sold to. Stays taken until the level is gone from the book. */
  readonly #taken = { bids: new Map<Decimal, Fixed>(), asks: new Map<Decimal, Fixed>() };

  /** Whether it can be traded against. */
  get isFresh(): boolean {
    return this.#shown !== null && !this.#shown.stale;
  }

  /** When the venue showed it, by the venue's clock. */
  get timestamp(): number {
    return this.#shown?.timestamp ?? 0;
  }

  set(book: Book): void {
    this.#shown = book;
    for (const side of ['bids', 'asks'] as const) {
      this.#sides[side].set(book[side]);
      for (const price of this.#taken[side].keys())
        if (this.#sides[side].at(price) === null) this.#taken[side].delete(price);
    }
  }

  /** A change of a book that was never shown whole is of no use. */
  change(change: BookChange): void {
    if (this.#shown === null) return;
    this.#shown = change;
    for (const side of ['bids', 'asks'] as const) {
      this.#sides[side].change(change[side]);
      const taken = this.#taken[side];
      if (taken.size === 0) continue;
      for (const [price, size] of change[side]) if (size === '0') taken.delete(price);
    }
  }

  /** Best price that a taker of this side meets, shown or taken; null where there is none. */
  bestFor(side: Side): Decimal | null {
    return this.#sides[oppositeOf(side)].best?.[0] ?? null;
  }

  /** Size shown on an order's own side at its price. */
  sizeAt(side: Side, price: Decimal): Fixed {
    const level = this.#sides[ownOf(side)].at(price);
    return level ? fixed(level[1]) : 0n;
  }

  /** Whether a price lies beyond the last level that is shown: what stands there is not known. */
  isBeyond(side: Side, price: Decimal): boolean {
    const { size, last } = this.#sides[ownOf(side)];
    return size >= BOOK_DEPTH && last !== null && !reaches(side, price, last[0]);
  }

  /** What a taker can have, best first: no more than `quantity`, at no worse price than `limit`. */
  offers(side: Side, quantity: Fixed, limit: Decimal | null): readonly Offer[] {
    const opposite = oppositeOf(side);
    const taken = this.#taken[opposite];
    const offers: Offer[] = [];
    let wanted = quantity;
    for (const [price, size] of this.#sides[opposite].inOrder()) {
      if (wanted <= 0n || (limit !== null && !reaches(side, limit, price))) break;
      const left = fixed(size) - (taken.get(price) ?? 0n);
      if (left <= 0n) continue;
      const had = left < wanted ? left : wanted;
      offers.push({ price, quantity: had });
      wanted -= had;
    }
    return offers;
  }

  /** Marks as taken what {@link offers} gave. */
  take(side: Side, { price, quantity }: Offer): void {
    const taken = this.#taken[oppositeOf(side)];
    taken.set(price, (taken.get(price) ?? 0n) + quantity);
  }
}

/** Whether an order of this side at `limit` would trade at `price`. */
export function reaches(side: Side, limit: Decimal, price: Decimal): boolean {
  const order = compareDecimals(limit, price);
  return side === 'BUY' ? order >= 0 : order <= 0;
}

function oppositeOf(side: Side): 'bids' | 'asks' {
  return side === 'BUY' ? 'asks' : 'bids';
}

function ownOf(side: Side): 'bids' | 'asks' {
  return side === 'BUY' ? 'bids' : 'asks';
}
