import { background } from '../../lib/background.ts';
import { Backoff, VENUE_BACKOFF } from '../../lib/backoff.ts';
import { type Cancel, type Clock, pause } from '../../lib/clock.ts';
import { messageOf } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { AttemptLimit } from '../attempt-limit.ts';
import { VenueConnection } from '../connection.ts';
import type { FeedHealth } from '../feed.ts';
import { HealthLedger } from '../health-ledger.ts';
import { NoticeLog } from '../notice-log.ts';
import type { OrderFeed, OrderListener } from '../order-feed.ts';
import { BINANCE } from './symbols.ts';
import { mapUserEvent, type UserEvent } from './user-mapper.ts';
import { recover } from './user-recovery.ts';
import { type Parameters, RequestFailure, type UserKey, UserSession } from './user-session.ts';

/** Connections an address may open in five minutes: the venue bans beyond 300, and the market's feed opens some. */
const CONNECTIONS = 20;
const CONNECTIONS_WINDOW_MS = 300_000;

/** A quiet account is silent for days: it is we who ask whether the other end is there. Milliseconds. */
const PING_MS = 30_000;
const QUIET_MS = 100_000;

/** The venue cuts a connection after a day. */
const ROTATE_MS = 23 * 3_600_000;

/** A key that is refused is refused again; somebody may put it right at the venue, though. Milliseconds. */
const REFUSED_MS = 300_000;

/** A recovery that follows on another's heels waits so long, milliseconds: what is wrong with the first is wrong with the second. */
const RECOVERY_GAP_MS = 2_000;

/** Events that are held while a recovery is under way; beyond it another recovery follows. */
const MOST_HELD = 10_000;

export interface BinanceUserOptions {
  /** `wss://ws-api.binance.com:443`: the path is appended. */
  readonly url: string;
  readonly key: UserKey;
  readonly clock: Clock;
  readonly log: Log;
  /** For jitter. */
  readonly random: () => number;
}

/** Orders, fills and balances of one spot account, by the venue's WebSocket API: read, never changed. */
export function createBinanceUserFeed(options: BinanceUserOptions): OrderFeed {
  return new BinanceUserFeed(options);
}

class BinanceUserFeed implements OrderFeed {
  readonly name = BINANCE;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #health: HealthLedger;
  readonly #notices: NoticeLog;
  readonly #backoff: Backoff;
  readonly #session: UserSession;
  readonly #connection: VenueConnection;
  #listener: OrderListener | null = null;
  /** Ends what is under way on a connection that is gone. */
  #life = new AbortController();
  #beginning: Promise<void> | null = null;
  /** Events that came while a recovery is under way; null while they are told at once. */
  #held: UserEvent[] | null = [];
  #recoveredAt = Number.NEGATIVE_INFINITY;
  #again: Cancel | null = null;
  #stopped = false;

