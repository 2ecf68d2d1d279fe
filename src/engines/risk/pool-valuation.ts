import { type Fixed, fixed } from '../../lib/fixed.ts';
import { type PoolNumbers, partsOfShare, poolNumbers, valueOfShare } from '../../model/pool-value.ts';
import type { ConcentratedLpPosition, LpPosition } from '../../model/position.ts';
import type { Assessment, Leg, Sensitivity } from './assessment.ts';
import type { PriceView, Quote } from './quote.ts';

/** A share of a pool: worth its tokens at the market's prices and the fees it has earned. */
export class PoolValuation {
  readonly quotes: readonly Quote[];
  readonly sensitivities: readonly Sensitivity[];
  readonly #market: Quote;
  readonly #token0: Quote;
  readonly #token1: Quote;
  readonly #numbers: PoolNumbers;
  readonly #entryValue: Fixed;
  readonly #feesEarned: Fixed;

  constructor(position: LpPosition | ConcentratedLpPosition, quoteOf: (symbol: string) => Quote) {
    this.#market = quoteOf(position.symbol);
    this.#token0 = quoteOf(position.token0.symbol);
    this.#token1 = quoteOf(position.token1.symbol);
    this.#numbers = poolNumbers(position);
    this.#entryValue = fixed(position.token0.entryValue) + fixed(position.token1.entryValue);
    this.#feesEarned = fixed(position.feesEarned);
    this.quotes = [...new Set([this.#market, this.#token0, this.#token1])];
    // More of either price never makes a share worth less: it holds some of each token, or none.
    this.sensitivities = [...new Set([this.#token0, this.#token1])].map((quote) => ({ quote, pnl: 1, health: 0 }));
  }

  assess(view: PriceView, into: Assessment): void {
    const price = view(this.#market);
    const price0 = view(this.#token0);
    const price1 = view(this.#token1);
    if (price === null || price0 === null || price1 === null) {
      into.missing = (price === null ? this.#market : price0 === null ? this.#token0 : this.#token1).symbol;
      return;
    }
    const share = valueOfShare(this.#numbers, this.#token0.rootsWith(this.#token1, price0, price1));
    into.missing = null;
    into.price = price;
    into.value = share.value + this.#feesEarned;
    into.exposure = share.value;
    into.unrealized = into.value - this.#entryValue;
    into.impermanentLoss = share.impermanentLoss;
    into.impermanentLossUsd = share.held - share.value;
    into.inRange = share.inRange;
  }

  reward(): null {
    return null;
  }

  legs(view: PriceView): readonly Leg[] {
    const price0 = view(this.#token0);
    const price1 = view(this.#token1);
    if (price0 === null || price1 === null) return [];
    const [value0, value1] = partsOfShare(this.#numbers, this.#token0.rootsWith(this.#token1, price0, price1));
    return [
      { quote: this.#token0, usd: value0 },
      { quote: this.#token1, usd: value1 },
    ];
  }
}
