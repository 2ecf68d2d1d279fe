import { absolute, divide, type Fixed, fixedText, quotientText, toNumber } from '../../lib/fixed.ts';
import type { Observed } from '../../model/observed.ts';
import type { Position } from '../../model/position.ts';
import type { PositionFigures, Unavailable } from '../../model/risk.ts';
import type { AccountMember } from './account.ts';
import { missingIn } from './account.ts';
import type { Assessment } from './assessment.ts';
import { bandsOf, healthText, pnlText, reachesOver, type Standing } from './band.ts';

/** What makes a position's figures, beside its assessment. */
export interface FigureSource extends Standing {
  readonly position: Position;
  readonly account: Iterable<AccountMember> | null;
  readonly atRisk: Fixed;
  readonly warnings: readonly Fixed[];
  /** When the position itself last changed. */
  readonly heard: Observed;
}

/** Percentages are put out to this many places. */
const PCT_PLACES = 1e8;

/** The figures of a position as the product shows them: money exact, quotients to 18 places, percentages as numbers. */
export function figuresOf(source: FigureSource): PositionFigures {
  const { position, assessment } = source;
  const times = timesOf(source);
  if (assessment.missing !== null) return unknownFigures(assessment.missing, times);
  const { price, value, exposure, unrealized, health, required, cover, liquidation, impermanentLoss } = assessment;
  const bands = bandsOf(source);
  return {
    ...times,
    currentPrice: fixedText(price),
    currentValueUsd: fixedText(value),
    exposureUsd: fixedText(exposure),
    unrealizedPnl: fixedText(unrealized),
    pnlUsd: fixedText(source.realized + unrealized),
    healthFactor: health === null ? null : quotientText(health),
    liquidationPrice: liquidation === null ? null : quotientText(liquidation),
    marginRatioPct: required > 0n && cover > 0n ? pct(divide(required, cover)) : null,
    bufferPct: required > 0n && cover > 0n ? pct(divide(cover - required, cover)) : null,
    liquidationDistancePct: distancePct(assessment),
    leverage: hasLeverage(position) && value > 0n ? quotientText(divide(exposure, value)) : null,
    isAtRisk: health !== null && health < source.atRisk,
    impermanentLossPct: impermanentLoss === null ? null : pct(impermanentLoss),
    impermanentLossUsd: assessment.impermanentLossUsd === null ? null : quotientText(assessment.impermanentLossUsd),
    inRange: assessment.inRange,
    healthFactorBand: bands === null ? null : healthText(bands.health),
    pnlBand: bands === null ? null : pnlText(bands.pnl),
    warningInsideBand: bands?.health ? reachesOver(bands.health, source.warnings) : null,
    unavailable: [...refusals(source, bands === null)],
  };
}

/** Per cent of the price between it and the liquidation price; null where nothing liquidates. */
export function distancePct({ price, liquidation }: Assessment): number | null {
  if (liquidation === null || price <= 0n) return null;
  return pct(divide(absolute(price - liquidation), price));
}

/** A fraction as per cent. */
export function pct(fraction: Fixed): number {
  return rounded(toNumber(fraction) * 100);
}

/** A percentage to the places that are put out. */
export function rounded(percentage: number): number {
  return Math.round(percentage * PCT_PLACES) / PCT_PLACES;
}

function hasLeverage(position: Position): boolean {
  return position.kind === 'PERP' || position.kind === 'LENDING';
}

type Times = Pick<PositionFigures, 'stale' | 'timestamp' | 'receivedAt'>;

/** Of the newest price that went in, or of the position's own last change; stale where a price is, or is missing. */
export function timesOf({ valuation, heard }: Pick<FigureSource, 'valuation' | 'heard'>): Times {
  let stale = false;
  let { timestamp, receivedAt } = heard;
  for (const quote of valuation.quotes) {
    stale ||= quote.stale || quote.price === null;
    timestamp = Math.max(timestamp, quote.timestamp);
    receivedAt = Math.max(receivedAt, quote.receivedAt);
  }
  return { stale, timestamp, receivedAt };
}

function* refusals(source: FigureSource, withoutBand: boolean): Iterable<Unavailable> {
  const { position, assessment, account } = source;
  const { health, required, cover, liquidation, value } = assessment;
  if (health === null) {
    const missing = account === null ? null : missingIn(account);
    const reason = missing === null ? withoutHealth(position) : noPrice(missing);
    yield* ['healthFactor', 'marginRatioPct', 'bufferPct'].map((field) => ({ field, reason }));
    yield* ['liquidationPrice', 'liquidationDistancePct'].map((field) => ({ field, reason }));
    if (!withoutBand) yield* ['healthFactorBand', 'warningInsideBand'].map((field) => ({ field, reason }));
  } else {
    if (cover <= 0n && required > 0n) {
      const reason = 'nothing is left that covers the position';
      yield* ['marginRatioPct', 'bufferPct'].map((field) => ({ field, reason }));
    }
    if (liquidation === null) {
      const reason = 'no price above zero liquidates it';
      yield* ['liquidationPrice', 'liquidationDistancePct'].map((field) => ({ field, reason }));
    }
  }
  if (!hasLeverage(position)) yield { field: 'leverage', reason: 'nothing is borrowed' };
  else if (value <= 0n) yield { field: 'leverage', reason: 'its value is not above zero' };
  if (!isPool(position))
    yield* ['impermanentLossPct', 'impermanentLossUsd'].map((field) => ({ field, reason: 'it is no share of a pool' }));
  else if (assessment.impermanentLoss === null)
    yield { field: 'impermanentLossPct', reason: 'the deposit, held, would be worth nothing' };
  if (assessment.inRange === null) yield { field: 'inRange', reason: 'it has no range of prices' };
  if (withoutBand) {
    const reason = 'the oracle gives no confidence';
    yield* ['healthFactorBand', 'pnlBand', 'warningInsideBand'].map((field) => ({ field, reason }));
  }
}

function isPool({ kind }: Position): boolean {
  return kind === 'LP' || kind === 'CONCENTRATED_LP';
}

function withoutHealth(position: Position): string {
  if (position.kind === 'LENDING') return 'there is no debt';
  return position.kind === 'PERP' ? 'there is no size to keep a margin for' : 'nothing is borrowed';
}

export function noPrice(symbol: string): string {
  return `no price of ${symbol} has been heard`;
}

const PRICED = [
  ...['currentPrice', 'currentValueUsd', 'exposureUsd', 'unrealizedPnl', 'pnlUsd', 'healthFactor', 'liquidationPrice'],
  ...['marginRatioPct', 'bufferPct', 'liquidationDistancePct', 'leverage', 'impermanentLossPct', 'impermanentLossUsd'],
  ...['inRange', 'healthFactorBand', 'pnlBand', 'warningInsideBand'],
];

function unknownFigures(missing: string, times: Times): PositionFigures {
  return {
    ...times,
    currentPrice: null,
    currentValueUsd: null,
    exposureUsd: null,
    unrealizedPnl: null,
    pnlUsd: null,
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
    unavailable: PRICED.map((field) => ({ field, reason: noPrice(missing) })),
  };
}