  constructor({ url, key, clock, log, random }: BinanceUserOptions) {
    this.#clock = clock;
    this.#log = log;
    this.#health = new HealthLedger(clock, () => this.#listener?.healthChanged());
    this.#notices = new NoticeLog(clock, log);
    this.#backoff = new Backoff(VENUE_BACKOFF, random);
    this.#session = new UserSession(key, clock, (text) => this.#connection.send(text));
    this.#connection = new VenueConnection({
      name: 'binance account',
      url: `${url.replace(/\/+$/, '')}/ws-api/v3`,
      requests: [],
      requestIntervalMs: 0,
      heartbeat: { text: JSON.stringify({ id: 'ping', method: 'ping' }), intervalMs: PING_MS },
      quietMs: QUIET_MS,
      rotateMs: ROTATE_MS,
      attempts: new AttemptLimit(CONNECTIONS, CONNECTIONS_WINDOW_MS),
      clock,
      log,
      random,
      listener: {
        opened: () => this.#begin(),
        message: (text) => this.#message(text),
        // Two subscriptions would tell everything twice: the new connection recovers what falls in between.
        overlapping: () => this.#connection.settle(),
        movedOver: () => this.#begin(),
        lost: (reason) => this.#lost(reason),
        failed: (reason) => {
          this.#health.error();
          this.#health.set('connecting', `no connection to ${BINANCE}: ${reason}`);
        },
      },
    });
  }

  start(listener: OrderListener): void {
    this.#listener = listener;
    this.#health.set('connecting', `connecting to ${BINANCE}`);
    this.#connection.start();
  }

  recover(): void {
    if (this.#stopped || this.#beginning || this.#again) return;
    const wait = Math.max(0, this.#recoveredAt + RECOVERY_GAP_MS - this.#clock.now());
    this.#again = this.#clock.after(wait, () => {
      this.#again = null;
      // While there is no connection the next one recovers.
      if (!this.#life.signal.aborted && this.#held === null) this.#recoverNow(false);
    });
  }

  health(): FeedHealth {
    return this.#health.get();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#health.set('stopped', 'stopped');
    this.#health.close();
    this.#again?.();
    this.#life.abort();
    this.#session.lost();
    await this.#connection.stop();
    await this.#beginning;
  }

  /** There is a new connection, on which nothing is subscribed yet. */
  #begin(): void {
    this.#life.abort();
    this.#session.lost();
    this.#life = new AbortController();
    this.#recoverNow(true);
  }

  /** @param subscribe whether the connection has to be told first what is wanted on it. */
  #recoverNow(subscribe: boolean): void {
    const { signal } = this.#life;
    this.#held = [];
    const beginning = this.#recover(subscribe, signal).finally(() => {
      if (this.#beginning === beginning) this.#beginning = null;
    });
    this.#beginning = beginning;
    background('recover an account', beginning, this.#log);
  }

  async #recover(subscribe: boolean, signal: AbortSignal): Promise<void> {
    let subscribed = !subscribe;
    while (!signal.aborted && !this.#stopped) {
      try {
        const ask = (method: string, weight: number, parameters: Parameters) =>
          this.#session.ask(method, weight, parameters, signal);
        if (!subscribed) await ask('userDataStream.subscribe.signature', 2, {});
        subscribed = true;
        const { orders, balances } = await recover(this.#listener?.known() ?? [], ask, () => this.#clock.now());
        if (signal.aborted) return;
        for (const order of orders) this.#listener?.order(order);
        this.#listener?.balances(balances);
        this.#recoveredAt = this.#clock.now();
        const held = this.#held ?? [];
        this.#held = null;
        this.#backoff.reset();
        this.#health.set('live', '');
        for (const event of held) this.#take(event);
        if (held.length === MOST_HELD) this.recover();
        return;
      } catch (error) {
        if (signal.aborted) return;
        const { forGood, retryAt } = error instanceof RequestFailure ? error : { forGood: false, retryAt: null };
        const reason = messageOf(error);
        this.#health.error();
        this.#health.set('stale', `the account at ${BINANCE} cannot be read: ${reason}`);
        this.#notices.note('account', { reason });
        const wait = forGood ? REFUSED_MS : Math.max(this.#backoff.next(), (retryAt ?? 0) - this.#clock.now());
        await pause(this.#clock, wait, signal);
      }
    }
  }

  #lost(reason: string): void {
    this.#life.abort();
    this.#session.lost();
    this.#held = [];
    if (!this.#stopped) this.#listener?.lost(reason);
  }

  #message(text: string): boolean {
    const message = parsed(text);
    if (!message) {
      this.#garbage('no JSON', text);
      return false;
    }
    this.#health.data(this.#clock.now());
    // The answer to a ping is how we know that somebody is there.
    if (message['id'] === 'ping' || this.#session.heard(message)) return true;
    if (message['event'] === undefined) {
      // An answer that came too late.
      if (typeof message['id'] !== 'string') this.#garbage('neither answer nor event', text);
      return true;
    }
    this.#take(mapUserEvent(message['event'], this.#clock.now()));
    return true;
  }

  #take(event: UserEvent): void {
    if (this.#held !== null) {
      if (this.#held.length < MOST_HELD) this.#held.push(event);
      return;
    }
    switch (event.kind) {
      case 'order':
        return this.#listener?.order(event.order);
      case 'balances':
        return this.#listener?.balances(event.balances);
      case 'moved':
        return this.recover();
      case 'terminated':
        this.#health.error();
        this.#listener?.lost('the venue has ended the subscription');
        this.#health.set('stale', `${BINANCE} has ended the subscription; subscribing anew`);
        return this.#begin();
      case 'malformed':
        this.#garbage(event.what, '');
        // Something has happened, and we do not know what.
        return this.recover();
      case 'other':
        return;
    }
  }

  /** Nothing of it is logged but its length: it may hold what is nobody's business. */
  #garbage(what: string, text: string): void {
    this.#health.error();
    this.#notices.note('account', { what, length: text.length });
  }
}

function parsed(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
