import { AlertEngine, type AlertEvent } from '../../engines/alerts/alert-engine.ts';
import { type Decimal, ZERO } from '../../lib/decimal.ts';
import { absolute, type Fixed, fixed } from '../../lib/fixed.ts';
import { type Alert, type AlertMetric, type AlertRule, isLimitRule, LIMIT_RULE } from '../../model/alert.ts';
import { ownerKey } from '../../model/owner.ts';
import type { OwnerLimits } from '../../model/owner-limits.ts';
import type { Portfolio, PortfolioHolding } from '../../model/portfolio.ts';
import type { SpotPosition } from '../../model/position.ts';
import type { PositionReading } from '../../model/risk.ts';

/** An alert of a limit ends when the value has come back under it; the same is told again after this, milliseconds. */
const COOL_DOWN_MS = 60_000;

/** What limits are watched by: a rule each, of the same engine as every other alert. */
const WATCHED: readonly { readonly name: keyof OwnerLimits; readonly metric: AlertMetric }[] = [
  { name: 'maxPositionUsd', metric: 'EXPOSURE_USD' },
  { name: 'maxExposureUsd', metric: 'OWNER_EXPOSURE_USD' },
  { name: 'maxLossUsd', metric: 'OWNER_PNL_USD' },
];

/** Raises alerts where an owner's trading is beyond its limits. */
export class LimitAlerts {
  readonly #engine = new AlertEngine();
  /** Holdings that were read, by owner: one that is gone is told to be. */
  readonly #read = new Map<string, ReadonlySet<string>>();

  limits(limits: OwnerLimits, now: number): readonly Alert[] {
    return WATCHED.flatMap(({ name, metric }) => {
      const most = limits[name] as Decimal | null;
      const rule = ruleOf(limits, metric, most);
      return shown(this.#engine.process({ kind: 'rule', rule, now }));
    });
  }

  /** An alert that lasts, as it was stored. Its limits have been told before. */
  loaded(alert: Alert): void {
    if (!isLimitRule(alert.ruleId)) return;
    const positionId = alert.symbol === null ? null : ownerKey(alert.owner, alert.symbol);
    this.#engine.process({ kind: 'loaded', alert: { ...alert, positionId }, now: alert.timestamp });
  }

  process(event: Extract<AlertEvent, { kind: 'acknowledge' | 'resolve' | 'time' }>): readonly Alert[] {
    return shown(this.#engine.process(event));
  }

  portfolio(portfolio: Portfolio, now: number): readonly Alert[] {
    const { owner, positions, totalPnl } = portfolio;
    const told: Alert[] = [];
    const symbols = new Set(positions.map(({ symbol }) => symbol));
    for (const symbol of this.#read.get(owner) ?? [])
      if (!symbols.has(symbol))
        told.push(...this.#engine.process({ kind: 'gone', positionId: ownerKey(owner, symbol), owner, now }));
    this.#read.set(owner, symbols);
    // What has been lost is of the whole account: it is told with a reading of its own, beside those of what is held.
    const account = readingOf(portfolio, null, fixed(totalPnl));
    const readings = [account, ...positions.map((held) => readingOf(portfolio, held, 0n))];
    told.push(...this.#engine.process({ kind: 'readings', readings, now }));
    return shown(told);
  }
}

function ruleOf({ owner, version, updatedAt }: OwnerLimits, metric: AlertMetric, most: Decimal | null): AlertRule {
  const isLoss = metric === 'OWNER_PNL_USD';
  return {
    id: `${LIMIT_RULE}${metric}-${owner.toLowerCase()}`,
    owner,
    version,
    metric,
    comparison: isLoss ? 'BELOW' : 'ABOVE',
    threshold: most === null ? ZERO : isLoss && most !== ZERO ? (`-${most}` as Decimal) : most,
    hysteresis: ZERO,
    dwellMs: 0,
    coolDownMs: COOL_DOWN_MS,
    severity: 'CRITICAL',
    positionId: null,
    enabled: most !== null,
    createdAt: updatedAt,
    updatedAt,
  };
}

/** A holding of a trading account is no position: an alert about it names its symbol alone. */
function shown(alerts: readonly Alert[]): readonly Alert[] {
  return alerts.map((alert) => ({ ...alert, positionId: null }));
}

/** @param held null for the account itself. */
function readingOf(portfolio: Portfolio, held: PortfolioHolding | null, pnl: Fixed): PositionReading {
  const { owner, venue, stale, timestamp, receivedAt } = portfolio;
  const symbol = held?.symbol ?? '';
  const exposure = held === null ? 0n : absolute(fixed(held.marketValue ?? ZERO));
  const position: SpotPosition = {
    kind: 'SPOT',
    id: ownerKey(owner, symbol),
    version: 1,
    owner,
    symbol,
    protocol: venue,
    chainId: null,
    bridge: null,
    provenance: 'PRIVATE',
    status: 'OPEN',
    openedAt: timestamp,
    updatedAt: timestamp,
    closedAt: null,
    realizedPnl: held?.realizedPnl ?? portfolio.realizedPnl,
    fundingPaid: ZERO,
    feesPaid: held?.fees ?? portfolio.fees,
    size: held?.quantity ?? ZERO,
    entryValue: ZERO,
  };
  return {
    position,
    known: held === null || held.marketValue !== null,
    value: exposure,
    exposure,
    unrealizedPnl: 0n,
    pnl,
    healthFactor: null,
    unthreatened: true,
    pnlPct: null,
    liquidationDistancePct: null,
    marginRatioPct: null,
    impermanentLossPct: null,
    maxDrawdownPct: null,
    var95Pct: null,
    overallRiskScore: null,
    judged: null,
    stale,
    timestamp,
    receivedAt,
  };
}
