import { type Fixed, fixedText, ONE, quotientText } from '../../lib/fixed.ts';
import { type LiquidationCandidate, type MarketLiquidations, MOST_CANDIDATES } from '../../model/risk.ts';
import { asHeard } from './quote.ts';
import type { Tracked } from './tracked.ts';

/** The public positions of one market that are near liquidation. */
export class MarketWatch {
  readonly symbol: string;
  readonly #below: Fixed;
  readonly #candidates = new Set<Tracked>();

  /** @param below health factor below which a position is a candidate. */
  constructor(symbol: string, below: Fixed) {
    this.symbol = symbol;
    this.#below = below;
  }

  /** Looks at a position after a change; true where the list is not as it was. */
  look(tracked: Tracked): boolean {
    const { healthFactor, position } = tracked;
    const near =
      healthFactor !== null &&
      healthFactor < this.#below &&
      position.provenance === 'PUBLIC' &&
      position.status === 'OPEN';
    // Asked at every price: a mark is read faster than a set.
    if (!near && !tracked.candidate) return false;
    tracked.candidate = near;
    if (near) this.#candidates.add(tracked);
    else this.#candidates.delete(tracked);
    return true;
  }

  liquidations(): MarketLiquidations {
    const worst = [...this.#candidates].sort(byHealth);
    let stale = false;
    let timestamp = 0;
    let receivedAt = 0;
    for (const tracked of worst) {
      stale ||= tracked.stale;
      timestamp = Math.max(timestamp, tracked.timestamp);
      receivedAt = Math.max(receivedAt, tracked.receivedAt);
    }
    const candidates = worst.slice(0, MOST_CANDIDATES).map(candidateOf);
    return { symbol: this.symbol, count: worst.length, candidates, stale, timestamp, receivedAt };
  }
}

/** The least healthy first, then by id: the same candidates are always in the same order. */
function byHealth(a: Tracked, b: Tracked): number {
  const healthA = a.healthFactor ?? 0n;
  const healthB = b.healthFactor ?? 0n;
  if (healthA !== healthB) return healthA < healthB ? -1 : 1;
  return a.id < b.id ? -1 : 1;
}

function candidateOf({ position, assessment, valuation }: Tracked): LiquidationCandidate {
  const { health, liquidation, price } = assessment;
  const reward = valuation.reward(asHeard);
  return {
    positionId: position.id,
    owner: position.owner,
    symbol: position.symbol,
    healthFactor: quotientText(health ?? 0n),
    liquidationPrice: liquidation === null ? null : quotientText(liquidation),
    currentPrice: fixedText(price),
    potentialReward: reward === null ? null : quotientText(reward),
    liquidatable: health !== null && health < ONE,
  };
}
