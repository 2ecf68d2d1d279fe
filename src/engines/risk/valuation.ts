import type { Fixed } from '../../lib/fixed.ts';
import type { Position } from '../../model/position.ts';
import type { Assessment, Leg, Sensitivity } from './assessment.ts';
import { LoanValuation } from './loan-valuation.ts';
import { PerpValuation } from './perp-valuation.ts';
import { PoolValuation } from './pool-valuation.ts';
import type { PriceView, Quote } from './quote.ts';
import { SpotValuation } from './spot-valuation.ts';

/** A position with its numbers read and its quotes at hand: what is done at every price is done on these. */
export interface Valuation {
  /** Each quote that its value follows, once. */
  readonly quotes: readonly Quote[];
  readonly sensitivities: readonly Sensitivity[];
  /**
   * Writes the figures at these prices. Of a perpetual with cross margin it leaves health and liquidation price to its account.
   */
  assess(view: PriceView, into: Assessment): void;
  /** What a liquidator would gain, dollars; null where nobody pays it, or a price is missing. Asked for of candidates only. */
  reward(view: PriceView): Fixed | null;
  /** Its parts by asset at these prices, those without a price left out. */
  legs(view: PriceView): readonly Leg[];
}

export function valuationOf(position: Position, quoteOf: (symbol: string) => Quote): Valuation {
  switch (position.kind) {
    case 'PERP':
      return new PerpValuation(position, quoteOf(position.symbol));
    case 'LENDING':
      return new LoanValuation(position, quoteOf);
    case 'LP':
    case 'CONCENTRATED_LP':
      return new PoolValuation(position, quoteOf);
    case 'SPOT':
      return new SpotValuation(position, quoteOf(position.symbol));
  }
}
