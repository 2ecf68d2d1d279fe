import type { Address } from './identity.ts';

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
