import { type Decimal, decimalPlaces } from '../../lib/decimal.ts';
import { type PairRoots, pairRoots } from '../../lib/finance/pool.ts';
import { FIXED_PLACES, type Fixed, fixed, ONE } from '../../lib/fixed.ts';
import { isCash } from '../../model/position.ts';

/** What is offered and asked within two per cent of the middle of a book, dollars. */
export interface Depth {
  readonly bidUsd: number;
  readonly askUsd: number;
}

/** What is known of one symbol. Valuations hold it, so that a new price is known to all of them at once. */
export class Quote {
  readonly symbol: string;
  /** Dollars; null until one is heard. */
  price: Fixed | null;
  /** Ends of the oracle's confidence interval, never below zero; null where it gives none. */
  low: Fixed | null = null;
  high: Fixed | null = null;
  /** Annualised, per cent. */
  volatilityPct: number | null;
  stale = false;
  depth: Depth | null = null;
  /** Milliseconds; 0 for what was never heard. */
  timestamp = 0;
  receivedAt = 0;
  readonly #roots = new Map<Quote, PairRoots>();

  constructor(symbol: string) {
    this.symbol = symbol;
    // A dollar is a dollar without anyone saying so.
    this.price = isCash(symbol) ? ONE : null;
    this.volatilityPct = isCash(symbol) ? 0 : null;
  }

  /** Roots of the pair of this token and another at these prices: made once for all who value shares of their pools. */
  rootsWith(other: Quote, price0: Fixed, price1: Fixed): PairRoots {
    let roots = this.#roots.get(other);
    if (roots === undefined || roots.price0 !== price0 || roots.price1 !== price1) {
      roots = pairRoots(price0, price1);
      this.#roots.set(other, roots);
    }
    return roots;
  }

  /** Takes a price; false where it cannot be one: not above zero, or with more places than are kept. */
  take(price: Decimal, confidence: Decimal | null): boolean {
    if (decimalPlaces(price) > FIXED_PLACES || decimalPlaces(confidence ?? '') > FIXED_PLACES) return false;
    const heard = fixed(price);
    if (heard <= 0n) return false;
    this.price = heard;
    const spread = confidence === null ? null : fixed(confidence);
    const known = spread !== null && spread >= 0n;
    this.low = known ? (spread < heard ? heard - spread : 0n) : null;
    this.high = known ? heard + spread : null;
    return true;
  }
}

/** Which price of a quote counts: the heard one, an end of its interval, one under a shock. */
export type PriceView = (quote: Quote) => Fixed | null;

export const asHeard: PriceView = (quote) => quote.price;
