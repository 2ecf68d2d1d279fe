import type { AccountFeed } from '../../feeds/account-feed.ts';
import type { Cancel } from '../../lib/clock.ts';
import { type Decimal, ZERO } from '../../lib/decimal.ts';
import { messageOf } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import type { Address } from '../../model/identity.ts';
import type { PerpPosition, Position } from '../../model/position.ts';
import type { PositionChange } from '../../model/position-change.ts';
import type { VenueAccount, VenueFill } from '../../model/venue-account.ts';
import { crossCollaterals, endedPosition, NO_GAINS, perpOf, type VenueGains, withFill } from './venue-positions.ts';

/** Addresses whose accounts a feed's venue is asked for. */
export interface FollowedAccounts {
  readonly feed: AccountFeed;
  readonly addresses: readonly Address[];
}

export interface VenueAccountsOptions extends FollowedAccounts {
  /** Open positions of an owner. */
  readonly open: (owner: Address) => readonly Position[];
  readonly change: (change: PositionChange) => void;
  readonly log: Log;
}

/** What one owner's fills have said since its account was last told. */
interface Told {
  /** By symbol. */
  readonly gains: Map<string, VenueGains>;
  /** Symbols whose position was gone when the account was last told, and no fill has said how. */
  readonly gone: Set<string>;
}

/**
 * Positions of addresses as their venue has them: each account becomes reports of its perpetuals, as they stand there, with the venue's
 * own liquidation price; fills say at what they ended, what that gained and in which transaction. While the venue is not heard they stay
 * as they are, and their prices, which come the same way, are stale.
 */
export class VenueAccounts {
  readonly #options: VenueAccountsOptions;
  readonly #told = new Map<Address, Told>();
  readonly #cancels: Cancel[] = [];

  constructor(options: VenueAccountsOptions) {
    this.#options = options;
  }

  /** When what was stored has been loaded: positions that ended meanwhile are found missing. */
  start(): void {
    const { feed, addresses, log } = this.#options;
    for (const owner of addresses) {
      this.#told.set(owner, { gains: new Map(), gone: new Set() });
      try {
        const cancel = feed.watchAccount(owner, {
          account: (account) => this.#account(account),
          fill: (fill) => this.#fill(fill),
          lost: (reason) => log.info({ owner, reason }, 'the account of an address is not heard for now'),
        });
        this.#cancels.push(cancel);
      } catch (error) {
        log.error({ owner, reason: messageOf(error) }, 'the account of an address cannot be followed');
      }
    }
  }

  stop(): void {
    for (const cancel of this.#cancels) cancel();
  }

  #fill(fill: VenueFill): void {
    const told = this.#told.get(fill.owner);
    // What is told as history is in the account that comes with it.
    if (!told || fill.replayed) return;
    told.gains.set(fill.symbol, withFill(told.gains.get(fill.symbol) ?? NO_GAINS, fill));
    if (told.gone.has(fill.symbol)) this.#ended(fill.owner, told, fill.symbol, fill.timestamp, fill.receivedAt);
  }

  #account(account: VenueAccount): void {
    const { owner, source, timestamp, receivedAt } = account;
    const told = this.#told.get(owner);
    if (!told) return;
    const known = new Map(this.#known(owner, source).map((position) => [position.symbol, position]));
    const collaterals = crossCollaterals(account);
    for (const venue of account.positions) {
      const before = known.get(venue.symbol) ?? null;
      // Turned round within one message: what was long has ended, and what is short has begun.
      const turned = before !== null && before.side !== venue.side;
      if (turned) this.#ended(owner, told, venue.symbol, timestamp, receivedAt);
      const gains = told.gains.get(venue.symbol) ?? NO_GAINS;
      told.gains.delete(venue.symbol);
      told.gone.delete(venue.symbol);
      const position = perpOf(account, venue, turned ? null : before, collaterals, gains);
      this.#report(position, gains, timestamp, receivedAt);
      known.delete(venue.symbol);
    }
    for (const { symbol } of known.values()) {
      // The fill that ended it may be on its way: it is waited for until the next account.
      if (told.gains.has(symbol) || told.gone.has(symbol)) this.#ended(owner, told, symbol, timestamp, receivedAt);
      else told.gone.add(symbol);
    }
  }

  #ended(owner: Address, told: Told, symbol: string, timestamp: number, receivedAt: number): void {
    const gains = told.gains.get(symbol) ?? NO_GAINS;
    told.gains.delete(symbol);
    told.gone.delete(symbol);
    const position = this.#known(owner, null).find((one) => one.symbol === symbol);
    if (position) this.#report(endedPosition(position, gains, timestamp), gains, timestamp, receivedAt);
  }

  #known(owner: Address, protocol: string | null): readonly PerpPosition[] {
    const of = protocol ?? this.#options.feed.name;
    return this.#options
      .open(owner)
      .filter(
        (position): position is PerpPosition =>
          position.kind === 'PERP' && position.protocol === of && position.provenance === 'PUBLIC',
      );
  }

  #report(position: PerpPosition, { price, fee, hash }: VenueGains, timestamp: number, receivedAt: number): void {
    const prices: Readonly<Record<string, Decimal>> = price === null ? {} : { [position.symbol]: price };
    const facts = { positionId: position.id, transactionHash: hash, prices, fee: fee ?? ZERO, timestamp, receivedAt };
    this.#options.change({ type: 'REPORT', position, ...facts });
  }
}
