import { createClient } from 'graphql-ws';
import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { Identity } from '../../../src/model/identity.ts';
import { keysOfOneUser, tokenOf } from '../../support/credentials.ts';
import { freshDatabase } from '../../support/postgres.ts';
import { eventually, testServer } from '../../support/server.ts';
import { WireClient } from '../../support/wire-client.ts';

const TRADES = 'subscription { trades { tradeId } }';

/** Behind a proxy that is trusted everybody may be anybody. */
const BEHIND_PROXY = { trustedProxies: ['127.0.0.1'] };
const from = (address: string) => ({ headers: { 'x-forwarded-for': address } });

describe('the connections of a process', () => {
  test('are so many: one more is answered with 503, the limit, and when to come back', async () => {
    const server = await testServer({ maxConnections: 2 });
    const clients = [await WireClient.connect(server.url), await WireClient.connect(server.url)];
    expect(await WireClient.refused(server.url)).toEqual({
      status: 503,
      retryAfter: '5',
      error: {
        message: 'This server holds at most 2 connections.',
        extensions: expect.objectContaining({ code: 'TOO_MANY_CONNECTIONS', limit: 2, retryAfterMs: 5_000 }),
      },
    });
    expect(await server.status()).toMatchObject({ connections: 2, refused: { connections: 1 } });
    await clients[0]?.close();
    await eventually('one is free again', async () => (await server.status())['connections'] === 1);
    await WireClient.connect(server.url);
  });

  test('are never more than that, also of a hundred that come at once', async () => {
    const server = await testServer({ maxConnections: 10 });
    const attempts = await Promise.allSettled(Array.from({ length: 100 }, () => WireClient.connect(server.url)));
    expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
    expect(await server.status()).toMatchObject({ connections: 10, refused: { connections: 90 } });
  });
});

