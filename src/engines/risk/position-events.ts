import { type Decimal, subtractDecimals } from '../../lib/decimal.ts';
import { divide, fixed, quotientText } from '../../lib/fixed.ts';
import type { Position } from '../../model/position.ts';
import type { PositionChange } from '../../model/position-change.ts';
import type { LiquidationWarning, PositionEvent } from '../../model/position-event.ts';
import { entryPriceOf, sizeOf } from '../../model/position-measures.ts';
import type { PositionFigures } from '../../model/risk.ts';

/**
 * What a change did, as its owner is told. Funding, interest and fees earned are no events: they change little and often.
 * @param before null for a position that was not there.
 * @param price of its market at the change, null where it is not known.
 */
export function eventOf(
  before: Position | null,
  position: Position,
  change: PositionChange,
  price: Decimal | null,
): PositionEvent | null {
  const { timestamp, receivedAt, transactionHash } = change;
  const { owner, symbol, realizedPnl } = position;
  const facts = { owner, positionId: position.id, symbol, transactionHash, position, timestamp, receivedAt };
  const id = (type: PositionEvent['type']) => `${position.id}|${position.version}|${type}`;
  if (position.status === 'LIQUIDATED')
    return {
      ...facts,
      id: id('LIQUIDATED'),
      type: 'LIQUIDATED',
      liquidatorAddress: change.type === 'LIQUIDATE' ? change.liquidatorAddress : null,
      liquidationPrice: price,
      liquidationFee: change.fee,
      realizedPnl,
    };
  if (position.status === 'CLOSED')
    return { ...facts, id: id('CLOSED'), type: 'CLOSED', exitPrice: price, realizedPnl };
  const side = position.kind === 'PERP' ? position.side : null;
  const collateral = position.kind === 'PERP' ? position.collateral : null;
  const size = sizeOf(position);
  if (before === null) {
    const leverage = leverageAtEntry(position);
    const entryPrice = entryPriceOf(position);
    return { ...facts, id: id('OPENED'), type: 'OPENED', side, size, collateral, leverage, entryPrice };
  }
  if (change.type === 'FUNDING' || change.type === 'INTEREST' || change.type === 'EARN') return null;
  if (change.type === 'REPORT' && holdingsOf(before) === holdingsOf(position)) return null;
  const booked = subtractDecimals(realizedPnl, before.realizedPnl);
  return { ...facts, id: id('ADJUSTED'), type: 'ADJUSTED', side, size, collateral, realizedPnl: booked };
}

/**
 * What is held. Reports of a venue also tell of funding, interest and fees, and come by the second: they are no events. The margin of a
 * cross position is its account's, and moves with it.
 */
function holdingsOf(position: Position): string {
  switch (position.kind) {
    case 'PERP': {
      const { side, size, entryValue, marginMode, collateral } = position;
      return [side, size, entryValue, marginMode, marginMode === 'ISOLATED' ? collateral : ''].join();
    }
    case 'SPOT':
      return [position.size, position.entryValue].join();
    case 'LENDING':
      return [...position.collaterals, ...position.debts].map(({ symbol, entryValue }) => symbol + entryValue).join();
    case 'LP':
    case 'CONCENTRATED_LP':
      return position.liquidity;
  }
}

/** @param threshold the lowest that the health factor has fallen below. */
export function warningOf(
  position: Position,
  figures: PositionFigures,
  healthFactor: Decimal,
  threshold: Decimal,
): LiquidationWarning {
  const { timestamp, receivedAt, liquidationPrice, warningInsideBand: insideBand } = figures;
  const doubt = insideBand ? ', within the error that the oracle admits' : '';
  const at = liquidationPrice === null ? '' : `, liquidation at ${liquidationPrice}`;
  return {
    id: `${position.id}|${position.version}|LIQUIDATION_WARNING|${threshold}|${timestamp}`,
    type: 'LIQUIDATION_WARNING',
    owner: position.owner,
    positionId: position.id,
    symbol: position.symbol,
    transactionHash: null,
    position,
    healthFactor,
    threshold,
    liquidationPrice,
    insideBand,
    message: `health factor ${healthFactor} is below ${threshold}${doubt}${at}`,
    timestamp,
    receivedAt,
  };
}

function leverageAtEntry(position: Position): Decimal | null {
  if (position.kind !== 'PERP') return null;
  const collateral = fixed(position.collateral);
  return collateral > 0n ? quotientText(divide(fixed(position.entryValue), collateral)) : null;
}
