import { type Alert, type AlertRule, alertTypeOf } from '../../model/alert.ts';
import { type MetricValue, metricText } from './metrics.ts';
import { messageOf, titleOf } from './wording.ts';

/** One rule applied to one thing: to a position, or to everything of an owner. Lives while something has to be remembered of it. */
export class Watch {
  readonly rule: AlertRule;
  readonly positionId: string | null;
  readonly #symbol: string | null;
  /** The alert that lasts. */
  alert: Alert | null = null;
  /** Since when the condition holds; null while it does not. */
  #since: number | null = null;
  /** The newest value of the metric, and the position's score, while the condition holds. */
  #value: MetricValue | null = null;
  #riskScore: number | null = null;
  /** Ended by hand while the condition held: nothing is told until it has ended. */
  #silenced = false;
  /** When the last alert ended. */
  #endedAt = Number.NEGATIVE_INFINITY;

  constructor(rule: AlertRule, positionId: string | null, symbol: string | null) {
    this.rule = rule;
    this.positionId = positionId;
    this.#symbol = symbol;
  }

  /** Takes up an alert as it was stored. */
  load(alert: Alert): void {
    this.alert = alert;
    this.#since = alert.createdAt;
    this.#riskScore = alert.riskScore;
  }

  /** Whether only the hysteresis ends the condition, and not the threshold itself. */
  get sticks(): boolean {
    return this.alert !== null || this.#silenced;
  }

  /** Whether time alone may open its alert. */
  get waits(): boolean {
    return this.#since !== null && !this.sticks;
  }

  /** Whether it may be thrown away. */
  idle(now: number): boolean {
    return this.#since === null && this.alert === null && now >= this.#endedAt + this.rule.coolDownMs;
  }

  /** The condition holds. @returns the alert where that opens one. */
  holds(value: MetricValue, riskScore: number | null, now: number): Alert | null {
    this.#value = value;
    this.#riskScore = riskScore;
    this.#since ??= now;
    return this.due(now);
  }

  /** The condition has ended. @param value null where the metric can no longer be told. */
  over(value: MetricValue | null, now: number): Alert | null {
    this.#since = null;
    this.#silenced = false;
    return this.close(value === null ? null : metricText(this.rule.metric, value), now);
  }

  /** Opens an alert, if the condition has lasted long enough and the last one has ended long enough ago. */
  due(now: number): Alert | null {
    if (!this.waits || this.#since === null || this.#value === null) return null;
    const { rule, positionId } = this;
    if (now < Math.max(this.#since + rule.dwellMs, this.#endedAt + rule.coolDownMs)) return null;
    const currentValue = metricText(rule.metric, this.#value);
    this.alert = {
      // The same condition, begun at the same moment, is the same alert, whoever finds it.
      id: `${rule.id}|${positionId ?? ''}|${this.#since}`,
      version: 1,
      owner: rule.owner,
      ruleId: rule.id,
      alertType: alertTypeOf(rule.metric),
      metric: rule.metric,
      severity: rule.severity,
      title: titleOf(rule, this.#symbol),
      message: messageOf(rule, currentValue),
      riskScore: this.#riskScore,
      currentValue,
      thresholdValue: rule.threshold,
      state: 'OPEN',
      positionId,
      symbol: this.#symbol,
      createdAt: now,
      acknowledgedAt: null,
      resolvedAt: null,
      timestamp: now,
      receivedAt: now,
    };
    return this.alert;
  }

  acknowledge(now: number): Alert | null {
    if (this.alert?.state !== 'OPEN') return null;
    this.alert = { ...changed(this.alert, now), state: 'ACKNOWLEDGED', acknowledgedAt: now };
    return this.alert;
  }

  /** Ended by hand. */
  silence(now: number): Alert | null {
    this.#silenced = true;
    return this.close(this.alert?.currentValue ?? null, now);
  }

  /** @returns the alert, resolved; null where none lasted. */
  close(currentValue: Alert['currentValue'], now: number): Alert | null {
    const { alert } = this;
    if (!alert) return null;
    this.alert = null;
    this.#endedAt = now;
    return resolved(alert, currentValue, now);
  }
}

export function resolved(alert: Alert, currentValue: Alert['currentValue'], now: number): Alert {
  return { ...changed(alert, now), state: 'RESOLVED', resolvedAt: now, currentValue };
}

function changed(alert: Alert, now: number): Alert {
  return { ...alert, version: alert.version + 1, timestamp: now, receivedAt: now };
}
