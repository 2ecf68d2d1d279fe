import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { Bus } from '../../src/bus/bus.ts';
import { createMemoryBus } from '../../src/bus/memory-bus.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { keptLog, type LogLine } from '../support/kept-log.ts';
import { silentLog, testServer } from '../support/server.ts';
import { until } from '../support/until.ts';
import { WireClient } from '../support/wire-client.ts';

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;
const TRACE = '0af7651916cd43dd8448eb211c80319c';

const ERROR = 50;

interface Answer {
  readonly errors?: readonly { readonly message: string; readonly extensions: Record<string, string> }[];
}

/** A server with its log, whose store fails in a way that nobody foresaw where it is asked for trades. */
async function failingServer() {
  const { log, lines, text } = keptLog();
  const fails = () => Promise.reject(new Error('the disk is on fire'));
  const bus: Bus = Object.assign(createMemoryBus({ clock: systemClock, log: silentLog }), {
    readBefore: fails,
    readAfter: fails,
  });
  const server = await testServer({ bus, log });
  return { url: `${server.url}/graphql`, server, lines, text };
}

const ask = (url: string, body: object, headers: Readonly<Record<string, string>> = {}) =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json', ...headers },
    body: JSON.stringify(body),
  });

const TRADES = 'query Trades($s: String!) { recentTrades(symbol: $s, last: 3) { id } }';

const failures = (lines: readonly LogLine[]) => lines.filter(({ level }) => level === ERROR);

describe('a request', () => {
  test.each([
    ['its own id', { 'x-request-id': 'proxy-7:a.b/c' }, 'proxy-7:a.b/c'],
    ['the id of its trace', { traceparent: `00-${TRACE}-b7ad6b7169203331-01` }, TRACE],
    [
      'its own id before that of its trace',
      { 'x-request-id': 'mine', traceparent: `00-${TRACE}-b7ad6b7169203331-01` },
      'mine',
    ],
    ['an id of ours in the place of one that is too long', { 'x-request-id': 'a'.repeat(129) }, UUID],
    ['an id of ours in the place of one that could mean something', { 'x-request-id': '<a b>' }, UUID],
    [
      'an id of ours in the place of a trace of zeroes',
      { traceparent: `00-${'0'.repeat(32)}-b7ad6b7169203331-01` },
      UUID,
    ],
    ['an id of ours', {}, UUID],
  ] as const)('is told back %s', async (_what, headers, expected) => {
    const { url } = await failingServer();
    const answer = await ask(url, { query: '{ serverTime }' }, headers);
    expect(answer.headers.get('x-request-id')).toMatch(expected);
  });

  test('that fails by our fault is found in the log by the id that it was told, and nothing secret with it', async () => {
    const { url, lines, text } = await failingServer();
    const secrets = { authorization: 'Bearer very.secret.token', cookie: 'session=very-secret' };
    // A credential that is no good is the caller's fault: it is told before anything runs.
    await ask(url, { query: TRADES, variables: { s: 'BTCUSDT' } }, secrets);
    expect(failures(lines)).toEqual([]);
    const answer = await ask(url, { query: TRADES, variables: { s: 'BTCUSDT' } }, { cookie: secrets.cookie });
    const { errors } = (await answer.json()) as Answer;
    const [error] = errors ?? [];
    expect(error?.extensions).toMatchObject({
      code: 'INTERNAL_SERVER_ERROR',
      requestId: answer.headers.get('x-request-id'),
    });
    expect(error?.message).not.toContain('fire');
    expect(failures(lines)).toEqual([
      expect.objectContaining({ requestId: error?.extensions['requestId'], operation: 'Trades' }),
    ]);
    expect(failures(lines)[0]?.['err']).toMatchObject({ message: 'the disk is on fire' });
    await until('it is logged', () => lines.some(({ msg }) => msg === 'answered'));
    expect(text()).not.toContain('secret');
  });

  test('of many at once, each finds its own lines', async () => {
    const { url, lines } = await failingServer();
    const ids = Array.from({ length: 20 }, (_, at) => `id-${at}`);
    const answers = await Promise.all(
      ids.map(async (id) => {
        const query = `query Q${id.slice(3)} { recentTrades(symbol: "A", last: 3) { id } }`;
        return (await (await ask(url, { query }, { 'x-request-id': id })).json()) as Answer;
      }),
    );
    expect(answers.map(({ errors }) => errors?.[0]?.extensions['requestId'])).toEqual(ids);
    const told = failures(lines).map(({ requestId, operation }) => `${String(requestId)} ${String(operation)}`);
    expect(told.sort()).toEqual(ids.map((id) => `${id} Q${id.slice(3)}`).sort());
  });

  test.each([
    ['is no GraphQL', JSON.stringify({ query: '{' }), {}],
    ['is no JSON', '{', {}],
    ['is of a type that any page may send', '{}', { 'content-type': 'text/plain' }],
    ['is too long', JSON.stringify({ query: `{ serverTime } #${'x'.repeat(200_000)}` }), {}],
    ['subscribes where nothing streams', JSON.stringify({ query: 'subscription { prices { id } }' }), {}],
    ['is no address', JSON.stringify({ query: '{ nothing }' }), {}],
  ])('that %s is told its id in the error, too', async (_what, body, headers) => {
    const { url } = await failingServer();
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json', 'x-request-id': 'r1', ...headers },
      body,
    });
    const { errors } = (await answer.json()) as Answer;
    expect([answer.headers.get('x-request-id'), errors?.[0]?.extensions['requestId']]).toEqual(['r1', 'r1']);
  });

  test('for a stream is told its id with it, and in the error that ends it', async () => {
    const { url, lines } = await failingServer();
    const query = encodeURIComponent('subscription Tape { trades(last: 5) { id } }');
    const headers = { accept: 'text/event-stream', 'x-request-id': 'stream-1', origin: 'http://a.example' };
    const answer = await fetch(`${url}?query=${query}`, { headers });
    expect(answer.headers.get('x-request-id')).toBe('stream-1');
    expect(answer.headers.get('access-control-expose-headers')).toContain('x-request-id');
    expect(await answer.text()).toContain('"requestId":"stream-1"');
    expect(failures(lines)).toEqual([expect.objectContaining({ requestId: 'stream-1', operation: 'Tape' })]);
  });
});

