import { divide, type Fixed, multiply, ONE } from '../fixed.ts';

/**
 * Health factor of a loan: collateral value times liquidation threshold, summed, over the value of the debt (Aave). Rounded down.
 * Null without debt: such a loan cannot be liquidated, and a number would have to be infinite.
 * @param backing sum of collateral value times threshold, dollars.
 */
export function loanHealth(backing: Fixed, debt: Fixed): Fixed | null {
  return debt > 0n ? divide(backing, debt) : null;
}

export interface LoanWithoutMarket {
  /** Sum of collateral value times threshold, and the debt, of all legs but those in the market's own token, dollars. */
  readonly backing: Fixed;
  readonly debt: Fixed;
  /** Amount of the market's token held as collateral, times its threshold. */
  readonly collateral: Fixed;
  /** Amount of the market's token owed. */
  readonly owed: Fixed;
}

/**
 * The price of one token at which the health factor is 1, all other prices as they are:
 * `(debt - backing) / (collateral - owed)`; with one collateral `debt / (amount * threshold)`. Rounded down. Null where no price
 * above zero does it.
 */
export function loanLiquidationPrice({ backing, debt, collateral, owed }: LoanWithoutMarket): Fixed | null {
  const slope = collateral - owed;
  if (slope === 0n) return null;
  const price = divide(debt - backing, slope);
  return price > 0n ? price : null;
}

/**
 * What a liquidator gains: the bonus on the debt that it may repay, no more than the collateral has. Dollars.
 * @param collateral value of the collateral that it takes.
 * @param bonus fraction on top of what is repaid.
 */
export function liquidationReward(debt: Fixed, closeFactor: Fixed, collateral: Fixed, bonus: Fixed): Fixed {
  const repayable = multiply(debt, closeFactor);
  const covered = divide(collateral, ONE + bonus);
  const repaid = repayable < covered ? repayable : covered;
  return multiply(repaid, bonus);
}
