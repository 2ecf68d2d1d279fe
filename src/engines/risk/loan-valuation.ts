import { liquidationReward, loanHealth, loanLiquidationPrice } from '../../lib/finance/lending.ts';
import { type Fixed, fixed, multiply, ONE } from '../../lib/fixed.ts';
import type { LendingPosition } from '../../model/position.ts';
import type { Assessment, Leg, Sensitivity } from './assessment.ts';
import type { PriceView, Quote } from './quote.ts';

interface Held {
  readonly quote: Quote;
  readonly amount: Fixed;
  readonly entryValue: Fixed;
}

interface Backing extends Held {
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
  /** Of the legs in other tokens when the liquidation price was last made: whole products. */
  #othersBacking: bigint | null = null;
  #othersDebt: bigint | null = null;
  #liquidation: Fixed | null = null;

  constructor(position: LendingPosition, quoteOf: (symbol: string) => Quote) {
    const held = (leg: LendingPosition['debts'][number]): Held => ({
      quote: quoteOf(leg.symbol),
      amount: fixed(leg.amount),
      entryValue: fixed(leg.entryValue),
    });
    this.#market = quoteOf(position.symbol);
    this.#collaterals = position.collaterals.map((leg) => {
      const weighted = multiply(fixed(leg.amount), fixed(leg.liquidationThreshold));
      return { ...held(leg), weighted, bonus: fixed(leg.liquidationBonus) };
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
    const price = view(this.#market);
    if (price === null) return miss(into, this.#market);
    // Sums of products stay whole until the end: one rounding each, and a division is the dearest step there is.
    let collateral = 0n;
    let backing = 0n;
    let entry = 0n;
    for (const leg of this.#collaterals) {
      const quoted = view(leg.quote);
      if (quoted === null) return miss(into, leg.quote);
      collateral += leg.amount * quoted;
      backing += leg.weighted * quoted;
      entry += leg.entryValue;
    }
    let debt = 0n;
    for (const leg of this.#debts) {
      const quoted = view(leg.quote);
      if (quoted === null) return miss(into, leg.quote);
      debt += leg.amount * quoted;
      entry -= leg.entryValue;
    }
    into.missing = null;
    into.price = price;
    into.exposure = collateral / ONE;
    into.value = (collateral - debt) / ONE;
    into.unrealized = into.value - entry;
    into.required = debt / ONE;
    into.cover = backing / ONE;
    into.health = loanHealth(backing, debt);
    into.liquidation = debt === 0n ? null : this.#liquidationAt(backing, debt, price);
  }

  /** It moves with the other prices only: while those stand, it does. */
  #liquidationAt(backing: bigint, debt: bigint, price: Fixed): Fixed | null {
    const others = backing - this.#weightedInMarket * price;
    const owed = debt - this.#owedInMarket * price;
    if (others !== this.#othersBacking || owed !== this.#othersDebt) {
      this.#othersBacking = others;
      this.#othersDebt = owed;
      this.#liquidation = loanLiquidationPrice({
        backing: others / ONE,
        debt: owed / ONE,
        collateral: this.#weightedInMarket,
        owed: this.#owedInMarket,
      });
    }
    return this.#liquidation;
  }

  reward(view: PriceView): Fixed | null {
    let debt = 0n;
    for (const leg of this.#debts) debt += multiply(leg.amount, view(leg.quote) ?? 0n);
    if (debt === 0n) return null;
    let reward = 0n;
    for (const leg of this.#collaterals) {
      const value = multiply(leg.amount, view(leg.quote) ?? 0n);
      const gain = liquidationReward(debt, this.#closeFactor, value, leg.bonus);
      if (gain > reward) reward = gain;
    }
    return reward;
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