describe('a WebSocket', () => {
  test('has its lines found by the id that connection_ack has told, an operation by its id and its name', async () => {
    const { server, lines } = await failingServer();
    const client = await WireClient.connect(server.url);
    const ack = client.received.find(({ type }) => type === 'connection_ack');
    const { sessionId: connectionId } = (ack as { payload: { sessionId: string } }).payload;
    client.subscribe('op-1', 'subscription Tape { trades(last: 5) { id } }');
    const ended = await client.error('op-1');
    client.subscribe('op-2', 'query Trades { recentTrades(symbol: "A", last: 3) { id } }');
    const answered = (await client.take(({ type, id }) => type === 'next' && id === 'op-2')).payload as Answer;
    expect(failures(lines)).toEqual([
      expect.objectContaining({
        connectionId,
        subscriptionId: 'op-1',
        operation: 'Tape',
        requestId: ended.extensions['requestId'],
      }),
      expect.objectContaining({
        connectionId,
        subscriptionId: 'op-2',
        operation: 'Trades',
        requestId: answered.errors?.[0]?.extensions['requestId'],
      }),
    ]);
    client.socket.close();
    await client.closed;
    await until('it is logged', () => lines.some(({ msg }) => msg === 'a connection has ended'));
    const ofIt = lines.filter((line) => line['connectionId'] === connectionId).map(({ msg }) => msg);
    expect(ofIt).toEqual(expect.arrayContaining(['a connection opens', 'told an error', 'a connection has ended']));
  });

  test('is told the id of its handshake, let in or not', async () => {
    const { server, lines } = await failingServer();
    const headers = { 'x-request-id': 'shake-1' };
    const client = await WireClient.connect(server.url, undefined, { headers });
    expect(lines).toContainEqual(expect.objectContaining({ msg: 'a connection opens', requestId: 'shake-1' }));
    const second = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', { headers });
    const [upgraded] = (await once(second, 'upgrade')) as [IncomingMessage];
    expect(upgraded.headers['x-request-id']).toBe('shake-1');
    second.terminate();
    client.socket.close();
    const refused = await fetch(`${server.url}/elsewhere`, { headers });
    expect(refused.headers.get('x-request-id')).toBe('shake-1');
  });
});
