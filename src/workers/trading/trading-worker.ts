import type { Bus } from '../../bus/bus.ts';
import type { PaperEvent, PaperOutput } from '../../engines/paper/events.ts';
import type { PaperVenue } from '../../engines/paper/paper-venue.ts';
import { background } from '../../lib/background.ts';
import type { Cancel, Clock } from '../../lib/clock.ts';
import { messageOf } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { type Span, UNTRACED } from '../../lib/tracing.ts';
import type { Address } from '../../model/identity.ts';
import type { Order, TradingCommand } from '../../model/order.ts';
import { isOfShare, nameOfShare, type OwnerShare } from '../../model/owner-share.ts';
import type { Portfolio } from '../../model/portfolio.ts';
import type { Alerts } from '../../store/alerts.ts';
import type { ArchiveWriter } from '../../store/archive/archive-writer.ts';
import { passed } from '../../store/order-way.ts';
import type { Trading, WaitingOrder } from '../../store/trading.ts';
import { commandSpan } from '../command-taker.ts';
import { EventPublisher } from '../event-publisher.ts';
import { FailureLog } from '../failure-log.ts';
import { AlertPublisher } from '../risk/alert-publisher.ts';
import { type ComponentHealth, defineWorker, type Worker } from '../worker.ts';
import { LimitAlerts } from './limit-alerts.ts';
import { MarketInlet } from './market-inlet.ts';
import { OrderInlet } from './order-inlet.ts';
import { OutcomeWriter } from './outcome-writer.ts';
import { PortfolioOutlet } from './portfolio-outlet.ts';
import { type FollowedOrderFeed, RealAccountInlet } from './real-account-inlet.ts';

export interface TradingWorkerOptions {
  /** Whose orders. Everything of one owner is in one share. */
  readonly share: OwnerShare;
  readonly venue: PaperVenue;
  /** Feeds of the real accounts that the venue is told to follow: of owners of the share. */
  readonly followed?: readonly FollowedOrderFeed[];
  readonly bus: Bus;
  readonly trading: Trading;
  readonly alerts: Alerts;
  readonly archive: ArchiveWriter;
  readonly clock: Clock;
  readonly log: Log;
  /** Cadence of portfolios whose prices move, milliseconds; a fill is told at once. */
  readonly portfolioIntervalMs: number;
  /** Time between two points of an equity curve, milliseconds. */
  readonly historyIntervalMs: number;
  /** How long equity curves are kept, milliseconds. */
  readonly retentionMs: number;
}

const NAME = 'trading';

/** How often it is looked at what time alone brings, milliseconds. */
const STEP_MS = 1_000;

/** Until what could not be loaded is asked for again, milliseconds. */
const RETRY_MS = 1_000;

/**
 * How long an order waits for its market to be known, milliseconds, from when orders are taken: at a start the books come after the
 * orders, and where a whole process was lost the market's own lease has to run out.
 */
const MARKET_PATIENCE_MS = 10_000;

/**
 * The paper venue at work: books and trades in from the bus, commands in from PostgreSQL; what comes of orders is stored, and published
 * after it. Reports as the component `trading`, of one share of several as `trading/1`.
 */
export function createTradingWorker(options: TradingWorkerOptions): Worker {
  const trading = new TradingWorker(options);
  return defineWorker({
    name: nameOfShare(NAME, options.share),
    start: (healthChanged) => trading.start(healthChanged),
    health: () => trading.health(),
    stop: () => trading.stop(),
  });
}

class TradingWorker {
  readonly #options: TradingWorkerOptions;
  readonly #log: Log;
  readonly #failures: FailureLog;
  readonly #engineFailures: FailureLog;
  readonly #writer: OutcomeWriter;
  readonly #alertPublisher: AlertPublisher;
  readonly #limitAlerts = new LimitAlerts();
  readonly #inlet: MarketInlet;
  readonly #orders: OrderInlet;
  readonly #outlet: PortfolioOutlet;
  readonly #real: RealAccountInlet;
  readonly #timers: Cancel[] = [];
  /** Of commands that were taken, until what came of them is stored and told. */
  readonly #spans = new Map<string, Span>();
  #healthChanged: () => void = () => undefined;
  #startedAt = 0;
  #lastUpdate: number | null = null;
  #loaded = false;
  #loadedAt = 0;
  #stopped = false;

