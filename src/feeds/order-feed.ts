import type { VenueBalances, VenueOrder } from '../model/venue-order.ts';
import type { FeedHealth } from './feed.ts';

/** Where a recovery begins: what is known of a symbol's orders. */
export interface KnownOrders {
  readonly symbol: string;
  /** The oldest order that lives, else the newest that is known: from this one on the venue is asked. */
  readonly fromOrderId: string;
  /** How much is known to be filled, by the venue's order id; an order that is not in it is new. */
  readonly filled: ReadonlyMap<string, string>;
}

/** What is told of a real account. None of it may throw. */
export interface OrderListener {
  /** What is known of orders: asked at each recovery. */
  known(): readonly KnownOrders[];
  order(order: VenueOrder): void;
  balances(balances: VenueBalances): void;
  /** What was told is old until the next whole balances. */
  lost(reason: string): void;
  /** Something in the health other than `lastDataAt` has changed. */
  healthChanged(): void;
}

/**
 * One real account at a venue, read and never changed.
 *
 * - It lives by itself from `start` to `stop`: connects, proves who it is, reconnects with back-off and jitter. Nothing that a venue sends or
 *   does not send throws out of it, and nothing that it says or logs shows a key.
 * - After each (re)connect, before anything live: every order that lives, what became of those that were known to live, and of newer ones
 *   of their symbols, with the fills that were missed, as far as the venue still tells them; then the balances, whole.
 * - An order is told in the order of its changes; what was told before may be told again.
 */
export interface OrderFeed {
  readonly name: string;
  start(listener: OrderListener): void;
  /** Recovers anew: something was missed. Asking often changes nothing. */
  recover(): void;
  health(): FeedHealth;
  /** Resolves when its sockets and timers are gone. */
  stop(): Promise<void>;
}
