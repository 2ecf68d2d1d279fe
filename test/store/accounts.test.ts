import { describe, expect, test } from 'vitest';
import { newSecret } from '../../src/server/identity/api-keys.ts';
import { Accounts } from '../../src/store/accounts.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { freshDatabase } from '../support/postgres.ts';
import { noDatabase } from '../support/server.ts';

const A = '0x52908400098527886E0F7030069857D2E4169EE7';
const B = '0x8617E340B3D01FA5F11F306F4090FD50E238070D';

async function setup() {
  const clock = new FakeClock();
  return { clock, accounts: new Accounts(await freshDatabase(), clock) };
}

describe('an address', () => {
  test('makes its user at the first sign-in, and is that user from then on', async () => {
    const { accounts } = await setup();
    const first = await accounts.signedIn(A, null);
    expect(first.addresses).toEqual([A]);
    expect(await accounts.signedIn(A, null)).toEqual(first);
    expect((await accounts.signedIn(B, null)).userId).not.toBe(first.userId);
  });

  test('is linked to who is signed in, and to nobody else after that', async () => {
    const { accounts } = await setup();
    const { userId } = await accounts.signedIn(A, null);
    expect(await accounts.signedIn(B, userId)).toEqual({ userId, addresses: [A, B] });
    const other = await accounts.create();
    await expect(accounts.signedIn(B, other.userId)).rejects.toMatchObject({ code: 'CONFLICT' });
    expect((await accounts.account(other.userId))?.addresses).toEqual([]);
  });

  test('makes one user however many sign in with it at once', async () => {
    const { accounts } = await setup();
    const all = await Promise.all(Array.from({ length: 20 }, () => accounts.signedIn(A, null)));
    expect(new Set(all.map(({ userId }) => userId)).size).toBe(1);
  });
});

describe('a nonce', () => {
  test('is good once, however many use it at once', async () => {
    const { accounts, clock } = await setup();
    await accounts.addNonce('n', clock.now() + 1_000);
    const used = await Promise.all(Array.from({ length: 20 }, () => accounts.useNonce('n')));
    expect(used.filter((good) => good)).toHaveLength(1);
  });

  test('that has run out or was never given out is not', async () => {
    const { accounts, clock } = await setup();
    await accounts.addNonce('n', clock.now() + 1_000);
    await clock.advance(1_000);
    expect(await accounts.useNonce('n')).toBe(false);
    expect(await accounts.useNonce('another')).toBe(false);
  });
});

describe('an API key', () => {
  const made = async (accounts: Accounts) => {
    const { userId } = await accounts.signedIn(A, null);
    const { secret, prefix, hash } = newSecret();
    const key = await accounts.addKey({ userId, name: 'k', prefix, hash, permissions: ['read'], expiresAt: null });
    return { secret, hash, key, userId };
  };

  test('is found by its hash, with the addresses of its user', async () => {
    const { accounts } = await setup();
    const { hash, key, userId } = await made(accounts);
    expect(await accounts.keyOf(hash)).toEqual({ key, account: { userId, addresses: [A] } });
    expect(await accounts.keyOf(newSecret().hash)).toBeNull();
  });

  test("is not another user's", async () => {
    const { accounts } = await setup();
    const { key, userId } = await made(accounts);
    const other = await accounts.create();
    expect(await accounts.key(key.id, other.userId)).toBeNull();
    expect(await accounts.keys(other.userId)).toEqual([]);
    expect(await accounts.keys(userId)).toEqual([key]);
  });

  test('keeps the time of its first revocation, and is told to who was away', async () => {
    const { accounts, clock } = await setup();
    const { key } = await made(accounts);
    const revokedAt = clock.now();
    await accounts.revokeKey(key.id);
    await clock.advance(5_000);
    await accounts.revokeKey(key.id);
    expect((await accounts.key(key.id, null))?.revokedAt).toBe(revokedAt);
    expect(await accounts.revokedKeys(revokedAt)).toEqual([key.id]);
    expect(await accounts.revokedKeys(revokedAt + 1)).toEqual([]);
  });
});

test('what has run out is deleted, and nothing else', async () => {
  const { accounts, clock } = await setup();
  await accounts.revokeToken('short', clock.now() + 1_000);
  await accounts.revokeToken('long', clock.now() + 10_000);
  await accounts.addNonce('n', clock.now() + 10_000);
  await clock.advance(1_001);
  await accounts.prune();
  expect(await accounts.revokedTokens()).toEqual(['long']);
  expect(await accounts.useNonce('n')).toBe(true);
});

test('a database that does not answer is said, and can be tried again', async () => {
  const accounts = new Accounts(noDatabase, new FakeClock());
  await expect(accounts.account('01a1fc43-69bb-74a6-8503-92e57b1e5687')).rejects.toMatchObject({
    code: 'UNAVAILABLE',
    details: { retryAfterMs: 1_000 },
  });
});
