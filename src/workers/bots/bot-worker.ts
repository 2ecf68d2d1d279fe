import type { Bus, BusRecord, Position } from '../../bus/bus.ts';
import { type EventTopic, streamOf, topics } from '../../bus/topics.ts';
import { BotEngine, type BotEvent, type BotOutput } from '../../engines/bots/bot-engine.ts';
import { background } from '../../lib/background.ts';
import { type Cancel, type Clock, pause } from '../../lib/clock.ts';
import { ApiError, messageOf } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import type { Bot, BotCommand } from '../../model/bot.ts';
import type { Address } from '../../model/identity.ts';
import type { Order, OrderUpdate } from '../../model/order.ts';
import { ownerRoute } from '../../model/owner.ts';
import { isOfShare, nameOfShare, type OwnerShare } from '../../model/owner-share.ts';
import type { Price } from '../../model/price.ts';
import { NOBODY, type Signal } from '../../model/signal.ts';
import { tradingRules } from '../../model/trading-rules.ts';
import type { Bots } from '../../store/bots.ts';
import type { Commands } from '../../store/commands.ts';
import { Latest } from '../../store/latest.ts';
import type { Orders } from '../../store/orders.ts';
import { Recent } from '../../store/recent.ts';
import type { TradingDesk } from '../../store/trading-desk.ts';
import { CommandTaker } from '../command-taker.ts';
import { EventFollower } from '../event-follower.ts';
import { FailureLog } from '../failure-log.ts';
import { StatePublisher } from '../state-publisher.ts';
import { type ComponentHealth, defineWorker, type Worker } from '../worker.ts';
import { DEMO_BOTS, DEMO_SYMBOL, demoBots } from './demo-bots.ts';

export interface BotWorkerOptions {
  /** Whose bots. All of one owner are in one share. */
  readonly share: OwnerShare;
  readonly bus: Bus;
  readonly bots: Bots;
  readonly orders: Orders;
  readonly desk: TradingDesk;
  readonly commands: Commands;
  /** Who gets bots to look at, where they were never made, of the share that has this owner; null for nobody. */
  readonly demoOwner?: Address | null;
  readonly clock: Clock;
  readonly log: Log;
}

const NAME = 'bots';

/** How often time passes for bots, milliseconds. */
const STEP_MS = 1_000;

/** How often what bots are worth is published where only prices moved, milliseconds. */
const STATUS_MS = 5_000;

/** Until what could not be stored or handed in is tried again, milliseconds. */
const RETRY_MS = 1_000;

/** Bots to be stored, and then what they decided. */
interface Round {
  readonly bots: readonly Bot[];
  readonly outputs: readonly BotOutput[];
  /** Whether it was carried out, or left to whoever has the bots next. */
  readonly carried: PromiseWithResolvers<boolean>;
}

/**
 * Bots at work: prices, signals and what became of their orders in from the bus, commands from PostgreSQL. What a bot decides is
 * stored with it, and only then handed in as an order: a worker that takes it up hands in the same again, under the same name.
 * Reports as the component `bots`, of one share of several as `bots/1`.
 */
export function createBotWorker(options: BotWorkerOptions): Worker {
  const bots = new BotWorker(options);
  return defineWorker({
    name: nameOfShare(NAME, options.share),
    start: (healthChanged) => bots.start(healthChanged),
    health: () => bots.health(),
    stop: () => bots.stop(),
  });
}

class BotWorker {
  readonly #options: BotWorkerOptions;
  readonly #log: Log;
  readonly #engine = new BotEngine();
  readonly #failures: FailureLog;
  readonly #statuses: StatePublisher<Bot>;
  readonly #taker: CommandTaker;
  readonly #closings: Cancel[] = [];
  /** Owners whose orders and signals are followed. */
  readonly #owners = new Set<string>();
  #rounds: Round[] = [];
  #working: Promise<void> | null = null;
  #healthChanged: () => void = () => undefined;
  #startedAt = 0;
  #lastUpdate: number | null = null;
  #loaded = false;
  #behind = false;
  #stopped = false;

