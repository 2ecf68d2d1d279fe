import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, exportSPKI, generateKeyPair, type JWK, SignJWT, UnsecuredJWT } from 'jose';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type TokenOptions, Tokens } from '../../../src/server/identity/tokens.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const SECRET = Buffer.from('0123456789abcdef0123456789abcdef');
const OTHER = Buffer.from('another secret of thirty-two bytes');
const A = '0x52908400098527886E0F7030069857D2E4169EE7';
const MINUTE_MS = 60_000;

function tokens(options: Partial<TokenOptions> = {}, clock = new FakeClock()) {
  return {
    clock,
    tokens: new Tokens({ secret: SECRET, jwksUrl: null, issuer: null, audience: null, ...options }, clock),
  };
}

const seconds = (clock: FakeClock) => Math.floor(clock.now() / 1_000);

/** An issuer's public keys at a URL of their own; `keys` may be changed at any time. */
async function issuer(...keys: JWK[]) {
  let served = keys;
  let fetched = 0;
  const server = createServer((_request, response) => {
    fetched++;
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ keys: served }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`,
    fetched: () => fetched,
    serve: (...next: JWK[]) => {
      served = next;
    },
  };
}

async function keyPair(kid: string) {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
  return { jwk: { ...(await exportJWK(publicKey)), kid, alg: 'RS256' }, privateKey, publicKey };
}

describe('a token of ours', () => {
  test('says who it is for, with which addresses and permissions, and until when', async () => {
    const { tokens: ours, clock } = tokens();
    const { token, expiresAt } = await ours.sign({ userId: 'u', addresses: [A] }, ['read'], MINUTE_MS);
    expect(expiresAt).toBe(clock.now() + MINUTE_MS);
    expect(await ours.verify(token)).toEqual({
      userId: 'u',
      addresses: [A],
      permissions: ['read'],
      credential: { kind: 'token', id: expect.stringMatching(/^[0-9a-f-]{36}$/) },
      expiresAt,
    });
  });

  test('is good until its end, and half a minute for clocks that differ', async () => {
    const { tokens: ours, clock } = tokens();
    const { token } = await ours.sign({ userId: 'u', addresses: [] }, ['read'], MINUTE_MS);
    await clock.advance(MINUTE_MS + 29_000);
    await expect(ours.verify(token)).resolves.toMatchObject({ userId: 'u' });
    await clock.advance(2_000);
    await expect(ours.verify(token)).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
      message: 'The token has expired.',
    });
  });

  test('cannot be made without a secret', async () => {
    const { tokens: none } = tokens({ secret: null });
    await expect(none.sign({ userId: 'u', addresses: [] }, [], 1)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });
});

describe('a token is refused', () => {
  const { clock, tokens: ours } = tokens({ issuer: 'https://issuer', audience: 'tidewire' });
  const signed = (claims: object, secret: Uint8Array = SECRET) =>
    new SignJWT({ sub: 'u', iss: 'https://issuer', aud: 'tidewire', exp: seconds(clock) + 60, ...claims })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(secret);

  test('not, when all of it is right', async () => {
    await expect(ours.verify(await signed({}))).resolves.toMatchObject({ userId: 'u', permissions: ['read', 'write'] });
  });

  test.each([
    ['of another issuer', { iss: 'https://another' }],
    ['for another audience', { aud: 'another' }],
    ['without a user', { sub: undefined }],
    ['without an end', { exp: undefined }],
    ['that is not good yet', { nbf: seconds(clock) + 3_600 }],
    ['with an address that is none', { addresses: ['0x12'] }],
    ['with a thousand addresses', { addresses: Array.from({ length: 1_000 }, () => A) }],
  ])('%s', async (_what, claims) => {
    await expect(ours.verify(await signed(claims))).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  test('that is signed with another secret, or not at all, or was changed', async () => {
    const good = await signed({});
    const [header, , signature] = good.split('.');
    const changed = Buffer.from(JSON.stringify({ sub: 'root', exp: seconds(clock) + 60 })).toString('base64url');
    const none = new UnsecuredJWT({
      sub: 'u',
      iss: 'https://issuer',
      aud: 'tidewire',
      exp: seconds(clock) + 60,
    }).encode();
    for (const token of [await signed({}, OTHER), none, [header, changed, signature].join('.'), 'a.b.c', 'abc', '..'])
      await expect(ours.verify(token)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  test('with permissions that do not exist: those are left out', async () => {
    await expect(ours.verify(await signed({ scope: 'read root' }))).resolves.toMatchObject({ permissions: ['read'] });
  });
});

describe('tokens of another issuer', () => {
  test('are proven by its public keys, fetched once', async () => {
    const { jwk, privateKey } = await keyPair('one');
    const { url, fetched } = await issuer(jwk);
    const { clock, tokens: ours } = tokens({ secret: null, jwksUrl: url });
    const sign = () =>
      new SignJWT({ sub: 'u', exp: seconds(clock) + 60 })
        .setProtectedHeader({ alg: 'RS256', kid: 'one' })
        .sign(privateKey);
    for (let count = 0; count < 3; count++)
      await expect(ours.verify(await sign())).resolves.toMatchObject({ userId: 'u' });
    expect(fetched()).toBe(1);
  });

  test('are refused when a public key was taken for a shared secret', async () => {
    const { jwk, publicKey } = await keyPair('one');
    const { url } = await issuer(jwk);
    const { clock, tokens: ours } = tokens({ jwksUrl: url });
    const secret = Buffer.from(await exportSPKI(publicKey));
    const forged = await new SignJWT({ sub: 'u', exp: seconds(clock) + 60 })
      .setProtectedHeader({ alg: 'HS256', kid: 'one' })
      .sign(secret);
    await expect(ours.verify(forged)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    const { tokens: without } = tokens({ secret: null, jwksUrl: url });
    await expect(without.verify(forged)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  test('of an issuer that cannot be reached are refused, and it is said', async () => {
    const { clock, tokens: ours } = tokens({ secret: null, jwksUrl: 'http://127.0.0.1:1/jwks' });
    const { privateKey } = await keyPair('one');
    const token = await new SignJWT({ sub: 'u', exp: seconds(clock) + 60 })
      .setProtectedHeader({ alg: 'RS256', kid: 'one' })
      .sign(privateKey);
    await expect(ours.verify(token)).rejects.toThrow('its issuer cannot be reached');
  });
});
