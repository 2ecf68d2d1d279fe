import { AlertEngine } from '../../engines/alerts/alert-engine.ts';
import type { RiskEngine } from '../../engines/risk/risk-engine.ts';
import { background } from '../../lib/background.ts';
import type { Clock } from '../../lib/clock.ts';
import { messageOf } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { type Alert, type AlertRule, defaultRules, isLimitRule } from '../../model/alert.ts';
import type { Address } from '../../model/identity.ts';
import { ownerRoute } from '../../model/owner.ts';
import type { Alerts } from '../../store/alerts.ts';
import type { EventPublisher } from '../event-publisher.ts';
import { AlertPublisher } from './alert-publisher.ts';

export interface RiskAlertsOptions {
  readonly engine: RiskEngine;
  readonly alerts: Alerts;
  readonly events: EventPublisher;
  readonly clock: Clock;
  readonly log: Log;
}

/** What is said of positions by their owners' rules: judged on every change, stored and published. */
export class RiskAlerts {
  readonly #options: RiskAlertsOptions;
  readonly #rules = new AlertEngine();
  readonly #publisher: AlertPublisher;
  /** Owners who have their rules. */
  readonly #known = new Set<string>();
  /** Whether positions are judged: once all of them are loaded. */
  #judges = false;

  constructor(options: RiskAlertsOptions) {
    this.#options = options;
    this.#publisher = new AlertPublisher(options.alerts, options.events, options.clock, options.log);
  }

  /** Whether the database does not take what is written. */
  get failing(): boolean {
    return this.#publisher.failing;
  }

  close(): Promise<void> {
    return this.#publisher.close();
  }

  process(event: Parameters<AlertEngine['process']>[0]): void {
    this.#publisher.publish(this.#rules.process(event));
  }

  rule(rule: AlertRule): void {
    this.#known.add(ownerRoute(rule.owner));
    this.process({ kind: 'rule', rule, now: this.#options.clock.now() });
  }

  /** Sees to it that an owner has rules: the default ones at its first position. */
  ruled(owner: Address): void {
    if (this.#known.has(ownerRoute(owner))) return;
    const { alerts, clock, log } = this.#options;
    const rules = defaultRules(owner, clock.now());
    for (const rule of rules) this.rule(rule);
    const added = alerts.addRules(rules).catch((error: unknown) => {
      // They are the same at the next start.
      log.debug({ reason: messageOf(error) }, 'default rules were not written');
    });
    background('write default rules', added, log);
  }

  /** The positions that the last event of the engine touched. */
  judgeTouched(): void {
    // Before all are there, the sums of an owner are those of no moment.
    if (!this.#judges) return;
    const { engine, clock } = this.#options;
    const readings = engine.touched.filter(({ position }) => position.status === 'OPEN');
    if (readings.length > 0) this.process({ kind: 'readings', readings, now: clock.now() });
  }

  /**
   * Alerts that lasted when the worker before ended. Whose position is no longer open, or whose rule is gone or switched off, are over; the
   * others are judged with the first price, which ends those whose condition has ended meanwhile.
   */
  takeUp(lasting: readonly Alert[]): void {
    const { engine, clock } = this.#options;
    const now = clock.now();
    // A limit is the trading worker's to watch.
    const own = lasting.filter(({ ruleId }) => !isLimitRule(ruleId));
    for (const alert of own) this.process({ kind: 'loaded', alert, now });
    this.process({ kind: 'readings', readings: [...engine.readings()], now });
    for (const { positionId, owner } of own)
      if (positionId !== null && !engine.position(positionId)) this.process({ kind: 'gone', positionId, owner, now });
    this.#judges = true;
  }
}
