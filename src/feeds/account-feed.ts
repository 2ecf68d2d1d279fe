import type { Cancel } from '../lib/clock.ts';
import type { Address } from '../model/identity.ts';
import type { VenueAccount, VenueFill } from '../model/venue-account.ts';
import type { Feed } from './feed.ts';

/** What is told of an address that is watched. None of it may throw. */
export interface AccountListener {
  /** Its account, whole, as it is now: at first, and whenever it has changed. */
  account(account: VenueAccount): void;
  /** Each fill once, in its order. */
  fill(fill: VenueFill): void;
  /** The connection is lost: what was told is old until the next account. */
  lost(reason: string): void;
}

/** A feed of a venue whose accounts anybody may look at. */
export interface AccountFeed extends Feed {
  /**
   * Follows the account and the fills of an address until cancelled; while the connection is lost nothing is told, and after
   * it the account anew, and the fills that were missed as far as the venue still tells them.
   * @throws ApiError `TOO_MANY_SUBSCRIPTIONS` beyond the venue's number of addresses, with `limit`.
   */
  watchAccount(owner: Address, listener: AccountListener): Cancel;
}

export function followsAccounts(feed: Feed): feed is AccountFeed {
  return 'watchAccount' in feed;
}
