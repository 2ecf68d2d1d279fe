import { topics } from '../../bus/topics.ts';
import { background } from '../../lib/background.ts';
import { type Cancel, type Clock, pause } from '../../lib/clock.ts';
import { messageOf } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import type { Execution, Order, OrderUpdate } from '../../model/order.ts';
import type { OwnerShare } from '../../model/owner-share.ts';
import type { Portfolio } from '../../model/portfolio.ts';
import type { TradingAccount } from '../../model/trading-account.ts';
import { passed } from '../../store/order-way.ts';
import type { OutboxEvent, Trading } from '../../store/trading.ts';
import type { EventPublisher } from '../event-publisher.ts';

/** Until what the database did not take is tried again, milliseconds. */
const RETRY_MS = 500;

/**
 * How long the outbox keeps what is published, milliseconds: the archive is written up to a quarter of a second behind the bus, and
 * a process that ends in between must tell it again.
 */
const OUTBOX_KEPT_MS = 2_000;

interface AccountChange {
  readonly account: TradingAccount;
  readonly portfolio: Portfolio;
}

type Told =
  | { readonly topic: 'orderUpdates'; readonly value: OrderUpdate }
  | { readonly topic: 'tradeExecutions'; readonly value: Execution };

/**
 * What has come of orders, on its way: stored in one step with the commands that it answers, and published after it. An event that is
 * stored and was not published, because the process ended in between, is published by the next one; its id is known to the bus.
 */
export class OutcomeWriter {
  readonly #trading: Trading;
  readonly #share: OwnerShare;
  readonly #events: EventPublisher;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #stored: (commands: readonly string[], portfolios: readonly Portfolio[]) => void;
  #told: Told[] = [];
  readonly #accounts = new Map<string, AccountChange>();
  /** Owners whose accounts are being stored, or told of: how many times each. */
  readonly #ahead = new Map<string, number>();
  #done: { readonly id: string; readonly failure: string | null }[] = [];
  /** Outbox rows of what is on the bus, and since when. */
  #published: { readonly id: string; readonly at: number }[] = [];
  #running: Promise<void> | null = null;
  /** What is stored is told in its order, while what comes after it is being stored. */
  #telling: Promise<void> = Promise.resolve();
  #sweep: Cancel | null = null;
  #failing = false;
  #stopped = false;

  /** @param stored called when something has been stored and published, with the commands that are done by it, in the order of storing. */
  constructor(
    trading: Trading,
    share: OwnerShare,
    events: EventPublisher,
    clock: Clock,
    log: Log,
    stored: (commands: readonly string[], portfolios: readonly Portfolio[]) => void,
  ) {
    this.#trading = trading;
    this.#share = share;
    this.#events = events;
    this.#clock = clock;
    this.#log = log;
    this.#stored = stored;
  }

  get failing(): boolean {
    return this.#failing;
  }

  /** Publishes what an earlier life has stored and perhaps not published. */
  async start(): Promise<void> {
    for (const { id, topic, body } of await this.#trading.unpublished(this.#share)) {
      await this.#publish(JSON.parse(body) as Execution | OrderUpdate, topic);
      this.#published.push({ id, at: this.#clock.now() });
    }
    this.#sweep = this.#clock.every(OUTBOX_KEPT_MS, () => this.#begin());
  }

  add(told: Told): void {
    this.#told.push(told);
    this.#begin();
  }

  /** An account as the events that were added have made it, and what its owner is told of it once it is stored. */
  account(change: AccountChange): void {
    this.#accounts.set(change.account.owner, change);
    this.#begin();
  }

  /** Whether an account has changed by what is not stored and told yet. */
  isAhead(owner: string): boolean {
    return this.#accounts.has(owner) || this.#ahead.has(owner);
  }

  done(id: string, failure: string | null): void {
    this.#done.push({ id, failure });
    this.#begin();
  }

