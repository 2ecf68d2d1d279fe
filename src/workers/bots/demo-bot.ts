import { type Decimal, decimal, fromUnits, ZERO } from '../../lib/decimal.ts';
import { divide, FIXED_PLACES, type Fixed, fixed, fixedText, multiply } from '../../lib/fixed.ts';
import type { Bot, GridPlan } from '../../model/bot.ts';
import { gridCost } from '../../model/grid.ts';
import type { Address } from '../../model/identity.ts';
import type { TradingRules } from '../../model/trading-rules.ts';

/** What the demo owner's bot trades: of every simulated market. */
export const DEMO_SYMBOL = 'BTCUSDT';

/** Made once: an owner who has stopped it, or let it fail, is not given another. */
export const DEMO_BOT = 'demo-grid';

/** A grid that a simulated market crosses every minute or so: steps of a tenth of a per cent, five below the price and five above. */
const STEPS = 10;
const STEP: Fixed = fixed(decimal('0.001'));

/** What each step buys for, in the quote currency: all of them a tenth of what a paper account begins with. */
const STEP_VALUE: Fixed = fixed(decimal('1000'));

/** A bot of whoever tries the product out, so that a trading screen shows life. */
export function demoBot(owner: Address, price: Decimal, { tick, step }: TradingRules, now: number): Bot {
  const at = fixed(price);
  const half = multiply(at, STEP * BigInt(STEPS / 2));
  const onTick = (value: Fixed): Decimal => fromUnits(value - (value % tick), FIXED_PLACES);
  const quantity = divide(STEP_VALUE, at);
  const range = { kind: 'GRID', steps: STEPS, lower: onTick(at - half), upper: onTick(at + half) } as const;
  const plan: GridPlan = { ...range, quantity: fromUnits(quantity - (quantity % step), FIXED_PLACES), budget: ZERO };
  return {
    id: DEMO_BOT,
    owner,
    version: 1,
    name: 'Demo grid',
    symbol: DEMO_SYMBOL,
    tick: fixedText(tick),
    lot: fixedText(step),
    plan: { ...plan, budget: gridCost(plan, fixedText(tick)) },
    limits: { maxOrders: null, maxPosition: null, maxLoss: decimal('1000') },
    status: 'STOPPED',
    step: 0,
    orders: [],
    held: Array.from({ length: STEPS }, () => ZERO),
    position: ZERO,
    cost: ZERO,
    realizedPnl: ZERO,
    fees: ZERO,
    price,
    sales: 0,
    gains: 0,
    day: 0,
    tradesToday: 0,
    nextAt: null,
    lastAction: null,
    lastError: null,
    createdAt: now,
    stale: false,
    timestamp: now,
    receivedAt: now,
  };
}
