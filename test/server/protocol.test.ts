/**
 * Every rule of the GraphQL over WebSocket protocol (graphql-transport-ws) that binds a server, one test each, in the
 * order of its text. What this server promises beyond it is in websocket.test.ts.
 */
import { validateMessage } from 'graphql-ws';
import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { createMemoryBus } from '../../src/bus/memory-bus.ts';
import { topics } from '../../src/bus/topics.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { heldBus } from '../support/held-bus.ts';
import { price, trade } from '../support/market.ts';
import { eventually, silentLog, testServer } from '../support/server.ts';
import { type Message, WireClient } from '../support/wire-client.ts';

const TRADES = 'subscription { trades { tradeId } }';
const TIME = '{ serverTime }';
const PRICE = '{ price(symbol: "A", source: "test") { price } }';

/** A server whose reads wait: an operation is under way for as long as a test wants. */
async function heldServer() {
  const bus = heldBus(createMemoryBus({ clock: systemClock, log: silentLog }));
  const server = await testServer({ bus });
  await bus.publishState(topics.prices, price('A', '1'));
  bus.hold();
  return { bus, server };
}

/** Sends a message, as text or as an object, on a connection that is acknowledged; how the server closes it. */
async function closedBy(url: string, ...messages: readonly (string | object)[]) {
  const client = await WireClient.connect(url);
  for (const message of messages) client.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  return client.closed;
}

describe('communication', () => {
  test('the subprotocol is graphql-transport-ws, also where a client offers others beside it', async () => {
    const { url } = await testServer();
    const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, ['graphql-ws', 'graphql-transport-ws']);
    await new Promise((resolve) => socket.once('open', resolve));
    expect(socket.protocol).toBe('graphql-transport-ws');
    socket.close();
  });

  test('the deprecated subprotocol graphql-ws is closed with 4406', async () => {
    const { url } = await testServer();
    const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-ws');
    socket.on('error', () => undefined);
    expect(await new Promise((resolve) => socket.once('close', resolve))).toSatisfy((code) =>
      // ws's own client hangs up by itself when no subprotocol is chosen.
      [1006, 4406].includes(code as number),
    );
  });

  test('all messages of the server are JSON text with a type, and those of an operation carry its id', async () => {
    const { url, bus } = await testServer();
    const client = await WireClient.open(url);
    const binary: boolean[] = [];
    client.socket.on('message', (_data, isBinary) => binary.push(isBinary));
    client.send({ type: 'connection_init' });
    client.send({ type: 'ping' });
    client.subscribe('s', TRADES);
    await client.live('s');
    await bus.publishEvent(topics.trades, trade('A', 1));
    await client.next('s');
    client.subscribe('q', TIME);
    await client.take(({ type, id }) => type === 'complete' && id === 'q');
    client.subscribe('e', '{ nothing }');
    await client.error('e');
    expect(new Set(client.received.map(({ type }) => type))).toEqual(
      new Set(['connection_ack', 'pong', 'ping', 'next', 'complete', 'error']),
    );
    for (const message of client.received) expect(() => validateMessage(message)).not.toThrow();
    for (const { type, id } of client.received)
      expect([type, id !== undefined]).toEqual([type, ['next', 'complete', 'error'].includes(type)]);
    expect(binary).not.toContain(true);
  });

  test('operations with separate ids are active at once, and their messages interleave', async () => {
    const { url, bus } = await testServer();
    const client = await WireClient.connect(url);
    for (const id of ['a', 'b']) {
      client.subscribe(id, TRADES);
      await client.live(id);
    }
    for (const number of [1, 2]) await bus.publishEvent(topics.trades, trade('A', number));
    for (const id of ['a', 'b'])
      for (const tradeId of ['1', '2']) expect(await client.next(id)).toEqual({ trades: { tradeId } });
  });

  test('a client that closes with 1000 is answered with 1000', async () => {
    const { url } = await testServer();
    const client = await WireClient.connect(url);
    client.socket.close(1000);
    expect((await client.closed).code).toBe(1000);
  });
});

