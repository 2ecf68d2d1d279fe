import { absolute, divide, type Fixed, fixed, fixedText, multiply, quotientText, toNumber } from '../../lib/fixed.ts';
import type { Portfolio, PortfolioHolding } from '../../model/portfolio.ts';
import type { Account, Held } from './account.ts';
import { type MarkOf, unrealizedOf, valuationOf } from './valuation.ts';

/** Places that a percentage keeps. */
const SHOWN_PLACES = 1e8;

export function portfolioOf(
  account: Account,
  markOf: MarkOf,
  isStale: (symbol: string) => boolean,
  at: number,
): Portfolio {
  const { equity, exposure, realizedPnl, unrealizedPnl, fees, totalPnl } = valuationOf(account, markOf);
  const held = [...account.holdings].filter(({ quantity }) => quantity !== 0n);
  const positions = held.map((holding) => holdingOf(holding, markOf)).sort((a, b) => (a.symbol < b.symbol ? -1 : 1));
  return {
    owner: account.owner,
    venue: account.venue,
    positions,
    cash: [...account.currencies].sort().map((currency) => ({
      currency,
      amount: fixedText(account.cash(currency)),
      locked: fixedText(account.locked(currency)),
    })),
    equity: fixedText(equity),
    exposure: fixedText(exposure),
    realizedPnl: fixedText(realizedPnl),
    unrealizedPnl: fixedText(unrealizedPnl),
    fees: fixedText(fees),
    totalPnl: fixedText(totalPnl),
    stale: held.some(({ symbol }) => isStale(symbol)),
    timestamp: at,
    receivedAt: at,
  };
}

function holdingOf(held: Held, markOf: MarkOf): PortfolioHolding {
  const { symbol, kind, quantity, cost, realizedPnl, fees } = held;
  const mark = markOf(symbol);
  const unrealized = mark === null ? null : unrealizedOf(held, markOf);
  return {
    symbol,
    kind,
    quantity: fixedText(quantity),
    averagePrice: quotientText(divide(cost, quantity)),
    marketPrice: mark,
    marketValue: mark === null ? null : fixedText(multiply(quantity, fixed(mark))),
    unrealizedPnl: unrealized === null ? null : fixedText(unrealized),
    unrealizedPnlPct: unrealized === null ? null : percentOf(unrealized, cost),
    realizedPnl: fixedText(realizedPnl),
    fees: fixedText(fees),
  };
}

/** Null where it cost nothing. */
function percentOf(part: Fixed, whole: Fixed): number | null {
  if (whole === 0n) return null;
  return Math.round(toNumber(divide(part, absolute(whole))) * 100 * SHOWN_PLACES) / SHOWN_PLACES;
}
