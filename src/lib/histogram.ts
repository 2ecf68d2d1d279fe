/** How many of what was measured lay below each bound: what a scrape reads, made of numbers alone. */
export class Histogram {
  /** Upper bounds, rising. */
  readonly bounds: readonly number[];
  /** One more than bounds: the last counts what lay above all. */
  readonly counts: number[];
  sum = 0;

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.counts = new Array<number>(bounds.length + 1).fill(0);
  }

  note(value: number): void {
    const found = this.bounds.findIndex((bound) => value <= bound);
    const bucket = found < 0 ? this.bounds.length : found;
    this.counts[bucket] = (this.counts[bucket] ?? 0) + 1;
    this.sum += value;
  }
}

/** Counts by name, in the order of their first coming. */
export class Tally {
  readonly #counts = new Map<string, number>();

  add(name: string, change = 1): void {
    const count = (this.#counts.get(name) ?? 0) + change;
    this.#counts.set(name, count);
  }

  report(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts);
  }
}
