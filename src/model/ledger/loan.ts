import { type Decimal, ZERO } from '../../lib/decimal.ts';
import { badInput } from '../../lib/errors.ts';
import { type Fixed, fixed, fixedText, multiply } from '../../lib/fixed.ts';
import type { LendingPosition } from '../position.ts';
import type { PositionChange } from '../position-change.ts';
import { type Booked, needed, type PriceOf, shareOf, tooMuch, unknownChange } from './booked.ts';

export function bookLoan(position: LendingPosition, change: PositionChange, priceOf: PriceOf): Booked<LendingPosition> {
  switch (change.type) {
    case 'COLLATERAL':
    case 'DEBT': {
      const legs = change.type === 'COLLATERAL' ? 'collaterals' : 'debts';
      const { amount, entryValue, realized } = changedLeg(position, change, legs, needed(change.symbol, priceOf));
      const direction = change.type === 'COLLATERAL' ? 1n : -1n;
      return { position: withLeg(position, legs, change.symbol, amount, entryValue), realized: direction * realized };
    }
    case 'INTEREST': {
      const legs = change.leg === 'COLLATERAL' ? 'collaterals' : 'debts';
      const { amount, entryValue } = changedLeg(position, change, legs, 0n);
      return { position: withLeg(position, legs, change.symbol, amount, entryValue), realized: 0n };
    }
    case 'CLOSE':
    case 'LIQUIDATE': {
      const gain = (legs: LendingPosition['debts']) =>
        legs.reduce(
          (sum, leg) => sum + multiply(fixed(leg.amount), needed(leg.symbol, priceOf)) - fixed(leg.entryValue),
          0n,
        );
      const ended = <L extends LendingPosition['debts'][number]>(leg: L): L => ({
        ...leg,
        amount: ZERO,
        entryValue: ZERO,
      });
      const { collaterals, debts } = position;
      return {
        position: { ...position, collaterals: collaterals.map(ended), debts: debts.map(ended) },
        realized: gain(collaterals) - gain(debts),
      };
    }
    default:
      throw unknownChange(position, change, ['COLLATERAL', 'DEBT', 'INTEREST', 'CLOSE', 'LIQUIDATE']);
  }
}

function changedLeg(
  position: LendingPosition,
  change: { readonly symbol: string; readonly amount: Decimal },
  legs: 'collaterals' | 'debts',
  price: Fixed,
): { readonly amount: Fixed; readonly entryValue: Fixed; readonly realized: Fixed } {
  const leg = position[legs].find(({ symbol }) => symbol === change.symbol);
  const known = position[legs].map(({ symbol }) => symbol);
  if (leg === undefined) throw badInput('symbol', `position ${position.id} has no ${change.symbol} there`, known);
  const held = fixed(leg.amount);
  const amount = fixed(change.amount);
  if (amount < -held) throw tooMuch('amount', leg.amount);
  const worth = multiply(amount < 0n ? -amount : amount, price);
  const cost = amount < 0n ? -shareOf(fixed(leg.entryValue), -amount, held) : worth;
  return {
    amount: held + amount,
    entryValue: fixed(leg.entryValue) + cost,
    realized: amount < 0n ? worth + cost : 0n,
  };
}

function withLeg(
  position: LendingPosition,
  legs: 'collaterals' | 'debts',
  symbol: string,
  amount: Fixed,
  entryValue: Fixed,
): LendingPosition {
  const changed = <L extends LendingPosition['debts'][number]>(leg: L): L =>
    leg.symbol === symbol ? { ...leg, amount: fixedText(amount), entryValue: fixedText(entryValue) } : leg;
  return legs === 'collaterals'
    ? { ...position, collaterals: position.collaterals.map(changed) }
    : { ...position, debts: position.debts.map(changed) };
}
