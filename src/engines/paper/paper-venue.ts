import { compareDecimals, type Decimal } from '../../lib/decimal.ts';
import { divide, type Fixed, fixed, fixedText, multiply, quotientText } from '../../lib/fixed.ts';
import type { Address } from '../../model/identity.ts';
import type { Instrument } from '../../model/instrument.ts';
import { type Amendment, type Execution, type Liquidity, type Order, type Rejection, hasEnded } from '../../model/order.ts';
import { brokenRule } from '../../model/order-rules.ts';
import { ownerRoute } from '../../model/owner.ts';
import type { CashBalance, OwnerLimits } from '../../model/trading-account.ts';
import { tradingRules } from '../../model/trading-rules.ts';
import { Account } from './account.ts';
import { beyondLimits, lackOf, rejection } from './admission.ts';
import type { PaperEvent, PaperOutput } from './events.ts';
import { PaperMarket } from './paper-market.ts';
import { reaches } from './shown-book.ts';
import { type Valuation, valueOf } from './valuation.ts';
import { closable, type Need, needAt, type Working } from './working.ts';

export interface PaperVenueOptions {
  /** What every owner begins with. */
  readonly startingCash: readonly CashBalance[];
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
  readonly #accounts = new Map<string, Account>();
  readonly #limits = new Map<string, OwnerLimits>();
  readonly #working = new Map<string, Working>();
  readonly #byOwner = new Map<string, Set<Working>>();
  readonly #marks = new Map<string, Decimal>();
  /** Owners whose account has changed since it was last asked. */
  readonly #touched = new Set<string>();
  /** Orders that were loaded before their symbol was known. */
  #homeless: Order[] = [];
  #arrivals = 0;
  #out: PaperOutput[] = [];

