import { compareDecimals, type Decimal, ZERO } from '../../lib/decimal.ts';
import { fixed, fixedText } from '../../lib/fixed.ts';
import { type Bot, type BotOrder, type BotState, botOrderId, botPnl } from '../../model/bot.ts';
import type { Order, OrderTerms } from '../../model/order.ts';
import { NOBODY, type Signal } from '../../model/signal.ts';
import { withOrder } from './ledger.ts';
import { type Wish, wishesAt, wishesOn } from './plans.ts';

export type BotEvent =
  /** A bot that is new, or as it was stored. */
  | { readonly kind: 'bot'; readonly bot: Bot }
  | { readonly kind: 'start' | 'pause' | 'stop'; readonly botId: string; readonly now: number }
  /** The order as it stands; told twice it changes nothing. */
  | { readonly kind: 'order'; readonly order: Order; readonly now: number }
  | { readonly kind: 'price'; readonly symbol: string; readonly price: Decimal; readonly now: number }
  | { readonly kind: 'signal'; readonly signal: Signal; readonly now: number }
  /** An order could not be handed in, and never will be. */
  | { readonly kind: 'refused'; readonly botId: string; readonly reason: string; readonly now: number }
  | { readonly kind: 'time'; readonly now: number };

/** To be done once the bots that changed are stored, and again, with the same names, by whoever takes them up. */
export type BotOutput =
  | { readonly kind: 'place'; readonly bot: Bot; readonly clientOrderId: string; readonly terms: OrderTerms }
  | { readonly kind: 'cancel-all'; readonly bot: Bot };

/**
 * Bots. Each decides by itself, of what it has heard; a decision is numbered, and its order is named by bot and number.
 *
 * - What a bot has ordered it knows from the moment of the decision: it decides nothing twice, whatever is lost on the way.
 * - A bot that reaches a limit, or whose order is refused, says why and fails; its orders are cancelled, and what it holds it holds.
 *   Others go on.
 * - A paused bot decides nothing and keeps its orders; a stopped one has them cancelled.
 */
export class BotEngine {
  readonly #bots = new Map<string, Bot>();
  readonly #touched = new Set<string>();
  readonly #prices = new Map<string, Decimal>();

