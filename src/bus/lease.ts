/**
 * What the holder of a lease shows at everything it writes. Tokens of one lease only grow, so whoever keeps something can
 * refuse a holder of earlier that does not know yet that another has taken over: it may have stood still for a minute.
 */
export interface Fence {
  /** Of the lease: `market`, `risk`, `chain:56`. */
  readonly name: string;
  readonly token: number;
}

/** What a lease is a share of, and of how many: `trading:1/4` is one of four, `trading` all of it. */
export function shareIn(lease: string): { readonly kind: string; readonly of: number } {
  const [, kind = lease, of = '1'] = /^(.+):\d+\/(\d+)$/.exec(lease) ?? [];
  return { kind, of: Number(of) };
}

/** A write that came too late: another process holds the lease now. Trying again changes nothing. */
export class Fenced extends Error {
  override readonly name = 'Fenced';
  constructor(lease: string) {
    super(`another process holds the lease ${lease} now: what this one writes under it is refused`);
  }
}

/** What a process says of itself, and asks for. */
export interface LeaseRequest {
  /** Its name among all, for its life. */
  readonly member: string;
  /** Leases it could hold. */
  readonly wants: readonly string[];
  /** Those it holds and goes on with. */
  readonly keep: readonly Fence[];
  /** Those it takes if nobody holds them. */
  readonly take: readonly string[];
  /** Those it gives back. */
  readonly give: readonly Fence[];
}

export interface LeaseView {
  /** What this process holds now. One of `keep` that is missing has been taken by another. */
  readonly held: readonly Fence[];
  /** Who holds each lease that somebody holds. */
  readonly holders: ReadonlyMap<string, string>;
  /** Of what was taken now: its name, and each name that it stands in the place of. What is held under that may not be written any more. */
  readonly superseded: readonly (readonly [string, string])[];
  /** Who is there, and what each could hold. */
  readonly members: ReadonlyMap<string, readonly string[]>;
}

/** How long a lease, and being there at all, last without being renewed, milliseconds. */
export const LEASE_MS = 3_000;

/**
 * Leases that processes share. One that was not renewed for {@link LEASE_MS} is anybody's; as long as nobody has taken it
 * its holder may go on with it, under the same token: a store that was away for a minute takes nobody's work away.
 *
 * A lease called `kind:2/4` is the second of four shares of a kind. As long as a share of another number of the same kind is held, it is
 * not to be had: nothing is ever in two shares, also while the number of shares is being changed from process to process.
 */
export interface Leases {
  /** @throws Error while the store is away. */
  exchange(request: LeaseRequest): Promise<LeaseView>;
  /** Gives everything back, and is there no more. */
  leave(member: string, held: readonly Fence[]): Promise<void>;
}
