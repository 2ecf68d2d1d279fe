import type { Decimal } from '../../lib/decimal.ts';
import { decimal } from '../../lib/decimal.ts';
import { type Fixed, fixed, fixedText, quotientText } from '../../lib/fixed.ts';
import type { AlertMetric, AlertRule } from '../../model/alert.ts';
import type { PositionReading } from '../../model/risk.ts';

/** A metric's value: money and factors exact, percentages and scores as numbers. Both compare with `<` to a bound of their own kind. */
export type MetricValue = Fixed | number;

type PositionMetric = Exclude<AlertMetric, 'OWNER_EXPOSURE_USD' | 'OWNER_PNL_USD'>;

/** How each metric of a position is read; null while it is not known. */
const READERS: Readonly<Record<PositionMetric, (reading: PositionReading) => MetricValue | null>> = {
  HEALTH_FACTOR: ({ healthFactor }) => healthFactor,
  LIQUIDATION_DISTANCE_PCT: ({ liquidationDistancePct }) => liquidationDistancePct,
  MARGIN_RATIO_PCT: ({ marginRatioPct }) => marginRatioPct,
  IMPERMANENT_LOSS_PCT: ({ impermanentLossPct }) => impermanentLossPct,
  VALUE_USD: ({ known, value }) => (known ? value : null),
  EXPOSURE_USD: ({ known, exposure }) => (known ? exposure : null),
  PNL_USD: ({ known, pnl }) => (known ? pnl : null),
  PNL_PCT: ({ pnlPct }) => pnlPct,
  MAX_DRAWDOWN_PCT: ({ maxDrawdownPct }) => maxDrawdownPct,
  VAR95_PCT: ({ var95Pct }) => var95Pct,
  RISK_SCORE: ({ overallRiskScore }) => overallRiskScore,
};

/** How a rule's metric is read, and where its condition begins and ends, in the metric's own kind of number. */
export interface Bounds {
  readonly begins: (value: MetricValue) => boolean;
  readonly ends: (value: MetricValue) => boolean;
  /** Of a metric of all positions together nothing is read of one. */
  readonly read: (reading: PositionReading) => MetricValue | null;
}

/** BELOW begins under the threshold and ends at threshold + hysteresis or above; ABOVE the other way round. */
export function boundsOf({ metric, comparison, threshold, hysteresis }: AlertRule): Bounds {
  const read = metric === 'OWNER_EXPOSURE_USD' || metric === 'OWNER_PNL_USD' ? () => null : READERS[metric];
  const sign = comparison === 'BELOW' ? 1 : -1;
  const at = fixed(threshold);
  const back = at + BigInt(sign) * fixed(hysteresis);
  const atNumber = Number(threshold);
  const backNumber = atNumber + sign * Number(hysteresis);
  // The kinds are told apart by hand: one comparison for both is several times slower, and it is made at every price.
  return comparison === 'BELOW'
    ? {
        read,
        begins: (value) => (typeof value === 'bigint' ? value < at : value < atNumber),
        ends: (value) => (typeof value === 'bigint' ? value >= back : value >= backNumber),
      }
    : {
        read,
        begins: (value) => (typeof value === 'bigint' ? value > at : value > atNumber),
        ends: (value) => (typeof value === 'bigint' ? value <= back : value <= backNumber),
      };
}

/** Places shown of a percentage or score. */
const SHOWN_PLACES = 1e8;

export function metricText(metric: AlertMetric, value: MetricValue): Decimal {
  if (typeof value === 'bigint') return metric === 'HEALTH_FACTOR' ? quotientText(value) : fixedText(value);
  return decimal(String(Math.round(value * SHOWN_PLACES) / SHOWN_PLACES));
}
