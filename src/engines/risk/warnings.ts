import { type Fixed, fixed, ONE } from '../../lib/fixed.ts';
import { WARNING_THRESHOLDS } from '../../model/risk.ts';

/** How far above a threshold the health factor must come back before it warns again: oracles jitter by less. */
const HYSTERESIS: Fixed = ONE / 50n;

/** The mildest first. */
export const WARNINGS: readonly Fixed[] = WARNING_THRESHOLDS.map(fixed);

/**
 * The level that a position stands at after a health factor: how many of the thresholds it is warned of, 0 for none. It rises at once
 * when the health factor falls below a threshold, and falls when it has come {@link HYSTERESIS} above it; so each crossing warns once.
 * Without a health factor there is nothing to warn of.
 */
export function warningLevel(level: number, health: Fixed | null): number {
  if (health === null) return 0;
  const [mildest] = WARNINGS;
  // Almost every position, at every price.
  if (level === 0 && mildest !== undefined && health >= mildest) return 0;
  let next = 0;
  for (const [place, threshold] of WARNINGS.entries())
    if (health < (place < level ? threshold + HYSTERESIS : threshold)) next = place + 1;
  return next;
}
