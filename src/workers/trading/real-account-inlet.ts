import type { PaperEvent } from '../../engines/paper/events.ts';
import type { KnownOrders, OrderFeed } from '../../feeds/order-feed.ts';
import type { Log } from '../../lib/log.ts';
import type { Address } from '../../model/identity.ts';
import type { RealAccount } from '../../model/venue-order.ts';

/** A real account and the feed that reads it. */
export interface FollowedOrderFeed {
  readonly account: RealAccount;
  readonly feed: OrderFeed;
}

export interface RealAccountInletOptions {
  readonly followed: readonly FollowedOrderFeed[];
  readonly heard: (event: PaperEvent) => void;
  readonly known: (owner: Address) => readonly KnownOrders[];
  readonly healthChanged: () => void;
  readonly log: Log;
}

/** Orders and balances of real accounts, as events of the engine that keeps them. */
export class RealAccountInlet {
  readonly #options: RealAccountInletOptions;

  constructor(options: RealAccountInletOptions) {
    this.#options = options;
  }

  /** Why an account is not heard, in a sentence; empty when all are. */
  get trouble(): string {
    const silent = this.#options.followed.map(({ feed }) => feed.health()).find(({ state }) => state !== 'live');
    return silent?.message ?? '';
  }

  get errorCount(): number {
    return this.#options.followed.reduce((sum, { feed }) => sum + feed.health().errorCount, 0);
  }

  /** When what was stored has been loaded: the feed asks what is known. */
  start(): void {
    const { followed, heard, known, healthChanged, log } = this.#options;
    for (const { account, feed } of followed) {
      const { owner, venue } = account;
      feed.start({
        known: () => known(owner),
        order: (order) => heard({ kind: 'venue-order', owner, order }),
        balances: (balances) => heard({ kind: 'venue-balances', owner, balances }),
        lost: (reason) => {
          log.info({ owner, venue, reason }, 'an account is not heard for now');
          heard({ kind: 'venue-lost', owner });
        },
        healthChanged,
      });
    }
  }

  recover(owner: Address): void {
    for (const { account, feed } of this.#options.followed) if (account.owner === owner) feed.recover();
  }

  async stop(): Promise<void> {
    await Promise.all(this.#options.followed.map(({ feed }) => feed.stop()));
  }
}
