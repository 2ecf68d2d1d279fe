import type { SignalType, SignalValue } from '../../model/signal.ts';

/** A closed bar, as statistics see it. */
export interface StrategyBar {
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

/** What a strategy says at a bar. */
export interface Verdict {
  readonly type: SignalType;
  /** How far beyond its condition, in the strategy's own measure: 0 just met, 1 as far as is worth three quarters of confidence. */
  readonly strength: number;
  readonly values: readonly SignalValue[];
}

/**
 * A rule about the closed bars of one symbol and interval. A function of the bars that it was given, in their order: the same
 * bars give the same verdicts. It says nothing before it has seen enough.
 */
export interface Strategy {
  bar(bar: StrategyBar): Verdict | null;
}

export const STRATEGIES = ['EMA_CROSS', 'RSI_REVERSAL', 'BREAKOUT'] as const;
export type StrategyName = (typeof STRATEGIES)[number];

const CONFIDENCE_PLACES = 10_000;

/**
 * 0.5 where the condition is only just met, 0.75 at a strength of 1, towards 1 beyond: how clearly the strategy's condition is met.
 * No probability of a gain.
 */
export function confidenceOf(strength: number): number {
  const beyond = Math.max(0, strength);
  return Math.round((0.5 + (0.5 * beyond) / (beyond + 1)) * CONFIDENCE_PLACES) / CONFIDENCE_PLACES;
}
