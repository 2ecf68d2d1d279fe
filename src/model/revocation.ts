import type { Credential } from './identity.ts';

/** Word that a credential is good no longer, to every process that may have let somebody in by it. */
export interface Revocation {
  readonly kind: Credential['kind'];
  /** Of the token or the key. */
  readonly id: string;
  /** When it was revoked, milliseconds. */
  readonly timestamp: number;
}
