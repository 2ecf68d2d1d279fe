import { compareDecimals, type Decimal } from '../../lib/decimal.ts';
import { type Fixed, fixed, multiply } from '../../lib/fixed.ts';
import type { Address } from '../../model/identity.ts';
import type { Instrument } from '../../model/instrument.ts';
import { type Amendment, hasEnded, type Liquidity, type Order, type Rejection } from '../../model/order.ts';
import { brokenRule, rejectionOf } from '../../model/order-rules.ts';
import { ownerRoute } from '../../model/owner.ts';
import type { OwnerLimits } from '../../model/owner-limits.ts';
import type { Portfolio } from '../../model/portfolio.ts';
import { tradingRules } from '../../model/trading-rules.ts';
import type { Account } from './account.ts';
import { AccountBook, type AccountBookOptions } from './account-book.ts';
import { refusalOf, rejection } from './admission.ts';
import { amendedOf } from './amendment.ts';
import type { PaperEvent, PaperOutput } from './events.ts';
import { executionOf } from './execution.ts';
import { OrderRoster } from './order-roster.ts';
import { PaperMarket } from './paper-market.ts';
import { closable, lock, needOf, sumOf, unlock, type Working } from './working.ts';

export interface PaperVenueOptions extends AccountBookOptions {
  /** Open orders of one owner at most. */
  readonly maxOpenOrders?: number;
}

/** More than a person or a bot has use for; each costs memory, and a look at every change of its symbol. */
const MAX_OPEN_ORDERS = 1_000;

const NOTHING: readonly PaperOutput[] = [];

/**
 * A venue in which nobody loses money: orders of owners against the books and trades that real feeds give.
 *
 * A function of its events: no I/O, time only from them, so that the same events give the same fills. What rests where, and when it
 * fills, is said at {@link PaperMarket}; paper orders never meet each other. Money is exact: cash and what is held change by exactly
 * what the executions say.
 */
export class PaperVenue {
  readonly #options: PaperVenueOptions;
  readonly #markets = new Map<string, PaperMarket>();
  readonly #book: AccountBook;
  readonly #limits = new Map<string, OwnerLimits>();
  readonly #roster = new OrderRoster();
  /** Orders that were loaded before their symbol was known. */
  #homeless: Order[] = [];
  #arrivals = 0;
  #out: PaperOutput[] = [];

  constructor(options: PaperVenueOptions) {
    this.#options = options;
    this.#book = new AccountBook(options, (symbol) => this.#markets.get(symbol)?.last ?? null);
  }

