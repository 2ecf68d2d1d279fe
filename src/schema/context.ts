import type { Clock } from '../lib/clock.ts';
import type { Identity, Permission } from '../model/identity.ts';
import type { KeptKey } from '../store/accounts.ts';
import type { Instruments } from '../store/instruments.ts';
import type { Latest } from '../store/latest.ts';
import type { Recent } from '../store/recent.ts';

/** The connection that an operation came over. */
export interface Connection {
  readonly id: string;
  /** Has its delivery reported from now on: the first report is there when this resolves. */
  watch(): Promise<void>;
}

/** Who asks, and over what. */
export interface Caller {
  /** Null where an answer is shared, and over transports that have none. */
  readonly connection: Connection | null;
  /** Null where an answer is shared, and for a caller that has not said who it is. */
  readonly identity: Identity | null;
}

/** A token for a caller, and when it ends, milliseconds. */
export interface Issued {
  readonly token: string;
  readonly expiresAt: number;
}

/** What can be done about who a caller is. All of it throws ApiError `UNAVAILABLE` when the database does not answer. */
export interface Identities {
  /** A nonce to sign, good once and until `expiresAt`, and the host that the wallet must show. */
  nonce(): Promise<{ readonly nonce: string; readonly expiresAt: number; readonly domain: string }>;
  /** Sign-In with Ethereum. @throws ApiError `BAD_USER_INPUT`, `UNAUTHENTICATED`, `CONFLICT`. */
  signIn(
    message: string,
    signature: string,
    caller: Identity | null,
  ): Promise<Issued & { readonly identity: Identity }>;
  /** Takes up a newer token on an open connection. @throws ApiError `UNAUTHENTICATED`, `FORBIDDEN`. */
  renew(connection: Connection, token: string): Promise<Identity>;
  /** Ends the caller's credential everywhere. */
  signOut(caller: Identity): Promise<void>;
  /** @returns the key, and its secret: shown now and never again. */
  createKey(
    caller: Identity,
    key: { readonly name: string; readonly permissions: readonly Permission[]; readonly expiresAt: number | null },
  ): Promise<{ readonly key: KeptKey; readonly secret: string }>;
  /** @throws ApiError `NOT_FOUND` for a key that is not the caller's. */
  revokeKey(caller: Identity, id: string): Promise<KeptKey>;
  keys(caller: Identity): Promise<readonly KeptKey[]>;
  /** Null for a key that is not the caller's. */
  key(caller: Identity, id: string): Promise<KeptKey | null>;
  /** Resolves when the connection's session can be read, and is told from then on. */
  watch(connection: Connection): Promise<void>;
}

/** What resolvers may use. Without what belongs to a caller, it is what shared answers are made with. */
export interface Context extends Caller {
  /** Whether what is public is so only to callers who have said who they are. */
  readonly identityRequired: boolean;
  readonly identities: Identities;
  readonly clock: Clock;
  readonly instruments: Instruments;
  /** Latest values of shared topics. */
  readonly latest: Latest;
  /** Latest values of topics that each process has for itself. */
  readonly ownLatest: Latest;
  /** Events still kept. */
  readonly recent: Recent;
}
