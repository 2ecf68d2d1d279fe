import type { Identity } from '../../model/identity.ts';
import type { Arrivals } from './arrivals.ts';
import type { Claim, HeldCounts } from './held-counts.ts';
import { type LimitName, LimitReached, type Refusals } from './refusals.ts';

/** A claim, and how it is told that there is no room for it. */
export interface NamedClaim extends Claim {
  readonly name: LimitName;
}

/** Something that somebody holds until it is given back. */
export interface Place {
  release(): void;
}

export interface DoorServices {
  readonly held: HeldCounts;
  readonly arrivals: Arrivals;
  readonly refusals: Refusals;
}

/** Lets in what a process holds a number of: so many in all, and so many of each address, user and key. */
export class Door {
  readonly #services: DoorServices;
  readonly #name: LimitName;
  readonly #limit: number;
  #inside = 0;

  /** @param limit how many there may be in this process, told by this name. */
  constructor(services: DoorServices, name: LimitName, limit: number) {
    this.#services = services;
    this.#name = name;
    this.#limit = limit;
  }

  /**
   * Counts one more, at once: a thousand may come while claims are waited for.
   * @throws LimitReached
   */
  enter(): Visit {
    const { refusals } = this.#services;
    if (this.#inside >= this.#limit) throw refusals.count(new LimitReached(this.#name, this.#limit));
    this.#inside++;
    return new Visit(this.#services, () => {
      this.#inside--;
    });
  }
}

/** One that is inside, or on the way in. */
export class Visit implements Place {
  readonly #services: DoorServices;
  readonly #left: () => void;
  readonly #claims: Claim[] = [];
  #released = false;

  constructor(services: DoorServices, left: () => void) {
    this.#services = services;
    this.#left = left;
  }

  /**
   * Makes sure that none of these begins too much in a second.
   * @throws LimitReached
   */
  async arrive(subjects: readonly string[]): Promise<void> {
    const { arrivals, refusals } = this.#services;
    for (const subject of subjects) {
      const retryAfterMs = await arrivals.take(subject);
      if (retryAfterMs > 0)
        throw refusals.count(new LimitReached('newConnections', arrivals.perSecond, { retryAfterMs }));
    }
  }

  /**
   * Counts it for these too, or for none of them.
   * @throws LimitReached
   */
  async claim(claims: readonly NamedClaim[]): Promise<void> {
    const { held, refusals } = this.#services;
    const full = await held.claim(claims);
    if (full) throw refusals.count(new LimitReached(full.name, full.limit));
    // It may have gone while the claim was on its way.
    if (this.#released) held.release(claims);
    else this.#claims.push(...claims);
  }

  release(): void {
    if (this.#released) return;
    this.#released = true;
    this.#left();
    if (this.#claims.length > 0) this.#services.held.release(this.#claims);
  }
}

/** For whom something counts beside its address. The demo identity is everybody's: nothing counts for it. */
export function holdersOf(identity: Identity | null): { readonly user: string | null; readonly apiKey: string | null } {
  const { kind, id } = identity?.credential ?? { kind: 'demo', id: '' };
  return {
    user: identity && kind !== 'demo' ? identity.userId : null,
    apiKey: kind === 'apiKey' ? id : null,
  };
}
