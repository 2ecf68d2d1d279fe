import type { Address } from '../../model/identity.ts';
import { ownerRoute } from '../../model/owner.ts';
import type { Working } from './working.ts';

const NONE: ReadonlySet<Working> = new Set();

/** Orders that live, by id and by owner. */
export class OrderRoster {
  readonly #byId = new Map<string, Working>();
  readonly #byOwner = new Map<string, Set<Working>>();

  get size(): number {
    return this.#byId.size;
  }

  has(id: string): boolean {
    return this.#byId.has(id);
  }

  get(id: string): Working | undefined {
    return this.#byId.get(id);
  }

  of(owner: Address): ReadonlySet<Working> {
    return this.#byOwner.get(ownerRoute(owner)) ?? NONE;
  }

  add(working: Working): void {
    this.#byId.set(working.order.id, working);
    const route = ownerRoute(working.order.owner);
    this.#byOwner.set(route, (this.#byOwner.get(route) ?? new Set()).add(working));
  }

  delete(working: Working): void {
    const { id, owner } = working.order;
    if (this.#byId.get(id) === working) this.#byId.delete(id);
    const route = ownerRoute(owner);
    const own = this.#byOwner.get(route);
    if (own?.delete(working) && own.size === 0) this.#byOwner.delete(route);
  }
}