describe('ConnectionInit', () => {
  test('that does not come in time closes with 4408', async () => {
    const { url } = await testServer({ handshakeTimeoutMs: 50 });
    expect(await (await WireClient.open(url)).closed).toEqual({
      code: 4408,
      reason: 'Connection initialisation timeout',
    });
  });

  test('that does not come in time closes with 4408 though the client talks all the while', async () => {
    const { url } = await testServer({ handshakeTimeoutMs: 100 });
    const client = await WireClient.open(url);
    for (let i = 0; i < 5; i++) client.send({ type: 'ping' });
    expect((await client.closed).code).toBe(4408);
  });

  test('a second one closes with 4429', async () => {
    const { url } = await testServer();
    expect(await closedBy(url, { type: 'connection_init' })).toEqual({
      code: 4429,
      reason: 'Too many initialisation requests',
    });
  });

  test('a second one closes with 4429 though the first is not acknowledged yet', async () => {
    const { url } = await testServer();
    const client = await WireClient.open(url);
    client.socket.send('{"type":"connection_init"}');
    client.socket.send('{"type":"connection_init"}');
    expect((await client.closed).code).toBe(4429);
  });

  test('that is rejected closes with 4403', async () => {
    const { url } = await testServer({ requireIdentity: true });
    const client = await WireClient.open(url);
    client.send({ type: 'connection_init' });
    expect((await client.closed).code).toBe(4403);
    expect(client.received).toEqual([]);
  });

  test.each([
    ['missing', undefined],
    ['null', null],
    ['empty', {}],
  ])('may have a payload that is %s', async (_what, payload) => {
    const { url } = await testServer();
    const client = await WireClient.open(url);
    client.send({ type: 'connection_init', payload });
    expect((await client.take(() => true)).type).toBe('connection_ack');
  });

  test.each(['text', 1, true, ['list']])('with a payload that is no object closes with 4400: %j', async (payload) => {
    const { url } = await testServer();
    const client = await WireClient.open(url);
    client.send({ type: 'connection_init', payload });
    expect((await client.closed).code).toBe(4400);
  });
});

describe('ConnectionAck', () => {
  test('is sent once, after ConnectionInit and not before', async () => {
    const { url } = await testServer();
    const client = await WireClient.open(url);
    await client.settled();
    expect(client.received.map(({ type }) => type)).toEqual(['pong']);
    client.send({ type: 'connection_init' });
    await client.take(({ type }) => type === 'connection_ack');
    await client.settled();
    expect(client.received.filter(({ type }) => type === 'connection_ack')).toHaveLength(1);
  });
});

describe('Ping and Pong', () => {
  test('a Ping is answered with a Pong, with its payload, also before the connection is acknowledged', async () => {
    const { url } = await testServer();
    const client = await WireClient.open(url);
    client.send({ type: 'ping' });
    expect(await client.take(({ type }) => type === 'pong')).toEqual({ type: 'pong' });
    client.send({ type: 'ping', payload: { at: 1 } });
    expect(await client.take(({ type }) => type === 'pong')).toEqual({ type: 'pong', payload: { at: 1 } });
  });

  test('a Pong that nobody asked for is taken in silence, before and after the acknowledgement', async () => {
    const { url } = await testServer();
    const client = await WireClient.open(url);
    client.send({ type: 'pong' });
    client.send({ type: 'connection_init' });
    client.send({ type: 'pong', payload: { any: 'thing' } });
    client.subscribe('q', TIME);
    await client.next('q');
    await client.settled();
    const types = client.received.map(({ type }) => type);
    expect(types).toEqual(['connection_ack', 'next', 'complete', 'pong']);
  });

  test.each(['ping', 'pong'])('a %s with a payload that is no object closes with 4400', async (type) => {
    const { url } = await testServer();
    expect((await closedBy(url, { type, payload: 'text' })).code).toBe(4400);
  });
});

