import { type Optimum, optimum } from '../../../lib/finance/constant-product.ts';
import type { SimulatedToken } from './deployment.ts';
import type { Holding, PoolLedger } from './pool-ledger.ts';

export interface Leg {
  readonly holding: Holding;
  readonly zeroForOne: boolean;
}

/** A round that pays, begun with the token of `start`. */
export interface Round {
  readonly legs: readonly Leg[];
  readonly start: SimulatedToken;
  readonly best: Optimum;
  readonly usd: number;
}

const tokenIn = ({ holding, zeroForOne }: Leg) => (zeroForOne ? holding.token0 : holding.token1);
const tokenOut = ({ holding, zeroForOne }: Leg) => (zeroForOne ? holding.token1 : holding.token0);

/** The most profitable round of two or three swaps through a pool; null where none pays. There are few pools: all are tried. */
export function bestRound(
  ledger: PoolLedger,
  through: Holding,
  usdOf: (token: SimulatedToken) => number,
): Round | null {
  let best: Round | null = null;
  for (const legs of roundsThrough(ledger, through)) {
    const found = optimum(legs.map(({ holding, zeroForOne }) => ledger.hop(holding, zeroForOne)));
    const [first] = legs;
    if (found === null || first === undefined) continue;
    const start = tokenIn(first);
    const usd = (Number(found.profit) / 10 ** start.decimals) * usdOf(start);
    if (usd > (best?.usd ?? 0)) best = { legs, start, best: found, usd };
  }
  return best;
}

function* roundsThrough(ledger: PoolLedger, through: Holding): Generator<readonly Leg[]> {
  for (const zeroForOne of [true, false]) {
    const first: Leg = { holding: through, zeroForOne };
    for (const second of legsFrom(ledger, tokenOut(first), [through])) {
      if (tokenOut(second) === tokenIn(first)) yield [first, second];
      else
        for (const third of legsFrom(ledger, tokenOut(second), [through, second.holding]))
          if (tokenOut(third) === tokenIn(first)) yield [first, second, third];
    }
  }
}

function legsFrom({ pools }: PoolLedger, token: SimulatedToken, used: readonly Holding[]): readonly Leg[] {
  return pools.flatMap((holding): readonly Leg[] => {
    if (used.includes(holding)) return [];
    if (holding.token0 === token) return [{ holding, zeroForOne: true }];
    return holding.token1 === token ? [{ holding, zeroForOne: false }] : [];
  });
}
