import type { Decimal } from '../../lib/decimal.ts';
import type { Address } from '../../model/identity.ts';
import type { Order } from '../../model/order.ts';
import { ownerRoute } from '../../model/owner.ts';
import type { Portfolio } from '../../model/portfolio.ts';
import type { CashBalance, TradingAccount } from '../../model/trading-account.ts';
import type { RealAccount } from '../../model/venue-order.ts';
import { Account } from './account.ts';
import type { PaperEvent, PaperOutput } from './events.ts';
import { portfolioOf } from './portfolio.ts';
import { RealAccounts, type VenueEvent } from './real-accounts.ts';

export interface AccountBookOptions {
  /** What every owner begins with on paper. */
  readonly startingCash: readonly CashBalance[];
  /** Accounts that are followed at their real venues: their owners place nothing here. */
  readonly followed?: readonly RealAccount[];
}

const NOBODY: readonly Account[] = [];

/** What owners have, on paper and at real venues, and what it is worth. */
export class AccountBook {
  readonly #startingCash: readonly CashBalance[];
  readonly #lastOf: (symbol: string) => Decimal | null;
  readonly #accounts = new Map<string, Account>();
  readonly #marks = new Map<string, { readonly price: Decimal; readonly stale: boolean }>();
  readonly #real: RealAccounts;
  /** Owners whose account has changed since it was last asked. */
  readonly #touched = new Set<string>();

  /** @param lastOf the last trade of a symbol; null before the first. */
  constructor({ startingCash, followed = [] }: AccountBookOptions, lastOf: (symbol: string) => Decimal | null) {
    this.#startingCash = startingCash;
    this.#lastOf = lastOf;
    this.#real = new RealAccounts(followed, (symbol) => this.mark(symbol));
    for (const { owner } of followed) {
      const account = this.#real.account(owner);
      if (account) this.#accounts.set(ownerRoute(owner), account);
    }
  }

  owners(): readonly Address[] {
    return [...this.#accounts.values()].map(({ owner }) => owner);
  }

  /** Made at the first asking, with what every owner begins with. */
  account(owner: Address): Account {
    const route = ownerRoute(owner);
    let account = this.#accounts.get(route);
    if (!account) {
      account = new Account({ owner, venue: 'paper', version: 1, cash: this.#startingCash, holdings: [] });
      this.#accounts.set(route, account);
      this.#touched.add(route);
    }
    return account;
  }

  /** As it was stored. */
  load(stored: TradingAccount): void {
    const account = this.#real.load(stored) ?? new Account(stored.venue === 'paper' ? stored : this.#anew(stored));
    this.#accounts.set(ownerRoute(stored.owner), account);
  }

  loadRealOrder(order: Order): void {
    this.#real.loadOrder(order);
  }

  /** Where an owner trades instead of on paper; null for one that trades on paper. */
  realVenueOf(owner: Address): string | null {
    return this.#real.venueOf(owner);
  }

  /** What is known of the orders of an owner whose account is followed. */
  knownOrders(owner: Address): ReturnType<RealAccounts['known']> {
    return this.#real.known(owner);
  }

  touch(owner: Address): void {
    this.#touched.add(ownerRoute(owner));
  }

  /** Accounts that have changed since the last call. */
  takeTouched(): readonly Account[] {
    if (this.#touched.size === 0) return NOBODY;
    const accounts = [...this.#touched].flatMap((route) => this.#accounts.get(route) ?? []);
    this.#touched.clear();
    return accounts;
  }

  priced(event: Extract<PaperEvent, { readonly kind: 'price' }>): void {
    this.#marks.set(event.symbol, event);
    this.#real.priced(event.symbol);
  }

  heard(event: VenueEvent): readonly PaperOutput[] {
    const before = this.#real.account(event.owner)?.version;
    const outputs = this.#real.process(event);
    // Whether it is heard is part of what is told of it.
    if (event.kind !== 'venue-order' || this.#real.account(event.owner)?.version !== before) this.touch(event.owner);
    return outputs;
  }

  /** What a symbol is worth now: the best price told, else the last trade; null before either. */
  mark(symbol: string): Decimal | null {
    return this.#marks.get(symbol)?.price ?? this.#lastOf(symbol);
  }

  portfolio(owner: Address, at: number): Portfolio {
    const isStale = (symbol: string) => this.#marks.get(symbol)?.stale ?? this.mark(symbol) === null;
    const portfolio = portfolioOf(this.account(owner), (symbol) => this.mark(symbol), isStale, at);
    return this.#real.isStale(owner) ? { ...portfolio, stale: true } : portfolio;
  }

  /** What was at a real venue that is followed no more: nothing of it is on paper, and the version goes on. */
  #anew({ owner, version }: TradingAccount): TradingAccount {
    return { owner, venue: 'paper', version: version + 1, cash: this.#startingCash, holdings: [] };
  }
}
