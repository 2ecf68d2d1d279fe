import { createHash } from 'node:crypto';
import type { Address } from './identity.ts';
import { ownerRoute } from './owner.ts';

/**
 * One of equal shares of all owners. Each owner is in exactly one, by its address alone: nothing that belongs to an owner
 * is ever in two places, and who comes or goes moves nobody else. `store/owner-share.ts` says the same to PostgreSQL.
 */
export interface OwnerShare {
  /** From 0 on. */
  readonly number: number;
  readonly of: number;
}

export const ALL_OWNERS: OwnerShare = { number: 0, of: 1 };

/** All owners, each in one. */
export function sharesOfOwners(of: number): readonly OwnerShare[] {
  return Array.from({ length: of }, (_, number) => ({ number, of }));
}

/** What does something for a share, as a component: told apart from the others that do the same. */
export function nameOfShare(kind: string, { number, of }: OwnerShare): string {
  return of === 1 ? kind : `${kind}/${number + 1}`;
}

/** Addresses that somebody has searched for begin, or end, alike: their hash is as even as any. */
export function isOfShare({ number, of }: OwnerShare, owner: Address): boolean {
  if (of === 1) return true;
  return createHash('sha256').update(ownerRoute(owner)).digest().readUIntBE(0, 3) % of === number;
}
