import type { Address } from '../../src/model/identity.ts';
import { isOfShare, sharesOfOwners } from '../../src/model/owner-share.ts';

/** Of each of so many shares some owners. */
export function ownersOfShares(of: number, each: number): readonly (readonly Address[])[] {
  const all = Array.from({ length: 100 * of * each }, (_, at): Address => `0x${String(at + 1).padStart(40, '0')}`);
  return sharesOfOwners(of).map((share) => all.filter((owner) => isOfShare(share, owner)).slice(0, each));
}
