import { type Fixed, fixed, multiply } from '../../lib/fixed.ts';
import type { SpotPosition } from '../../model/position.ts';
import type { Assessment, Leg, Sensitivity } from './assessment.ts';
import type { PriceView, Quote } from './quote.ts';

/** Something held: worth its size times the price, and liquidated by nobody. */
export class SpotValuation {
  readonly quotes: readonly Quote[];
  readonly sensitivities: readonly Sensitivity[];
  readonly #quote: Quote;
  readonly #size: Fixed;
  readonly #entryValue: Fixed;

  constructor(position: SpotPosition, quote: Quote) {
    this.#quote = quote;
    this.#size = fixed(position.size);
    this.#entryValue = fixed(position.entryValue);
    this.quotes = [quote];
    this.sensitivities = [{ quote, pnl: 1, health: 0 }];
  }

  assess(view: PriceView, into: Assessment): void {
    const price = view(this.#quote);
    into.missing = price === null ? this.#quote.symbol : null;
    if (price === null) return;
    into.price = price;
    into.value = multiply(this.#size, price);
    into.exposure = into.value;
    into.unrealized = into.value - this.#entryValue;
  }

  reward(): null {
    return null;
  }

  legs(view: PriceView): readonly Leg[] {
    const price = view(this.#quote);
    return price === null ? [] : [{ quote: this.#quote, usd: multiply(this.#size, price) }];
  }
}
