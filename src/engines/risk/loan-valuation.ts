import { liquidationReward, loanHealth, loanLiquidationPrice } from '../../lib/finance/lending.ts';
import { type Fixed, fixed, multiply } from '../../lib/fixed.ts';
import type { LendingPosition } from '../../model/position.ts';
import type { Assessment, Leg, Sensitivity } from './assessment.ts';
import type { PriceView, Quote } from './quote.ts';

interface Held {
  readonly quote: Quote;
  readonly amount: Fixed;
  readonly entryValue: Fixed;
}

interface Backing extends Held {
  readonly threshold: Fixed;
  /** Amount times threshold. */
  readonly weighted: Fixed;
  readonly bonus: Fixed;
}

/** A loan: worth its collaterals less its debts. */
export class LoanValuation {
  readonly quotes: readonly Quote[];
  readonly sensitivities: readonly Sensitivity[];
  readonly #market: Quote;
  readonly #collaterals: readonly Backing[];
  readonly #debts: readonly Held[];
  readonly #closeFactor: Fixed;
  /** Of the market's own token: collateral times threshold, and debt. */
  readonly #weightedInMarket: Fixed;
  readonly #owedInMarket: Fixed;

  constructor(position: LendingPosition, quoteOf: (symbol: string) => Quote) {
    const held = (leg: LendingPosition['debts'][number]): Held => ({
      quote: quoteOf(leg.symbol),
      amount: fixed(leg.amount),
      entryValue: fixed(leg.entryValue),
    });
    this.#market = quoteOf(position.symbol);
    this.#collaterals = position.collaterals.map((leg) => {
      const threshold = fixed(leg.liquidationThreshold);
      const weighted = multiply(fixed(leg.amount), threshold);
      return { ...held(leg), threshold, weighted, bonus: fixed(leg.liquidationBonus) };
    });
    this.#debts = position.debts.map(held);
    this.#closeFactor = fixed(position.closeFactor);
    this.quotes = [...new Set([this.#market, ...this.#collaterals.map(quoteOfLeg), ...this.#debts.map(quoteOfLeg)])];
    this.sensitivities = this.quotes.map((quote) => {
      const owed = amountIn(this.#debts, quote);
      const pnl = amountIn(this.#collaterals, quote) - owed;
      return { quote, pnl: sign(pnl), health: sign(weightedIn(this.#collaterals, quote) - owed) };
    });
    this.#weightedInMarket = weightedIn(this.#collaterals, this.#market);
    this.#owedInMarket = amountIn(this.#debts, this.#market);
  }

  assess(view: PriceView, into: Assessment): void {
    let collateral = 0n;
    let backing = 0n;
    let entry = 0n;
    let reward = 0n;
    for (const leg of this.#collaterals) {
      const price = view(leg.quote);
      if (price === null) return miss(into, leg.quote);
      const value = multiply(leg.amount, price);
      collateral += value;
      backing += multiply(value, leg.threshold);
      entry += leg.entryValue;
    }
    let debt = 0n;
    for (const leg of this.#debts) {
      const price = view(leg.quote);
      if (price === null) return miss(into, leg.quote);
      debt += multiply(leg.amount, price);
      entry -= leg.entryValue;
    }
    const price = view(this.#market);
    if (price === null) return miss(into, this.#market);
    for (const leg of this.#collaterals) {
      const value = multiply(leg.amount, view(leg.quote) ?? 0n);
      const gain = liquidationReward(debt, this.#closeFactor, value, leg.bonus);
      if (gain > reward) reward = gain;
    }
    into.missing = null;
    into.price = price;
    into.value = collateral - debt;
    into.exposure = collateral;
    into.unrealized = into.value - entry;
    into.required = debt;
    into.cover = backing;
    into.health = loanHealth(backing, debt);
    into.liquidation =
      debt === 0n
        ? null
        : loanLiquidationPrice({
            backing: backing - multiply(this.#weightedInMarket, price),
            debt: debt - multiply(this.#owedInMarket, price),
            collateral: this.#weightedInMarket,
            owed: this.#owedInMarket,
          });
    into.reward = debt === 0n ? null : reward;
  }

  legs(view: PriceView): readonly Leg[] {
    return [...this.#collaterals, ...this.#debts].flatMap((leg, index) => {
      const price = view(leg.quote);
      const usd = price === null ? 0n : multiply(leg.amount, price);
      return price === null ? [] : [{ quote: leg.quote, usd: index < this.#collaterals.length ? usd : -usd }];
    });
  }
}

function miss(into: Assessment, quote: Quote): void {
  into.missing = quote.symbol;
}

function quoteOfLeg(leg: Held): Quote {
  return leg.quote;
}

function amountIn(legs: readonly Held[], quote: Quote): Fixed {
  return legs.reduce((sum, leg) => (leg.quote === quote ? sum + leg.amount : sum), 0n);
}

function weightedIn(legs: readonly Backing[], quote: Quote): Fixed {
  return legs.reduce((sum, leg) => (leg.quote === quote ? sum + leg.weighted : sum), 0n);
}

function sign(value: Fixed): number {
  return value < 0n ? -1 : value > 0n ? 1 : 0;
}
