import { type Decimal, fromUnits } from '../lib/decimal.ts';
import { FIXED_PLACES, fixed, fixedText, multiply } from '../lib/fixed.ts';
import type { GridPlan } from './bot.ts';

/** The price at the bottom of a step of a grid, rounded down to the tick; of the step after the last, the top. */
export function gridPrice({ lower, upper, steps }: GridPlan, step: number, tick: Decimal): Decimal {
  const [from, to] = [fixed(lower), fixed(upper)];
  const price = from + ((to - from) * BigInt(step)) / BigInt(steps);
  return fromUnits(price - (price % fixed(tick)), FIXED_PLACES);
}

/** What all steps of a grid cost when every one of them has bought, in the quote currency. */
export function gridCost(plan: GridPlan, tick: Decimal): Decimal {
  let cost = 0n;
  for (let step = 0; step < plan.steps; step++)
    cost += multiply(fixed(gridPrice(plan, step, tick)), fixed(plan.quantity));
  return fixedText(cost);
}
