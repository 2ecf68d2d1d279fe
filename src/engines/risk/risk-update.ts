import { quotientText } from '../../lib/fixed.ts';
import type { Statistic } from '../../lib/statistics/series.ts';
import { RISK_PARTS, type RiskConventions, type RiskUpdate, type Unavailable } from '../../model/risk.ts';
import type { RiskModel } from '../../model/risk-tables.ts';
import { noPrice, timesOf } from './figures.ts';
import { asHeard } from './quote.ts';
import { contributions, type PoolExtraction, partScores } from './risk-score.ts';
import { percent, type Tracked } from './tracked.ts';
import { type HistoryOptions, periodsPerYear } from './value-history.ts';

/**
 * The risk of a position now, and what moved it since the update before, which is what this was called for last. Contributions are on a
 * grid on which doubles are exact: they sum to the score, and changes to its change, to the last bit.
 */
export function riskUpdateOf(
  tracked: Tracked,
  extraction: PoolExtraction | null,
  model: RiskModel,
  history: HistoryOptions,
): RiskUpdate {
  const { position, valuation, assessment } = tracked;
  const parts = partScores({ position, assessment, legs: valuation.legs(asHeard), extraction }, model);
  const now = contributions(parts, model);
  const before = tracked.contributions;
  const figures = tracked.history.figures();
  const score = now.reduce((sum, contribution) => sum + contribution, 0);
  tracked.contributions = now;
  tracked.overallRiskScore = score;
  const unavailable: Unavailable[] = [];
  const known = (field: string, value: Statistic): number | null => {
    if (typeof value === 'number') return value;
    unavailable.push({ field, reason: value.reason });
    return null;
  };
  const il = tracked.impermanentLossPct;
  if (il === null)
    for (const field of ['impermanentLossPct', 'currentIlUsd'])
      unavailable.push({
        field,
        reason: assessment.missing === null ? 'it is no share of a pool' : noPrice(assessment.missing),
      });
  return {
    positionId: position.id,
    owner: position.owner,
    symbol: position.symbol,
    metrics: {
      overallRiskScore: score,
      liquidityRisk: known('liquidityRisk', parts.LIQUIDITY),
      volatilityRisk: known('volatilityRisk', parts.VOLATILITY),
      protocolRisk: known('protocolRisk', parts.PROTOCOL),
      mevRiskScore: known('mevRiskScore', parts.MEV),
      crossChainRisk: known('crossChainRisk', parts.CROSS_CHAIN),
      impermanentLossPct: il,
      currentIlUsd:
        il === null || assessment.impermanentLossUsd === null ? null : quotientText(assessment.impermanentLossUsd),
      maxDrawdownPct: percent(known('maxDrawdownPct', figures.maxDrawdown) ?? figures.maxDrawdown),
      sharpeRatio: known('sharpeRatio', figures.sharpe),
      var95Pct: percent(known('var95Pct', figures.var95) ?? figures.var95),
      parametricVar95Pct: percent(known('parametricVar95Pct', figures.parametricVar95) ?? figures.parametricVar95),
      cvar95Pct: percent(known('cvar95Pct', figures.cvar95) ?? figures.cvar95),
      volatilityPct: percent(known('volatilityPct', figures.volatility) ?? figures.volatility),
      conventions: conventionsOf(history, figures.samples),
      unavailable,
    },
    attribution: RISK_PARTS.map((part, place) => {
      const contribution = now[place] ?? 0;
      return { part, contribution, change: contribution - (before?.[place] ?? 0) };
    }),
    hasPrevious: before !== null,
    ...timesOf(tracked),
  };
}

function conventionsOf(history: HistoryOptions, samples: number): RiskConventions {
  return {
    sampleMs: history.sampleMs,
    samples,
    periodsPerYear: periodsPerYear(history),
    horizonMs: history.horizonMs,
    varMethod: 'HISTORICAL_LINEAR',
  };
}