  process(event: PaperEvent): readonly PaperOutput[] {
    this.#out = [];
    switch (event.kind) {
      case 'instrument':
        this.#list(event.instrument);
        break;
      case 'book': {
        const market = this.#source(event.book.symbol, event.book.source);
        market?.setBook(event.book);
        if (market) this.#meet(market, event.book.receivedAt);
        break;
      }
      case 'book-change': {
        const market = this.#source(event.change.symbol, event.change.source);
        market?.changeBook(event.change);
        if (market) this.#meet(market, event.change.receivedAt);
        break;
      }
      case 'trade': {
        const { trade } = event;
        const market = this.#source(trade.symbol, trade.source);
        if (!market) break;
        const { receivedAt: at, tradeId } = trade;
        market.traded(trade, (working, price, quantity) => this.#fill(working, price, quantity, 'MAKER', at, tradeId));
        for (const working of market.triggered(trade.timestamp)) this.#trigger(working, at);
        break;
      }
      case 'price':
        this.#book.priced(event);
        break;
      case 'account':
        this.#book.load(event.account);
        break;
      case 'order':
        if (event.order.venue !== 'paper') this.#book.loadRealOrder(event.order);
        else if (this.#book.realVenueOf(event.order.owner) !== null) this.#abandon(event.order);
        else if (!this.#load(event.order)) this.#homeless.push(event.order);
        break;
      case 'venue-order':
      case 'venue-balances':
      case 'venue-lost':
        this.#out.push(...this.#book.heard(event));
        break;
      case 'limits':
        this.#limits.set(ownerRoute(event.limits.owner), event.limits);
        break;
      case 'place':
        if (!this.#roster.has(event.order.id)) this.#place(event.order, event.now);
        break;
      case 'amend':
        this.#amend(event.orderId, event.amendment, event.now);
        break;
      case 'cancel':
        this.#cancel(event.orderId, event.now);
        break;
      case 'cancel-all':
        for (const { order } of [...this.#roster.of(event.owner)])
          if (
            (event.symbol === null || order.symbol === event.symbol) &&
            (event.botId === null || order.botId === event.botId)
          )
            this.#cancel(order.id, event.now);
        break;
    }
    const out = this.#out;
    this.#out = [];
    return out.length === 0 ? NOTHING : out;
  }

  /** Orders that live. */
  get open(): number {
    return this.#roster.size;
  }

  /** Whether orders in a symbol can be taken now. */
  isOpen(symbol: string): boolean {
    return this.#markets.get(symbol)?.book.isFresh ?? false;
  }

  /** Owners that have an account. */
  owners(): readonly Address[] {
    return this.#book.owners();
  }

  /** Made at the first asking, with what every owner begins with. */
  account(owner: Address): Account {
    return this.#book.account(owner);
  }

  /** What is known of the orders of an owner whose real account is followed. */
  knownOrders(owner: Address): ReturnType<AccountBook['knownOrders']> {
    return this.#book.knownOrders(owner);
  }

  portfolio(owner: Address, at: number): Portfolio {
    return this.#book.portfolio(owner, at);
  }

  /** Accounts that have changed since the last call. */
  takeTouched(): readonly Account[] {
    return this.#book.takeTouched();
  }

  #list(instrument: Instrument): void {
    const rules = tradingRules(instrument);
    if (!rules || this.#markets.has(instrument.symbol)) return;
    this.#markets.set(instrument.symbol, new PaperMarket(instrument, rules));
    this.#homeless = this.#homeless.filter((order) => !this.#load(order));
  }

  /** The market of a symbol, if this source stands for it. */
  #source(symbol: string, source: string): PaperMarket | null {
    const market = this.#markets.get(symbol);
    return market?.instrument.primarySource === source ? market : null;
  }

  #meet(market: PaperMarket, at: number): void {
    market.crossed((working, price, quantity) => this.#fill(working, price, quantity, 'MAKER', at, null));
  }

  /** An order as it was stored: at the end of its queue, since nobody knows what was ahead of it. */
  #load(order: Order): boolean {
    const market = this.#markets.get(order.symbol);
    if (!market) return false;
    const working = this.#newWorking(order, market);
    lock(working, needOf(working));
    this.#roster.add(working);
    if (order.stopPrice !== null && order.triggeredAt === null) market.wait(working);
    else market.rest(working);
    return true;
  }

  /** What an owner placed on paper before its real account was followed. */
  #abandon(order: Order): void {
    this.#tell({ ...order, status: 'CANCELED', version: order.version + 1 }, order.updatedAt);
  }

  #newWorking(order: Order, market: PaperMarket): Working {
    return {
      order,
      account: this.account(order.owner),
      market,
      arrival: ++this.#arrivals,
      remaining: fixed(order.quantity) - fixed(order.filledQuantity),
      ahead: null,
      shown: false,
      since: 0,
      cash: 0n,
      quantity: 0n,
    };
  }

  #place(order: Order, now: number): void {
    const venue = this.#book.realVenueOf(order.owner);
    if (venue !== null) return this.#refuse(order, rejection('VENUE_REFUSED', `This owner trades at ${venue}.`), now);
    const market = this.#markets.get(order.symbol);
    if (!market) return this.#refuse(order, rejection('UNKNOWN_SYMBOL', `${order.symbol} is not traded here.`), now);
    const broken = brokenRule(order, market.rules);
    if (broken) return this.#refuse(order, rejectionOf(broken), now);
    const working = this.#newWorking(order, market);
    const refused = this.#refusalOf(working);
    if (refused) return this.#refuse(order, refused, now);
    this.#book.touch(order.owner);
    this.#roster.add(working);
    this.#change(working, { status: 'NEW' }, now);
    this.#begin(working, now);
  }

  /** Why an order cannot begin to live as it is; nothing is changed. */
  #refusalOf(working: Working): Rejection | null {
    return refusalOf(working, {
      mostOrders: this.#options.maxOpenOrders ?? MAX_OPEN_ORDERS,
      others: this.#roster.of(working.order.owner),
      limits: this.#limits.get(ownerRoute(working.order.owner)),
      markOf: (symbol) => this.#book.mark(symbol),
    });
  }

