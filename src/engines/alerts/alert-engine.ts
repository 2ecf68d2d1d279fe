import { type Alert, type AlertRule, alertTypeOf } from '../../model/alert.ts';
import { ownerRoute } from '../../model/owner.ts';
import type { PositionReading } from '../../model/risk.ts';
import type { MetricValue } from './metrics.ts';
import { type Compiled, OwnerRules, SeenPosition, type Subject } from './subjects.ts';
import { resolved, Watch } from './watch.ts';

/** What alerts are made of. Times in milliseconds since the Unix epoch. */
export type AlertEvent =
  /**
   * Positions whose numbers may have changed together, by one price or change. Owners are judged after all of them: between two
   * readings of one price the sums of an owner are those of no moment.
   */
  | { readonly kind: 'readings'; readonly readings: readonly PositionReading[]; readonly now: number }
  /** A position has ended. */
  | { readonly kind: 'gone'; readonly positionId: string; readonly owner: string; readonly now: number }
  | { readonly kind: 'rule'; readonly rule: AlertRule; readonly now: number }
  | { readonly kind: 'rule-removed'; readonly ruleId: string; readonly owner: string; readonly now: number }
  | { readonly kind: 'acknowledge' | 'resolve'; readonly alertId: string; readonly now: number }
  /** An alert that has not ended, as it was stored: taken up again, or over where its rule is gone or switched off. */
  | { readonly kind: 'loaded'; readonly alert: Alert; readonly now: number }
  /** Time has passed: what has lasted long enough is told. */
  | { readonly kind: 'time'; readonly now: number };

/**
 * Judges every change against its owner's rules. One alert for each rule and position while the condition lasts: opened when it has
 * lasted long enough, resolved when it has ended by more than the hysteresis, by hand, or with the position.
 * A function of its events: no I/O, time only from them.
 */
export class AlertEngine {
  readonly #owners = new Map<string, OwnerRules>();
  readonly #byAlert = new Map<string, { readonly watch: Watch; readonly subject: Subject }>();
  /** Conditions that hold and have not been told. */
  readonly #pending = new Set<Watch>();
  #told: Alert[] = [];
  /** Number of the event under way. */
  #event = 0;

  /** Alerts that last. */
  get lasting(): number {
    return this.#byAlert.size;
  }

  /** An alert that lasts; undefined when there is none. */
  alert(id: string): Alert | undefined {
    return this.#byAlert.get(id)?.watch.alert ?? undefined;
  }

  process(event: AlertEvent): readonly Alert[] {
    this.#told = [];
    this.#event++;
    switch (event.kind) {
      case 'readings':
        this.#read(event.readings, event.now);
        break;
      case 'gone':
        this.#gone(event.positionId, event.owner, event.now);
        break;
      case 'rule':
        this.#setRule(event.rule, event.now);
        break;
      case 'rule-removed':
        this.#removeRule(this.#owner(event.owner), event.ruleId, event.now);
        this.#tidy(event.owner);
        break;
      case 'acknowledge':
      case 'resolve': {
        const lasting = this.#byAlert.get(event.alertId);
        if (!lasting) break;
        const { watch, subject } = lasting;
        this.#after(watch, subject, event.kind === 'resolve' ? watch.silence(event.now) : watch.acknowledge(event.now));
        break;
      }
      case 'loaded':
        this.#load(event.alert, event.now);
        break;
      case 'time':
        for (const watch of [...this.#pending]) this.#after(watch, this.#subjectOf(watch), watch.due(event.now));
        break;
    }
    return this.#told;
  }

  #owner(owner: string): OwnerRules {
    const route = ownerRoute(owner);
    let state = this.#owners.get(route);
    if (!state) {
      state = new OwnerRules(this);
      this.#owners.set(route, state);
    }
    return state;
  }

  #read(readings: readonly PositionReading[], now: number): void {
    const owners: OwnerRules[] = [];
    for (const reading of readings) {
      const seen = this.#seen(reading);
      const { owner } = seen;
      if (owner.readIn !== this.#event) {
        owner.readIn = this.#event;
        owners.push(owner);
      }
      // What is not known, or old, says nothing: neither that a danger has come nor that it has gone.
      if (reading.known && !reading.stale) this.#judgePosition(seen, reading, now);
    }
    for (const owner of owners) this.#judgeOwner(owner, now);
  }

