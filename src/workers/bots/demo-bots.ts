import { type Decimal, decimal, fromUnits, ZERO } from '../../lib/decimal.ts';
import { divide, FIXED_PLACES, type Fixed, fixed, fixedText, multiply } from '../../lib/fixed.ts';
import { type Bot, type GridPlan, newBot } from '../../model/bot.ts';
import { gridCost } from '../../model/grid.ts';
import type { Address } from '../../model/identity.ts';
import type { TradingRules } from '../../model/trading-rules.ts';

/** What the demo owner's bots trade: of every simulated market. */
export const DEMO_SYMBOL = 'BTCUSDT';

/** Made once: an owner who has stopped them, or let them fail, is not given others. */
export const DEMO_BOTS = { grid: 'demo-grid', dca: 'demo-dca' } as const;

/** Steps wider than two fees, three below the price and three above. */
const STEPS = 6;
const STEP: Fixed = fixed(decimal('0.003'));

/** What each step buys for, in the quote currency: all of them a twentieth of what a paper account begins with. */
const STEP_VALUE: Fixed = fixed(decimal('1000'));

/** Something to be seen every half a minute, for hours: half of what a paper account begins with in all. */
const DCA = { kind: 'DCA', amount: decimal('50'), intervalMs: 30_000 } as const;
const DCA_ORDERS = 1_000;

/** Bots of whoever tries the product out, so that a trading screen shows life. */
export function demoBots(owner: Address, price: Decimal, rules: TradingRules, now: number): readonly Bot[] {
  const common = { owner, symbol: DEMO_SYMBOL, price };
  const none = { maxOrders: null, maxPosition: null, maxLoss: null };
  const grid = { ...common, id: DEMO_BOTS.grid, name: 'Demo grid', plan: gridAround(price, rules), limits: none };
  const limits = { ...none, maxOrders: DCA_ORDERS };
  const savings = { ...common, id: DEMO_BOTS.dca, name: 'Demo savings plan', plan: DCA, limits };
  return [newBot(grid, rules, now), newBot(savings, rules, now)];
}

function gridAround(price: Decimal, { tick, step }: TradingRules): GridPlan {
  const at = fixed(price);
  const half = multiply(at, STEP * BigInt(STEPS / 2));
  const onTick = (value: Fixed): Decimal => fromUnits(value - (value % tick), FIXED_PLACES);
  const quantity = divide(STEP_VALUE, at);
  const range = { kind: 'GRID', steps: STEPS, lower: onTick(at - half), upper: onTick(at + half) } as const;
  const plan: GridPlan = { ...range, quantity: fromUnits(quantity - (quantity % step), FIXED_PLACES), budget: ZERO };
  return { ...plan, budget: gridCost(plan, fixedText(tick)) };
}
