import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createPublicClient, http, webSocket } from 'viem';
import type { Address, Identity } from '../model/identity.ts';
import type { IdentityOptions } from '../server/identity/identity.ts';
import type { ContractCheck } from '../server/identity/sign-in.ts';
import { type Config, ConfigError } from './config.ts';

/** The owner whom everybody without a credential is taken for on the loopback: one fixed address, nobody's key. */
const DEMO: Identity = {
  userId: 'demo',
  addresses: ['0x00000000000000000000000000000000000De300'],
  permissions: ['read', 'write'],
  credential: { kind: 'demo', id: 'demo' },
  expiresAt: null,
};

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1)$/;

/** Bytes of a secret that is made here: as many as HS256 has. */
const SECRET_BYTES = 32;

/** The demo owner's address; null where nobody is taken for it. */
export function demoOwner(config: Config): Address | null {
  return demoOf(config)?.addresses[0] ?? null;
}

/** What callers are known by in this process. @throws ConfigError where strangers come and there is no secret. */
export async function identityOptions(config: Config): Promise<IdentityOptions> {
  const { JWT_ISSUER, JWT_AUDIENCE, JWKS_URL, REQUIRE_IDENTITY, SIGN_IN_DOMAINS, TOKEN_LIFE_MS, PORT } = config;
  const issuer = JWT_ISSUER ?? null;
  const audience = JWT_AUDIENCE ?? null;
  return {
    tokens: { secret: await secretOf(config), jwksUrl: JWKS_URL ?? null, issuer, audience },
    signIn: {
      domains: SIGN_IN_DOMAINS ?? [`localhost:${PORT}`, `127.0.0.1:${PORT}`],
      tokenLifeMs: TOKEN_LIFE_MS,
      chains: new Map(config.EVM_RPC_URLS.map(contractCheck)),
    },
    demo: demoOf(config),
    requireIdentity: REQUIRE_IDENTITY,
  };
}

/** Whether only this machine can reach the process, and nobody has said that it serves strangers. */
function isPrivate({ HOST, NODE_ENV }: Config): boolean {
  return LOOPBACK.test(HOST) && NODE_ENV !== 'production';
}

async function secretOf(config: Config): Promise<Uint8Array | null> {
  const { JWT_SECRET, JWKS_URL, DATA_DIR } = config;
  if (JWT_SECRET !== undefined) return Buffer.from(JWT_SECRET);
  if (JWKS_URL !== undefined) return null;
  if (!isPrivate(config))
    throw new ConfigError(
      'JWT_SECRET: needed where strangers come: at least 32 bytes, the same in every process; or JWKS_URL.',
    );
  return keptSecret(DATA_DIR);
}

/** Made at the first start and kept: a token that was given out is good after a restart as well. */
async function keptSecret(dataDir: string): Promise<Uint8Array> {
  const path = join(dataDir, 'jwt-secret');
  await mkdir(dataDir, { recursive: true });
  try {
    return await readFile(path);
  } catch {
    const secret = randomBytes(SECRET_BYTES);
    // Another start may be quicker: then that one's is kept.
    await writeFile(path, secret, { mode: 0o600, flag: 'wx' }).catch(() => undefined);
    return readFile(path);
  }
}

function demoOf(config: Config): Identity | null {
  const wanted = config.DEMO_IDENTITY ?? isPrivate(config);
  if (wanted && config.NODE_ENV === 'production')
    throw new ConfigError('DEMO_IDENTITY: "true" is not allowed in production: everybody would be one owner.');
  return wanted ? DEMO : null;
}

/** `56=https://…`: asks the contract at an address whether it takes a signature as its own. */
function contractCheck(entry: string): [number, ContractCheck] {
  const cut = entry.indexOf('=');
  const url = entry.slice(cut + 1);
  const client = createPublicClient({ transport: url.startsWith('ws') ? webSocket(url) : http(url) });
  const check: ContractCheck = (address, message, signature) =>
    client.verifyMessage({ address: address as `0x${string}`, message, signature });
  return [Number(entry.slice(0, cut)), check];
}
