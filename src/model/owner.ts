import type { Address } from './identity.ts';

/** Whose data a caller asks for, and may have. */
export interface Owners {
  /** In a fixed order, each once. */
  readonly asked: readonly Address[];
  /**
   * Those whose positions a cursor of this caller holds: all that are its own, also where it asks of one of them, so that
   * the cursor stays valid when it asks of another. In a fixed order, each once; `asked` is among them.
   */
  readonly covered: readonly Address[];
}

/** Key of what belongs to somebody: the owner, and the part that tells it from the owner's others where it has some. */
export function ownerKey(owner: Address, part = ''): string {
  return part === '' ? ownerRoute(owner) : `${ownerRoute(owner)}|${part}`;
}

/** The part of an owner key that subscribers choose by: whose it is. */
export function ownerOfKey(key: string): string {
  const bar = key.indexOf('|');
  return bar < 0 ? key : key.slice(0, bar);
}

/** How an owner stands in a key: the case of an address says nothing of whose it is. */
export function ownerRoute(owner: Address): string {
  return owner.toLowerCase();
}
