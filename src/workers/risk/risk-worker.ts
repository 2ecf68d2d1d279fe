import type { Bus } from '../../bus/bus.ts';
import { topics } from '../../bus/topics.ts';
import type { RiskEvent, RiskOutput } from '../../engines/risk/events.ts';
import type { RiskEngine } from '../../engines/risk/risk-engine.ts';
import type { Population } from '../../feeds/simulated/population/population.ts';
import { background } from '../../lib/background.ts';
import type { Cancel, Clock } from '../../lib/clock.ts';
import { ZERO } from '../../lib/decimal.ts';
import { messageOf } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import type { Address } from '../../model/identity.ts';
import { isOfShare, nameOfShare, type OwnerShare } from '../../model/owner-share.ts';
import type { PositionChange } from '../../model/position-change.ts';
import type { RiskCommand } from '../../model/risk-command.ts';
import type { Alerts } from '../../store/alerts.ts';
import type { ArchiveWriter } from '../../store/archive/archive-writer.ts';
import type { Commands } from '../../store/commands.ts';
import type { MarketHistory } from '../../store/market-history.ts';
import type { Positions, RiskPoint, StoredPosition } from '../../store/positions.ts';
import { WriteBehind } from '../../store/write-behind.ts';
import { CommandTaker } from '../command-taker.ts';
import { EventPublisher } from '../event-publisher.ts';
import { FailureLog } from '../failure-log.ts';
import { type ComponentHealth, defineWorker, type Worker } from '../worker.ts';
import { FundingInlet } from './funding-inlet.ts';
import { historyPoints } from './history-points.ts';
import { PriceInlet } from './price-inlet.ts';
import { RiskAlerts } from './risk-alerts.ts';
import { RiskOutlet } from './risk-outlet.ts';
import { type FollowedAccounts, VenueAccounts } from './venue-accounts.ts';

export interface RiskWorkerOptions {
  readonly engine: RiskEngine;
  /** Whose positions. Everything of one owner is in one share. */
  readonly share: OwnerShare;
  /** Who trades where nobody real does; null where positions are real. */
  readonly population: Population | null;
  /** Addresses whose positions a venue tells; null for none. */
  readonly accounts: FollowedAccounts | null;
  readonly bus: Bus;
  readonly positions: Positions;
  readonly alerts: Alerts;
  readonly marketHistory: MarketHistory;
  readonly commands: Commands;
  readonly archive: ArchiveWriter;
  readonly clock: Clock;
  readonly log: Log;
  readonly positionIntervalMs: number;
  readonly liquidationIntervalMs: number;
  /** Time between two points of a position's history, milliseconds. */
  readonly historyIntervalMs: number;
  /** Points of history that wait for a database that is away: beyond them the oldest are dropped, counted and said. */
  readonly mostPoints?: number;
  /** How long what happened is kept, milliseconds. */
  readonly retentionMs: number;
}

const NAME = 'risk';

/** How often time passes for the engines and the population, milliseconds. */
const STEP_MS = 1_000;

/** Until what could not be loaded is asked for again, milliseconds. */
const RETRY_MS = 1_000;

/** Rows that wait for a database that is away. */
const MOST_POSITIONS = 200_000;
const MOST_POINTS = 200_000;

/** How often what is too old is deleted, milliseconds. */
const PRUNE_EVERY_MS = 3_600_000;

/**
 * Positions, their risk and their alerts: prices in, from the bus; what they make of positions out, to the bus at once or at its cadence,
 * and to PostgreSQL behind it. Takes callers' commands. Reports as the component `risk`.
 */
export function createRiskWorker(options: RiskWorkerOptions): Worker {
  const risk = new RiskWorker(options);
  return defineWorker({
    name: nameOfShare(NAME, options.share),
    start: (healthChanged) => risk.start(healthChanged),
    health: () => risk.health(),
    stop: () => risk.stop(),
  });
}

class RiskWorker {
  readonly #options: RiskWorkerOptions;
  readonly #log: Log;
  readonly #failures: FailureLog;
  readonly #engineFailures: FailureLog;
  readonly #events: EventPublisher;
  readonly #alerts: RiskAlerts;
  readonly #inlet: PriceInlet;
  readonly #fundings: FundingInlet;
  readonly #outlet: RiskOutlet;
  readonly #accounts: VenueAccounts | null;
  readonly #stored: WriteBehind<StoredPosition>;
  readonly #points: WriteBehind<RiskPoint>;
  readonly #taker: CommandTaker;
  readonly #timers: Cancel[] = [];
  #healthChanged: () => void = () => undefined;
  #startedAt = 0;
  #lastUpdate: number | null = null;
  #loaded = false;
  #stopped = false;