  constructor(options: BotWorkerOptions) {
    this.#options = options;
    const { share, bus, commands, clock } = options;
    this.#log = options.log.child({ worker: nameOfShare(NAME, share) });
    this.#failures = new FailureLog('a bot could not go on', clock, this.#log);
    this.#statuses = new StatePublisher({
      topic: topics.botStatus,
      bus,
      clock,
      failures: this.#failures,
      storeLost: () => this.#statuses.republish(),
    });
    const obey = (command: { readonly owner: Address; readonly body: unknown }) =>
      this.#obey(command.body as BotCommand, command.owner);
    this.#taker = new CommandTaker({ about: 'bots', share, bus, commands, clock, log: this.#log, obey });
  }

  start(healthChanged: () => void): void {
    this.#healthChanged = healthChanged;
    this.#startedAt = this.#options.clock.now();
    background('load bots', this.#begin(), this.#log);
  }

  health(): ComponentHealth {
    const message = !this.#loaded ? 'bots are being loaded' : 'the database does not answer; bots wait';
    const well = this.#loaded && !this.#behind;
    return {
      name: nameOfShare(NAME, this.#options.share),
      status: well ? 'HEALTHY' : 'DEGRADED',
      message: well ? '' : message,
      startedAt: this.#startedAt,
      lastUpdate: this.#lastUpdate,
      errorCount: this.#failures.count,
      recoveries: 0,
    };
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const close of this.#closings) close();
    this.#statuses.stop();
    await this.#taker.stop();
    await this.#working;
  }

  /** Tries until bus and database answer. */
  async #begin(): Promise<void> {
    const { share, bots, bus, clock } = this.#options;
    try {
      const stored = await bots.ofShare(share);
      if (this.#stopped) return;
      for (const bot of stored) this.#engine.process({ kind: 'bot', bot });
      this.#engine.takeTouched();
      for (const bot of stored) {
        await this.#takeUp(bot);
        this.#statuses.publish(bot);
        await this.#followOwner(bot.owner);
      }
      await this.#follow(topics.signals, NOBODY, await this.#head(NOBODY), (signal: Signal) => this.#signal(signal));
      this.#untilStop(
        await bus.subscribe(topics.prices, {
          message: (record) => this.#price(record),
          restored: () => this.#readPrices(),
        }),
      );
      this.#readPrices();
    } catch (error) {
      this.#log.warn({ reason: messageOf(error) }, 'bots cannot be loaded yet');
      for (const close of this.#closings.splice(0)) close();
      this.#owners.clear();
      this.#untilStop(clock.after(RETRY_MS, () => this.start(this.#healthChanged)));
      return;
    }
    if (this.#stopped) return;
    this.#loaded = true;
    this.#healthChanged();
    this.#closings.push(
      clock.every(STEP_MS, () => this.#process({ kind: 'time', now: clock.now() })),
      clock.every(STATUS_MS, () => this.#tellAll()),
    );
    this.#taker.start();
    await this.#makeDemo();
  }

  /** Until there is a price and the rules of its symbol, and then once in the life of the database. */
  async #makeDemo(): Promise<void> {
    const { share, bus, bots, clock, demoOwner = null } = this.#options;
    if (demoOwner === null || !isOfShare(share, demoOwner) || this.#stopped) return;
    try {
      if (await bots.find(DEMO_BOTS.grid)) return;
      const latest = new Latest(bus, this.#log);
      const instrument = (await latest.all(topics.instruments)).find(({ value }) => value.symbol === DEMO_SYMBOL);
      const told = (await latest.all(topics.prices)).find(
        ({ value }) => value.symbol === DEMO_SYMBOL && value.primary && !value.stale,
      );
      const rules = instrument ? tradingRules(instrument.value) : null;
      if (rules && told && !this.#stopped) {
        const now = clock.now();
        for (const bot of demoBots(demoOwner, told.value.price, rules, now)) this.#process({ kind: 'bot', bot });
        await this.#followOwner(demoOwner);
        for (const botId of Object.values(DEMO_BOTS)) this.#process({ kind: 'start', botId, now });
        return;
      }
    } catch (error) {
      this.#failures.note(error, {});
    }
    this.#untilStop(clock.after(RETRY_MS, () => background('make demo bots', this.#makeDemo(), this.#log)));
  }

  /** What a bot had ordered when it was stored: handed in again where nobody knows of it, looked up where somebody does. */
  async #takeUp(bot: Bot): Promise<void> {
    const { desk, orders, clock } = this.#options;
    const { id: botId, owner } = bot;
    for (const { clientOrderId, terms, version } of bot.orders) {
      const order = await (version === 0
        ? desk.place({ ...terms, owner, clientOrderId, botId })
        : orders.findByClientId(owner, clientOrderId));
      if (order) this.#process({ kind: 'order', order, now: clock.now() });
    }
    // Told once more: it may not have been heard.
    if (bot.status === 'STOPPED' || bot.status === 'FAILED')
      if (bot.orders.length > 0) await desk.cancelAll(owner, null, botId);
  }

  async #followOwner(owner: Address): Promise<void> {
    const route = ownerRoute(owner);
    if (this.#owners.has(route)) return;
    this.#owners.add(route);
    // How far an order has come is told in all each time: from the oldest that is kept on, nothing is lost and nothing counts twice.
    await this.#follow(topics.orderUpdates, owner, null, ({ order }: OrderUpdate) => this.#ordered(order));
    await this.#follow(topics.signals, owner, await this.#head(owner), (signal: Signal) => this.#signal(signal));
  }

  async #follow<V>(
    topic: EventTopic<V>,
    owner: Address,
    from: Position | null,
    take: (value: V) => void,
  ): Promise<void> {
    const { bus, clock } = this.#options;
    const follower = new EventFollower({
      bus,
      topic: streamOf(topic, owner),
      clock,
      log: this.#log,
      from,
      event: (record) => {
        try {
          take(JSON.parse(record.payload) as V);
        } catch (error) {
          this.#failures.note(error, { topic: topic.name });
        }
      },
      lost: () => this.#log.warn({ topic: topic.name }, 'events of an owner of bots were lost'),
    });
    this.#untilStop(() => follower.stop());
    await follower.start();
  }

  #head(owner: Address): Promise<Position> {
    return new Recent(this.#options.bus, this.#log).head(topics.signals, owner);
  }

  #readPrices(): void {
    const read = async () => {
      for (const { value } of await new Latest(this.#options.bus, this.#log).all(topics.prices)) this.#priced(value);
    };
    background('read prices', read(), this.#log);
  }

  #price(record: BusRecord): void {
    if (record.form === 'value') this.#priced(JSON.parse(record.payload) as Price);
  }

  #priced({ symbol, primary, token, price, stale }: Price): void {
    if (!primary || token?.further || stale) return;
    this.#process({ kind: 'price', symbol, price, now: this.#options.clock.now() });
  }

  #ordered(order: Order): void {
    this.#process({ kind: 'order', order, now: this.#options.clock.now() });
  }

  #signal(signal: Signal): void {
    this.#process({ kind: 'signal', signal, now: this.#options.clock.now() });
  }

  async #obey(command: BotCommand, owner: Address): Promise<string | null> {
    const { clock, bots } = this.#options;
    let round: Round | null;
    if (command.type === 'create') {
      // Taken twice, after a crash: it may have gone on since.
      const bot = (await bots.find(command.bot.id)) ?? command.bot;
      round = this.#process({ kind: 'bot', bot });
      await this.#followOwner(bot.owner);
    } else {
      const bot = await bots.find(command.botId);
      if (!bot || ownerRoute(bot.owner) !== ownerRoute(owner)) return 'There is no such bot.';
      round = this.#process({ kind: command.type, botId: command.botId, now: clock.now() });
    }
    // Of its own round alone: other bots keep this busy without an end.
    const carried = round ? await round.carried.promise : !this.#stopped;
    // A command that is called done now would be nobody's.
    if (!carried) throw new Error('bots have ended here; who has them next obeys');
    return null;
  }

  /** Null where nothing follows, or this has ended. */
  #process(event: BotEvent): Round | null {
    if (this.#stopped) return null;
    const outputs = this.#engine.process(event);
    const bots = this.#engine.takeTouched();
    if (bots.length === 0 && outputs.length === 0) return null;
    this.#lastUpdate = this.#options.clock.now();
    const round: Round = { bots, outputs, carried: Promise.withResolvers() };
    this.#rounds.push(round);
    this.#workOn();
    return round;
  }

  #workOn(): void {
    if (this.#working) return;
    this.#working = this.#work().finally(() => {
      this.#working = null;
      if (this.#rounds.length > 0 && !this.#stopped) this.#workOn();
    });
    background('let bots work', this.#working, this.#log);
  }

  async #work(): Promise<void> {
    const { bots, clock } = this.#options;
    for (let round = this.#rounds[0]; round; round = this.#rounds[0]) {
      try {
        await bots.put(round.bots);
        for (const bot of round.bots) this.#statuses.publish(bot);
        for (const output of round.outputs) await this.#act(output);
        this.#rounds.shift();
        round.carried.resolve(true);
        this.#setBehind(false);
      } catch (error) {
        this.#failures.note(error, {});
        this.#setBehind(true);
        // Stored or not: whoever starts next goes on from there.
        if (this.#stopped) {
          for (const left of this.#rounds) left.carried.resolve(false);
          return;
        }
        await pause(clock, RETRY_MS);
      }
    }
  }

  /** @throws what may succeed when it is tried again. */
  async #act(output: BotOutput): Promise<void> {
    const { desk, clock } = this.#options;
    const { id: botId, owner } = output.bot;
    if (output.kind === 'cancel-all') return desk.cancelAll(owner, null, botId);
    try {
      const { clientOrderId, terms } = output;
      this.#ordered(await desk.place({ ...terms, owner, clientOrderId, botId }));
    } catch (error) {
      if (!(error instanceof ApiError) || error.code === 'UNAVAILABLE') throw error;
      this.#process({ kind: 'refused', botId, reason: error.message, now: clock.now() });
    }
  }

  #tellAll(): void {
    for (const bot of this.#engine.all(this.#options.clock.now()))
      if (bot.status === 'RUNNING') this.#statuses.publish(bot);
  }

  /** What was opened while this ended is closed at once. */
  #untilStop(close: Cancel): void {
    if (this.#stopped) close();
    else this.#closings.push(close);
  }

  #setBehind(behind: boolean): void {
    if (this.#behind === behind) return;
    this.#behind = behind;
    this.#healthChanged();
  }
}
