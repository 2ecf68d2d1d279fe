import { createClient } from 'graphql-ws';
import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { createMemoryBus } from '../../../src/bus/memory-bus.ts';
import { topics } from '../../../src/bus/topics.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { newSecret } from '../../../src/server/identity/api-keys.ts';
import { Revocations } from '../../../src/server/identity/revocations.ts';
import { Tokens } from '../../../src/server/identity/tokens.ts';
import { Accounts } from '../../../src/store/accounts.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { trade } from '../../support/market.ts';
import { freshDatabase } from '../../support/postgres.ts';
import { eventually, query, SERVER_OPTIONS, silentLog, testServer } from '../../support/server.ts';
import { type Message, WireClient } from '../../support/wire-client.ts';

const A = '0x52908400098527886E0F7030069857D2E4169EE7';
const MINUTE_MS = 60_000;

const SESSION = 'subscription { session { viewer { userId } expiresAt renewBefore } }';

interface SessionFrame {
  readonly session: { readonly viewer: { readonly userId: string } | null; readonly expiresAt: string | null };
}

async function setup() {
  const clock = new FakeClock();
  const database = await freshDatabase();
  const server = await testServer({ database, clock, heartbeatTimeoutMs: 3_600_000 });
  const tokens = new Tokens(SERVER_OPTIONS.tokens, clock);
  const token = async (
    userId: string,
    lifeMs = 10 * MINUTE_MS,
    permissions: readonly ('read' | 'write')[] = ['read', 'write'],
  ) => (await tokens.sign({ userId, addresses: [A] }, permissions, lifeMs)).token;
  return { clock, database, server, token, accounts: new Accounts(database, clock) };
}

describe('a socket', () => {
  test.each(['token', 'authorization'])('says who it is in connection_init, as %s', async (member) => {
    const { server, token } = await setup();
    const value = member === 'token' ? await token('alice') : `Bearer ${await token('alice')}`;
    const client = await WireClient.connect(server.url, { [member]: value });
    client.subscribe('v', '{ viewer { userId addresses } }');
    expect(await client.next('v')).toEqual({ viewer: { userId: 'alice', addresses: [A] } });
  });

  test('with a credential that is not good is closed with a code that the official client retries, and told why', async () => {
    const { server, token } = await setup();
    const bad = `${await token('alice')}x`;
    const client = await WireClient.open(server.url);
    client.send({ type: 'connection_init', payload: { token: bad } });
    const { code, reason } = await client.closed;
    expect(code).toBe(4403);
    expect(reason).toContain('not signed');
  });

  test('is told before its token ends, in pings and by its session', async () => {
    const { clock, server, token } = await setup();
    const client = await WireClient.connect(server.url, { token: await token('alice') });
    client.subscribe('s', SESSION);
    const start = clock.now();
    expect(await client.next('s')).toEqual({
      session: {
        viewer: { userId: 'alice' },
        expiresAt: new Date(start + 10 * MINUTE_MS).toISOString(),
        renewBefore: new Date(start + 9 * MINUTE_MS).toISOString(),
      },
    });
    expect(await client.live('s')).toMatchObject({ renewBefore: new Date(start + 9 * MINUTE_MS).toISOString() });
  });

  test('that is renewed keeps its subscriptions, and outlives its first token', async () => {
    const { clock, server, token } = await setup();
    const client = await WireClient.connect(server.url, { token: await token('alice', MINUTE_MS) });
    client.subscribe('t', 'subscription { trades { tradeId } }');
    await client.live('t');
    client.subscribe('s', SESSION);
    await client.next('s');
    await clock.advance(50_000);
    client.subscribe('r', 'mutation R($t: String!) { renewSession(input: {token: $t}) { viewer { userId } } }', {
      t: await token('alice', 10 * MINUTE_MS),
    });
    expect(await client.next('r')).toEqual({ renewSession: { viewer: { userId: 'alice' } } });
    const renewed = await client.next<SessionFrame>('s');
    expect(renewed.session.expiresAt).toBe(new Date(clock.now() + 10 * MINUTE_MS).toISOString());
    await clock.advance(MINUTE_MS);
    await server.bus.publishEvent(topics.trades, trade('A', 1));
    expect(await client.next('t')).toEqual({ trades: { tradeId: '1' } });
  });

  test('that is not renewed is closed with 4403 when its token ends, not before', async () => {
    const { clock, server, token } = await setup();
    const client = await WireClient.connect(server.url, { token: await token('alice', MINUTE_MS) });
    await clock.advance(MINUTE_MS - 1);
    await client.settled();
    await clock.advance(1);
    expect((await client.closed).code).toBe(4403);
  });

  test("is not renewed by another user's token, and goes on", async () => {
    const { server, token } = await setup();
    const client = await WireClient.connect(server.url, { token: await token('alice') });
    client.subscribe('r', 'mutation R($t: String!) { renewSession(input: {token: $t}) { viewer { userId } } }', {
      t: await token('bob'),
    });
    const answer = await client.take(({ id }: Message) => id === 'r');
    expect(JSON.stringify(answer)).toContain('FORBIDDEN');
    client.subscribe('v', '{ viewer { userId } }');
    expect(await client.next('v')).toEqual({ viewer: { userId: 'alice' } });
  });

  test('of somebody who signs out is nobody, and its token is good nowhere', async () => {
    const { server, token } = await setup();
    const given = await token('alice');
    const client = await WireClient.connect(server.url, { token: given });
    client.subscribe('s', SESSION);
    await client.next('s');
    const out = await query(server.url, 'mutation { signOut { signedOut } }', undefined, {
      authorization: `Bearer ${given}`,
    });
    expect(out.data).toEqual({ signOut: { signedOut: true } });
    expect((await client.next<SessionFrame>('s')).session.viewer).toBeNull();
    const after = await query(server.url, '{ viewer { userId } }', undefined, { authorization: `Bearer ${given}` });
    expect(after.errors?.[0]?.extensions['code']).toBe('UNAUTHENTICATED');
  });
});

