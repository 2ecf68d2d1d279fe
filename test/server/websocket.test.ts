import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { createMemoryBus } from '../../src/bus/memory-bus.ts';
import { topics } from '../../src/bus/topics.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { heldBus } from '../support/held-bus.ts';
import { instrument, price, trade } from '../support/market.ts';
import { eventually, silentLog, testServer } from '../support/server.ts';
import { WireClient } from '../support/wire-client.ts';

const PRICES = 'subscription { prices(filter: {symbols: ["BTCUSDT"]}) { id symbol price snapshot sequence } }';
const TRADES = 'subscription ($after: Cursor) { trades(after: $after) { tradeId cursor replayed } }';

describe('the connection', () => {
  test('is acknowledged with what a client needs to know about it', async () => {
    const server = await testServer();
    const client = await WireClient.open(server.url);
    client.send({ type: 'connection_init', payload: { clientId: 'web-1' } });
    const { payload } = await client.take(({ type }) => type === 'connection_ack');
    expect(payload).toEqual({
      sessionId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      clientId: 'web-1',
      serverTime: expect.stringMatching(/Z$/),
      heartbeatMs: 25_000,
      idleTimeoutMs: 300_000,
      maxSubscriptions: 100,
    });
  });

  test('without the subprotocol is closed with 4406, on another path refused', async () => {
    const { url } = await testServer();
    const other = new WebSocket(`${url.replace('http', 'ws')}/graphql`);
    expect(await new Promise((resolve) => other.once('close', resolve))).toBe(4406);
    const elsewhere = new WebSocket(`${url.replace('http', 'ws')}/elsewhere`, 'graphql-transport-ws');
    await expect(new Promise((_, reject) => elsewhere.once('error', reject))).rejects.toThrow('404');
  });

  test('from an origin that is not allowed is refused', async () => {
    const { url } = await testServer({ allowedOrigins: ['https://app.example.com'] });
    await expect(WireClient.open(url, { origin: 'https://evil.example.com' })).rejects.toThrow('403');
    await (await WireClient.open(url, { origin: 'https://app.example.com' })).close();
  });

  test('that speaks no JSON is closed with 4400, and one with too long a message with 1009', async () => {
    const { url } = await testServer();
    const garbled = await WireClient.connect(url);
    garbled.socket.send('{"type":');
    expect((await garbled.closed).code).toBe(4400);
    const long = await WireClient.connect(url);
    long.socket.send('x'.repeat(65_537));
    expect((await long.closed).code).toBe(1009);
  });

  test('without a subscription is closed after the idle time with 1000', async () => {
    const { url } = await testServer({ heartbeatIntervalMs: 100, heartbeatTimeoutMs: 10_000, idleTimeoutMs: 300 });
    const client = await WireClient.connect(url);
    expect(await client.closed).toEqual({ code: 1000, reason: 'idle' });
  });

  test('is told to come back elsewhere with 1012 when the server stops', async () => {
    const server = await testServer();
    const client = await WireClient.connect(server.url);
    client.subscribe('a', TRADES);
    await client.live('a');
    await server.stop();
    expect((await client.closed).code).toBe(1012);
  });
});

