import { ZERO } from '../../lib/decimal.ts';
import { ApiError } from '../../lib/errors.ts';
import { fixed } from '../../lib/fixed.ts';
import type { Position } from '../position.ts';
import type { PositionChange } from '../position-change.ts';
import { type Booked, type Change, type PriceOf, plus } from './booked.ts';
import { bookPerp, bookSpot } from './holding.ts';
import { bookLoan } from './loan.ts';
import { bookPool } from './pool.ts';

/**
 * The position after a change, its version one higher. Gains are booked by average cost, from the exact entry value: a part closed takes
 * its share of it, the last part what is left, so partial closes add up to the whole to the last digit.
 *
 * - PERP, isolated: a part closed gives its share of the margin back, and gains and fees are settled outside. Cross: gains and fees go to
 *   the account, that is to this position's part of its balance. Funding is taken out of the margin in both.
 * - LENDING: what is withdrawn or repaid books its gain against what it was worth when it came.
 * - LP, CONCENTRATED_LP: what is withdrawn books its worth, and its part of the fees earned, against its part of the deposit.
 *
 * @throws ApiError `CONFLICT` for a position that has ended, `BAD_USER_INPUT` for a change that its kind does not know or that takes more
 * than there is, `UNAVAILABLE` where a price is needed and not known.
 */
export function applyChange(position: Position, change: PositionChange, priceOf: PriceOf): Position {
  if (position.status !== 'OPEN')
    throw new ApiError('CONFLICT', `The position has ended: it is ${position.status.toLowerCase()}.`, {
      argument: 'positionId',
    });
  if (change.type === 'OPEN') throw new ApiError('CONFLICT', 'The position is open already.');
  const version = position.version + 1;
  if (change.type === 'REPORT') return { ...change.position, version };
  const prices: PriceOf = (symbol) => {
    const named = change.prices[symbol];
    return named === undefined ? priceOf(symbol) : fixed(named);
  };
  const booked = book(position, change, prices);
  const ends = change.type === 'CLOSE' || change.type === 'LIQUIDATE' || isEmpty(booked.position);
  const fee = fixed(change.fee);
  const funding = change.type === 'FUNDING' ? fixed(change.amount) : 0n;
  return {
    ...booked.position,
    version,
    status: change.type === 'LIQUIDATE' ? 'LIQUIDATED' : ends ? 'CLOSED' : 'OPEN',
    updatedAt: change.timestamp,
    closedAt: ends ? change.timestamp : null,
    realizedPnl: plus(position.realizedPnl, booked.realized - fee - funding),
    fundingPaid: plus(position.fundingPaid, funding),
    feesPaid: plus(position.feesPaid, fee),
  };
}

function book(
  position: Position,
  change: Exclude<PositionChange, Change<'OPEN' | 'REPORT'>>,
  priceOf: PriceOf,
): Booked<Position> {
  switch (position.kind) {
    case 'PERP':
      return bookPerp(position, change, priceOf);
    case 'SPOT':
      return bookSpot(position, change, priceOf);
    case 'LENDING':
      return bookLoan(position, change, priceOf);
    case 'LP':
    case 'CONCENTRATED_LP':
      return bookPool(position, change, priceOf);
  }
}

function isEmpty(position: Position): boolean {
  switch (position.kind) {
    case 'PERP':
    case 'SPOT':
      return position.size === ZERO;
    case 'LENDING':
      return [...position.collaterals, ...position.debts].every(({ amount }) => amount === ZERO);
    default:
      return position.liquidity === ZERO;
  }
}
