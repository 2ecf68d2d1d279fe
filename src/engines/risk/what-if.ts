import { type Decimal, decimal } from '../../lib/decimal.ts';
import { type Fixed, fixed, multiply, ONE } from '../../lib/fixed.ts';
import type { Perishable } from '../../model/observed.ts';
import { accountOf, type Position } from '../../model/position.ts';
import type { PositionFigures, PriceShock, WhatIf } from '../../model/risk.ts';
import { assessAccount } from './account.ts';
import { figuresOf } from './figures.ts';
import { Quote } from './quote.ts';
import { type CrossTracked, Tracked } from './tracked.ts';
import { DEFAULT_HISTORY } from './value-history.ts';

/** What is known of a symbol's price, dollars. */
interface PriceKnown extends Perishable {
  readonly price: Decimal;
  /** Half the width of the oracle's confidence interval; null where it gives none. */
  readonly confidence: Decimal | null;
}

interface WhatIfInput {
  readonly position: Position;
  /** The other open positions of its owner: those of its cross account count. */
  readonly others: readonly Position[];
  readonly priceOf: (symbol: string) => PriceKnown | null;
  readonly shocks: readonly PriceShock[];
  /** Health factor below which a position is at risk. */
  readonly atRisk: Decimal;
}

/**
 * A position at the prices of now, and with some of them moved. All else stays as it is: amounts, margins, rates, and the prices that no
 * shock names. The confidence interval moves with its price.
 */
export function whatIf(input: WhatIfInput): WhatIf {
  const { position, shocks } = input;
  const before = figuresUnder(input, []);
  const after = figuresUnder(input, shocks);
  const wouldBeLiquidated = after.healthFactor === null ? null : fixed(after.healthFactor) < ONE;
  return { position, shocks, before, after, wouldBeLiquidated };
}

function figuresUnder(
  { position, others, priceOf, atRisk }: WhatIfInput,
  shocks: readonly PriceShock[],
): PositionFigures {
  const quotes = new Map<string, Quote>();
  const quoteOf = (symbol: string): Quote => {
    const quote = quotes.get(symbol) ?? quoteUnder(symbol, priceOf(symbol), factorOf(symbol, shocks));
    quotes.set(symbol, quote);
    return quote;
  };
  const follow = (one: Position) => new Tracked(one, { history: DEFAULT_HISTORY, atRisk: fixed(atRisk), quoteOf }, 0);
  const tracked = follow(position);
  const key = accountOf(position);
  const account = new Set([tracked, ...others.filter((other) => accountOf(other) === key).map(follow)].filter(isCross));
  for (const one of new Set([tracked, ...account])) one.assess();
  if (key !== null) {
    for (const one of account) one.account = account;
    assessAccount(account);
  }
  return figuresOf(tracked);
}

function isCross(tracked: Tracked): tracked is CrossTracked {
  return tracked.isCross();
}

/** Of a percentage: beyond them it moves no price, and a double may have hundreds. */
const SHOCK_PLACES = 15;

/** By how much a symbol's price is multiplied: shocks of one symbol follow one another. */
function factorOf(symbol: string, shocks: readonly PriceShock[]): Fixed {
  let factor = ONE;
  for (const shock of shocks)
    if (shock.symbol === symbol)
      factor = multiply(factor, ONE + fixed(decimal(shock.changePct.toFixed(SHOCK_PLACES))) / 100n);
  return factor;
}

function quoteUnder(symbol: string, known: PriceKnown | null, factor: Fixed): Quote {
  const quote = new Quote(symbol);
  if (known) {
    quote.take(known.price, known.confidence);
    quote.stale = known.stale;
    quote.timestamp = known.timestamp;
    quote.receivedAt = known.receivedAt;
  }
  if (factor === ONE || quote.price === null) return quote;
  quote.price = multiply(quote.price, factor);
  quote.low = quote.low === null ? null : multiply(quote.low, factor);
  quote.high = quote.high === null ? null : multiply(quote.high, factor);
  return quote;
}