  constructor(options: TradingWorkerOptions) {
    this.#options = options;
    const { share, venue, bus, trading, alerts, archive, clock, portfolioIntervalMs, historyIntervalMs } = options;
    this.#log = options.log.child({ worker: nameOfShare(NAME, share) });
    this.#failures = new FailureLog('the bus refused to publish', clock, this.#log);
    this.#engineFailures = new FailureLog('the paper venue failed on an event', clock, this.#log);
    const events = new EventPublisher(bus, archive, this.#failures);
    this.#writer = new OutcomeWriter(trading, share, events, clock, this.#log, (ids, portfolios) =>
      this.#stored(ids, portfolios),
    );
    this.#alertPublisher = new AlertPublisher(alerts, events, clock, this.#log);
    this.#inlet = new MarketInlet(bus, clock, this.#log, (event) => this.#heard(event));
    this.#orders = new OrderInlet({
      bus,
      trading,
      share,
      clock,
      log: this.#log,
      mayBegin: (waiting) => this.#mayBegin(waiting),
      take: (waiting) => this.#take(waiting),
    });
    this.#real = new RealAccountInlet({
      followed: options.followed ?? [],
      heard: (event) => this.#heard(event),
      known: (owner) => venue.knownOrders(owner),
      healthChanged: () => this.#healthChanged(),
      log: this.#log,
    });
    this.#outlet = new PortfolioOutlet({
      venue,
      bus,
      trading,
      clock,
      log: this.#log,
      failures: this.#failures,
      portfolioIntervalMs,
      historyIntervalMs,
      isAhead: (owner) => this.#writer.isAhead(owner),
      told: (portfolio) =>
        this.#alertPublisher.publish(this.#limitAlerts.portfolio(portfolio, this.#options.clock.now())),
    });
  }

  start(healthChanged: () => void): void {
    this.#healthChanged = healthChanged;
    this.#startedAt = this.#options.clock.now();
    background('load orders', this.#load(), this.#log);
  }

  health(): ComponentHealth {
    const behind = this.#writer.failing || this.#outlet.failing || this.#alertPublisher.failing;
    const [status, message] = !this.#loaded
      ? (['DEGRADED', 'orders are being loaded'] as const)
      : behind
        ? (['DEGRADED', 'the database does not take what is written; orders wait'] as const)
        : this.#real.trouble !== ''
          ? (['DEGRADED', this.#real.trouble] as const)
          : (['HEALTHY', ''] as const);
    return {
      name: nameOfShare(NAME, this.#options.share),
      status,
      message,
      startedAt: this.#startedAt,
      lastUpdate: this.#lastUpdate,
      errorCount: this.#failures.count + this.#engineFailures.count + this.#real.errorCount,
      recoveries: 0,
    };
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const cancel of this.#timers) cancel();
    this.#inlet.stop();
    await this.#real.stop();
    await this.#orders.stop();
    await this.#writer.stop();
    await Promise.all([this.#outlet.stop(), this.#alertPublisher.close()]);
  }

  /** Everything that was there before. Tries until the database answers. */
  async #load(): Promise<void> {
    const { share, trading, alerts, clock, venue } = this.#options;
    let newest: string;
    try {
      const [accounts, limits, open, elsewhere, lasting, command] = await Promise.all([
        trading.accounts(share),
        trading.limitsOf(share),
        trading.open(share),
        trading.elsewhere(share),
        alerts.lasting(),
        trading.newestCommand(),
      ]);
      newest = command;
      // Before anything new is told: what is told keeps its order.
      await this.#writer.start();
      if (this.#stopped) return;
      for (const account of accounts) venue.process({ kind: 'account', account });
      for (const limit of limits) {
        venue.process({ kind: 'limits', limits: limit });
        this.#limitAlerts.limits(limit, clock.now());
      }
      for (const alert of lasting) if (isOfShare(share, alert.owner)) this.#limitAlerts.loaded(alert);
      for (const order of elsewhere) venue.process({ kind: 'order', order });
      venue.takeTouched();
      for (const order of open) this.#process({ kind: 'order', order });
    } catch (error) {
      this.#log.warn({ reason: messageOf(error) }, 'orders cannot be loaded yet');
      if (!this.#stopped) this.#timers.push(clock.after(RETRY_MS, () => this.start(this.#healthChanged)));
      return;
    }
    this.#loaded = true;
    this.#loadedAt = this.#options.clock.now();
    this.#healthChanged();
    this.#inlet.start();
    this.#real.start();
    this.#outlet.start();
    this.#timers.push(clock.every(STEP_MS, () => this.#step()));
    this.#orders.start(newest);
  }

  #step(): void {
    const { share, clock, retentionMs } = this.#options;
    const now = clock.now();
    this.#alertPublisher.publish(this.#limitAlerts.process({ kind: 'time', now }));
    // Of all owners, whoever does it.
    if (share.number === 0) this.#outlet.prune(now - retentionMs);
  }

  #heard(event: PaperEvent): void {
    if (this.#stopped) return;
    if (event.kind === 'trade') this.#lastUpdate = event.trade.receivedAt;
    this.#process(event);
    if (event.kind === 'price') this.#outlet.price(event.symbol);
  }

  /** @returns why a command could not be done. */
  #process(event: PaperEvent): string | null {
    const { venue } = this.#options;
    let outputs: readonly PaperOutput[];
    try {
      outputs = venue.process(event);
    } catch (error) {
      this.#engineFailures.note(error, { event: event.kind });
      return messageOf(error);
    }
    const touched = venue.takeTouched();
    let refused: string | null = null;
    for (const output of outputs) {
      if (output.kind === 'refused') refused = output.rejection.message;
      else if (output.kind === 'missed') this.#real.recover(output.owner);
      else if (output.kind === 'order') this.#writer.add({ topic: 'orderUpdates', value: output.update });
      else this.#writer.add({ topic: 'tradeExecutions', value: output.execution });
    }
    for (const account of touched) {
      const portfolio = venue.portfolio(account.owner, this.#options.clock.now());
      this.#writer.account({ account: account.stored(), portfolio });
    }
    return refused;
  }

  #stored(commands: readonly string[], portfolios: readonly Portfolio[]): void {
    this.#orders.stored(commands);
    for (const id of commands) {
      this.#spans.get(id)?.end();
      this.#spans.delete(id);
    }
    for (const portfolio of portfolios) this.#outlet.tell(portfolio);
  }

  #take({ id, owner, command, order, trace }: WaitingOrder): void {
    const span = commandSpan('trading', { id, trace });
    if (span !== UNTRACED) this.#spans.set(id, span);
    const refused = span.run(() => this.#obey(command, owner, order, this.#options.clock.now()));
    this.#writer.done(id, refused);
  }

  #mayBegin({ command, order }: WaitingOrder): boolean {
    if (command.type !== 'place' || !order || this.#options.venue.isOpen(order.symbol)) return true;
    return this.#options.clock.now() - Math.max(order.createdAt, this.#loadedAt) > MARKET_PATIENCE_MS;
  }

  #obey(command: TradingCommand, owner: Address, order: Order | null, now: number): string | null {
    switch (command.type) {
      case 'place':
        // Stored with its outcome, a command is done: one that waits has an order that is still an intent.
        if (order?.status !== 'PENDING') return 'There is no such intent.';
        passed('taken', order);
        return this.#process({ kind: 'place', order, now });
      case 'amend':
        return this.#process({ kind: 'amend', orderId: command.orderId, amendment: command.amendment, now });
      case 'cancel':
        return this.#process({ kind: 'cancel', orderId: command.orderId, now });
      case 'cancel-all':
        return this.#process({ kind: 'cancel-all', owner, symbol: command.symbol, botId: command.botId, now });
      case 'limits': {
        const { limits } = command;
        this.#alertPublisher.publish(this.#limitAlerts.limits(limits, now));
        const refused = this.#process({ kind: 'limits', limits });
        this.#alertPublisher.publish(this.#limitAlerts.portfolio(this.#options.venue.portfolio(owner, now), now));
        return refused;
      }
      case 'acknowledge':
      case 'resolve':
        this.#alertPublisher.publish(this.#limitAlerts.process({ kind: command.type, alertId: command.alertId, now }));
        return null;
    }
  }
}