describe('a key', () => {
  async function withKey() {
    const all = await setup();
    const { userId } = await all.accounts.signedIn(A, null);
    const { secret, prefix, hash } = newSecret();
    const facts = { userId, name: 'k', prefix, hash, permissions: ['read'] as const, expiresAt: null };
    return { ...all, secret, userId, key: await all.accounts.addKey(facts) };
  }

  test('is taken over every transport, and its use is noted', async () => {
    const { server, accounts, secret, userId, key, clock } = await withKey();
    const authorization = `Bearer ${secret}`;
    expect((await query(server.url, '{ viewer { userId } }', undefined, { authorization })).data).toEqual({
      viewer: { userId },
    });
    const client = await WireClient.connect(server.url, { authorization });
    client.subscribe('v', '{ viewer { userId } }');
    expect(await client.next('v')).toEqual({ viewer: { userId } });
    await eventually('the use is noted', async () => (await accounts.key(key.id, null))?.lastUsedAt === clock.now());
  });

  test('that another process revokes ends what it let in, at once', async () => {
    const { clock, server, accounts, secret, key } = await withKey();
    const client = await WireClient.connect(server.url, { token: secret });
    client.subscribe('s', SESSION);
    expect((await client.next<SessionFrame>('s')).session.viewer).not.toBeNull();
    const elsewhere = new Revocations(server.bus, accounts, { clock, log: silentLog });
    await accounts.revokeKey(key.id);
    await elsewhere.tell({ kind: 'apiKey', id: key.id });
    expect((await client.next<SessionFrame>('s')).session.viewer).toBeNull();
    const again = await WireClient.open(server.url);
    again.send({ type: 'connection_init', payload: { token: secret } });
    expect(await again.closed).toMatchObject({ code: 4403, reason: 'The API key was revoked.' });
  });

  test('that was revoked unheard is found out by reading', async () => {
    const { clock, server, accounts, secret, key } = await withKey();
    const client = await WireClient.connect(server.url, { token: secret });
    client.subscribe('s', SESSION);
    await client.next('s');
    await clock.advance(1_000);
    await accounts.revokeKey(key.id);
    await clock.advance(MINUTE_MS);
    expect((await client.next<SessionFrame>('s')).session.viewer).toBeNull();
  });

  test('that has an end is good no longer after it', async () => {
    const { clock, server, accounts, userId } = await withKey();
    const { secret, prefix, hash } = newSecret();
    const expiresAt = clock.now() + MINUTE_MS;
    await accounts.addKey({ userId, name: 'short', prefix, hash, permissions: ['read'], expiresAt });
    const client = await WireClient.connect(server.url, { token: secret });
    await clock.advance(MINUTE_MS);
    expect((await client.closed).code).toBe(4403);
  });
});

test('the official client comes back with a new token after 4403, and its subscription goes on', async () => {
  const { clock, server, token } = await setup();
  let given = 0;
  const client = createClient({
    url: `${server.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryWait: () => Promise.resolve(),
    shouldRetry: () => true,
    connectionParams: async () => {
      given++;
      return { token: await token('alice', MINUTE_MS) };
    },
  });
  const got: unknown[] = [];
  client.subscribe(
    { query: 'subscription { trades { tradeId } }' },
    { next: ({ data }) => got.push(data), error: (error) => got.push(error), complete: () => undefined },
  );
  const listening = async () => (await server.status())['subscriptions'] === 1;
  await eventually('it listens', listening);
  await clock.advance(MINUTE_MS);
  await eventually('it has come back', async () => given === 2 && (await listening()));
  await server.bus.publishEvent(topics.trades, trade('A', 1));
  await eventually('it hears', () => got.length === 1);
  expect(got).toEqual([{ trades: { tradeId: '1' } }]);
  await client.dispose();
});

test('two processes over one bus: a token that is given up in one is good in neither', async () => {
  const bus = createMemoryBus({ clock: systemClock, log: silentLog });
  const database = await freshDatabase();
  const [one, two] = [await testServer({ bus, database }), await testServer({ bus, database })];
  const tokens = new Tokens(SERVER_OPTIONS.tokens, systemClock);
  const { token } = await tokens.sign({ userId: 'alice', addresses: [] }, ['read'], MINUTE_MS);
  const headers = { authorization: `Bearer ${token}` };
  await query(one.url, 'mutation { signOut { signedOut } }', undefined, headers);
  const asked = await query(two.url, '{ viewer { userId } }', undefined, headers);
  expect(asked.errors?.[0]?.message).toBe('The credential was revoked.');
});
