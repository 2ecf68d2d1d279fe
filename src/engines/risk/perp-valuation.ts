import { liquidationPrice, type MarginTier, maintenanceMargin, marginSlopes } from '../../lib/finance/perpetual.ts';
import { divide, type Fixed, fixed, multiply } from '../../lib/fixed.ts';
import type { MaintenanceTier, PerpPosition } from '../../model/position.ts';
import type { Assessment, Leg, Sensitivity } from './assessment.ts';
import type { PriceView, Quote } from './quote.ts';

/** A perpetual future. Its own margin stands for it, or with cross margin its account ({@link file://./account.ts}). */
export class PerpValuation {
  readonly quotes: readonly Quote[];
  readonly sensitivities: readonly Sensitivity[];
  /** Positive for a long, negative for a short. */
  readonly size: Fixed;
  readonly entryValue: Fixed;
  readonly collateral: Fixed;
  readonly tiers: readonly MarginTier[];
  readonly #slopes: readonly Fixed[];
  /** What the venue says. */
  readonly #reported: Fixed | null;
  readonly #quote: Quote;
  readonly #held: Fixed;
  readonly #isolated: boolean;
  readonly #feeRate: Fixed | null;
  /** Of an isolated position: no price moves it. */
  readonly #liquidation: Fixed | null;

  constructor(position: PerpPosition, quote: Quote) {
    const direction = position.side === 'LONG' ? 1 : -1;
    this.#quote = quote;
    this.#held = fixed(position.size);
    this.size = direction === 1 ? this.#held : -this.#held;
    this.entryValue = fixed(position.entryValue);
    this.collateral = fixed(position.collateral);
    this.tiers = position.maintenance.map(tierOf);
    this.#slopes = marginSlopes(this.size, this.tiers);
    const { reportedLiquidationPrice: reported } = position;
    this.#reported = reported == null ? null : fixed(reported);
    this.#isolated = position.marginMode === 'ISOLATED';
    this.#feeRate = position.liquidationFeeRate === null ? null : fixed(position.liquidationFeeRate);
    this.#liquidation = this.#isolated ? this.liquidationWith(this.collateral, 0n, 0n) : null;
    this.quotes = [quote];
    this.sensitivities = [{ quote, pnl: direction, health: direction }];
  }

  assess(view: PriceView, into: Assessment): void {
    const price = view(this.#quote);
    into.missing = price === null ? this.#quote.symbol : null;
    if (price === null) return;
    const notional = multiply(this.#held, price);
    const unrealized = this.size < 0n ? this.entryValue - notional : notional - this.entryValue;
    into.price = price;
    into.exposure = notional;
    into.unrealized = unrealized;
    into.value = this.collateral + unrealized;
    into.required = maintenanceMargin(notional, this.tiers);
    if (!this.#isolated) return;
    into.cover = into.value;
    into.health = into.required > 0n ? divide(into.value, into.required) : null;
    into.liquidation = this.#liquidation;
  }

  reward(view: PriceView): Fixed | null {
    const price = view(this.#quote);
    if (price === null || this.#feeRate === null || this.#held === 0n) return null;
    return multiply(multiply(this.#held, price), this.#feeRate);
  }

  legs(view: PriceView): readonly Leg[] {
    const price = view(this.#quote);
    return price === null ? [] : [{ quote: this.#quote, usd: multiply(this.size, price) }];
  }

  /** @param otherMaintenance and `otherPnl`: of the rest of its account. */
  liquidationWith(balance: Fixed, otherMaintenance: Fixed, otherPnl: Fixed): Fixed | null {
    if (this.#reported !== null) return this.#reported;
    const { size, entryValue } = this;
    return liquidationPrice({ size, entryValue, balance, otherMaintenance, otherPnl }, this.tiers, this.#slopes);
  }
}

function tierOf({ upTo, rate, deduction }: MaintenanceTier): MarginTier {
  return { upTo: upTo === null ? null : fixed(upTo), rate: fixed(rate), deduction: fixed(deduction) };
}
