import type { Clock } from '../lib/clock.ts';

/**
 * Which symbols have been heard of on a connection: a venue may drop one subscription and say nothing, or ignore the request
 * for a coin that it does not have.
 */
export class SymbolWatch {
  readonly #clock: Clock;
  readonly #quietMs: number;
  /** When each symbol was last heard of, or began to be waited for. */
  readonly #heardAt = new Map<string, number>();
  readonly #silent = new Set<string>();

  constructor(symbols: readonly string[], quietMs: number, clock: Clock) {
    this.#clock = clock;
    this.#quietMs = quietMs;
    for (const symbol of symbols) this.#heardAt.set(symbol, clock.now());
  }

  /** A new connection: the wait for every symbol begins. */
  begin(): void {
    this.#silent.clear();
    for (const symbol of this.#heardAt.keys()) this.#heardAt.set(symbol, this.#clock.now());
  }

  /** Whether the symbol had been silent. */
  heard(symbol: string): boolean {
    this.#heardAt.set(symbol, this.#clock.now());
    return this.#silent.delete(symbol);
  }

  /** Symbols that have just now been silent for too long: each once, and again each time as long passes. */
  review(): readonly string[] {
    const now = this.#clock.now();
    return [...this.#heardAt].flatMap(([symbol, at]) => {
      if (now - at < this.#quietMs) return [];
      this.#heardAt.set(symbol, now);
      this.#silent.add(symbol);
      return [symbol];
    });
  }

  get silent(): readonly string[] {
    return [...this.#silent];
  }
}