describe('the connections of an address', () => {
  test('are so many; a neighbour feels nothing, and what lives goes on living', async () => {
    const server = await testServer({ ...BEHIND_PROXY, maxConnectionsPerIp: 1 });
    const first = await WireClient.connect(server.url, undefined, from('198.51.100.1'));
    first.subscribe('a', TRADES);
    await first.live('a');
    expect(await WireClient.refused(server.url, from('198.51.100.1'))).toMatchObject({
      status: 429,
      retryAfter: '5',
      error: { extensions: { code: 'TOO_MANY_CONNECTIONS', limit: 1, retryAfterMs: 5_000 } },
    });
    await WireClient.connect(server.url, undefined, from('198.51.100.2'));
    expect(await server.status()).toMatchObject({ subscriptions: 1, refused: { connectionsPerIp: 1 } });
  });

  test('are given back by a socket that ends without a word', async () => {
    const server = await testServer({ maxConnectionsPerIp: 1 });
    const client = await WireClient.connect(server.url);
    client.socket.terminate();
    await eventually('it is gone', async () => (await server.status())['connections'] === 0);
    await WireClient.connect(server.url);
  });

  test('are given back by one that was refused for its protocol', async () => {
    const server = await testServer({ maxConnectionsPerIp: 1 });
    const wrong = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`);
    expect(await new Promise((resolve) => wrong.once('close', resolve))).toBe(4406);
    await eventually('it is gone', async () => (await server.status())['connections'] === 0);
    await WireClient.connect(server.url);
  });

  test('that is forged counts for who forged it', async () => {
    const server = await testServer({ maxConnectionsPerIp: 1 });
    await WireClient.connect(server.url, undefined, from('198.51.100.1'));
    expect((await WireClient.refused(server.url, from('198.51.100.2'))).status).toBe(429);
  });

  test('begin so many a second', async () => {
    const server = await testServer({ ...BEHIND_PROXY, connectionsPerSecondPerIp: 3 });
    const attempts = await Promise.allSettled(
      Array.from({ length: 12 }, () => WireClient.connect(server.url, undefined, from('198.51.100.1'))),
    );
    const refused = attempts.filter(({ status }) => status === 'rejected');
    // A second may have begun in between, on a machine that is slow enough.
    expect(refused.length).toBeGreaterThan(0);
    expect(await server.status()).toMatchObject({ refused: { newConnections: refused.length } });
    await WireClient.connect(server.url, undefined, from('198.51.100.2'));
  });

  test('that begin too fast are told when to try again', async () => {
    const server = await testServer({ connectionsPerSecondPerIp: 1 });
    const [first, second] = await Promise.allSettled([WireClient.refused(server.url), WireClient.refused(server.url)]);
    const [refused] = [first, second].flatMap((attempt) => (attempt.status === 'fulfilled' ? attempt.value : []));
    expect(refused).toMatchObject({
      status: 429,
      retryAfter: '1',
      error: { extensions: { code: 'RATE_LIMITED', limit: 1, retryAfterMs: expect.any(Number) } },
    });
  });
});

describe('the connections of a user', () => {
  test('are so many: one more is closed with 1013 and the reason, before it is acknowledged', async () => {
    const server = await testServer({ maxConnectionsPerUser: 1 });
    const [ada, bob] = [await tokenOf('ada'), await tokenOf('bob')];
    const first = await WireClient.connect(server.url, { token: ada });
    const second = await WireClient.open(server.url);
    second.send({ type: 'connection_init', payload: { token: ada } });
    expect(await second.closed).toEqual({ code: 1013, reason: 'A user holds at most 1 connections.' });
    expect(second.received).toEqual([]);
    await WireClient.connect(server.url, { token: bob });
    await WireClient.connect(server.url);
    await first.settled();
    expect(await server.status()).toMatchObject({ refused: { connectionsPerUser: 1 } });
  });

  test('are counted for its API key as well, and given back', async () => {
    const database = await freshDatabase();
    const [one = '', two = ''] = await keysOfOneUser(database, 2);
    const server = await testServer({ database, maxConnectionsPerUser: 2, maxConnectionsPerApiKey: 1 });
    const first = await WireClient.connect(server.url, { token: one });
    const refused = async (token: string) => {
      const client = await WireClient.open(server.url);
      client.send({ type: 'connection_init', payload: { token } });
      return client.closed;
    };
    expect(await refused(one)).toEqual({ code: 1013, reason: 'An API key holds at most 1 connections.' });
    const second = await WireClient.connect(server.url, { token: two });
    await Promise.all([first.close(), second.close()]);
    await eventually('both are free again', async () => (await server.status())['connections'] === 0);
    await WireClient.connect(server.url, { token: one });
  });

  test('begin so many a second by one API key, wherever they come from', async () => {
    const database = await freshDatabase();
    const [key = ''] = await keysOfOneUser(database, 1);
    const server = await testServer({ ...BEHIND_PROXY, database, connectionsPerSecondPerIp: 2 });
    const clients = await Promise.all(
      Array.from({ length: 9 }, (_, i) => WireClient.open(server.url, from(`198.51.100.${i}`))),
    );
    for (const client of clients) client.send({ type: 'connection_init', payload: { token: key } });
    const ends = await Promise.race(clients.map(({ closed }) => closed));
    expect(ends).toEqual({
      code: 1013,
      reason: 'An address or API key begins at most 2 connections and streams a second.',
    });
  });

  test('of the demo, who is everybody, are not counted', async () => {
    const demo: Identity = {
      userId: 'demo',
      addresses: [],
      permissions: ['read'],
      credential: { kind: 'demo', id: 'demo' },
      expiresAt: null,
    };
    const server = await testServer({ demo, maxConnectionsPerUser: 1 });
    for (let i = 0; i < 3; i++) await WireClient.connect(server.url);
    expect(await server.status()).toMatchObject({ connections: 3, refused: {} });
  });
});

describe('the official client', () => {
  test('comes back after 1013, and gets what it asked for', async () => {
    const server = await testServer({ maxConnectionsPerUser: 1 });
    const token = await tokenOf('ada');
    const blocking = await WireClient.connect(server.url, { token });
    const closed: number[] = [];
    const client = createClient({
      url: `${server.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { token },
      retryAttempts: 1_000,
      retryWait: async () => {
        // As soon as it has been turned away once, there is room.
        await blocking.close();
        await eventually('there is room', async () => (await server.status())['connections'] === 0);
      },
      on: { closed: (event) => closed.push((event as { code: number }).code) },
    });
    const answers = client.iterate<{ serverTime: string }>({ query: '{ serverTime }' });
    expect((await answers.next()).value?.data).toEqual({ serverTime: expect.any(String) });
    expect(closed[0]).toBe(1013);
    await client.dispose();
  });

  test('comes back after an upgrade that was refused', async () => {
    const server = await testServer({ maxConnectionsPerIp: 1 });
    const blocking = await WireClient.connect(server.url);
    let refused = 0;
    const client = createClient({
      url: `${server.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      shouldRetry: () => true,
      retryAttempts: 1_000,
      retryWait: async () => {
        refused++;
        await blocking.close();
        await eventually('there is room', async () => (await server.status())['connections'] === 0);
      },
    });
    const answers = client.iterate<{ serverTime: string }>({ query: '{ serverTime }' });
    expect((await answers.next()).value?.data).toEqual({ serverTime: expect.any(String) });
    expect(refused).toBe(1);
    await client.dispose();
  });
});

describe('the handshake', () => {
  test('that is never finished ends with 4408', async () => {
    const { url } = await testServer({ handshakeTimeoutMs: 50 });
    const client = await WireClient.open(url);
    expect((await client.closed).code).toBe(4408);
  });
});