  /** Waits, takes what is there, rests: an order that was admitted. */
  #begin(working: Working, at: number): void {
    const { order, market } = working;
    if (order.stopPrice !== null && order.triggeredAt === null) {
      lock(working, needOf(working));
      market.wait(working);
      return;
    }
    const { side, price, timeInForce } = order;
    const offers = market.book.offers(side, working.remaining, price);
    if (timeInForce === 'FOK' && sumOf(offers) < working.remaining) {
      const why = rejection('NO_LIQUIDITY', 'Not all of it can be had at once.', sumOf(offers), working.remaining);
      return this.#end(working, 'EXPIRED', at, why);
    }
    lock(working, needOf(working));
    for (const offer of offers) {
      const quantity = this.#fill(working, offer.price, offer.quantity, 'TAKER', at, null);
      market.book.take(side, { price: offer.price, quantity });
      if (quantity < offer.quantity) break;
    }
    if (hasEnded(working.order)) return;
    if (price !== null && timeInForce === 'GTC') {
      market.rest(working);
      return;
    }
    const why = rejection(
      'NO_LIQUIDITY',
      'No more can be had at once.',
      sumOf(offers),
      sumOf(offers) + working.remaining,
    );
    this.#end(working, 'EXPIRED', at, why);
  }

  #trigger(working: Working, at: number): void {
    unlock(working);
    this.#change(working, { triggeredAt: at }, at);
    const refused = this.#refusalOf(working);
    if (refused) this.#end(working, 'EXPIRED', at, refused);
    else this.#begin(working, at);
  }

  #amend(orderId: string, amendment: Amendment, now: number): void {
    const working = this.#roster.get(orderId);
    if (!working) return this.#gone(orderId);
    const { market, order } = working;
    const { amended, remaining, broken } = amendedOf(order, amendment, market.rules);
    if (broken) return this.#change(working, { rejection: broken }, now);
    const { quantity, price, stopPrice } = amended;
    const keepsPlace =
      price === order.price && stopPrice === order.stopPrice && compareDecimals(quantity, order.quantity) <= 0;
    if (keepsPlace) {
      unlock(working);
      working.remaining = remaining;
      this.#change(working, { quantity, rejection: null }, now);
      lock(working, needOf(working));
      return;
    }
    // Tried as a new one, on what the old one frees; one that cannot be leaves the old where it stood.
    const before = { remaining: working.remaining, cash: working.cash, quantity: working.quantity };
    unlock(working);
    working.order = amended;
    working.remaining = remaining;
    const refused = this.#refusalOf(working);
    working.order = order;
    if (refused) {
      working.remaining = before.remaining;
      lock(working, before);
      return this.#change(working, { rejection: refused }, now);
    }
    this.#withdraw(working);
    const again: Working = { ...working, arrival: ++this.#arrivals };
    this.#roster.delete(working);
    this.#roster.add(again);
    this.#change(again, { quantity, price, stopPrice, rejection: null }, now);
    this.#begin(again, now);
  }

  #cancel(orderId: string, now: number): void {
    const working = this.#roster.get(orderId);
    if (!working) {
      const homeless = this.#homeless.find(({ id }) => id === orderId);
      if (!homeless) return this.#gone(orderId);
      this.#homeless = this.#homeless.filter((order) => order !== homeless);
      this.#tell({ ...homeless, status: 'CANCELED', version: homeless.version + 1, updatedAt: now }, now);
      return;
    }
    this.#withdraw(working);
    this.#end(working, 'CANCELED', now, null);
  }

  #gone(orderId: string): void {
    const why = rejection('ORDER_ENDED', 'The order has ended already.');
    this.#out.push({ kind: 'refused', orderId, rejection: why });
  }

  /** Out of the queue that it stands in. */
  #withdraw(working: Working): void {
    const { order, market } = working;
    if (order.stopPrice !== null && order.triggeredAt === null) market.unwait(working);
    else market.unrest(working);
  }

  #fill(
    working: Working,
    price: Decimal,
    offered: Fixed,
    liquidity: Liquidity,
    at: number,
    tradeId: string | null,
  ): Fixed {
    const { account, market, order } = working;
    const most = order.reduceOnly ? least(offered, closable(working)) : offered;
    const quantity = least(most, working.remaining);
    const rests = liquidity === 'MAKER';
    if (quantity > 0n) {
      const paid = fixed(price);
      const value = multiply(paid, quantity);
      const fee = multiply(value, rests ? market.rules.makerFee : market.rules.takerFee);
      unlock(working);
      const signed = order.side === 'BUY' ? quantity : -quantity;
      const realized = account.book(market.instrument, { quantity: signed, price: paid, fee });
      this.#book.touch(account.owner);
      working.remaining -= quantity;
      if (rests && working.remaining === 0n) market.unrest(working);
      const facts = { price, quantity, value, fee, liquidity, realized, tradeId, at };
      const execution = executionOf(order, market.instrument, facts);
      working.order = execution.order;
      this.#out.push({ kind: 'execution', execution });
      this.#tell(execution.order, at);
      if (working.remaining === 0n) this.#roster.delete(working);
      // What has no price of its own takes all it can in one go, and ends.
      else if (order.price !== null) lock(working, needOf(working));
    }
    // What may only reduce has nothing left to reduce.
    if (!hasEnded(working.order) && order.reduceOnly && closable(working) === 0n) {
      if (rests) market.unrest(working);
      this.#end(working, 'EXPIRED', at, rejection('REDUCE_ONLY_WOULD_INCREASE', 'Nothing is left to reduce.', 0n));
    }
    return quantity;
  }

  /** The next version of an order that lives on. */
  #change(working: Working, change: Partial<Order>, at: number): void {
    working.order = { ...working.order, ...change, version: working.order.version + 1, updatedAt: at };
    this.#tell(working.order, at);
  }

  #end(working: Working, status: Order['status'], at: number, why: Rejection | null): void {
    unlock(working);
    this.#roster.delete(working);
    this.#change(working, { status, rejection: why }, at);
  }

  #refuse(order: Order, why: Rejection, now: number): void {
    this.#tell({ ...order, status: 'REJECTED', rejection: why, version: order.version + 1, updatedAt: now }, now);
  }

  #tell(order: Order, at: number): void {
    const { id, owner, version } = order;
    const update = { id: `${id}|${version}`, owner, order, timestamp: at, receivedAt: at };
    this.#out.push({ kind: 'order', update });
  }
}

function least(a: Fixed, b: Fixed): Fixed {
  return a < b ? a : b;
}
