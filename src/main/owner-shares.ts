import { type OwnerShare, sharesOfOwners } from '../model/owner-share.ts';
import type { Work } from './work.ts';

/**
 * Work that is dealt out by owners, a piece for each share. A lease names the number of shares too: a worker that was configured for
 * another number does other work, and the leases see to it that never two numbers are held.
 */
export function ownerShares(
  kind: string,
  of: number,
  work: (share: OwnerShare) => Omit<Work, 'lease' | 'share'>,
): readonly Work[] {
  return sharesOfOwners(of).map((share) => ({
    lease: of === 1 ? kind : `${kind}:${share.number + 1}/${of}`,
    share,
    ...work(share),
  }));
}
