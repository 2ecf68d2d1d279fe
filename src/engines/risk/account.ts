import { divide, type Fixed } from '../../lib/fixed.ts';
import type { Assessment } from './assessment.ts';
import type { PerpValuation } from './perp-valuation.ts';

/** A perpetual with cross margin, as its account sees it. */
export interface AccountMember {
  readonly valuation: PerpValuation;
  readonly assessment: Assessment;
}

/** The first symbol of an account that has no price; null where all have one. */
export function missingIn(members: Iterable<AccountMember>): string | null {
  for (const { assessment } of members) if (assessment.missing !== null) return assessment.missing;
  return null;
}

/**
 * Health and liquidation prices of perpetuals that stand together: equity is the sum of their margins and gains, each one's liquidation
 * price is taken with the others where they are (Binance's cross formula). Members are assessed already.
 */
export function assessAccount(members: Iterable<AccountMember>): void {
  let balance: Fixed = 0n;
  let unrealized: Fixed = 0n;
  let required: Fixed = 0n;
  const missing = missingIn(members);
  for (const { valuation, assessment } of members) {
    balance += valuation.collateral;
    unrealized += assessment.unrealized;
    required += assessment.required;
  }
  const equity = balance + unrealized;
  const known = missing === null && required > 0n;
  const health = known ? divide(equity, required) : null;
  for (const { valuation, assessment } of members) {
    assessment.health = health;
    assessment.cover = equity;
    assessment.liquidation = known
      ? valuation.liquidationWith(balance, required - assessment.required, unrealized - assessment.unrealized)
      : null;
  }
}
