/** A level in whole units. */
export interface LadderLevel {
  readonly ticks: number;
  /** Zero in a list of changes: the level is gone. */
  readonly lots: number;
}

/** One side of a book: levels from the best outwards, and which of them have changed since somebody asked. */
export class Ladder {
  /** 1 for asks, where the lowest price is the best; -1 for bids. */
  readonly #outward: 1 | -1;
  /** Ticks times `#outward`, ascending: so both sides search and cut alike. */
  readonly #ranks: number[] = [];
  readonly #lots: number[] = [];
  readonly #changed = new Set<number>();
  #changes = 0;

  constructor(side: 'bids' | 'asks') {
    this.#outward = side === 'asks' ? 1 : -1;
  }

  get size(): number {
    return this.#ranks.length;
  }

  /** The level at a place from the best (0) outwards. */
  at(place: number): LadderLevel | undefined {
    const rank = this.#ranks[place];
    return rank === undefined ? undefined : { ticks: rank * this.#outward, lots: this.#lots[place] ?? 0 };
  }

  has(ticks: number): boolean {
    return this.#ranks[this.#placeOf(ticks)] === ticks * this.#outward;
  }

  /** Sets a level to a whole number of lots; zero removes it. */
  set(ticks: number, lots: number): void {
    const place = this.#placeOf(ticks);
    const held = this.#ranks[place] === ticks * this.#outward;
    if (lots > 0) {
      if (held) this.#lots[place] = lots;
      else {
        this.#ranks.splice(place, 0, ticks * this.#outward);
        this.#lots.splice(place, 0, lots);
      }
    } else if (held) {
      this.#ranks.splice(place, 1);
      this.#lots.splice(place, 1);
    } else return;
    this.#changed.add(ticks);
    this.#changes++;
  }

  /** Removes every level that is better than `nearest` or lies more than `span` ticks beyond it. */
  keepWithin(nearest: number, span: number): void {
    for (let best = this.at(0); best && (best.ticks - nearest) * this.#outward < 0; best = this.at(0))
      this.set(best.ticks, 0);
    for (
      let worst = this.at(this.size - 1);
      worst && (worst.ticks - nearest) * this.#outward > span;
      worst = this.at(this.size - 1)
    )
      this.set(worst.ticks, 0);
  }

  /** Best first. */
  levels(): readonly LadderLevel[] {
    return this.#ranks.map((rank, place) => ({ ticks: rank * this.#outward, lots: this.#lots[place] ?? 0 }));
  }

  /** The levels that have changed since the last call, as they are now, and how many changes made them so. */
  drain(): { readonly levels: readonly LadderLevel[]; readonly changes: number } {
    const levels = [...this.#changed].map((ticks) => {
      const place = this.#placeOf(ticks);
      return { ticks, lots: this.#ranks[place] === ticks * this.#outward ? (this.#lots[place] ?? 0) : 0 };
    });
    const changes = this.#changes;
    this.#changed.clear();
    this.#changes = 0;
    return { levels, changes };
  }

  #placeOf(ticks: number): number {
    const rank = ticks * this.#outward;
    let low = 0;
    let high = this.#ranks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#ranks[middle] ?? 0) < rank) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
