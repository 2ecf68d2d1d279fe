import type { Fixed } from '../../lib/fixed.ts';
import { type Alert, type AlertRule, alertTypeOf, isOfOwner } from '../../model/alert.ts';
import { ownerRoute } from '../../model/owner.ts';
import type { PositionReading } from '../../model/risk.ts';
import { type Bounds, boundsOf, type MetricValue, metricText, READERS } from './metrics.ts';
import { messageOf, titleOf } from './wording.ts';

/** What alerts are made of. Times in milliseconds since the Unix epoch. */
export type AlertEvent =
  /** A position's numbers may have changed. */
  | { readonly kind: 'reading'; readonly reading: PositionReading; readonly now: number }
  /** A position has ended. */
  | { readonly kind: 'gone'; readonly positionId: string; readonly owner: string; readonly now: number }
  | { readonly kind: 'rule'; readonly rule: AlertRule; readonly now: number }
  | { readonly kind: 'rule-removed'; readonly ruleId: string; readonly owner: string; readonly now: number }
  | { readonly kind: 'acknowledge' | 'resolve'; readonly alertId: string; readonly now: number }
  /** An alert that has not ended, as it was stored: taken up again. */
  | { readonly kind: 'loaded'; readonly alert: Alert }
  /** Time has passed: what has lasted long enough is told. */
  | { readonly kind: 'time'; readonly now: number };

/** A rule with what is read for it. */
interface Compiled extends Bounds {
  readonly rule: AlertRule;
}

/** One rule applied to one thing: to a position, or to everything of an owner. */
interface Watch {
  readonly rule: AlertRule;
  readonly positionId: string | null;
  readonly symbol: string | null;
  /** Since when the condition holds; null while it does not. */
  since: number | null;
  /** The newest value of the metric, and the position's score, while the condition holds. */
  value: MetricValue;
  riskScore: number | null;
  /** The alert that lasts. */
  alert: Alert | null;
  /** Ended by hand while the condition held: nothing is told until it has ended. */
  silenced: boolean;
  /** When the last alert ended. */
  endedAt: number;
}

interface OwnerState {
  readonly rules: Map<string, Compiled>;
  /** Exposure and gains by position, for rules over all of them. */
  readonly parts: Map<string, { readonly exposure: Fixed; readonly pnl: Fixed }>;
  exposure: Fixed;
  pnl: Fixed;
}

/**
 * Judges every change against its owner's rules. One alert for each rule and position while the condition lasts: opened when it has
 * lasted long enough, resolved when it has ended by more than the hysteresis, by hand, or with the position.
 * A function of its events: no I/O, time only from them.
 */
export class AlertEngine {
  readonly #owners = new Map<string, OwnerState>();
  /** By rule and position; only where a condition holds, or held. */
  readonly #watches = new Map<string, Watch>();
  readonly #byAlert = new Map<string, Watch>();
  /** Watches of a position, for its end. */
  readonly #byPosition = new Map<string, Set<string>>();
  /** Conditions that hold and have not been told. */
  readonly #pending = new Set<Watch>();

  /** Alerts that last. */
  get lasting(): number {
    return this.#byAlert.size;
  }

  /** An alert that lasts; undefined when there is none. */
  alert(id: string): Alert | undefined {
    return this.#byAlert.get(id)?.alert ?? undefined;
  }

  process(event: AlertEvent): readonly Alert[] {
    const told: Alert[] = [];
    switch (event.kind) {
      case 'reading':
        this.#read(event.reading, event.now, told);
        break;
      case 'gone':
        this.#gone(event.positionId, event.owner, event.now, told);
        break;
      case 'rule':
        this.#setRule(event.rule, event.now, told);
        break;
      case 'rule-removed':
        this.#owners.get(ownerRoute(event.owner))?.rules.delete(event.ruleId);
        this.#endRule(event.ruleId, event.now, told);
        break;
      case 'acknowledge':
        this.#acknowledge(event.alertId, event.now, told);
        break;
      case 'resolve':
        this.#resolve(event.alertId, event.now, told);
        break;
      case 'loaded':
        this.#load(event.alert);
        break;
      case 'time':
        for (const watch of this.#pending) this.#tell(watch, event.now, told);
        break;
    }
    return told;
  }

  #owner(owner: string): OwnerState {
    const route = ownerRoute(owner);
    let state = this.#owners.get(route);
    if (!state) {
      state = { rules: new Map(), parts: new Map(), exposure: 0n, pnl: 0n };
      this.#owners.set(route, state);
    }
    return state;
  }

