import type { ALERT_METRICS, ALERT_SEVERITIES, COMPARISONS } from '../model/alert.ts';
import { builder } from './builder.ts';

export const AlertMetricEnum = builder.enumType('AlertMetric', {
  description: 'What a rule looks at.',
  values: {
    HEALTH_FACTOR: { description: 'A factor: liquidation below 1.' },
    LIQUIDATION_DISTANCE_PCT: { description: 'From the price to the liquidation price, per cent.' },
    MARGIN_RATIO_PCT: { description: 'What must be covered in per cent of what covers it.' },
    IMPERMANENT_LOSS_PCT: { description: 'Per cent, positive is a loss.' },
    VALUE_USD: { description: 'What a position is worth, dollars.' },
    EXPOSURE_USD: { description: 'Gross size of a position, dollars: a position limit.' },
    PNL_USD: { description: 'Realised and unrealised, dollars.' },
    PNL_PCT: { description: 'The same in per cent of what was put in.' },
    MAX_DRAWDOWN_PCT: { description: 'Largest fall of its value from a peak, per cent, positive.' },
    VAR95_PCT: { description: 'Historical value at risk, per cent, positive.' },
    RISK_SCORE: { description: 'Overall risk score, 0 to 1.' },
    OWNER_EXPOSURE_USD: { description: 'Gross size of all positions of the owner together, dollars.' },
    OWNER_PNL_USD: { description: 'Realised and unrealised of all open positions of the owner together, dollars.' },
  } satisfies Record<(typeof ALERT_METRICS)[number], object>,
});

export const ComparisonEnum = builder.enumType('Comparison', {
  description: 'On which side of its threshold a rule alerts.',
  values: {
    ABOVE: { description: 'When the value is above the threshold.' },
    BELOW: { description: 'When the value is below the threshold.' },
  } satisfies Record<(typeof COMPARISONS)[number], object>,
});

export const AlertSeverityEnum = builder.enumType('AlertSeverity', {
  description: 'How urgent an alert is.',
  values: {
    LOW: { description: 'Worth knowing.' },
    MEDIUM: { description: 'Worth looking at.' },
    HIGH: { description: 'Act soon.' },
    CRITICAL: { description: 'Act now.' },
  } satisfies Record<(typeof ALERT_SEVERITIES)[number], object>,
});
