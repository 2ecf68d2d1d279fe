import { bookFill } from '../../lib/finance/average-cost.ts';
import { type Fixed, fixed, fixedText, multiply } from '../../lib/fixed.ts';
import type { Address } from '../../model/identity.ts';
import type { Instrument, MarketKind } from '../../model/instrument.ts';
import type { OrderVenue } from '../../model/order.ts';
import type { TradingAccount } from '../../model/trading-account.ts';

/** What is held through one symbol, in fixed-point numbers. */
export interface Held {
  readonly symbol: string;
  readonly kind: MarketKind;
  readonly quote: string;
  quantity: Fixed;
  cost: Fixed;
  realizedPnl: Fixed;
  fees: Fixed;
  /** Of the quantity: what open orders are about to sell. */
  locked: Fixed;
}

/** One fill, as an account sees it. */
export interface AccountFill {
  /** Bought where positive. */
  readonly quantity: Fixed;
  readonly price: Fixed;
  readonly fee: Fixed;
}

/** What an owner has: cash by currency, holdings by symbol, and what of both is locked. */
export class Account {
  readonly owner: Address;
  readonly venue: OrderVenue;
  version: number;
  readonly #cash = new Map<string, Fixed>();
  readonly #locked = new Map<string, Fixed>();
  readonly #holdings = new Map<string, Held>();

  constructor({ owner, venue, version, cash, holdings }: TradingAccount) {
    this.owner = owner;
    this.venue = venue;
    this.version = version;
    for (const { currency, amount } of cash) this.#cash.set(currency, fixed(amount));
    for (const { symbol, kind, quote, quantity, cost, realizedPnl, fees } of holdings)
      this.#holdings.set(symbol, {
        symbol,
        kind,
        quote,
        quantity: fixed(quantity),
        cost: fixed(cost),
        realizedPnl: fixed(realizedPnl),
        fees: fixed(fees),
        locked: 0n,
      });
  }

  get holdings(): Iterable<Held> {
    return this.#holdings.values();
  }

  get currencies(): Iterable<string> {
    return this.#cash.keys();
  }

  cash(currency: string): Fixed {
    return this.#cash.get(currency) ?? 0n;
  }

  locked(currency: string): Fixed {
    return this.#locked.get(currency) ?? 0n;
  }

  held(symbol: string): Held | undefined {
    return this.#holdings.get(symbol);
  }

  quantity(symbol: string): Fixed {
    return this.#holdings.get(symbol)?.quantity ?? 0n;
  }

  lockCash(currency: string, amount: Fixed): void {
    this.#locked.set(currency, this.locked(currency) + amount);
  }

  lockHolding(symbol: string, amount: Fixed): void {
    const held = this.#holdings.get(symbol);
    if (held) held.locked += amount;
  }

  /** A venue's own word on what there is of a currency, and what of it is locked. */
  setCash(currency: string, amount: Fixed, locked: Fixed): void {
    if (this.cash(currency) !== amount) this.version++;
    if (amount === 0n) this.#cash.delete(currency);
    else this.#cash.set(currency, amount);
    this.#locked.set(currency, locked);
  }

  /** Paid in, or out where below zero: no profit, whatever it cost. */
  move({ symbol, kind, quote }: Instrument, quantity: Fixed, cost: Fixed): void {
    const held = this.#heldOf(symbol, kind, quote);
    held.quantity += quantity;
    held.cost += cost;
    this.version++;
  }

  setLocked(symbol: string, locked: Fixed): void {
    const held = this.#holdings.get(symbol);
    if (held) held.locked = locked;
  }

  /** Books a fill by average cost. @returns the profit that it made real, before its fee. */
  book({ symbol, kind, quote }: Instrument, { quantity, price, fee }: AccountFill): Fixed {
    const held = this.#heldOf(symbol, kind, quote);
    const { holding, realized } = bookFill(held, quantity, price);
    held.quantity = holding.quantity;
    held.cost = holding.cost;
    held.realizedPnl += realized;
    held.fees += fee;
    // A perpetual is not paid for: only what it makes real, and its fee, is settled in cash.
    const settled = kind === 'PERP' ? realized : -multiply(quantity, price);
    this.#cash.set(quote, this.cash(quote) + settled - fee);
    this.version++;
    return realized;
  }

  #heldOf(symbol: string, kind: MarketKind, quote: string): Held {
    let held = this.#holdings.get(symbol);
    if (!held) {
      held = { symbol, kind, quote, quantity: 0n, cost: 0n, realizedPnl: 0n, fees: 0n, locked: 0n };
      this.#holdings.set(symbol, held);
    }
    return held;
  }

  stored(): TradingAccount {
    return {
      owner: this.owner,
      venue: this.venue,
      version: this.version,
      cash: [...this.#cash].map(([currency, amount]) => ({ currency, amount: fixedText(amount) })),
      holdings: [...this.#holdings.values()].map(({ symbol, kind, quote, quantity, cost, realizedPnl, fees }) => ({
        symbol,
        kind,
        quote,
        quantity: fixedText(quantity),
        cost: fixedText(cost),
        realizedPnl: fixedText(realizedPnl),
        fees: fixedText(fees),
      })),
    };
  }
}
