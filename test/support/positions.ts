import { decimal, ZERO } from '../../src/lib/decimal.ts';
import type { Alert, AlertRule } from '../../src/model/alert.ts';
import type { Address } from '../../src/model/identity.ts';
import type { Position, SpotPosition } from '../../src/model/position.ts';
import type { PositionClosed } from '../../src/model/position-event.ts';
import type { OwnerPositions, PositionFigures, PositionValue, RiskUpdate } from '../../src/model/risk.ts';

const NOW = Date.UTC(2026, 0, 1);

/** Values of the nouns around positions, complete and valid, of which a test says only what it is about. */
export function spotPosition(id: string, owner: Address, more: Partial<SpotPosition> = {}): SpotPosition {
  return {
    id,
    version: 1,
    owner,
    kind: 'SPOT',
    symbol: 'BTCUSDT',
    protocol: 'wallet',
    chainId: null,
    bridge: null,
    provenance: 'PRIVATE',
    status: 'OPEN',
    openedAt: NOW,
    updatedAt: NOW,
    closedAt: null,
    realizedPnl: ZERO,
    fundingPaid: ZERO,
    feesPaid: ZERO,
    size: decimal('1'),
    entryValue: decimal('100'),
    ...more,
  };
}

function figures(more: Partial<PositionFigures> = {}): PositionFigures {
  return {
    currentPrice: decimal('100'),
    currentValueUsd: decimal('100'),
    exposureUsd: decimal('100'),
    unrealizedPnl: ZERO,
    pnlUsd: ZERO,
    healthFactor: null,
    liquidationPrice: null,
    marginRatioPct: null,
    bufferPct: null,
    liquidationDistancePct: null,
    leverage: null,
    isAtRisk: false,
    impermanentLossPct: null,
    impermanentLossUsd: null,
    inRange: null,
    healthFactorBand: null,
    pnlBand: null,
    warningInsideBand: null,
    unavailable: [],
    stale: false,
    timestamp: NOW,
    receivedAt: NOW,
    ...more,
  };
}

export function positionValue(position: Position, valueUsd: string): PositionValue {
  const value = decimal(valueUsd);
  const known = figures({ currentValueUsd: value });
  const { stale, timestamp, receivedAt } = known;
  return { position, figures: known, valueUsd: value, pnlUsd: ZERO, stale, timestamp, receivedAt };
}

export function ownerPositions(
  owner: Address,
  totalValueUsd: string,
  positions: readonly Position[] = [],
): OwnerPositions {
  return {
    owner,
    positions: positions.map((position) => ({ position, figures: figures() })),
    totalUnrealizedPnl: ZERO,
    totalValueUsd: decimal(totalValueUsd),
    stale: false,
    timestamp: NOW,
    receivedAt: NOW,
  };
}

export function riskUpdate(positionId: string, owner: Address, more: Partial<RiskUpdate['metrics']> = {}): RiskUpdate {
  return {
    positionId,
    owner,
    symbol: 'BTCUSDT',
    metrics: {
      overallRiskScore: 0.5,
      liquidityRisk: null,
      volatilityRisk: null,
      protocolRisk: null,
      mevRiskScore: null,
      crossChainRisk: null,
      impermanentLossPct: null,
      currentIlUsd: null,
      maxDrawdownPct: null,
      sharpeRatio: null,
      var95Pct: null,
      parametricVar95Pct: null,
      cvar95Pct: null,
      volatilityPct: null,
      conventions: {
        sampleMs: 60_000,
        samples: 0,
        periodsPerYear: 525_600,
        horizonMs: 86_400_000,
        varMethod: 'HISTORICAL_LINEAR',
      },
      unavailable: [],
      ...more,
    },
    attribution: [],
    hasPrevious: false,
    stale: false,
    timestamp: NOW,
    receivedAt: NOW,
  };
}

export function positionClosed(owner: Address, positionId: string, number: number): PositionClosed {
  return {
    id: `${positionId}|${number}|CLOSED`,
    type: 'CLOSED',
    owner,
    positionId,
    symbol: 'BTCUSDT',
    transactionHash: null,
    position: spotPosition(positionId, owner),
    exitPrice: null,
    realizedPnl: decimal(String(number)),
    timestamp: NOW + number,
    receivedAt: NOW + number,
  };
}

export function alertRule(id: string, owner: Address, more: Partial<AlertRule> = {}): AlertRule {
  return {
    id,
    owner,
    version: 1,
    metric: 'VALUE_USD',
    comparison: 'BELOW',
    threshold: decimal('100'),
    hysteresis: ZERO,
    dwellMs: 0,
    coolDownMs: 0,
    severity: 'HIGH',
    positionId: null,
    enabled: true,
    createdAt: NOW,
    updatedAt: NOW,
    ...more,
  };
}

export function alert(id: string, owner: Address, number: number, more: Partial<Alert> = {}): Alert {
  return {
    id,
    version: number,
    owner,
    ruleId: 'rule',
    alertType: 'POSITION_LIMIT_EXCEEDED',
    metric: 'VALUE_USD',
    severity: 'HIGH',
    title: 'Value below 100 USD',
    message: 'It is.',
    riskScore: null,
    currentValue: decimal(String(number)),
    thresholdValue: decimal('100'),
    state: 'OPEN',
    positionId: null,
    symbol: null,
    createdAt: NOW,
    acknowledgedAt: null,
    resolvedAt: null,
    timestamp: NOW + number,
    receivedAt: NOW + number,
    ...more,
  };
}
