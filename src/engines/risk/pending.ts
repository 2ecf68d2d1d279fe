import { ownerRoute } from '../../model/owner.ts';
import type { Tracked } from './tracked.ts';

/** Bits of {@link Tracked.pending}: in which lists it stands. */
const VALUE = 1;
const RISK = 2;
const OWNER = 4;
const ALL = VALUE | RISK | OWNER;

/**
 * What has changed since it was last put out, by topic. A position stands in a list at most once, so each is bounded by what there is;
 * marks on the positions say so, since sets of a hundred thousand were a tenth of the cost of a price.
 */
export class Pending {
  #values: Tracked[] = [];
  #risks: Tracked[] = [];
  #ofOwners: Tracked[] = [];
  /** Symbols near liquidation whose list is not as it was. */
  readonly markets = new Set<string>();

  touch(tracked: Tracked): void {
    const { pending } = tracked;
    if (pending === ALL) return;
    if ((pending & VALUE) === 0) this.#values.push(tracked);
    if ((pending & RISK) === 0) this.#risks.push(tracked);
    if ((pending & OWNER) === 0) this.#ofOwners.push(tracked);
    tracked.pending = ALL;
  }

  score(tracked: Tracked): void {
    if ((tracked.pending & RISK) !== 0) return;
    tracked.pending |= RISK;
    this.#risks.push(tracked);
  }

  takeValues(): readonly Tracked[] {
    const taken = this.#values;
    this.#values = [];
    return cleared(taken, VALUE);
  }

  takeRisks(): readonly Tracked[] {
    const taken = this.#risks;
    this.#risks = [];
    return cleared(taken, RISK);
  }

  /** Owners with a changed position, each once, however their address is written. */
  takeOwners(): Iterable<string> {
    const taken = this.#ofOwners;
    this.#ofOwners = [];
    const owners = new Map<string, string>();
    for (const { position } of cleared(taken, OWNER)) owners.set(ownerRoute(position.owner), position.owner);
    return owners.values();
  }

  takeMarkets(): readonly string[] {
    const markets = [...this.markets];
    this.markets.clear();
    return markets;
  }
}

function cleared(taken: readonly Tracked[], bit: number): readonly Tracked[] {
  for (const tracked of taken) tracked.pending &= ~bit;
  return taken;
}
