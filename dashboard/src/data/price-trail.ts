import { approximately } from '../format/decimal.ts';
import type { PricesSubscription } from '../generated/graphql.ts';
import { Signal } from './frames.ts';
import { Latest } from './latest.ts';

export type Price = PricesSubscription['prices'];

/** A point of a sparkline for each of these, and how many it has: two minutes. */
const POINT_MS = 1_000;
const POINTS = 120;

/** Where a price came from, for a drawing: numbers are exact enough for places on the screen. */
export class Trail {
  readonly changes = new Signal();
  #points: readonly number[] = [];
  #slot = 0;

  /** One point a slot, the newest price of it. */
  add(price: string, at: number): void {
    const slot = Math.floor(at / POINT_MS);
    if (slot === this.#slot) return;
    this.#slot = slot;
    this.#points = [...this.#points.slice(1 - POINTS), approximately(price)];
    this.changes.mark();
  }

  readonly points = (): readonly number[] => this.#points;
}

/** Prices, the way that each came, and which way it went last. */
export class Prices extends Latest<Price> {
  readonly #trails = new Map<string, Trail>();
  readonly #directions = new Map<string, 'up' | 'down'>();

  constructor() {
    super(byKindAndSymbol);
  }

  override next(price: Price): void {
    const before = this.get(price.id);
    if (before && before.price !== price.price) {
      const isUp = approximately(price.price) > approximately(before.price);
      this.#directions.set(price.id, isUp ? 'up' : 'down');
    }
    this.trailOf(price.id).add(price.price, Date.parse(price.timestamp));
    super.next(price);
  }

  trailOf(id: string): Trail {
    const known = this.#trails.get(id);
    if (known) return known;
    const trail = new Trail();
    this.#trails.set(id, trail);
    return trail;
  }

  directionOf(id: string): 'up' | 'down' | undefined {
    return this.#directions.get(id);
  }
}

const KINDS = ['SPOT', 'PERP', 'EQUITY'];

/** Coins, then perpetuals, then shares. */
function byKindAndSymbol(a: Price, b: Price): number {
  return KINDS.indexOf(a.market.kind) - KINDS.indexOf(b.market.kind) || a.symbol.localeCompare(b.symbol);
}
