import { divide, type Fixed, fixed, fixedText, multiply } from '../../lib/fixed.ts';
import type { PerpPosition, SpotPosition } from '../position.ts';
import type { PositionChange } from '../position-change.ts';
import { type Booked, needed, type PriceOf, plus, shareOf, tooMuch, unknownChange } from './booked.ts';

export function bookPerp(position: PerpPosition, change: PositionChange, priceOf: PriceOf): Booked<PerpPosition> {
  switch (change.type) {
    case 'RESIZE':
    case 'CLOSE':
    case 'LIQUIDATE': {
      const held = fixed(position.size);
      const amount = change.type === 'RESIZE' ? fixed(change.amount) : -held;
      const sized = resized(position, amount, position.side === 'LONG' ? 1n : -1n, priceOf);
      const collateral = fixed(position.collateral);
      const settled =
        position.marginMode === 'CROSS'
          ? collateral + sized.realized - fixed(change.fee)
          : amount < 0n
            ? collateral - divide(multiply(collateral, -amount), held)
            : collateral;
      const left = change.type === 'RESIZE' && amount !== -held ? settled : 0n;
      return { position: { ...sized.position, collateral: fixedText(left) }, realized: sized.realized };
    }
    case 'MARGIN': {
      const collateral = fixed(position.collateral) + fixed(change.amount);
      if (collateral < 0n) throw tooMuch('amount', position.collateral);
      return { position: { ...position, collateral: fixedText(collateral) }, realized: 0n };
    }
    case 'FUNDING': {
      const { gapBefore: gap, timestamp: fundedThrough } = change;
      const from = position.fundingGap?.from ?? gap?.from;
      const missing = gap !== null && from !== undefined ? { fundingGap: { ...gap, from } } : {};
      const collateral = plus(position.collateral, -fixed(change.amount));
      return { position: { ...position, collateral, fundedThrough, ...missing }, realized: 0n };
    }
    default:
      throw unknownChange(position, change, ['RESIZE', 'MARGIN', 'FUNDING', 'CLOSE', 'LIQUIDATE']);
  }
}

export function bookSpot(position: SpotPosition, change: PositionChange, priceOf: PriceOf): Booked<SpotPosition> {
  if (change.type === 'RESIZE') return resized(position, fixed(change.amount), 1n, priceOf);
  if (change.type === 'CLOSE') return resized(position, -fixed(position.size), 1n, priceOf);
  throw unknownChange(position, change, ['RESIZE', 'CLOSE']);
}

function resized<P extends PerpPosition | SpotPosition>(
  position: P,
  amount: Fixed,
  direction: Fixed,
  priceOf: PriceOf,
): Booked<P> {
  const held = fixed(position.size);
  if (amount < -held) throw tooMuch('amount', position.size);
  const worth = multiply(amount < 0n ? -amount : amount, needed(position.symbol, priceOf));
  const cost = amount < 0n ? -shareOf(fixed(position.entryValue), -amount, held) : worth;
  const realized = amount < 0n ? direction * (worth + cost) : 0n;
  const size = fixedText(held + amount);
  return { position: { ...position, size, entryValue: plus(position.entryValue, cost) }, realized };
}
