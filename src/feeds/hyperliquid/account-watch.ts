import type { Cancel, Clock } from '../../lib/clock.ts';
import { ApiError } from '../../lib/errors.ts';
import type { Address } from '../../model/identity.ts';
import type { VenueFill } from '../../model/venue-account.ts';
import type { AccountListener } from '../account-feed.ts';
import { mapAccount, mapFills } from './account-mapper.ts';
import { record } from './messages.ts';
import { HYPERLIQUID } from './symbols.ts';

/** Addresses that the venue lets one of ours follow, whatever the number of connections. */
export const MAX_ACCOUNTS = 10;

/** Fills of an address that are known again: the venue repeats 2,000 to who subscribes. */
const REMEMBERED_FILLS = 5_000;

/** Channels of an address. */
const CHANNELS = ['clearinghouseState', 'userFills'] as const;

interface Watched {
  readonly owner: Address;
  readonly listeners: Set<AccountListener>;
  /** Ids of fills, oldest first. */
  readonly fills: Set<string>;
}

export interface AccountWatchOptions {
  readonly send: (text: string) => void;
  readonly clock: Clock;
  readonly unreadable: (what: string) => void;
}

/** Addresses whose account and fills are followed on the venue's socket. */
export class AccountWatch {
  readonly #options: AccountWatchOptions;
  /** By address in lower case, as the venue writes them. */
  readonly #watched = new Map<string, Watched>();

  constructor(options: AccountWatchOptions) {
    this.#options = options;
  }

  /**
   * Follows an address until cancelled.
   * @throws ApiError `TOO_MANY_SUBSCRIPTIONS` beyond {@link MAX_ACCOUNTS} addresses.
   */
  watch(owner: Address, listener: AccountListener): Cancel {
    const key = owner.toLowerCase();
    let watched = this.#watched.get(key);
    if (!watched) {
      if (this.#watched.size >= MAX_ACCOUNTS)
        throw new ApiError(
          'TOO_MANY_SUBSCRIPTIONS',
          `${HYPERLIQUID} lets one IP address follow ${MAX_ACCOUNTS} accounts, and as many are followed.`,
          { limit: MAX_ACCOUNTS },
        );
      watched = { owner, listeners: new Set(), fills: new Set() };
      this.#watched.set(key, watched);
    }
    watched.listeners.add(listener);
    // Also of an address that is followed already: the venue answers with the account as it is.
    this.#send('subscribe', key);
    return () => this.#unwatch(key, listener);
  }

  /** There is a connection, or another one: everything is asked for on it. */
  opened(): void {
    for (const key of this.#watched.keys()) this.#send('subscribe', key);
  }

  lost(reason: string): void {
    for (const { listeners } of this.#watched.values()) for (const listener of listeners) listener.lost(reason);
  }

  /** What came on a channel of an address. */
  heard(channel: string, data: unknown): void {
    const { user, clearinghouseState, fills, isSnapshot } = record(data);
    const watched = typeof user === 'string' ? this.#watched.get(user.toLowerCase()) : undefined;
    // The last words about an address that is watched no more.
    if (!watched) return typeof user === 'string' ? undefined : this.#options.unreadable(channel);
    const now = this.#options.clock.now();
    if (channel === 'clearinghouseState') {
      const account = mapAccount(clearinghouseState, watched.owner, now);
      if (!account) return this.#options.unreadable(channel);
      for (const listener of watched.listeners) listener.account(account);
      return;
    }
    const read = mapFills(Array.isArray(fills) ? fills : [undefined], watched.owner, isSnapshot === true, now);
    if (read.unreadable > 0) this.#options.unreadable(channel);
    for (const fill of read.fills) this.#tell(watched, fill);
  }

  #tell({ listeners, fills }: Watched, fill: VenueFill): void {
    if (fills.has(fill.fillId)) return;
    fills.add(fill.fillId);
    const [oldest] = fills;
    if (fills.size > REMEMBERED_FILLS && oldest !== undefined) fills.delete(oldest);
    for (const listener of listeners) listener.fill(fill);
  }

  #unwatch(key: string, listener: AccountListener): void {
    const watched = this.#watched.get(key);
    if (!watched?.listeners.delete(listener) || watched.listeners.size > 0) return;
    this.#watched.delete(key);
    this.#send('unsubscribe', key);
  }

  #send(method: 'subscribe' | 'unsubscribe', user: string): void {
    for (const type of CHANNELS) this.#options.send(JSON.stringify({ method, subscription: { type, user } }));
  }
}
