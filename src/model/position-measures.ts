import { type Decimal, ZERO } from '../lib/decimal.ts';
import { divide, fixed, quotientText } from '../lib/fixed.ts';
import type { Position } from './position.ts';

/** Size of a position in its market: base currency, liquidity of a pool's share, the market's token of a loan. */
export function sizeOf(position: Position): Decimal {
  switch (position.kind) {
    case 'PERP':
    case 'SPOT':
      return position.size;
    case 'LP':
    case 'CONCENTRATED_LP':
      return position.liquidity;
    case 'LENDING': {
      const legs = [...position.collaterals, ...position.debts];
      return (legs.find(({ symbol }) => symbol === position.symbol) ?? legs[0])?.amount ?? ZERO;
    }
  }
}

/** Average price that the size was bought or sold at; null for what has no single one, or no size. */
export function entryPriceOf(position: Position): Decimal | null {
  if (position.kind !== 'PERP' && position.kind !== 'SPOT') return null;
  const size = fixed(position.size);
  return size === 0n ? null : quotientText(divide(fixed(position.entryValue), size));
}
