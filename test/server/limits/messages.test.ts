import { describe, expect, test } from 'vitest';
import { topics } from '../../../src/bus/topics.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { trade } from '../../support/market.ts';
import { testServer } from '../../support/server.ts';
import { WireClient } from '../../support/wire-client.ts';

const TRADES = 'subscription { trades { tradeId } }';
const TIME = '{ serverTime }';

describe('the messages of a connection', () => {
  test('are so many in one go: an operation beyond is refused with the limit and when to try again, and then runs', async () => {
    const clock = new FakeClock();
    const server = await testServer({ clock, messagesPerSecond: 20, messageBurst: 3 });
    // `connection_init` is the first.
    const client = await WireClient.connect(server.url);
    client.subscribe('live', TRADES);
    await client.live('live');
    client.subscribe('a', TIME);
    await client.next('a');
    client.subscribe('b', TIME);
    expect(await client.error('b')).toEqual({
      message: 'A connection sends at most 20 messages a second.',
      extensions: {
        code: 'RATE_LIMITED',
        limit: 20,
        retryAfterMs: 100,
        requestId: expect.any(String),
        timestamp: expect.any(String),
      },
    });
    expect(await server.status()).toMatchObject({ refused: { messages: 1 } });
    await server.bus.publishEvent(topics.trades, trade('A', 1));
    expect(await client.next('live')).toEqual({ trades: { tradeId: '1' } });
    await clock.advance(100);
    client.subscribe('b', TIME);
    expect(await client.next('b')).toEqual({ serverTime: expect.any(String) });
  });

  test('that ask for much count as several', async () => {
    const clock = new FakeClock();
    const server = await testServer({ clock, messagesPerSecond: 1, messageBurst: 7 });
    const client = await WireClient.connect(server.url);
    // 501 is twice 250: with the message itself three, and `connection_init` one.
    const dear = '{ recentTrades(symbol: "A", last: 500) { id } }';
    client.subscribe('a', dear);
    await client.next('a');
    client.subscribe('b', dear);
    await client.next('b');
    client.subscribe('c', TIME);
    expect((await client.error('c')).extensions).toMatchObject({ code: 'RATE_LIMITED', limit: 1 });
    await clock.advance(3_000);
    client.subscribe('c', dear);
    expect((await client.error('c')).extensions).toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: 1_000 });
    client.subscribe('d', TIME);
    await client.next('d');
  });

  test('of a neighbour are its own', async () => {
    const server = await testServer({ clock: new FakeClock(), messagesPerSecond: 1, messageBurst: 2 });
    const [loud, quiet] = [await WireClient.connect(server.url), await WireClient.connect(server.url)];
    for (const id of ['a', 'b', 'c']) loud.subscribe(id, TIME);
    await loud.error('c');
    quiet.subscribe('a', TIME);
    expect(await quiet.next('a')).toEqual({ serverTime: expect.any(String) });
  });

  test('that answer a ping or complete an operation are free', async () => {
    // One each for `connection_init` and for three operations.
    const server = await testServer({ clock: new FakeClock(), messagesPerSecond: 1, messageBurst: 4 });
    const client = await WireClient.connect(server.url);
    client.subscribe('a', TRADES);
    client.subscribe('b', TRADES);
    await client.live('b');
    for (const id of ['a', 'b']) {
      client.send({ type: 'pong' });
      client.complete(id);
    }
    client.subscribe('c', TIME);
    expect(await client.next('c')).toEqual({ serverTime: expect.any(String) });
    expect(await server.status()).toMatchObject({ refused: {} });
  });

  test('beyond all measure close it with 1013 and the reason, and no other', async () => {
    const server = await testServer({ clock: new FakeClock(), messagesPerSecond: 20, messageBurst: 10 });
    const [loud, quiet] = [await WireClient.connect(server.url), await WireClient.connect(server.url)];
    quiet.subscribe('a', TRADES);
    await quiet.live('a');
    for (let i = 0; i < 100; i++) loud.send({ type: 'ping' });
    expect(await loud.closed).toEqual({ code: 1013, reason: 'A connection sends at most 20 messages a second.' });
    await server.bus.publishEvent(topics.trades, trade('A', 1));
    expect(await quiet.next('a')).toEqual({ trades: { tradeId: '1' } });
  });

  test('count also where they are pings, pongs that nobody asked for, or frames of WebSocket itself', async () => {
    const limits = { clock: new FakeClock(), messagesPerSecond: 20, messageBurst: 10 };
    const floods: ((client: WireClient) => void)[] = [
      (client) => client.send({ type: 'pong' }),
      (client) => client.complete('nothing'),
      (client) => client.socket.ping(),
      (client) => client.socket.pong('made up'),
    ];
    const { url } = await testServer(limits);
    for (const send of floods) {
      const client = await WireClient.connect(url);
      for (let i = 0; i < 100; i++) send(client);
      expect((await client.closed).code).toBe(1013);
    }
  });

  test('with the id of a live operation still end as the protocol says, also beyond the limit', async () => {
    const { url } = await testServer({ clock: new FakeClock(), messagesPerSecond: 1, messageBurst: 2 });
    const client = await WireClient.connect(url);
    client.subscribe('a', TRADES);
    await client.live('a');
    client.subscribe('a', TRADES);
    expect((await client.closed).code).toBe(4409);
  });

  test('ask for nothing new while answers wait unread', async () => {
    const server = await testServer({ maxQueueBytes: 65_536 });
    const client = await WireClient.connect(server.url);
    const padding = 'x'.repeat(40_000);
    client.socket.pause();
    for (let i = 0; i < 10; i++) client.send({ type: 'ping', payload: { padding } });
    client.subscribe('a', TIME);
    client.socket.resume();
    expect(await client.error('a')).toMatchObject({
      extensions: { code: 'RATE_LIMITED', limit: 65_536, retryAfterMs: 1_000 },
    });
    await client.settled();
    client.subscribe('a', TIME);
    expect(await client.next('a')).toEqual({ serverTime: expect.any(String) });
  });

  test('are as long as the limit says', async () => {
    const { url } = await testServer({ maxMessageBytes: 2_000 });
    const client = await WireClient.connect(url);
    client.send({ type: 'ping', payload: { text: 'x'.repeat(1_900) } });
    await client.settled();
    client.send({ type: 'ping', payload: { text: 'x'.repeat(2_000) } });
    expect((await client.closed).code).toBe(1009);
  });
});

describe('the subscriptions of a connection', () => {
  test('are so many; there is room again when one is complete', async () => {
    const server = await testServer({ maxSubscriptionsPerConnection: 1 });
    const client = await WireClient.connect(server.url);
    client.subscribe('a', TRADES);
    await client.live('a');
    client.subscribe('b', TRADES);
    expect(await client.error('b')).toMatchObject({
      message: 'A connection holds at most 1 subscriptions. Complete one first.',
      extensions: { code: 'TOO_MANY_SUBSCRIPTIONS', limit: 1 },
    });
    client.complete('a');
    client.subscribe('b', TRADES);
    await client.live('b');
    expect(await server.status()).toMatchObject({ subscriptions: 1, refused: { subscriptions: 1 } });
  });
});
