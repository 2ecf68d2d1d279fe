import { DAY_MS } from '../lib/clock.ts';
import { type Decimal, ZERO } from '../lib/decimal.ts';
import { type Fixed, fixed, fixedText, multiply } from '../lib/fixed.ts';
import type { Address } from './identity.ts';
import type { Perishable } from './observed.ts';
import type { OrderTerms } from './order.ts';
import type { TradingRules } from './trading-rules.ts';

export const BOT_STATES = ['RUNNING', 'PAUSED', 'STOPPED', 'FAILED'] as const;
/** The last two are ends of what it does; a stopped one may be started again, a failed one too, once its owner has seen why. */
export type BotState = (typeof BOT_STATES)[number];

/** Buys for the same amount again and again. */
export interface DcaPlan {
  readonly kind: 'DCA';
  /** In the quote currency. */
  readonly amount: Decimal;
  readonly intervalMs: number;
}

/** Between two prices buys at each step below the price, and sells what it bought one step higher. */
export interface GridPlan {
  readonly kind: 'GRID';
  readonly lower: Decimal;
  readonly upper: Decimal;
  /** Steps between them: as many orders stand at most. */
  readonly steps: number;
  /** Of each order, in the base currency. */
  readonly quantity: Decimal;
  /** What all of it may cost together, in the quote currency. */
  readonly budget: Decimal;
}

/** Buys on BUY and sells what it has on SELL. */
export interface SignalPlan {
  readonly kind: 'SIGNAL';
  /** In the quote currency. */
  readonly amount: Decimal;
  /** Whose signals; null for every strategy's. */
  readonly strategies: readonly string[] | null;
  readonly minConfidence: number;
}

export type BotPlan = DcaPlan | GridPlan | SignalPlan;

/** How far a bot may go; null for no limit. */
export interface BotLimits {
  /** Orders in all. */
  readonly maxOrders: number | null;
  /** In the base currency. */
  readonly maxPosition: Decimal | null;
  /** Realised and unrealised, after fees, in the quote currency. */
  readonly maxLoss: Decimal | null;
}

/** An order that a bot has decided on, as far as it is known to have come. */
export interface BotOrder {
  /** Of the bot and its step: the same decision is the same order, however often it is handed in. */
  readonly clientOrderId: string;
  readonly terms: OrderTerms;
  /** Of a grid: which of its steps it belongs to. */
  readonly slot: number | null;
  /** Version of the order that was taken in last; 0 while none was. */
  readonly version: number;
  readonly filledQuantity: Decimal;
  readonly filledValue: Decimal;
  readonly fees: Decimal;
}

/** A bot with all that it knows: nothing else is needed to go on. */
export interface Bot extends Perishable {
  readonly id: string;
  readonly owner: Address;
  /** Grows with every change. */
  readonly version: number;
  readonly name: string;
  readonly symbol: string;
  /** What its prices and quantities are multiples of: the rules of its symbol. */
  readonly tick: Decimal;
  readonly lot: Decimal;
  readonly plan: BotPlan;
  readonly limits: BotLimits;
  readonly status: BotState;
  /** Decisions so far: the next order is named by the next number. */
  readonly step: number;
  readonly orders: readonly BotOrder[];
  /** Of a grid: what each step holds that is still to be sold, in the base currency. */
  readonly held: readonly Decimal[];
  /** In the base currency, and what was paid for it. */
  readonly position: Decimal;
  readonly cost: Decimal;
  readonly realizedPnl: Decimal;
  readonly fees: Decimal;
  /** Of the symbol, when the bot last changed; null before one was heard. */
  readonly price: Decimal | null;
  /** Sales that made something real, and those of them with a gain. */
  readonly sales: number;
  readonly gains: number;
  /** Orders that ended filled on this day (days since 1970, UTC). */
  readonly day: number;
  readonly tradesToday: number;
  /** Of a DCA bot: when it buys next, milliseconds. */
  readonly nextAt: number | null;
  readonly lastAction: string | null;
  readonly lastError: string | null;
  readonly createdAt: number;
}

/** What a bot worker is asked to do. */
export type BotCommand =
  | { readonly type: 'create'; readonly bot: Bot }
  | { readonly type: 'start' | 'pause' | 'stop'; readonly botId: string };

/** Names an order of a bot: at most 64 characters. */
export function botOrderId(botId: string, step: number): string {
  return `bot-${botId}-${step}`;
}

/** Realised and unrealised, after fees, in the quote currency. Without a price what is held counts as what it cost. */
export function botPnl({ realizedPnl, fees, price, position, cost }: Bot): Fixed {
  const open = price === null ? 0n : multiply(fixed(price), fixed(position)) - fixed(cost);
  return fixed(realizedPnl) - fixed(fees) + open;
}

export function dayOf(time: number): number {
  return Math.floor(time / DAY_MS);
}

/** Orders that ended filled on the day of a time. */
export function tradesOn({ day, tradesToday }: Bot, time: number): number {
  return dayOf(time) > day ? 0 : tradesToday;
}

/** A bot as it is made: stopped, with nothing done. */
export function newBot(
  given: Pick<Bot, 'id' | 'owner' | 'name' | 'symbol' | 'plan' | 'limits' | 'price'>,
  rules: TradingRules,
  now: number,
): Bot {
  const { plan } = given;
  return {
    ...given,
    version: 1,
    tick: fixedText(rules.tick),
    lot: fixedText(rules.step),
    status: 'STOPPED',
    step: 0,
    orders: [],
    held: plan.kind === 'GRID' ? Array.from({ length: plan.steps }, () => ZERO) : [],
    position: ZERO,
    cost: ZERO,
    realizedPnl: ZERO,
    fees: ZERO,
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
