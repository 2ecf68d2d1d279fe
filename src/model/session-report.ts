import type { Identity } from './identity.ts';
import type { Perishable } from './observed.ts';

/** Who a connection is taken for, and until when. Timestamps in milliseconds. */
export interface SessionReport extends Perishable {
  readonly connectionId: string;
  /** Null: nobody, or nobody any more. */
  readonly identity: Identity | null;
  /** From then on its token should be renewed; null where there is nothing to renew. */
  readonly renewBefore: number | null;
}

/** A token is renewed before the last so many milliseconds of its life: time for a request, a retry and a slow network. */
const RENEW_MARGIN_MS = 60_000;

/** Of a short-lived token the margin is at most this part of what is left at its beginning. */
const RENEW_PART = 0.25;

/** When a proof that ends at `expiresAt`, taken up at `now`, should be renewed. */
export function renewBefore(expiresAt: number | null, now: number): number | null {
  if (expiresAt === null) return null;
  return expiresAt - Math.min(RENEW_MARGIN_MS, Math.max(0, expiresAt - now) * RENEW_PART);
}
