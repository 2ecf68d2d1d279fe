import { background } from '../../lib/background.ts';
import type { Clock } from '../../lib/clock.ts';
import { ApiError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import type { Identity } from '../../model/identity.ts';
import type { Accounts } from '../../store/accounts.ts';
import { hashOf, isApiKey } from './api-keys.ts';
import type { Revoked } from './revocations.ts';
import type { Tokens } from './tokens.ts';

/** Who a caller without a credential is taken for where an operator wants a demonstration; null for nobody. */
export type DemoIdentity = Identity | null;

/** How often the last use of a key is written, milliseconds: its owner wants to know of days, not of requests. */
const LAST_USE_EVERY_MS = 60_000;

/** Longest credential taken, characters: a token with a hundred addresses has some six thousand. */
const MAX_CREDENTIAL_LENGTH = 8_192;

/** Tells who calls, by what the caller sent along. */
export class Authenticator {
  readonly #tokens: Tokens;
  readonly #accounts: Accounts;
  readonly #revoked: Revoked;
  readonly #demo: DemoIdentity;
  readonly #clock: Clock;
  readonly #log: Log;

  constructor(
    tokens: Tokens,
    accounts: Accounts,
    revoked: Revoked,
    demo: DemoIdentity,
    { clock, log }: { readonly clock: Clock; readonly log: Log },
  ) {
    this.#tokens = tokens;
    this.#accounts = accounts;
    this.#revoked = revoked;
    this.#demo = demo;
    this.#clock = clock;
    this.#log = log;
  }

  /**
   * @param credential the value of an `Authorization` header, or a token or key alone.
   * @returns null for a caller that has none, and is nobody: not an error where things are public.
   * @throws ApiError `UNAUTHENTICATED` for a credential that is not good; `UNAVAILABLE` when a key cannot be looked up.
   */
  async authenticate(credential: string | null): Promise<Identity | null> {
    if (credential === null || credential === '') return this.#demo;
    if (credential.length > MAX_CREDENTIAL_LENGTH)
      throw new ApiError('UNAUTHENTICATED', 'The credential is too long.', { limit: MAX_CREDENTIAL_LENGTH });
    const bare = bareOf(credential);
    const identity = isApiKey(bare) ? await this.#byKey(bare) : await this.#tokens.verify(bare);
    if (this.#revoked.has(identity.credential)) throw new ApiError('UNAUTHENTICATED', 'The credential was revoked.');
    return identity;
  }

  async #byKey(secret: string): Promise<Identity> {
    const found = await this.#accounts.keyOf(hashOf(secret));
    const now = this.#clock.now();
    if (!found) throw new ApiError('UNAUTHENTICATED', 'There is no such API key.');
    const { key, account } = found;
    if (key.revokedAt !== null) throw new ApiError('UNAUTHENTICATED', 'The API key was revoked.');
    if (key.expiresAt !== null && key.expiresAt <= now)
      throw new ApiError('UNAUTHENTICATED', 'The API key has expired.');
    if (key.lastUsedAt === null || now - key.lastUsedAt >= LAST_USE_EVERY_MS)
      background('note the use of a key', this.#accounts.usedKey(key.id), this.#log);
    return {
      ...account,
      permissions: key.permissions,
      credential: { kind: 'apiKey', id: key.id },
      expiresAt: key.expiresAt,
    };
  }
}

const BEARER = /^bearer +/i;

function bareOf(credential: string): string {
  const bare = credential.trim().replace(BEARER, '');
  // Another scheme, such as Basic: its two words are no token.
  if (bare.includes(' ')) throw new ApiError('UNAUTHENTICATED', 'Send "Bearer" and a token or an API key.');
  return bare;
}
