import type { AlertRule } from './alert.ts';
import type { Position } from './position.ts';
import type { PositionChange } from './position-change.ts';

/** What a caller wants done with positions, alerts and rules; it is checked already. */
export type RiskCommand =
  | { readonly type: 'change'; readonly change: PositionChange }
  | { readonly type: 'open'; readonly position: Position; readonly transactionHash: string | null }
  | { readonly type: 'acknowledge' | 'resolve'; readonly alertId: string }
  /** A rule as it is stored already. */
  | { readonly type: 'rule'; readonly rule: AlertRule }
  | { readonly type: 'rule-removed'; readonly ruleId: string };
