import type { Decimal } from '../../lib/decimal.ts';
import type { AlertMetric, AlertRule } from '../../model/alert.ts';

interface Words {
  readonly name: string;
  /** Put behind the number. */
  readonly unit: string;
}

const WORDS: Readonly<Record<AlertMetric, Words>> = {
  HEALTH_FACTOR: { name: 'Health factor', unit: '' },
  LIQUIDATION_DISTANCE_PCT: { name: 'Distance to liquidation', unit: ' %' },
  MARGIN_RATIO_PCT: { name: 'Margin ratio', unit: ' %' },
  IMPERMANENT_LOSS_PCT: { name: 'Impermanent loss', unit: ' %' },
  VALUE_USD: { name: 'Value', unit: ' USD' },
  EXPOSURE_USD: { name: 'Exposure', unit: ' USD' },
  PNL_USD: { name: 'Profit and loss', unit: ' USD' },
  PNL_PCT: { name: 'Profit and loss', unit: ' %' },
  MAX_DRAWDOWN_PCT: { name: 'Drawdown', unit: ' %' },
  VAR95_PCT: { name: 'Value at risk', unit: ' %' },
  RISK_SCORE: { name: 'Risk score', unit: '' },
  OWNER_EXPOSURE_USD: { name: 'Exposure of all positions', unit: ' USD' },
  OWNER_PNL_USD: { name: 'Profit and loss of all positions', unit: ' USD' },
};

/** Places of a number in a sentence: the exact one stands in the alert's own field. */
const SHOWN_PLACES = 4;

/** "Health factor below 1.2: BTCUSDT". */
export function titleOf({ metric, comparison, threshold }: AlertRule, symbol: string | null): string {
  const { name, unit } = WORDS[metric];
  const of = symbol === null ? '' : `: ${symbol}`;
  return `${name} ${comparison.toLowerCase()} ${threshold}${unit}${of}`;
}

export function messageOf({ metric, comparison, threshold }: AlertRule, value: Decimal): string {
  const { name, unit } = WORDS[metric];
  return `${name} is ${shown(value)}${unit}, ${comparison.toLowerCase()} the threshold of ${threshold}${unit}.`;
}

function shown(value: Decimal): string {
  const [whole = '', places = ''] = value.split('.');
  return places === '' ? whole : `${whole}.${places.slice(0, SHOWN_PLACES)}`;
}