  #seen(reading: PositionReading): SeenPosition {
    const { judged, position } = reading;
    if (judged instanceof SeenPosition && judged.owner.engine === this) return judged;
    const seen = this.#owner(position.owner).position(position.id, position.symbol);
    seen.reading = reading;
    reading.judged = seen;
    return seen;
  }

  #judgePosition(seen: SeenPosition, reading: PositionReading, now: number): void {
    for (const compiled of seen.owner.compiledFor(seen)) {
      const { rule, read } = compiled;
      const value = read(reading);
      if (value !== null) this.#judge(compiled, seen, value, reading, now);
      else if (seen.watches !== null && alertTypeOf(rule.metric) === 'LIQUIDATION_RISK' && reading.unthreatened)
        this.#over(seen, rule.id, null, now);
    }
  }

  #judgeOwner(owner: OwnerRules, now: number): void {
    if (owner.ofOwner.length === 0) return;
    const complete = owner.complete;
    for (const compiled of owner.ofOwner) {
      const { metric, comparison } = compiled.rule;
      const value = metric === 'OWNER_EXPOSURE_USD' ? owner.exposure : owner.pnl;
      // With a price missing a sum is no sum. But what is too much already is not less for what is not known.
      const enough = metric === 'OWNER_EXPOSURE_USD' && comparison === 'ABOVE' && compiled.begins(value);
      if (complete || enough) this.#judge(compiled, owner, value, null, now);
    }
  }

  #judge(
    { rule, begins, ends }: Compiled,
    subject: Subject,
    value: MetricValue,
    reading: PositionReading | null,
    now: number,
  ): void {
    let watch = subject.watches?.get(rule.id);
    if (watch === undefined) {
      if (!begins(value)) return;
      watch = this.#watch(rule, subject);
    }
    if (watch.sticks ? !ends(value) : begins(value))
      this.#after(watch, subject, watch.holds(value, reading?.overallRiskScore ?? null, now));
    else this.#over(subject, rule.id, value, now);
  }

  #over(subject: Subject, ruleId: string, value: MetricValue | null, now: number): void {
    const watch = subject.watches?.get(ruleId);
    if (!watch) return;
    this.#after(watch, subject, watch.over(value, now));
    if (watch.idle(now)) subject.watches?.delete(ruleId);
  }

  #watch(rule: AlertRule, subject: Subject): Watch {
    const watch = new Watch(rule, subject.positionId, subject.symbol);
    subject.watches ??= new Map();
    subject.watches.set(rule.id, watch);
    return watch;
  }

  /** Keeps the indices true after a watch has moved, and tells what came of it. */
  #after(watch: Watch, subject: Subject, changed: Alert | null): void {
    if (watch.waits) this.#pending.add(watch);
    else this.#pending.delete(watch);
    if (changed === null) return;
    this.#told.push(changed);
    if (watch.alert !== null) this.#byAlert.set(changed.id, { watch, subject });
    else this.#byAlert.delete(changed.id);
  }

  #subjectOf({ positionId, rule }: Watch): Subject {
    const owner = this.#owner(rule.owner);
    return positionId === null ? owner : owner.position(positionId, null);
  }

  #gone(positionId: string, ownerOf: string, now: number): void {
    const owner = this.#owner(ownerOf);
    const seen = owner.positions.get(positionId);
    owner.positions.delete(positionId);
    for (const watch of seen?.watches?.values() ?? []) this.#drop(watch, seen ?? owner, now);
    if (seen) this.#judgeOwner(owner, now);
    this.#tidy(ownerOf);
  }

  /** A rule that says something else has other alerts: those of before end. */
  #setRule(rule: AlertRule, now: number): void {
    const owner = this.#owner(rule.owner);
    const before = owner.rule(rule.id);
    if (before && before.version >= rule.version) return;
    if (before) this.#removeRule(owner, rule.id, now);
    if (rule.enabled) owner.setRule(rule);
  }

  #removeRule(owner: OwnerRules, ruleId: string, now: number): void {
    owner.removeRule(ruleId);
    for (const subject of [owner, ...owner.positions.values()]) {
      const watch = subject.watches?.get(ruleId);
      if (!watch) continue;
      subject.watches?.delete(ruleId);
      this.#drop(watch, subject, now);
    }
  }

  #drop(watch: Watch, subject: Subject, now: number): void {
    this.#after(watch, subject, watch.close(null, now));
    this.#pending.delete(watch);
  }

  /** Its rule has been set before it. */
  #load(alert: Alert, now: number): void {
    if (alert.state === 'RESOLVED' || this.#byAlert.has(alert.id)) return;
    const owner = this.#owner(alert.owner);
    const rule = owner.rule(alert.ruleId);
    if (!rule) {
      this.#told.push(resolved(alert, null, now));
      return this.#tidy(alert.owner);
    }
    const { positionId, symbol } = alert;
    const subject: Subject = positionId === null ? owner : owner.position(positionId, symbol);
    const watch = this.#watch(rule, subject);
    watch.load(alert);
    this.#byAlert.set(alert.id, { watch, subject });
  }

  #tidy(owner: string): void {
    const route = ownerRoute(owner);
    if (this.#owners.get(route)?.empty) this.#owners.delete(route);
  }
}
