import { SourceChoice } from '../engines/prices/source-choice.ts';
import type { Cancel, Clock } from '../lib/clock.ts';
import type { Price } from '../model/price.ts';

/** How often it is looked whether a source has fallen silent, milliseconds: nothing is heard when that happens. */
const REVIEW_MS = 5_000;

/** A feed's way out for its prices. */
export interface PriceOutlet {
  offer(price: Price): void;
  /** Its feed has ended. */
  leave(): void;
}

/**
 * The prices of all feeds of one process on their way out. Of each symbol the best current source is marked as primary; when
 * another becomes it, the last prices of both go out once more with their new marks, the one that lost it first. Feeds that
 * quote the same symbols belong in one process: of two processes each would choose among its own.
 */
export class PriceSources {
  readonly #clock: Clock;
  readonly #choice = new SourceChoice();
  readonly #outlets = new Map<string, (price: Price) => void>();
  /** Last price of each source, by symbol, while there is more than one feed. */
  readonly #held = new Map<string, Map<string, Price>>();
  #review: Cancel | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param pass takes a price of this source that goes out. */
  join(source: string, pass: (price: Price) => void): PriceOutlet {
    this.#outlets.set(source, pass);
    if (this.#outlets.size > 1) this.#review ??= this.#clock.every(REVIEW_MS, () => this.#lookAgain());
    return {
      offer: (price) => this.#offer(price, pass),
      leave: () => {
        this.#outlets.delete(source);
        if (this.#outlets.size > 1) return;
        this.#review?.();
        this.#review = null;
      },
    };
  }

  #offer(price: Price, pass: (price: Price) => void): void {
    const { symbol, source, confidence, stale, receivedAt, primary: preferred } = price;
    // With one feed alone its own word on what is primary stands.
    if (this.#outlets.size < 2) return pass(price);
    const says = { symbol, source, price: price.price, confidence, stale, receivedAt, preferred };
    const changed = this.#choice.heard(says, this.#clock.now());
    const marked = this.#marked(price);
    const held = this.#held.get(symbol) ?? new Map<string, Price>();
    this.#held.set(symbol, held.set(source, marked));
    // Another can only have lost the mark to this one, or have won it from this one: the loser goes first.
    if (changed && marked.primary) this.#tell(symbol, source);
    pass(marked);
    if (changed && !marked.primary) this.#tell(symbol, source);
  }

  #lookAgain(): void {
    for (const symbol of this.#choice.review(this.#clock.now())) this.#tell(symbol, '');
  }

  /** Sends out the last prices of a symbol whose mark is wrong, those that lose it first. */
  #tell(symbol: string, except: string): void {
    const held = this.#held.get(symbol);
    if (!held) return;
    const wrong = [...held.values()].filter(
      (price) => price.source !== except && price.primary !== this.#choice.isBest(symbol, price.source),
    );
    for (const price of wrong.sort((a, b) => Number(b.primary) - Number(a.primary))) {
      const marked = this.#marked(price);
      held.set(price.source, marked);
      this.#outlets.get(price.source)?.(marked);
    }
  }

  #marked(price: Price): Price {
    const primary = this.#choice.isBest(price.symbol, price.source);
    return price.primary === primary ? price : { ...price, primary };
  }
}
