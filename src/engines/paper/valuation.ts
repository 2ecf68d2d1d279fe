import type { Decimal } from '../../lib/decimal.ts';
import { absolute, type Fixed, fixed, multiply } from '../../lib/fixed.ts';
import { isCash } from '../../model/position.ts';
import type { Account, Held } from './account.ts';

/** What a symbol is worth now; null while nobody has said. */
export type MarkOf = (symbol: string) => Decimal | null;

/** What an account is worth, dollars. What has no price yet counts at what it cost. */
export interface Valuation {
  /** Cash, what is held, and what perpetuals have gained. */
  readonly equity: Fixed;
  readonly cash: Fixed;
  /** What is held, long and short alike. */
  readonly exposure: Fixed;
  readonly realizedPnl: Fixed;
  readonly unrealizedPnl: Fixed;
  readonly fees: Fixed;
  /** Realised and unrealised, less fees. */
  readonly totalPnl: Fixed;
}

export function valuationOf(account: Account, markOf: MarkOf): Valuation {
  let cash = 0n;
  // Of a real account a coin that nobody has priced is among them.
  for (const currency of account.currencies) if (isCash(currency)) cash += account.cash(currency);
  let [holdings, exposure, realizedPnl, unrealizedPnl, fees] = [0n, 0n, 0n, 0n, 0n];
  for (const held of account.holdings) {
    const unrealized = unrealizedOf(held, markOf);
    const worth = held.cost + unrealized;
    holdings += held.kind === 'PERP' ? unrealized : worth;
    exposure += absolute(worth);
    realizedPnl += held.realizedPnl;
    unrealizedPnl += unrealized;
    fees += held.fees;
  }
  const totalPnl = realizedPnl + unrealizedPnl - fees;
  return { equity: cash + holdings, cash, exposure, realizedPnl, unrealizedPnl, fees, totalPnl };
}

export function unrealizedOf({ symbol, quantity, cost }: Held, markOf: MarkOf): Fixed {
  const mark = quantity === 0n ? null : markOf(symbol);
  return mark === null ? 0n : multiply(quantity, fixed(mark)) - cost;
}
