import type { Address } from '../../model/identity.ts';
import type { Order } from '../../model/order.ts';
import { ownerRoute } from '../../model/owner.ts';
import type { TradingAccount } from '../../model/trading-account.ts';
import type { RealAccount } from '../../model/venue-order.ts';
import { Account } from './account.ts';
import type { PaperEvent, PaperOutput } from './events.ts';
import { FollowedAccount } from './followed-account.ts';
import { FollowedOrders } from './followed-orders.ts';
import type { MarkOf } from './valuation.ts';

/** What a real venue says of an account. */
export type VenueEvent = Extract<PaperEvent, { readonly kind: 'venue-order' | 'venue-balances' | 'venue-lost' }>;

interface Followed {
  readonly real: RealAccount;
  readonly orders: FollowedOrders;
  money: FollowedAccount;
}

/** Accounts at real venues: their orders, fills and balances as the venues tell them. Their owners trade there, and not on paper. */
export class RealAccounts {
  readonly #markOf: MarkOf;
  readonly #followed = new Map<string, Followed>();

  constructor(accounts: readonly RealAccount[], markOf: MarkOf) {
    this.#markOf = markOf;
    for (const real of accounts)
      this.#followed.set(ownerRoute(real.owner), {
        real,
        orders: new FollowedOrders(real),
        money: new FollowedAccount(begun(real, 1), markOf),
      });
  }

  /** Where the account of an owner is kept; null for one that trades on paper. */
  account(owner: Address): Account | null {
    return this.#followed.get(ownerRoute(owner))?.money.account ?? null;
  }

  venueOf(owner: Address): string | null {
    return this.#followed.get(ownerRoute(owner))?.real.venue ?? null;
  }

  isStale(owner: Address): boolean {
    return this.#followed.get(ownerRoute(owner))?.money.isStale ?? false;
  }

  /** As it was stored. @returns null where the owner is not followed. */
  load(stored: TradingAccount): Account | null {
    const followed = this.#followed.get(ownerRoute(stored.owner));
    if (!followed) return null;
    // What it had on paper, or at another venue, is not there.
    const account =
      stored.venue === followed.real.venue ? new Account(stored) : begun(followed.real, stored.version + 1);
    followed.money = new FollowedAccount(account, this.#markOf);
    return account;
  }

  loadOrder(order: Order): void {
    this.#followed.get(ownerRoute(order.owner))?.orders.load(order);
  }

  /** What is known of an owner's orders at the venue. */
  known(owner: Address): ReturnType<FollowedOrders['known']> {
    return this.#followed.get(ownerRoute(owner))?.orders.known() ?? [];
  }

  priced(symbol: string): void {
    for (const { money } of this.#followed.values()) money.priced(symbol);
  }

  /** @returns what is to be told; the account may have changed. */
  process(event: VenueEvent): readonly PaperOutput[] {
    const followed = this.#followed.get(ownerRoute(event.owner));
    if (!followed) return [];
    const { money, orders } = followed;
    if (event.kind === 'venue-lost') money.lost();
    if (event.kind === 'venue-balances') money.balances(event.balances);
    if (event.kind !== 'venue-order') return [];
    const { timestamp, receivedAt } = event.order;
    const { changes } = orders.heard(event.order, (fill) => money.book(event.order, fill));
    if (changes === null) return [{ kind: 'missed', owner: event.owner }];
    return changes.flatMap(({ order, execution }): PaperOutput[] => {
      const update = { id: `${order.id}|${order.version}`, owner: order.owner, order, timestamp, receivedAt };
      const told: PaperOutput = { kind: 'order', update };
      return execution ? [{ kind: 'execution', execution }, told] : [told];
    });
  }
}

/** One of which nothing is known yet. */
function begun({ owner, venue }: RealAccount, version: number): Account {
  return new Account({ owner, venue, version, cash: [], holdings: [] });
}