describe('Subscribe', () => {
  test('before the acknowledgement closes with 4401', async () => {
    const { url } = await testServer();
    const client = await WireClient.open(url);
    client.subscribe('a', TIME);
    expect(await client.closed).toEqual({ code: 4401, reason: 'Unauthorized' });
    expect(client.received).toEqual([]);
  });

  test('with the id of an active subscription closes with 4409 and says which', async () => {
    const { url } = await testServer();
    const subscribe = { type: 'subscribe', id: 'a', payload: { query: TRADES } };
    expect(await closedBy(url, subscribe, subscribe)).toEqual({
      code: 4409,
      reason: 'Subscriber for a already exists',
    });
  });

  test('with the id of an active subscription closes with 4409 though the id is too long for a reason', async () => {
    const { url } = await testServer();
    const subscribe = { type: 'subscribe', id: 'ü'.repeat(60), payload: { query: TRADES } };
    const { code, reason } = await closedBy(url, subscribe, subscribe);
    expect(code).toBe(4409);
    expect(reason).toMatch(/^Subscriber for üü/);
  });

  test.each([
    ['a query', PRICE, PRICE],
    ['a subscription', PRICE, TRADES],
  ])('with the id of a query under way closes with 4409, for %s too', async (_what, first, second) => {
    const { bus, server } = await heldServer();
    const client = await WireClient.connect(server.url);
    client.subscribe('a', first);
    await eventually('it reads', () => bus.waiting === 1);
    client.subscribe('a', second);
    expect((await client.closed).code).toBe(4409);
    bus.release();
  });

  test.each([
    ['completed by the client', TRADES, true],
    ['completed by the server', TIME, false],
    ['refused', '{ nothing }', false],
  ])('may use the id again of an operation that was %s', async (_how, query, completes) => {
    const { url } = await testServer();
    const client = await WireClient.connect(url);
    client.subscribe('a', query);
    if (completes) await client.live('a');
    if (completes) client.complete('a');
    else await client.take(({ type, id }) => id === 'a' && type !== 'next');
    client.subscribe('a', TRADES);
    expect((await client.live('a')).live).toEqual(['a']);
  });

  test.each([
    ['no id', { payload: { query: TIME } }],
    ['an empty id', { id: '', payload: { query: TIME } }],
    ['an id that is a number', { id: 1, payload: { query: TIME } }],
    ['no payload', { id: 'a' }],
    ['a payload that is text', { id: 'a', payload: TIME }],
    ['no query', { id: 'a', payload: {} }],
    ['a query that is no text', { id: 'a', payload: { query: 1 } }],
    ['an operationName that is no text', { id: 'a', payload: { query: TIME, operationName: 1 } }],
    ['variables that are no object', { id: 'a', payload: { query: TIME, variables: 'x' } }],
    ['extensions that are no object', { id: 'a', payload: { query: TIME, extensions: 'x' } }],
  ])('with %s closes with 4400', async (_what, members) => {
    const { url } = await testServer();
    expect((await closedBy(url, { type: 'subscribe', ...members })).code).toBe(4400);
  });

  test('may have an operationName, variables and extensions that are null', async () => {
    const { url } = await testServer();
    const client = await WireClient.connect(url);
    const payload = { query: TIME, operationName: null, variables: null, extensions: null };
    client.send({ type: 'subscribe', id: 'a', payload });
    expect(await client.next('a')).toEqual({ serverTime: expect.any(String) });
  });

  test('runs the operation that operationName names', async () => {
    const { url } = await testServer();
    const client = await WireClient.connect(url);
    const payload = { query: 'query A { a: serverTime } query B { b: serverTime }', operationName: 'B' };
    client.send({ type: 'subscribe', id: 'a', payload });
    expect(await client.next('a')).toEqual({ b: expect.any(String) });
  });
});