  #read(reading: PositionReading, now: number, told: Alert[]): void {
    const { position } = reading;
    const owner = this.#owner(position.owner);
    if (reading.known) this.#add(owner, position.id, reading.exposure, reading.pnl);
    for (const compiled of owner.rules.values()) {
      const { rule } = compiled;
      if (rule.positionId !== null && rule.positionId !== position.id) continue;
      const { metric } = rule;
      if (metric === 'OWNER_EXPOSURE_USD' || metric === 'OWNER_PNL_USD') {
        const value = metric === 'OWNER_EXPOSURE_USD' ? owner.exposure : owner.pnl;
        this.#judge(compiled, null, null, value, null, now, told);
        continue;
      }
      const value = READERS[metric](reading);
      // What is not known, or old, says nothing: neither that a danger has come nor that it has gone.
      if (value === null || reading.stale) continue;
      this.#judge(compiled, position.id, position.symbol, value, reading.overallRiskScore, now, told);
    }
  }

  #add(owner: OwnerState, positionId: string, exposure: Fixed, pnl: Fixed): void {
    const before = owner.parts.get(positionId);
    owner.exposure += exposure - (before?.exposure ?? 0n);
    owner.pnl += pnl - (before?.pnl ?? 0n);
    owner.parts.set(positionId, { exposure, pnl });
  }

  #judge(
    { rule, begins, ends }: Compiled,
    positionId: string | null,
    symbol: string | null,
    value: MetricValue,
    riskScore: number | null,
    now: number,
    told: Alert[],
  ): void {
    const key = watchKey(rule.id, positionId);
    let watch = this.#watches.get(key);
    if (!watch) {
      if (!begins(value)) return;
      watch = this.#watch({ rule, positionId, symbol, value, riskScore, since: null, alert: null });
    }
    watch.value = value;
    watch.riskScore = riskScore;
    const lasts = watch.alert !== null || watch.silenced ? !ends(value) : begins(value);
    if (lasts) {
      watch.since ??= now;
      this.#tell(watch, now, told);
    } else if (watch.since !== null) this.#end(watch, now, told);
  }

  #watch(begun: Omit<Watch, 'silenced' | 'endedAt'>): Watch {
    const watch: Watch = { ...begun, silenced: false, endedAt: Number.NEGATIVE_INFINITY };
    const key = watchKey(watch.rule.id, watch.positionId);
    this.#watches.set(key, watch);
    if (watch.positionId !== null) {
      const keys = this.#byPosition.get(watch.positionId) ?? new Set();
      this.#byPosition.set(watch.positionId, keys.add(key));
    }
    return watch;
  }

  /** Opens an alert, if the condition has lasted long enough and the last one has ended long enough ago. */
  #tell(watch: Watch, now: number, told: Alert[]): void {
    if (watch.alert || watch.silenced || watch.since === null) return;
    const { rule, positionId, symbol, riskScore } = watch;
    const due = Math.max(watch.since + rule.dwellMs, watch.endedAt + rule.coolDownMs);
    if (now < due) {
      this.#pending.add(watch);
      return;
    }
    this.#pending.delete(watch);
    const currentValue = metricText(rule.metric, watch.value);
    watch.alert = {
      // The same condition, begun at the same moment, is the same alert, whoever finds it.
      id: `${watchKey(rule.id, positionId)}|${watch.since}`,
      version: 1,
      owner: rule.owner,
      ruleId: rule.id,
      alertType: alertTypeOf(rule.metric),
      metric: rule.metric,
      severity: rule.severity,
      title: titleOf(rule, symbol),
      message: messageOf(rule, currentValue),
      riskScore,
      currentValue,
      thresholdValue: rule.threshold,
      state: 'OPEN',
      positionId,
      symbol,
      createdAt: now,
      acknowledgedAt: null,
      resolvedAt: null,
      timestamp: now,
      receivedAt: now,
    };
    this.#byAlert.set(watch.alert.id, watch);
    told.push(watch.alert);
  }

  /** The condition has ended. */
  #end(watch: Watch, now: number, told: Alert[]): void {
    this.#pending.delete(watch);
    watch.since = null;
    watch.silenced = false;
    this.#close(watch, metricText(watch.rule.metric, watch.value), now, told);
  }

  #close(watch: Watch, currentValue: Alert['currentValue'], now: number, told: Alert[]): void {
    const { alert } = watch;
    if (!alert) return;
    watch.alert = null;
    watch.endedAt = now;
    this.#byAlert.delete(alert.id);
    told.push({ ...changed(alert, now), state: 'RESOLVED', resolvedAt: now, currentValue });
  }

  #acknowledge(alertId: string, now: number, told: Alert[]): void {
    const watch = this.#byAlert.get(alertId);
    if (watch?.alert?.state !== 'OPEN') return;
    watch.alert = { ...changed(watch.alert, now), state: 'ACKNOWLEDGED', acknowledgedAt: now };
    told.push(watch.alert);
  }

  #resolve(alertId: string, now: number, told: Alert[]): void {
    const watch = this.#byAlert.get(alertId);
    if (!watch) return;
    watch.silenced = true;
    this.#close(watch, watch.alert?.currentValue ?? null, now, told);
  }

  #gone(positionId: string, ownerOf: string, now: number, told: Alert[]): void {
    const owner = this.#owner(ownerOf);
    this.#add(owner, positionId, 0n, 0n);
    owner.parts.delete(positionId);
    for (const key of this.#byPosition.get(positionId) ?? []) this.#drop(key, now, told);
    this.#byPosition.delete(positionId);
    for (const compiled of owner.rules.values()) {
      if (!isOfOwner(compiled.rule.metric)) continue;
      const value = compiled.rule.metric === 'OWNER_EXPOSURE_USD' ? owner.exposure : owner.pnl;
      this.#judge(compiled, null, null, value, null, now, told);
    }
    if (owner.parts.size === 0 && owner.rules.size === 0) this.#owners.delete(ownerRoute(ownerOf));
  }

  /** A rule that says something else has other alerts: those of before end. */
  #setRule(rule: AlertRule, now: number, told: Alert[]): void {
    const { rules } = this.#owner(rule.owner);
    const before = rules.get(rule.id)?.rule;
    if (before && before.version >= rule.version) return;
    if (before) this.#endRule(rule.id, now, told);
    if (rule.enabled) rules.set(rule.id, { rule, ...boundsOf(rule) });
    else rules.delete(rule.id);
  }

  #endRule(ruleId: string, now: number, told: Alert[]): void {
    for (const [key, watch] of this.#watches) if (watch.rule.id === ruleId) this.#drop(key, now, told);
  }

  #drop(key: string, now: number, told: Alert[]): void {
    const watch = this.#watches.get(key);
    if (!watch) return;
    this.#pending.delete(watch);
    this.#close(watch, null, now, told);
    this.#watches.delete(key);
    if (watch.positionId !== null) this.#byPosition.get(watch.positionId)?.delete(key);
  }

  /** Its rule has been set before it. */
  #load(alert: Alert): void {
    const rule = this.#owner(alert.owner).rules.get(alert.ruleId)?.rule;
    if (!rule || alert.state === 'RESOLVED') return;
    const { positionId, symbol, riskScore, createdAt: since } = alert;
    const watch = this.#watch({ rule, positionId, symbol, since, value: 0, riskScore, alert });
    this.#byAlert.set(alert.id, watch);
  }
}

function watchKey(ruleId: string, positionId: string | null): string {
  return `${ruleId}|${positionId ?? ''}`;
}

function changed(alert: Alert, now: number): Alert {
  return { ...alert, version: alert.version + 1, timestamp: now, receivedAt: now };
}