  constructor(options: PaperVenueOptions) {
    this.#options = options;
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
        this.#marks.set(event.symbol, event.price);
        break;
      case 'account':
        this.#accounts.set(ownerRoute(event.account.owner), new Account(event.account));
        break;
      case 'order':
        if (!this.#load(event.order)) this.#homeless.push(event.order);
        break;
      case 'limits':
        this.#limits.set(ownerRoute(event.limits.owner), event.limits);
        break;
      case 'place':
        if (!this.#working.has(event.order.id)) this.#place(event.order, event.now);
        break;
      case 'amend':
        this.#amend(event.orderId, event.amendment, event.now);
        break;
      case 'cancel':
        this.#cancel(event.orderId, event.now);
        break;
      case 'cancel-all':
        for (const { order } of [...(this.#byOwner.get(ownerRoute(event.owner)) ?? [])])
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
    return this.#working.size;
  }

  /** Owners that have an account. */
  owners(): readonly Address[] {
    return [...this.#accounts.values()].map(({ owner }) => owner);
  }

  /** Made at the first asking, with what every owner begins with. */
  account(owner: Address): Account {
    const route = ownerRoute(owner);
    let account = this.#accounts.get(route);
    if (!account) {
      account = new Account({ owner, venue: 'paper', version: 1, cash: this.#options.startingCash, holdings: [] });
      this.#accounts.set(route, account);
      this.#touched.add(route);
    }
    return account;
  }

  limits(owner: Address): OwnerLimits | null {
    return this.#limits.get(ownerRoute(owner)) ?? null;
  }

  /** What a symbol is worth now: the best price told, else the last trade here; null before either. */
  mark(symbol: string): Decimal | null {
    return this.#marks.get(symbol) ?? this.#markets.get(symbol)?.last ?? null;
  }

  valuation(owner: Address): Valuation {
    return valueOf(this.account(owner), (symbol) => this.mark(symbol));
  }

  /** Accounts that have changed since the last call. */
  takeTouched(): readonly Account[] {
    const accounts = [...this.#touched].flatMap((route) => this.#accounts.get(route) ?? []);
    this.#touched.clear();
    return accounts;
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
    this.#lock(working, this.#needOf(working));
    this.#keep(working);
    if (order.stopPrice !== null && order.triggeredAt === null) market.wait(working);
    else market.rest(working);
    return true;
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
    const market = this.#markets.get(order.symbol);
    if (!market) return this.#refuse(order, rejection('UNKNOWN_SYMBOL', `${order.symbol} is not traded here.`), now);
    const broken = brokenRule(order, market.rules);
    if (broken) {
      const { code, message, limit, actual } = broken;
      return this.#refuse(order, { code, message, limit, actual }, now);
    }
    const working = this.#newWorking(order, market);
    const refused = this.#refusalOf(working);
    if (refused) return this.#refuse(order, refused, now);
    this.#touched.add(ownerRoute(order.owner));
    this.#keep(working);
    this.#change(working, { status: 'NEW' }, now);
    this.#begin(working, now);
  }

  /** Why an order cannot begin to live as it is; nothing is changed. */
  #refusalOf(working: Working): Rejection | null {
    const { order, market, account } = working;
    const most = this.#options.maxOpenOrders ?? MAX_OPEN_ORDERS;
    const others = this.#byOwner.get(ownerRoute(order.owner)) ?? new Set();
    if (others.size >= most && !others.has(working))
      return rejection('TOO_MANY_ORDERS', `An owner has at most ${most} open orders.`);
    if (!market.book.isFresh)
      return rejection('MARKET_UNAVAILABLE', `The book of ${order.symbol} is not known now: try again shortly.`);
    const closing = closable(working);
    // What has come to life may find less left than when it was placed: it reduces that.
    if (order.reduceOnly && (order.triggeredAt === null ? working.remaining > closing : closing === 0n)) {
      const message = 'It would do more than reduce what is held.';
      return rejection('REDUCE_ONLY_WOULD_INCREASE', message, closing, working.remaining);
    }
    const waits = order.stopPrice !== null && order.triggeredAt === null;
    if (waits && market.isTriggered(working)) {
      const last = market.last === null ? null : fixed(market.last);
      const stop = order.stopPrice === null ? null : fixed(order.stopPrice);
      return rejection('WOULD_TRIGGER_IMMEDIATELY', 'The last price has reached the stop price already.', last, stop);
    }
    const best = market.book.bestFor(order.side);
    if (!waits && order.postOnly && best !== null && order.price !== null && reaches(order.side, order.price, best)) {
      const message = 'It would take what is offered, and must not.';
      return rejection('POST_ONLY_WOULD_TAKE', message, fixed(best), fixed(order.price));
    }
    const markOf = (symbol: string) => this.mark(symbol);
    const price = order.price ?? order.stopPrice ?? best ?? order.price;
    if (price === null) return rejection('NO_LIQUIDITY', 'Nothing is offered.');
    const beyond = beyondLimits(working, price, this.#limits.get(ownerRoute(account.owner)), others, markOf);
    return beyond ?? lackOf(working, this.#needOf(working), markOf);
  }

  /** What an order needs: at its own price, or for what the book offers now. */
  #needOf(working: Working): Need {
    const { order, market, remaining } = working;
    const price = order.price ?? (order.triggeredAt === null ? order.stopPrice : null);
    if (price !== null) return needAt(working, remaining, price);
    let need: Need = { cash: 0n, quantity: 0n, increases: false };
    const offers = market.book.offers(order.side, remaining, null);
    const worst = offers.at(-1);
    if (!worst) return need;
    // Paid in full: offer by offer. Of a perpetual, the margin is of the whole: at the worst price it is enough.
    if (market.instrument.kind === 'PERP') return needAt(working, sum(offers), worst.price);
    for (const offer of offers) {
      const part = needAt(working, offer.quantity, offer.price);
      need = { cash: need.cash + part.cash, quantity: need.quantity + part.quantity, increases: part.increases };
    }
    return need;
  }

  /** Waits, takes what is there, rests: an order that was admitted. */
  #begin(working: Working, at: number): void {
    const { order, market } = working;
    if (order.stopPrice !== null && order.triggeredAt === null) {
      this.#lock(working, this.#needOf(working));
      market.wait(working);
      return;
    }
    const { side, price, timeInForce } = order;
    const offers = market.book.offers(side, working.remaining, price);
    if (timeInForce === 'FOK' && sum(offers) < working.remaining) {
      const why = rejection('NO_LIQUIDITY', 'Not all of it can be had at once.', sum(offers), working.remaining);
      return this.#end(working, 'EXPIRED', at, why);
    }
    this.#lock(working, this.#needOf(working));
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
    const why = rejection('NO_LIQUIDITY', 'No more can be had at once.', sum(offers), sum(offers) + working.remaining);
    this.#end(working, 'EXPIRED', at, why);
  }

  #trigger(working: Working, at: number): void {
    this.#unlock(working);
    this.#change(working, { triggeredAt: at }, at);
    const refused = this.#refusalOf(working);
    if (refused) this.#end(working, 'EXPIRED', at, refused);
    else this.#begin(working, at);
  }

  #amend(orderId: string, amendment: Amendment, now: number): void {
    const working = this.#working.get(orderId);
    if (!working) return this.#gone(orderId);
    const { market, order } = working;
    const amended: Order = {
      ...order,
      quantity: amendment.quantity ?? order.quantity,
      price: amendment.price ?? order.price,
      stopPrice: amendment.stopPrice ?? order.stopPrice,
    };
    const broken = brokenRule(amended, market.rules);
    const filled = fixed(order.filledQuantity);
    const asked = fixed(amended.quantity);
    if (broken) {
      const { code, message, limit, actual } = broken;
      return this.#change(working, { rejection: { code, message, limit, actual } }, now);
    }
    if (asked <= filled) {
      const why = rejection('AMEND_BELOW_FILLED', 'So much of it is filled already.', filled, asked);
      return this.#change(working, { rejection: why }, now);
    }
    const triggered = order.triggeredAt !== null;
    if (triggered && amendment.stopPrice !== null) {
      const why = rejection('INVALID_ORDER', 'It has come to life: its stop price counts no more.');
      return this.#change(working, { rejection: why }, now);
    }
    const { quantity, price, stopPrice } = amended;
    const keepsPlace =
      price === order.price && stopPrice === order.stopPrice && compareDecimals(quantity, order.quantity) <= 0;
    if (keepsPlace) {
      this.#unlock(working);
      working.remaining = asked - filled;
      this.#change(working, { quantity, rejection: null }, now);
      this.#lock(working, this.#needOf(working));
      return;
    }
    // Tried as a new one, on what the old one frees; one that cannot be leaves the old where it stood.
    const before = { remaining: working.remaining, cash: working.cash, quantity: working.quantity };
    this.#unlock(working);
    working.order = amended;
    working.remaining = asked - filled;
    const refused = this.#refusalOf(working);
    working.order = order;
    if (refused) {
      working.remaining = before.remaining;
      this.#lock(working, before);
      return this.#change(working, { rejection: refused }, now);
    }
    this.#withdraw(working);
    const again: Working = { ...working, arrival: ++this.#arrivals };
    this.#forget(working);
    this.#keep(again);
    this.#change(again, { quantity, price, stopPrice, rejection: null }, now);
    this.#begin(again, now);
  }

  #cancel(orderId: string, now: number): void {
    const working = this.#working.get(orderId);
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
      this.#unlock(working);
      const signed = order.side === 'BUY' ? quantity : -quantity;
      const realized = account.book(market.instrument, { quantity: signed, price: paid, fee });
      this.#touched.add(ownerRoute(account.owner));
      working.remaining -= quantity;
      const filled = fixed(order.filledQuantity) + quantity;
      const filledValue = fixed(order.filledValue) + value;
      if (rests && working.remaining === 0n) market.unrest(working);
      const after: Order = {
        ...order,
        version: order.version + 1,
        status: working.remaining === 0n ? 'FILLED' : 'PARTIALLY_FILLED',
        filledQuantity: fixedText(filled),
        filledValue: fixedText(filledValue),
        averagePrice: quotientText(divide(filledValue, filled)),
        fees: fixedText(fixed(order.fees) + fee),
        updatedAt: at,
      };
      working.order = after;
      const execution: Execution = {
        id: `${order.id}|${after.version}`,
        owner: order.owner,
        order: after,
        symbol: order.symbol,
        side: order.side,
        quantity: fixedText(quantity),
        price,
        fee: fixedText(fee),
        feeCurrency: market.instrument.quote,
        liquidity,
        realizedPnl: fixedText(realized),
        tradeId,
        timestamp: at,
        receivedAt: at,
      };
      this.#out.push({ kind: 'execution', execution });
      this.#tell(after, at);
      if (working.remaining === 0n) this.#forget(working);
      // What has no price of its own takes all it can in one go, and ends.
      else if (order.price !== null) this.#lock(working, this.#needOf(working));
    }
    // What may only reduce has nothing left to reduce.
    if (!hasEnded(working.order) && order.reduceOnly && closable(working) === 0n) {
      if (rests) market.unrest(working);
      this.#end(working, 'EXPIRED', at, rejection('REDUCE_ONLY_WOULD_INCREASE', 'Nothing is left to reduce.', 0n));
    }
    return quantity;
  }

  #keep(working: Working): void {
    this.#working.set(working.order.id, working);
    const route = ownerRoute(working.order.owner);
    this.#byOwner.set(route, (this.#byOwner.get(route) ?? new Set()).add(working));
  }

  #forget(working: Working): void {
    if (this.#working.get(working.order.id) === working) this.#working.delete(working.order.id);
    this.#byOwner.get(ownerRoute(working.order.owner))?.delete(working);
  }

  #lock(working: Working, { cash, quantity }: Pick<Need, 'cash' | 'quantity'>): void {
    working.cash = cash;
    working.quantity = quantity;
    working.account.lockCash(working.market.instrument.quote, cash);
    working.account.lockHolding(working.order.symbol, quantity);
  }

  #unlock(working: Working): void {
    this.#lock(working, { cash: -working.cash, quantity: -working.quantity });
    working.cash = 0n;
    working.quantity = 0n;
  }

  /** The next version of an order that lives on. */
  #change(working: Working, change: Partial<Order>, at: number): void {
    working.order = { ...working.order, ...change, version: working.order.version + 1, updatedAt: at };
    this.#tell(working.order, at);
  }

  #end(working: Working, status: Order['status'], at: number, why: Rejection | null): void {
    this.#unlock(working);
    this.#forget(working);
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

function sum(offers: readonly { readonly quantity: Fixed }[]): Fixed {
  return offers.reduce((total, { quantity }) => total + quantity, 0n);
}

function least(a: Fixed, b: Fixed): Fixed {
  return a < b ? a : b;
}