describe('Next, Error and Complete', () => {
  const of = (client: WireClient, id: string) => client.received.filter((message) => message.id === id);
  const types = (messages: readonly Message[]) => messages.map(({ type }) => type);

  test('a query is one Next, then Complete', async () => {
    const { url } = await testServer();
    const client = await WireClient.connect(url);
    client.subscribe('q', TIME);
    await client.take(({ type, id }) => type === 'complete' && id === 'q');
    await client.settled();
    expect(types(of(client, 'q'))).toEqual(['next', 'complete']);
  });

  test('Error ends the operation: a list of errors, and no Complete after it', async () => {
    const { url } = await testServer();
    const client = await WireClient.connect(url);
    const broken = { syntax: '{', field: '{ nothing }', refused: 'subscription { trades(last: 0) { id } }' };
    for (const [id, query] of Object.entries(broken)) client.subscribe(id, query);
    for (const id of Object.keys(broken)) await client.error(id);
    await client.settled();
    for (const id of Object.keys(broken)) {
      expect(types(of(client, id))).toEqual(['error']);
      expect(of(client, id)[0]?.payload).toEqual([expect.objectContaining({ message: expect.any(String) })]);
    }
  });

  test('after the Complete of a client no event comes any more', async () => {
    const { url, bus } = await testServer();
    const client = await WireClient.connect(url);
    for (const id of ['a', 'b']) {
      client.subscribe(id, TRADES);
      await client.live(id);
    }
    client.complete('a');
    await client.settled();
    await bus.publishEvent(topics.trades, trade('A', 1));
    await client.next('b');
    await client.settled();
    expect(of(client, 'a')).toEqual([]);
  });

  test('after the Complete of a client its query is not answered, though it was under way', async () => {
    const { bus, server } = await heldServer();
    const client = await WireClient.connect(server.url);
    client.subscribe('a', PRICE);
    await eventually('it reads', () => bus.waiting === 1);
    client.complete('a');
    await client.settled();
    bus.release();
    client.subscribe('b', PRICE);
    await client.next('b');
    expect(of(client, 'a')).toEqual([]);
  });

  test('a Complete for an id that is unknown, or complete on both sides, is ignored', async () => {
    const { url } = await testServer();
    const client = await WireClient.connect(url);
    client.complete('never');
    client.subscribe('q', TIME);
    await client.take(({ type, id }) => type === 'complete' && id === 'q');
    client.complete('q');
    client.complete('q');
    client.subscribe('r', TIME);
    expect(await client.next('r')).toEqual({ serverTime: expect.any(String) });
  });

  test.each([[{}], [{ id: 1 }], [{ id: '' }]])('a Complete without an id closes with 4400: %j', async (members) => {
    const { url } = await testServer();
    expect((await closedBy(url, { type: 'complete', ...members })).code).toBe(4400);
  });
});

describe('an invalid message', () => {
  test.each([
    ['no JSON', '{"type":'],
    ['nothing', ''],
    ['a number', '1'],
    ['null', 'null'],
    ['text', '"ping"'],
    ['a list', '[{"type":"ping"}]'],
    ['no type', '{}'],
    ['a type that is no text', '{"type":1}'],
    ['a type that nobody knows', '{"type":"start"}'],
    ['a type from the prototype', '{"type":"constructor"}'],
    ['a type of the server: connection_ack', '{"type":"connection_ack"}'],
    ['a type of the server: next', '{"type":"next","id":"a","payload":{}}'],
    ['a type of the server: error', '{"type":"error","id":"a","payload":[]}'],
  ])('closes at once with 4400 and a reason: %s', async (_what, text) => {
    const { url } = await testServer();
    const { code, reason } = await closedBy(url, text);
    expect(code).toBe(4400);
    expect(reason).not.toBe('');
  });

  test('closes at once: what was sent after it is not answered', async () => {
    const { url } = await testServer();
    const client = await WireClient.connect(url);
    client.socket.send('{}');
    client.subscribe('q', TIME);
    expect((await client.closed).code).toBe(4400);
    expect(client.received.map(({ type }) => type)).toEqual(['connection_ack']);
  });
});
