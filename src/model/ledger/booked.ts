import type { Decimal } from '../../lib/decimal.ts';
import { ApiError, badInput } from '../../lib/errors.ts';
import { type Fixed, fixed, fixedText } from '../../lib/fixed.ts';
import type { Position } from '../position.ts';
import type { PositionChange } from '../position-change.ts';

/** Dollars a unit of a symbol; null where no price is known. */
export type PriceOf = (symbol: string) => Fixed | null;

/** A position's numbers after a change, and what the change booked, before its fee. */
export interface Booked<P extends Position> {
  readonly position: P;
  readonly realized: Fixed;
}

/** Changes of one type. */
export type Change<T extends PositionChange['type']> = Extract<PositionChange, { type: T }>;

/** Of a value, the share that a part has in the whole; all of it where the part is the whole. */
export function shareOf(value: Fixed, part: Fixed, whole: Fixed): Fixed {
  return part === whole ? value : (value * part) / whole;
}

export function plus(text: Decimal, amount: Fixed): Decimal {
  return amount === 0n ? text : fixedText(fixed(text) + amount);
}

export function needed(symbol: string, priceOf: PriceOf): Fixed {
  const price = priceOf(symbol);
  if (price === null) throw new ApiError('UNAVAILABLE', `no price of ${symbol} is known`);
  return price;
}

export function tooMuch(argument: string, held: Decimal): ApiError {
  return badInput(argument, 'more is taken away than there is', `no less than -${held}`);
}

export function unknownChange(position: Position, change: PositionChange, allowed: readonly string[]): ApiError {
  return badInput('type', `a ${position.kind} position knows no ${change.type}`, allowed);
}