  /** Stores what waits; resolves when it is stored, or could not be. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#sweep?.();
    await this.#running;
    if (this.#hasNews) await this.#write();
    await this.#telling;
  }

  get #hasNews(): boolean {
    return this.#told.length > 0 || this.#accounts.size > 0 || this.#done.length > 0;
  }

  #begin(): void {
    if (this.#running || this.#stopped) return;
    if (!this.#hasNews && this.#published.length === 0) return;
    // In the next turn: what one event makes is stored together.
    this.#running = Promise.resolve()
      .then(() => this.#run())
      .finally(() => {
        this.#running = null;
        if (this.#hasNews) this.#begin();
      });
    background('store outcomes', this.#running, this.#log);
  }

  async #run(): Promise<void> {
    do {
      if (await this.#write()) continue;
      await pause(this.#clock, RETRY_MS);
    } while (this.#hasNews && !this.#stopped);
  }

  async #write(): Promise<boolean> {
    const told = this.#told;
    const accounts = [...this.#accounts.values()];
    this.#count(accounts, 1);
    const done = this.#done;
    const now = this.#clock.now();
    const published = this.#published.filter(({ at }) => now - at >= OUTBOX_KEPT_MS);
    this.#told = [];
    this.#accounts.clear();
    this.#done = [];
    try {
      const ids = await this.#trading.commit({
        orders: newest(told),
        executions: told.flatMap(({ topic, value }) => (topic === 'tradeExecutions' ? [value as Execution] : [])),
        accounts: accounts.map(({ account }) => account),
        events: told.map(({ topic, value }): OutboxEvent => ({ topic, body: JSON.stringify(value) })),
        done,
        published: published.map(({ id }) => id),
        now,
      });
      const gone = new Set(published);
      this.#published = this.#published.filter((row) => !gone.has(row));
      this.#failing = false;
      for (const { value } of told) passed('committed', value.order);
      this.#telling = this.#telling.then(() => this.#tell(told, ids, done, accounts));
      background('tell outcomes', this.#telling, this.#log);
      return true;
    } catch (error) {
      if (!this.#failing) this.#log.warn({ reason: messageOf(error) }, 'outcomes cannot be stored; they wait');
      this.#failing = true;
      this.#told = [...told, ...this.#told];
      this.#done = [...done, ...this.#done];
      this.#count(accounts, -1);
      for (const change of accounts)
        if (!this.#accounts.has(change.account.owner)) this.#accounts.set(change.account.owner, change);
      return false;
    }
  }

  async #tell(
    told: readonly Told[],
    ids: readonly string[],
    done: readonly { readonly id: string }[],
    accounts: readonly AccountChange[],
  ): Promise<void> {
    await Promise.all(
      told.map(async ({ topic, value }, place) => {
        await this.#publish(value, topic);
        passed('published', value.order);
        const id = ids[place];
        if (id !== undefined) this.#published.push({ id, at: this.#clock.now() });
      }),
    );
    this.#count(accounts, -1);
    this.#stored(
      done.map(({ id }) => id),
      accounts.map(({ portfolio }) => portfolio),
    );
  }

  #count(accounts: readonly AccountChange[], by: 1 | -1): void {
    for (const { account } of accounts) {
      const times = (this.#ahead.get(account.owner) ?? 0) + by;
      if (times > 0) this.#ahead.set(account.owner, times);
      else this.#ahead.delete(account.owner);
    }
  }

  /** Until the bus has taken it. */
  async #publish(value: Execution | OrderUpdate, topic: Told['topic']): Promise<void> {
    const tell = () =>
      topic === 'orderUpdates'
        ? this.#events.told(topics.orderUpdates, value as OrderUpdate)
        : this.#events.told(topics.tradeExecutions, value as Execution);
    while (!(await tell()) && !this.#stopped) await pause(this.#clock, RETRY_MS);
  }
}

/** Of each order its last word. */
function newest(told: readonly Told[]): readonly Order[] {
  const orders = new Map<string, Order>();
  for (const { value } of told) orders.set(value.order.id, value.order);
  return [...orders.values()];
}
