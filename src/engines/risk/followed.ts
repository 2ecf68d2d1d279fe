import { ownerRoute } from '../../model/owner.ts';
import { accountOf } from '../../model/position.ts';
import type { Account, Tracked } from './tracked.ts';

/** The positions that an engine follows, by what is asked for: only those that a price touches are looked at. */
export class Followed {
  readonly #byId = new Map<string, Tracked>();
  readonly #bySymbol = new Map<string, Set<Tracked>>();
  readonly #byOwner = new Map<string, Set<Tracked>>();
  readonly #byPool = new Map<string, Set<Tracked>>();
  readonly #accounts = new Map<string, Account>();

  get size(): number {
    return this.#byId.size;
  }

  get(id: string): Tracked | undefined {
    return this.#byId.get(id);
  }

  all(): Iterable<Tracked> {
    return this.#byId.values();
  }

  /** Those whose value follows this symbol's price. */
  ofSymbol(symbol: string): Iterable<Tracked> {
    return this.#bySymbol.get(symbol) ?? [];
  }

  ofOwner(owner: string): Iterable<Tracked> {
    return this.#byOwner.get(ownerRoute(owner)) ?? [];
  }

  ofPool(pool: string): Iterable<Tracked> {
    return this.#byPool.get(pool) ?? [];
  }

  add(tracked: Tracked): void {
    this.#byId.set(tracked.id, tracked);
    enter(this.#byOwner, ownerRoute(tracked.position.owner), tracked);
    const pool = poolOf(tracked);
    if (pool !== null) enter(this.#byPool, pool, tracked);
    this.index(tracked);
  }

  /** Once more after a change: what a position follows may be another. */
  index(tracked: Tracked): void {
    for (const { symbol } of tracked.valuation.quotes) enter(this.#bySymbol, symbol, tracked);
    const key = accountOf(tracked.position);
    if (key === null || !tracked.isCross()) return;
    const account = this.#accounts.get(key) ?? new Set();
    this.#accounts.set(key, account);
    account.add(tracked);
    tracked.account = account;
  }

  /** Before a change of what it follows, or at its end. */
  unindex(tracked: Tracked): void {
    for (const { symbol } of tracked.valuation.quotes) leave(this.#bySymbol, symbol, tracked);
    const key = accountOf(tracked.position);
    if (key === null || !tracked.isCross()) return;
    const account = this.#accounts.get(key);
    account?.delete(tracked);
    if (account?.size === 0) this.#accounts.delete(key);
    tracked.account = null;
  }

  remove(tracked: Tracked): void {
    this.unindex(tracked);
    this.#byId.delete(tracked.id);
    leave(this.#byOwner, ownerRoute(tracked.position.owner), tracked);
    const pool = poolOf(tracked);
    if (pool !== null) leave(this.#byPool, pool, tracked);
  }
}

/** Key of a pool on a chain, as {@link Followed.ofPool} takes it. */
export function poolKey(chainId: number, pool: string): string {
  return `${chainId}|${pool.toLowerCase()}`;
}

/** Key of the pool that a position has a share of; null where it has none, or none that is known. */
export function poolOf({ position }: Tracked): string | null {
  if (position.kind !== 'LP' && position.kind !== 'CONCENTRATED_LP') return null;
  if (position.poolAddress === null || position.chainId === null) return null;
  return poolKey(position.chainId, position.poolAddress);
}

function enter(sets: Map<string, Set<Tracked>>, key: string, tracked: Tracked): void {
  const set = sets.get(key);
  if (set) set.add(tracked);
  else sets.set(key, new Set([tracked]));
}

function leave(sets: Map<string, Set<Tracked>>, key: string, tracked: Tracked): void {
  const set = sets.get(key);
  set?.delete(tracked);
  if (set?.size === 0) sets.delete(key);
}
