import type { Decimal } from '../lib/decimal.ts';
import type { Address } from './identity.ts';
import type { Observed } from './observed.ts';

export const ALERT_SEVERITIES = ['LOW', 'MEDIUM', 'HIGH', 'CRITICAL'] as const;
export type AlertSeverity = (typeof ALERT_SEVERITIES)[number];

export const ALERT_STATES = ['OPEN', 'ACKNOWLEDGED', 'RESOLVED'] as const;
export type AlertState = (typeof ALERT_STATES)[number];

export const ALERT_TYPES = [
  'IMPERMANENT_LOSS',
  'LIQUIDATION_RISK',
  'POSITION_LIMIT_EXCEEDED',
  'LOSS_LIMIT_EXCEEDED',
  'OTHER',
] as const;
export type AlertType = (typeof ALERT_TYPES)[number];

export const ALERT_METRICS = [
  'HEALTH_FACTOR',
  'LIQUIDATION_DISTANCE_PCT',
  'MARGIN_RATIO_PCT',
  'IMPERMANENT_LOSS_PCT',
  'VALUE_USD',
  'EXPOSURE_USD',
  'PNL_USD',
  'PNL_PCT',
  'MAX_DRAWDOWN_PCT',
  'VAR95_PCT',
  'RISK_SCORE',
  'OWNER_EXPOSURE_USD',
  'OWNER_PNL_USD',
] as const;
export type AlertMetric = (typeof ALERT_METRICS)[number];

export const COMPARISONS = ['ABOVE', 'BELOW'] as const;
export type Comparison = (typeof COMPARISONS)[number];

/** What an owner wants to be told of. */
export interface AlertRule {
  readonly id: string;
  readonly owner: Address;
  /** Grows by one with every change. */
  readonly version: number;
  readonly metric: AlertMetric;
  readonly comparison: Comparison;
  /** In the metric's unit: dollars, per cent, a factor, or a score from 0 to 1. */
  readonly threshold: Decimal;
  /** How far beyond the threshold the value must come back before the alert ends; same unit, not negative. */
  readonly hysteresis: Decimal;
  /** How long the condition must last before it is told, milliseconds. */
  readonly dwellMs: number;
  /** After an alert has ended, how long the same is not told again, milliseconds. */
  readonly coolDownMs: number;
  readonly severity: AlertSeverity;
  /** Only this position; null for all of the owner. */
  readonly positionId: string | null;
  readonly enabled: boolean;
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** One alert for as long as its condition lasts; every change of it is sent. */
export interface Alert extends Observed {
  readonly id: string;
  /** Grows by one with every change. */
  readonly version: number;
  readonly owner: Address;
  /** The rule that raised it; the rule may be gone since. */
  readonly ruleId: string;
  readonly alertType: AlertType;
  readonly metric: AlertMetric;
  readonly severity: AlertSeverity;
  readonly title: string;
  readonly message: string;
  /** The position's score of then; null for an alert of no position, or before the first score. */
  readonly riskScore: number | null;
  /** The metric, when this version was made; null where it could not be told any more. */
  readonly currentValue: Decimal | null;
  readonly thresholdValue: Decimal;
  readonly state: AlertState;
  /** Null for what concerns everything of an owner. */
  readonly positionId: string | null;
  readonly symbol: string | null;
  readonly createdAt: number;
  readonly acknowledgedAt: number | null;
  readonly resolvedAt: number | null;
}

/** The state of an alert in its version before; null in the first. */
export function stateBefore({ version, state, acknowledgedAt }: Alert): AlertState | null {
  if (version === 1) return null;
  return state === 'RESOLVED' && acknowledgedAt !== null ? 'ACKNOWLEDGED' : 'OPEN';
}

/** Begins the id of a rule that an owner's trading limit is watched by: the trading worker's, and nobody's to change. */
export const LIMIT_RULE = 'limit-';

export function isLimitRule(ruleId: string): boolean {
  return ruleId.startsWith(LIMIT_RULE);
}

/** What kind of danger a metric is about. */
export function alertTypeOf(metric: AlertMetric): AlertType {
  switch (metric) {
    case 'HEALTH_FACTOR':
    case 'LIQUIDATION_DISTANCE_PCT':
    case 'MARGIN_RATIO_PCT':
      return 'LIQUIDATION_RISK';
    case 'IMPERMANENT_LOSS_PCT':
      return 'IMPERMANENT_LOSS';
    case 'VALUE_USD':
    case 'EXPOSURE_USD':
    case 'OWNER_EXPOSURE_USD':
      return 'POSITION_LIMIT_EXCEEDED';
    case 'PNL_USD':
    case 'PNL_PCT':
    case 'MAX_DRAWDOWN_PCT':
    case 'VAR95_PCT':
    case 'OWNER_PNL_USD':
      return 'LOSS_LIMIT_EXCEEDED';
    case 'RISK_SCORE':
      return 'OTHER';
  }
}

/** Whether a metric is of everything of an owner, and not of one position. */
export function isOfOwner(metric: AlertMetric): boolean {
  return metric === 'OWNER_EXPOSURE_USD' || metric === 'OWNER_PNL_USD';
}

type RuleTerms = Pick<
  AlertRule,
  'metric' | 'comparison' | 'threshold' | 'hysteresis' | 'dwellMs' | 'coolDownMs' | 'severity'
>;

const text = (value: string) => value as Decimal;

const QUARTER_HOUR_MS = 900_000;

/** What a new owner is told of without asking: what nobody wants to learn from the venue. */
const DEFAULT_RULES: readonly (RuleTerms & { readonly name: string })[] = [
  {
    name: 'health',
    metric: 'HEALTH_FACTOR',
    comparison: 'BELOW',
    threshold: text('1.2'),
    hysteresis: text('0.02'),
    dwellMs: 0,
    coolDownMs: 60_000,
    severity: 'HIGH',
  },
  {
    name: 'liquidation',
    metric: 'HEALTH_FACTOR',
    comparison: 'BELOW',
    threshold: text('1.05'),
    hysteresis: text('0.02'),
    dwellMs: 0,
    coolDownMs: 60_000,
    severity: 'CRITICAL',
  },
  {
    name: 'impermanent-loss',
    metric: 'IMPERMANENT_LOSS_PCT',
    comparison: 'ABOVE',
    threshold: text('5'),
    hysteresis: text('0.5'),
    dwellMs: 60_000,
    coolDownMs: QUARTER_HOUR_MS,
    severity: 'MEDIUM',
  },
  {
    name: 'loss',
    metric: 'PNL_PCT',
    comparison: 'BELOW',
    threshold: text('-20'),
    hysteresis: text('2'),
    dwellMs: 10_000,
    coolDownMs: QUARTER_HOUR_MS,
    severity: 'MEDIUM',
  },
];

/** The default rules of an owner. Their ids are made of the owner, so that they are the same in every process. */
export function defaultRules(owner: Address, now: number): readonly AlertRule[] {
  return DEFAULT_RULES.map(({ name, ...terms }) => ({
    ...terms,
    id: `default-${name}-${owner.toLowerCase()}`,
    owner,
    version: 1,
    positionId: null,
    enabled: true,
    createdAt: now,
    updatedAt: now,
  }));
}
