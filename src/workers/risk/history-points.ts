import type { RiskEngine } from '../../engines/risk/risk-engine.ts';
import { fixedText, quotientText } from '../../lib/fixed.ts';
import type { RiskPoint } from '../../store/positions.ts';

/** What every position whose prices are known is worth at a time, for its history. */
export function* historyPoints(engine: RiskEngine, at: number): Iterable<RiskPoint> {
  for (const { known, position, value, pnl, healthFactor, overallRiskScore } of engine.readings())
    if (known)
      yield {
        positionId: position.id,
        at,
        valueUsd: fixedText(value),
        pnlUsd: fixedText(pnl),
        healthFactor: healthFactor === null ? null : quotientText(healthFactor),
        riskScore: overallRiskScore,
      };
}
