import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts';
import { createSiweMessage } from 'viem/siwe';
import { describe, expect, test } from 'vitest';
import { SignIn, type SignInOptions } from '../../../src/server/identity/sign-in.ts';
import { Tokens } from '../../../src/server/identity/tokens.ts';
import { Accounts } from '../../../src/store/accounts.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { freshDatabase } from '../../support/postgres.ts';

const DOMAIN = 'app.example.com';
const LIFE_MS = 900_000;

async function setup(chains: SignInOptions['chains'] = new Map()) {
  const clock = new FakeClock();
  const accounts = new Accounts(await freshDatabase(), clock);
  const secret = Buffer.from('0123456789abcdef0123456789abcdef');
  const tokens = new Tokens({ secret, jwksUrl: null, issuer: null, audience: null }, clock);
  const signIn = new SignIn(accounts, tokens, { domains: [DOMAIN], tokenLifeMs: LIFE_MS, chains }, clock);
  const message = async (account: PrivateKeyAccount, facts: Partial<Parameters<typeof createSiweMessage>[0]> = {}) => {
    const { nonce } = await signIn.nonce();
    const issuedAt = new Date(clock.now());
    const base = {
      address: account.address,
      domain: DOMAIN,
      nonce,
      uri: `https://${DOMAIN}`,
      version: '1',
      chainId: 1,
    } as const;
    return createSiweMessage({ ...base, issuedAt, ...facts });
  };
  const enter = async (account: PrivateKeyAccount, text: string, signer = account) =>
    signIn.signIn(text, await signer.signMessage({ message: text }), null);
  return { clock, accounts, tokens, signIn, message, enter };
}

const wallet = () => privateKeyToAccount(generatePrivateKey());

describe('a wallet', () => {
  test('gets a short-lived token for the address that it proves', async () => {
    const { clock, tokens, message, enter } = await setup();
    const account = wallet();
    const { token, expiresAt } = await enter(account, await message(account));
    expect(expiresAt).toBe(clock.now() + LIFE_MS);
    expect(await tokens.verify(token)).toMatchObject({ addresses: [account.address], permissions: ['read', 'write'] });
  });

  test('is refused when the signature is not of the address in the message', async () => {
    const { message, enter } = await setup();
    const account = wallet();
    await expect(enter(account, await message(account), wallet())).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  test('cannot send a message twice', async () => {
    const { message, enter } = await setup();
    const account = wallet();
    const text = await message(account);
    await enter(account, text);
    await expect(enter(account, text)).rejects.toMatchObject({ code: 'UNAUTHENTICATED', message: /nonce/ });
  });

  test('cannot make up a nonce, nor use one that has run out', async () => {
    const { clock, message, enter } = await setup();
    const account = wallet();
    await expect(enter(account, await message(account, { nonce: 'madeup12345' }))).rejects.toThrow('nonce');
    const late = await message(account);
    await clock.advance(600_000);
    await expect(enter(account, late)).rejects.toThrow('nonce');
  });

  test.each([
    ['for another site', { domain: 'evil.example.com' }],
    ['that has expired', { expirationTime: new Date(Date.UTC(2025, 0, 1)) }],
    ['that is not good yet', { notBefore: new Date(Date.UTC(2027, 0, 1)) }],
  ])('is refused a message %s', async (_what, facts) => {
    const { message, enter } = await setup();
    const account = wallet();
    await expect(enter(account, await message(account, facts))).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      details: { argument: 'input.message' },
    });
  });

  test.each(['', 'hello', `${DOMAIN} wants you to sign in with your Ethereum account:\n0x12`, 'x'.repeat(5_000)])(
    'is refused what is no such message: %j',
    async (text) => {
      const { signIn } = await setup();
      await expect(signIn.signIn(text, '0x00', null)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    },
  );

  test('is refused a signature that is none', async () => {
    const { signIn, message } = await setup();
    const text = await message(wallet());
    await expect(signIn.signIn(text, 'no hex', null)).rejects.toMatchObject({
      details: { argument: 'input.signature' },
    });
    await expect(signIn.signIn(text, '0x1234', null)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });
});

describe('a second wallet', () => {
  test('is linked to who is signed in, and refused to another user', async () => {
    const { tokens, signIn, message, enter } = await setup();
    const [first, second, third] = [wallet(), wallet(), wallet()];
    const alice = await tokens.verify((await enter(first, await message(first))).token);
    const text = await message(second);
    const linked = await signIn.signIn(text, await second.signMessage({ message: text }), alice);
    expect(linked.account).toEqual({ userId: alice.userId, addresses: [first.address, second.address] });
    const bob = await tokens.verify((await enter(third, await message(third))).token);
    const taken = await message(second);
    const asBob = signIn.signIn(taken, await second.signMessage({ message: taken }), bob);
    await expect(asBob).rejects.toMatchObject({ code: 'CONFLICT' });
  });
});

describe('a contract wallet', () => {
  const contract = '0x52908400098527886E0F7030069857D2E4169EE7';

  test('is asked on its chain, where that is configured', async () => {
    const asked: unknown[] = [];
    const check = async (...of: unknown[]) => asked.push(of) === 1;
    const { signIn, message } = await setup(new Map([[137, check]]));
    const text = await message(wallet(), { address: contract, chainId: 137 });
    await expect(signIn.signIn(text, '0xabcd', null)).resolves.toMatchObject({ account: { addresses: [contract] } });
    expect(asked).toEqual([[contract, text, '0xabcd']]);
    const again = await message(wallet(), { address: contract, chainId: 137 });
    await expect(signIn.signIn(again, '0xabcd', null)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  test('is refused on a chain that is not', async () => {
    const { signIn, message } = await setup();
    const text = await message(wallet(), { address: contract, chainId: 137 });
    await expect(signIn.signIn(text, '0xabcd', null)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });
});