describe('an operation', () => {
  test('gets the snapshot first, is said to be live, then gets every change', async () => {
    const { url, bus } = await testServer();
    await bus.publishState(topics.prices, price('BTCUSDT', '61000'));
    const client = await WireClient.connect(url);
    client.subscribe('a', PRICES);
    expect(await client.next('a')).toEqual({
      prices: expect.objectContaining({ price: '61000', snapshot: true, sequence: 1 }),
    });
    await client.live('a');
    await bus.publishState(topics.prices, price('BTCUSDT', '61001.5'));
    expect(await client.next('a')).toEqual({
      prices: expect.objectContaining({ price: '61001.5', snapshot: false, sequence: 2 }),
    });
  });

  test('is live also when nothing matches yet', async () => {
    const { url } = await testServer();
    const client = await WireClient.connect(url);
    client.subscribe('a', PRICES);
    expect((await client.live('a')).live).toEqual(['a']);
  });

  test('that is not GraphQL, or does not fit, or is too large, is refused alone', async () => {
    const { url } = await testServer();
    const client = await WireClient.connect(url);
    const refused = [
      ['syntax', 'subscription {', 'GRAPHQL_PARSE_FAILED'],
      ['deep', `{${'a{'.repeat(20_000)}`, 'GRAPHQL_PARSE_FAILED'],
      ['field', 'subscription { prices { nothing } }', 'GRAPHQL_VALIDATION_FAILED'],
      ['two', 'subscription { prices { id } trades { id } }', 'GRAPHQL_VALIDATION_FAILED'],
      ['skip', 'subscription ($x: Boolean!) { prices @skip(if: $x) { id } }', 'GRAPHQL_VALIDATION_FAILED'],
      ['fragment', 'subscription { ... @include(if: true) { prices { id } } }', 'GRAPHQL_VALIDATION_FAILED'],
      ['meta', 'subscription { __typename }', 'GRAPHQL_VALIDATION_FAILED'],
      ['none', 'fragment F on Price { id }', 'GRAPHQL_VALIDATION_FAILED'],
    ] as const;
    for (const [id, query, code] of refused) {
      client.subscribe(id, query);
      expect([id, (await client.error(id)).extensions['code']]).toEqual([id, code]);
    }
    client.subscribe('good', '{ serverTime }');
    expect(await client.next('good')).toEqual({ serverTime: expect.any(String) });
  });

  test('gets its answer to a query, then complete', async () => {
    const { url } = await testServer();
    const client = await WireClient.connect(url);
    client.subscribe('q', '{ instruments { symbol } }');
    expect(await client.next('q')).toEqual({ instruments: [] });
    await client.take(({ type, id }) => type === 'complete' && id === 'q');
  });

  test('may be called constructor or __proto__, but not by more than 128 bytes', async () => {
    const { url } = await testServer();
    const client = await WireClient.connect(url);
    for (const id of ['constructor', '__proto__', 'toString', 'ü'.repeat(60)]) {
      client.subscribe(id, TRADES);
      expect((await client.live(id)).live).toContain(id);
    }
    client.subscribe('x'.repeat(200), TRADES);
    expect((await client.closed).code).toBe(4400);
  });

  test('with the id of one that is live closes the connection with 4409', async () => {
    const { url } = await testServer();
    const client = await WireClient.connect(url);
    client.subscribe('a', TRADES);
    await client.live('a');
    client.subscribe('a', TRADES);
    expect((await client.closed).code).toBe(4409);
  });

  test('beyond the limit of the connection is refused with the limit', async () => {
    const { url } = await testServer({ maxSubscriptionsPerConnection: 1 });
    const client = await WireClient.connect(url);
    client.subscribe('a', TRADES);
    await client.live('a');
    client.subscribe('b', TRADES);
    expect(await client.error('b')).toMatchObject({ extensions: { code: 'TOO_MANY_SUBSCRIPTIONS', limit: 1 } });
  });
});

describe('the end of an operation', () => {
  test('by complete detaches it, on a topic where nothing happens', async () => {
    const server = await testServer();
    const client = await WireClient.connect(server.url);
    client.subscribe('a', TRADES);
    await client.live('a');
    expect(await server.status()).toMatchObject({ subscriptions: 1, questions: 1 });
    client.complete('a');
    await client.settled();
    expect(await server.status()).toMatchObject({ subscriptions: 0, questions: 0 });
  });

  test('by the end of the socket detaches all of its operations', async () => {
    const server = await testServer();
    const client = await WireClient.connect(server.url);
    for (const id of ['a', 'b', 'c']) client.subscribe(id, id === 'a' ? PRICES : TRADES);
    await client.live('c');
    client.socket.terminate();
    await eventually('all detached', async () => {
      const { subscriptions, questions, connections } = await server.status();
      return subscriptions === 0 && questions === 0 && connections === 0;
    });
  });

  test('and its id used again at once: the new one lives, the old one leaves nothing behind', async () => {
    const server = await testServer();
    const client = await WireClient.connect(server.url);
    client.subscribe('a', TRADES);
    await client.live('a');
    for (let round = 0; round < 20; round++) {
      client.complete('a');
      client.subscribe('a', TRADES);
    }
    await client.settled();
    await eventually('the last one is joined', async () => (await server.status())['questions'] === 1);
    await server.bus.publishEvent(topics.trades, trade('BTCUSDT', 1));
    expect(await client.next('a')).toMatchObject({ trades: { tradeId: '1' } });
    expect(client.received.some(({ type }) => type === 'complete')).toBe(false);
    client.socket.terminate();
    await eventually('nothing is left', async () => (await server.status())['questions'] === 0);
  });

  test('is the end of one that waits for the same id as well: the last one that was asked for lives', async () => {
    const bus = heldBus(createMemoryBus({ clock: systemClock, log: silentLog }));
    const { url, status } = await testServer({ bus });
    await bus.publishState(topics.prices, price('A', '1'));
    bus.hold();
    const client = await WireClient.connect(url);
    client.subscribe('a', 'subscription { prices { price } }');
    await eventually('it reads', () => bus.waiting === 1);
    for (const member of ['symbol', 'source']) {
      client.complete('a');
      client.subscribe('a', `subscription { prices { ${member} } }`);
    }
    await client.settled();
    bus.release();
    expect(await client.next('a')).toEqual({ prices: { source: 'test' } });
    await client.live('a');
    expect(await status()).toMatchObject({ subscriptions: 1, questions: 1 });
  });

  test('that waits for the same id leaves its id in use', async () => {
    const bus = heldBus(createMemoryBus({ clock: systemClock, log: silentLog }));
    const { url } = await testServer({ bus });
    bus.hold();
    const client = await WireClient.connect(url);
    client.subscribe('a', PRICES);
    await eventually('it reads', () => bus.waiting === 1);
    client.complete('a');
    client.subscribe('a', PRICES);
    client.subscribe('a', PRICES);
    expect((await client.closed).code).toBe(4409);
    bus.release();
  });

  test('before it has been joined leaves nothing behind and writes nothing', async () => {
    const server = await testServer();
    await server.bus.publishState(topics.prices, price('BTCUSDT', '1'));
    const client = await WireClient.connect(server.url);
    client.subscribe('a', PRICES);
    client.complete('a');
    client.subscribe('b', '{ serverTime }');
    await client.next('b');
    await eventually('nothing is left', async () => (await server.status())['questions'] === 0);
    client.socket.terminate();
    await eventually('the connection is gone', async () => (await server.status())['connections'] === 0);
    expect(await server.status()).toMatchObject({ subscriptions: 0, questions: 0 });
  });
});

