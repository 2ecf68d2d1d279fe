import { randomUUID } from 'node:crypto';
import { createRemoteJWKSet, decodeProtectedHeader, errors, type JWTPayload, jwtVerify, SignJWT } from 'jose';
import { getAddress, isAddress } from 'viem';
import { z } from 'zod';
import type { Clock } from '../../lib/clock.ts';
import { ApiError } from '../../lib/errors.ts';
import type { Identity, Permission } from '../../model/identity.ts';
import type { Account } from '../../store/accounts.ts';

export interface TokenOptions {
  /** Of HS256, at least 32 bytes; null where only another issuer's tokens are taken. */
  readonly secret: Uint8Array | null;
  /** Public keys of another issuer; they may change at any time. */
  readonly jwksUrl: string | null;
  readonly issuer: string | null;
  readonly audience: string | null;
}

/** A token of ours, and when it ends, milliseconds. */
export interface SignedToken {
  readonly token: string;
  readonly expiresAt: number;
}

/** How far the clock of an issuer may be off, seconds. */
const CLOCK_SKEW_S = 30;

/** Algorithms of public keys that are taken: never one of a shared secret, which a public key would then be. */
const PUBLIC_KEY_ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'EdDSA',
  'Ed25519',
];

const PERMISSIONS: readonly Permission[] = ['read', 'write', 'operator'];

/** Of a token that says nothing of it. */
const USUAL_PERMISSIONS: readonly Permission[] = ['read', 'write'];

/** Owner addresses that one token may name. */
const MAX_ADDRESSES = 100;

/**
 * The claims that are read: `sub` is the user, `jti` what a revocation names, `exp` is demanded, `addresses` are the
 * owner addresses, `scope` the permissions, separated by blanks.
 */
const Claims = z.object({
  sub: z.string().min(1).max(200),
  exp: z.number(),
  jti: z.string().min(1).max(200).optional(),
  addresses: z
    .array(z.string().refine((text) => isAddress(text, { strict: false })))
    .max(MAX_ADDRESSES)
    .default([]),
  scope: z.string().max(1_000).optional(),
});

/** Signs and proves JSON Web Tokens. */
export class Tokens {
  readonly #options: TokenOptions;
  readonly #clock: Clock;
  readonly #remote: ReturnType<typeof createRemoteJWKSet> | null;

  constructor(options: TokenOptions, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
    // Fetched at the first token, kept, and fetched again for a key id that it does not know: an issuer may change keys.
    this.#remote = options.jwksUrl === null ? null : createRemoteJWKSet(new URL(options.jwksUrl));
  }

  /** @throws ApiError `UNAVAILABLE` where there is no secret to sign with. */
  async sign({ userId, addresses }: Account, permissions: readonly Permission[], lifeMs: number): Promise<SignedToken> {
    const { secret, issuer, audience } = this.#options;
    if (!secret) throw new ApiError('UNAVAILABLE', 'This server signs no tokens: sign in with its identity provider.');
    const now = Math.floor(this.#clock.now() / 1_000);
    const exp = now + Math.floor(lifeMs / 1_000);
    let token = new SignJWT({ addresses, scope: permissions.join(' ') })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .setSubject(userId)
      .setJti(randomUUID())
      .setIssuedAt(now)
      .setExpirationTime(exp);
    if (issuer !== null) token = token.setIssuer(issuer);
    if (audience !== null) token = token.setAudience(audience);
    return { token: await token.sign(secret), expiresAt: exp * 1_000 };
  }

  /** @throws ApiError `UNAUTHENTICATED`, saying what is wrong with the token and never what stands in it. */
  async verify(token: string): Promise<Identity> {
    try {
      return identityOf(await this.#payload(token));
    } catch (error) {
      if (error instanceof ApiError) throw error;
      throw new ApiError('UNAUTHENTICATED', reason(error));
    }
  }

  async #payload(token: string): Promise<JWTPayload> {
    const { secret, issuer, audience } = this.#options;
    const expected = {
      ...(issuer !== null && { issuer }),
      ...(audience !== null && { audience }),
      clockTolerance: CLOCK_SKEW_S,
      currentDate: new Date(this.#clock.now()),
      requiredClaims: ['sub', 'exp'],
    };
    // The header only chooses which keys are tried; each kind of key takes its own algorithms and no others.
    if (secret && decodeProtectedHeader(token).alg === 'HS256')
      return (await jwtVerify(token, secret, { ...expected, algorithms: ['HS256'] })).payload;
    if (this.#remote)
      return (await jwtVerify(token, this.#remote, { ...expected, algorithms: PUBLIC_KEY_ALGORITHMS })).payload;
    throw new ApiError('UNAUTHENTICATED', 'The token is signed in a way that is not taken here.');
  }
}

function identityOf(payload: JWTPayload): Identity {
  const claims = Claims.safeParse(payload);
  if (!claims.success) {
    const [issue] = claims.error.issues;
    throw new ApiError('UNAUTHENTICATED', `The token's claim "${String(issue?.path[0])}" is not as it must be.`);
  }
  const { sub, exp, jti, addresses, scope } = claims.data;
  const asked = scope?.split(' ');
  return {
    userId: sub,
    addresses: [...new Set(addresses.map((address) => getAddress(address)))],
    permissions: asked ? PERMISSIONS.filter((permission) => asked.includes(permission)) : USUAL_PERMISSIONS,
    credential: { kind: 'token', id: jti ?? `${sub}@${exp}` },
    expiresAt: exp * 1_000,
  };
}

function reason(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'The token has expired.';
  if (error instanceof errors.JWTClaimValidationFailed)
    return `The token's claim "${error.claim}" is not as it must be.`;
  if (error instanceof errors.JWSSignatureVerificationFailed)
    return 'The token is not signed by a key that is known here.';
  if (error instanceof errors.JWKSNoMatchingKey) return 'The token is not signed by a key that is known here.';
  if (error instanceof errors.JOSEAlgNotAllowed) return 'The token is signed in a way that is not taken here.';
  return 'The token cannot be read, or its issuer cannot be reached.';
}
