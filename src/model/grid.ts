import { type Decimal, fromUnits } from '../lib/decimal.ts';
import { FIXED_PLACES, fixed, fixedText, multiply, ONE } from '../lib/fixed.ts';
import type { GridPlan } from './bot.ts';

/** A hundredth of the quote currency: prices of a grid are rounded down to it, which every venue takes. */
const PRICE_STEP = ONE / 100n;

/** The price at the bottom of a step of a grid; of the step after the last, the top. */
export function gridPrice({ lower, upper, steps }: GridPlan, step: number): Decimal {
  const [from, to] = [fixed(lower), fixed(upper)];
  const price = from + ((to - from) * BigInt(step)) / BigInt(steps);
  return fromUnits(price - (price % PRICE_STEP), FIXED_PLACES);
}

/** What all steps of a grid cost when every one of them has bought, in the quote currency. */
export function gridCost(plan: GridPlan): Decimal {
  let cost = 0n;
  for (let step = 0; step < plan.steps; step++) cost += multiply(fixed(gridPrice(plan, step)), fixed(plan.quantity));
  return fixedText(cost);
}