  /** Every bot, as it stands now, with the price of now: a day that has begun since has its own trades. */
  *all(now: number): IterableIterator<Bot> {
    for (const bot of this.#bots.values()) yield { ...this.#priced(bot), timestamp: now, receivedAt: now };
  }

  /** Every bot that has changed since. */
  takeTouched(): readonly Bot[] {
    const touched = [...this.#touched].flatMap((id) => this.#bots.get(id) ?? []);
    this.#touched.clear();
    return touched;
  }

  process(event: BotEvent): readonly BotOutput[] {
    switch (event.kind) {
      case 'bot':
        this.#bots.set(event.bot.id, event.bot);
        this.#touched.add(event.bot.id);
        return [];
      case 'start':
        return this.#turn(event.botId, 'RUNNING', 'started', event.now);
      case 'pause':
        return this.#turn(event.botId, 'PAUSED', 'paused', event.now);
      case 'stop':
        return this.#turn(event.botId, 'STOPPED', 'stopped', event.now);
      case 'order':
        return this.#order(event.order, event.now);
      case 'price':
        this.#prices.set(event.symbol, event.price);
        return this.#each(
          ({ symbol, status }) => symbol === event.symbol && status === 'RUNNING',
          (bot) => this.#decide(bot, event.now),
        );
      case 'signal':
        return this.#each(
          ({ owner, status }) => status === 'RUNNING' && [owner, NOBODY].includes(event.signal.owner),
          (bot) => this.#wish(bot, wishesOn(this.#priced(bot), event.signal), event.now),
        );
      case 'refused':
        return this.#each(
          ({ id }) => id === event.botId,
          (bot) => this.#fail(bot, event.reason, event.now),
        );
      case 'time':
        return this.#each(
          ({ status }) => status === 'RUNNING',
          (bot) => this.#decide(bot, event.now),
        );
    }
  }

  #each(concerns: (bot: Bot) => boolean, act: (bot: Bot) => readonly BotOutput[]): readonly BotOutput[] {
    return [...this.#bots.values()].filter(concerns).flatMap(act);
  }

  #turn(id: string, status: BotState, lastAction: string, now: number): readonly BotOutput[] {
    const bot = this.#bots.get(id);
    if (!bot || bot.status === status) return [];
    const nextAt = status === 'RUNNING' && bot.status !== 'PAUSED' ? null : bot.nextAt;
    const lastError = status === 'RUNNING' ? null : bot.lastError;
    const turned = this.#put({ ...bot, status, lastAction, lastError, nextAt }, now);
    if (status === 'RUNNING') return this.#decide(turned, now);
    return status === 'STOPPED' ? [{ kind: 'cancel-all', bot: turned }] : [];
  }

  #order(order: Order, now: number): readonly BotOutput[] {
    const bot = order.botId === null ? undefined : this.#bots.get(order.botId);
    if (!bot) return [];
    const after = withOrder(bot, order);
    if (after === bot) return [];
    if (order.status === 'REJECTED' && bot.status === 'RUNNING')
      return this.#fail(after, order.rejection?.message ?? 'An order was rejected.', now);
    return this.#decide(this.#put(after, now), now);
  }

  /** What follows from what a bot knows now. */
  #decide(bot: Bot, now: number): readonly BotOutput[] {
    if (bot.status !== 'RUNNING') return [];
    const priced = this.#priced(bot);
    const { maxLoss } = bot.limits;
    if (maxLoss !== null && botPnl(priced) <= -fixed(maxLoss))
      return this.#fail(bot, `It has lost ${maxLoss} or more, which is its limit.`, now);
    const { wishes, nextAt } = wishesAt(priced, now);
    return this.#wish(nextAt === bot.nextAt ? bot : { ...bot, nextAt }, wishes, now);
  }

  #wish(bot: Bot, wishes: readonly Wish[], now: number): readonly BotOutput[] {
    let after = bot;
    const outputs: BotOutput[] = [];
    for (const { terms, slot, why } of wishes) {
      const refused = terms.quantity === ZERO ? why : limitReached(after, terms);
      if (refused !== null) return [...outputs, ...this.#fail(after, refused, now)];
      const step = after.step + 1;
      const clientOrderId = botOrderId(bot.id, step);
      const order: BotOrder = {
        clientOrderId,
        terms,
        slot,
        version: 0,
        filledQuantity: ZERO,
        filledValue: ZERO,
        fees: ZERO,
      };
      after = { ...after, step, orders: [...after.orders, order], lastAction: why };
      outputs.push({ kind: 'place', bot: after, clientOrderId, terms });
    }
    if (after !== this.#bots.get(bot.id)) this.#put(after, now);
    return outputs;
  }

  #fail(bot: Bot, lastError: string, now: number): readonly BotOutput[] {
    const failed = this.#put({ ...bot, status: 'FAILED', lastError }, now);
    return [{ kind: 'cancel-all', bot: failed }];
  }

  #priced(bot: Bot): Bot {
    return { ...bot, price: this.#prices.get(bot.symbol) ?? bot.price };
  }

  #put(bot: Bot, now: number): Bot {
    const put = { ...this.#priced(bot), version: bot.version + 1, timestamp: now, receivedAt: now };
    this.#bots.set(bot.id, put);
    this.#touched.add(bot.id);
    return put;
  }
}

/** Which limit an order would break, in a sentence; null for none. */
function limitReached({ limits, step, position, orders }: Bot, { side, quantity }: OrderTerms): string | null {
  const { maxOrders, maxPosition } = limits;
  if (maxOrders !== null && step >= maxOrders) return `It has placed ${maxOrders} orders, which is its limit.`;
  if (maxPosition === null || side === 'SELL') return null;
  // As if everything that it has ordered had been bought.
  let most = fixed(position) + fixed(quantity);
  for (const { terms, filledQuantity } of orders)
    if (terms.side === 'BUY') most += fixed(terms.quantity) - fixed(filledQuantity);
  return compareDecimals(fixedText(most), maxPosition) > 0
    ? `One more order could make its position ${fixedText(most)}, and its limit is ${maxPosition}.`
    : null;
}
