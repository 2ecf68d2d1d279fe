/** An Ethereum address in EIP-55 notation: the one notation in which this system keeps and compares addresses. */
export type Address = string;

/** What a credential may be used for. An operator may also see every owner's data, and manage keys. */
export type Permission = 'read' | 'write' | 'operator';

/** How a caller proved who it is. */
export interface Credential {
  readonly kind: 'token' | 'apiKey' | 'demo';
  /** Of the token (`jti`) or of the key: what a revocation names. Never the secret. */
  readonly id: string;
}

/** Who calls, proven. A caller without any has no `Identity`, which is not an error where things are public. */
export interface Identity {
  readonly userId: string;
  /** The owner addresses that are this user's: what its owner-scoped data is kept under. May be none. */
  readonly addresses: readonly Address[];
  readonly permissions: readonly Permission[];
  readonly credential: Credential;
  /** When the proof ends, milliseconds since the Unix epoch. Null: it does not end by itself. */
  readonly expiresAt: number | null;
}