  constructor(options: RiskWorkerOptions) {
    this.#options = options;
    const { engine, bus, clock, archive, positions, alerts, positionIntervalMs, liquidationIntervalMs } = options;
    this.#log = options.log.child({ worker: nameOfShare(NAME, options.share) });
    this.#failures = new FailureLog('the bus refused to publish', clock, this.#log);
    this.#engineFailures = new FailureLog('the risk engine failed on an event', clock, this.#log);
    this.#events = new EventPublisher(bus, archive, this.#failures);
    this.#alerts = new RiskAlerts({ engine, alerts, events: this.#events, clock, log: this.#log });
    this.#inlet = new PriceInlet(bus, clock, this.#log, (event) => this.#heard(event));
    this.#fundings = new FundingInlet({
      bus,
      history: options.marketHistory,
      clock,
      log: this.#log,
      since: () => this.#fundedSince(),
      mayMiss: options.population === null,
      heard: (event) => this.#heard(event),
    });
    this.#outlet = new RiskOutlet({
      engine,
      bus,
      clock,
      failures: this.#failures,
      share: options.share,
      positionIntervalMs,
      liquidationIntervalMs,
    });
    this.#taker = new CommandTaker({
      about: 'risk',
      share: options.share,
      bus,
      commands: options.commands,
      clock,
      log: this.#log,
      obey: async ({ body, owner, createdAt }) => this.#obey(body as RiskCommand, owner, createdAt),
    });
    this.#accounts =
      options.accounts &&
      new VenueAccounts({
        ...options.accounts,
        open: (owner) => engine.positionsOf(owner).positions.map(({ position }) => position),
        change: (change) => this.#change(change),
        log: this.#log,
      });
    const behind = { clock, log: this.#log };
    this.#stored = new WriteBehind({
      what: 'positions',
      keyOf: ({ position }) => position.id,
      write: (batch) => positions.put(batch),
      most: MOST_POSITIONS,
      ...behind,
    });
    this.#points = new WriteBehind({
      what: 'risk history',
      keyOf: ({ positionId, at }) => `${positionId}|${at}`,
      write: (batch) => positions.addPoints(batch),
      most: options.mostPoints ?? MOST_POINTS,
      ...behind,
    });
  }

  start(healthChanged: () => void): void {
    this.#healthChanged = healthChanged;
    this.#startedAt = this.#options.clock.now();
    background('load positions', this.#load(), this.#log);
  }

  health(): ComponentHealth {
    const behind = this.#stored.failing || this.#points.failing || this.#alerts.failing;
    const dropped = this.#stored.dropped + this.#points.dropped;
    const lost = dropped === 0 ? '' : `${dropped} values of history were dropped while the database was away`;
    const [status, message] = !this.#loaded
      ? (['DEGRADED', 'positions are being loaded'] as const)
      : behind
        ? ([
            'DEGRADED',
            `the database does not take what is written; what is live goes on${lost && `; ${lost}`}`,
          ] as const)
        : (['HEALTHY', lost] as const);
    return {
      name: nameOfShare(NAME, this.#options.share),
      status,
      message,
      startedAt: this.#startedAt,
      lastUpdate: this.#lastUpdate,
      errorCount: this.#failures.count + this.#engineFailures.count,
      recoveries: 0,
    };
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const cancel of this.#timers) cancel();
    this.#inlet.stop();
    this.#fundings.stop();
    this.#accounts?.stop();
    this.#outlet.stop();
    await this.#taker.stop();
    await Promise.all([this.#stored.close(), this.#points.close(), this.#alerts.close()]);
  }

  /** Everything that was there before: positions, rules and alerts that last. Tries until the database answers. */
  async #load(): Promise<void> {
    const { positions, alerts, clock, population, share } = this.#options;
    try {
      const [open, rules, lasting] = await Promise.all([positions.open(share), alerts.rules(null), alerts.lasting()]);
      if (this.#stopped) return;
      for (const rule of rules) if (isOfShare(share, rule.owner)) this.#alerts.rule(rule);
      for (const { position, warningLevel } of open) {
        population?.position(position);
        this.#alerts.ruled(position.owner);
        this.#process({ kind: 'loaded', position, warningLevel });
      }
      this.#alerts.takeUp(lasting.filter(({ owner }) => isOfShare(share, owner)));
    } catch (error) {
      this.#log.warn({ reason: messageOf(error) }, 'positions cannot be loaded yet');
      if (!this.#stopped) this.#timers.push(clock.after(RETRY_MS, () => this.start(this.#healthChanged)));
      return;
    }
    this.#loaded = true;
    this.#healthChanged();
    this.#inlet.start();
    this.#fundings.start();
    this.#accounts?.start();
    this.#outlet.start();
    this.#taker.start();
    const { historyIntervalMs } = this.#options;
    this.#timers.push(
      clock.every(STEP_MS, () => this.#step()),
      clock.every(historyIntervalMs, () => this.#keepHistory()),
    );
    // Of all owners, whoever does it.
    if (share.number === 0)
      this.#timers.push(clock.every(PRUNE_EVERY_MS, () => background('prune history', this.#prune(), this.#log)));
  }

  /** Since when each symbol's settlements may be missing: of the position that was booked least. */
  #fundedSince(): ReadonlyMap<string, number> {
    const since = new Map<string, number>();
    for (const { position } of this.#options.engine.readings()) {
      if (position.kind !== 'PERP' || !position.accruesFunding) continue;
      const { symbol, openedAt, fundedThrough = openedAt } = position;
      since.set(symbol, Math.min(fundedThrough, since.get(symbol) ?? fundedThrough));
    }
    return since;
  }

  #step(): void {
    const { clock, population } = this.#options;
    const now = clock.now();
    for (const change of population?.step(now) ?? []) this.#change(change);
    this.#process({ kind: 'time', now });
    this.#alerts.process({ kind: 'time', now });
  }

  #heard(event: RiskEvent): void {
    if (this.#stopped) return;
    if (event.kind === 'price') {
      this.#lastUpdate = event.receivedAt;
      if (!event.stale) this.#options.population?.price(event.symbol, event.price);
    }
    this.#process(event);
  }

  /** @returns why it was refused, if it was. */
  #change(change: PositionChange): string | null {
    if (change.type === 'OPEN' || change.type === 'REPORT') this.#alerts.ruled(change.position.owner);
    return this.#process({ kind: 'change', change });
  }

  #process(event: RiskEvent): string | null {
    const { engine } = this.#options;
    let refused: string | null = null;
    try {
      for (const output of engine.process(event)) refused = this.#output(output) ?? refused;
      this.#alerts.judgeTouched();
    } catch (error) {
      this.#engineFailures.note(error, { event: event.kind });
      return messageOf(error);
    }
    return refused;
  }

  #output(output: RiskOutput): string | null {
    const { engine, population, clock } = this.#options;
    switch (output.kind) {
      case 'position': {
        const { position } = output;
        population?.position(position);
        this.#stored.put({ position, warningLevel: engine.warningLevel(position.id) });
        if (position.status !== 'OPEN') {
          this.#outlet.ended(position);
          const { id: positionId, owner } = position;
          this.#alerts.process({ kind: 'gone', positionId, owner, now: clock.now() });
        }
        return null;
      }
      case 'positionEvent': {
        const { event } = output;
        this.#events.publish(topics.positionEvents, event);
        // Warned once, also over a restart.
        if (event.type === 'LIQUIDATION_WARNING')
          this.#stored.put({ position: event.position, warningLevel: engine.warningLevel(event.positionId) });
        return null;
      }
      case 'liquidatable':
        population?.liquidatable(output.positionId);
        return null;
      case 'refused':
        return output.reason;
    }
  }

  #obey(command: RiskCommand, owner: Address, createdAt: number): string | null {
    const now = this.#options.clock.now();
    switch (command.type) {
      case 'open': {
        const { position, transactionHash } = command;
        const facts = { positionId: position.id, transactionHash, prices: {}, fee: ZERO };
        // Taken twice, after a crash: it is there already.
        if (this.#options.engine.position(position.id)) return null;
        return this.#change({ ...facts, type: 'OPEN', position, timestamp: createdAt, receivedAt: now });
      }
      case 'change':
        return this.#change(command.change);
      case 'acknowledge':
      case 'resolve':
        this.#alerts.process({ kind: command.type, alertId: command.alertId, now });
        return null;
      case 'rule':
        this.#alerts.rule(command.rule);
        return null;
      case 'rule-removed':
        this.#alerts.process({ kind: 'rule-removed', ruleId: command.ruleId, owner, now });
        return null;
    }
  }

  #keepHistory(): void {
    const { engine, clock } = this.#options;
    for (const point of historyPoints(engine, clock.now())) this.#points.put(point);
  }

  async #prune(): Promise<void> {
    const { positions, commands, archive, clock, retentionMs } = this.#options;
    try {
      const before = clock.now() - retentionMs;
      await positions.prunePoints(before);
      await archive.prune(before);
      await commands.prune(before);
    } catch (error) {
      this.#log.warn({ reason: messageOf(error) }, 'history could not be pruned');
    }
  }
}
