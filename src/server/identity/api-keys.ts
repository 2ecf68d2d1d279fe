import { createHash, randomBytes } from 'node:crypto';

/** By its beginning a key is told from a token, and found by scanners for secrets in places where none should stand. */
const MARK = 'tw_';

/** Bits of a secret: it cannot be guessed, so one quick hash of it is enough to keep. */
const SECRET_BYTES = 32;

/** Characters of the secret that are kept, by which its owner tells one key from another. */
const PREFIX_CHARACTERS = 9;

/** A new secret, to be shown once, and what is kept of it. */
export interface NewSecret {
  readonly secret: string;
  readonly prefix: string;
  readonly hash: Uint8Array<ArrayBuffer>;
}

export function newSecret(): NewSecret {
  const secret = `${MARK}${randomBytes(SECRET_BYTES).toString('base64url')}`;
  return { secret, prefix: secret.slice(0, PREFIX_CHARACTERS), hash: hashOf(secret) };
}

export function isApiKey(credential: string): boolean {
  return credential.startsWith(MARK);
}

export function hashOf(secret: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(createHash('sha256').update(secret).digest());
}