describe('a symbol that nobody knows', () => {
  test('is accepted before any worker has spoken, refused with the nearest names after', async () => {
    const { url, bus } = await testServer();
    const client = await WireClient.connect(url);
    client.subscribe('a', 'subscription { trades(filter: {symbols: ["BTCUSD"]}) { id } }');
    await client.live('a');
    for (const symbol of ['BTCUSDT', 'ETHUSDT', 'AAPL', 'MSFT', 'BNBUSDT', 'SOLUSDT'])
      await bus.publishState(topics.instruments, instrument(symbol));
    client.subscribe('b', 'subscription { trades(filter: {symbols: ["BTCUSD"]}) { id } }');
    const { extensions } = await client.error('b');
    expect(extensions).toMatchObject({ code: 'BAD_USER_INPUT', argument: 'filter.symbols' });
    expect(extensions['allowed']).toHaveLength(5);
    expect((extensions['allowed'] as string[])[0]).toBe('BTCUSDT');
  });
});

describe('the statistics of a connection', () => {
  type Stats = {
    deliveryStats: {
      id: string;
      queuedBytes: number;
      snapshot: boolean;
      subscriptions: { operationId: string; field: string; delivered: number; lagMs: { p50: number; p99: number } }[];
    };
  };
  const STATS =
    'subscription Delivery { deliveryStats { id queuedBytes subscriptions { operationId field delivered conflated queuedBytes lagMs { p50 p99 } } snapshot sequence timestamp } }';

  test('tell what each of its subscriptions was given, to itself alone', async () => {
    const clock = new FakeClock();
    const { url, bus } = await testServer({ clock });
    const [one, two] = [await WireClient.connect(url), await WireClient.connect(url)];
    for (const client of [one, two]) {
      client.subscribe('trades', TRADES);
      await client.live('trades');
    }
    one.subscribe('stats', STATS);
    expect((await one.next<Stats>('stats')).deliveryStats).toMatchObject({
      snapshot: true,
      subscriptions: [{ operationId: 'trades', field: 'trades', delivered: 0 }],
    });
    await one.live('stats');
    for (let id = 1; id <= 5; id++) await bus.publishEvent(topics.trades, trade('A', id));
    await clock.advance(1_000);
    const { deliveryStats } = await one.next<Stats>('stats');
    expect(deliveryStats.subscriptions).toMatchObject([
      { operationId: 'trades', delivered: 5, lagMs: { p50: 1, p99: 1 } },
      { operationId: 'stats', field: 'deliveryStats', delivered: 1 },
    ]);
    two.subscribe('node', 'query ($id: ID!) { node(id: $id) { id } }', { id: deliveryStats.id });
    expect(await two.next('node')).toEqual({ node: null });
    one.subscribe('node', 'query ($id: ID!) { node(id: $id) { id } }', { id: deliveryStats.id });
    expect(await one.next('node')).toEqual({ node: { id: deliveryStats.id } });
  });
});
