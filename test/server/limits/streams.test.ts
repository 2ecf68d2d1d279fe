import { describe, expect, test } from 'vitest';
import { topics } from '../../../src/bus/topics.ts';
import { tokenOf } from '../../support/credentials.ts';
import { HttpStream } from '../../support/http-stream.ts';
import { trade } from '../../support/market.ts';
import { eventually, testServer } from '../../support/server.ts';
import { WireClient } from '../../support/wire-client.ts';

const TRADES = 'subscription { trades { tradeId } }';
const ACCEPTS = ['text/event-stream', 'multipart/mixed;subscriptionSpec="1.0"'] as const;

const BEHIND_PROXY = { trustedProxies: ['127.0.0.1'] };

const open = (url: string, accept: string, headers: Readonly<Record<string, string>> = {}) =>
  HttpStream.open(url, accept, { query: TRADES, headers });

/** Asks for a stream that is refused. */
async function refused(url: string, accept: string, headers: Readonly<Record<string, string>> = {}) {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept, ...headers },
    body: JSON.stringify({ query: TRADES }),
  });
  const { errors } = (await response.json()) as { errors: [{ message: string; extensions: object }] };
  return { status: response.status, retryAfter: response.headers.get('retry-after'), error: errors[0] };
}

describe.each(ACCEPTS)('streams as %s', (accept) => {
  test('of an address are so many, and one is free again when it ends', async () => {
    const server = await testServer({ ...BEHIND_PROXY, maxStreamsPerClient: 1 });
    const mine = { 'x-forwarded-for': '198.51.100.1' };
    const first = await open(server.url, accept, mine);
    expect(await refused(server.url, accept, mine)).toEqual({
      status: 429,
      retryAfter: '5',
      error: {
        message: 'A client holds at most 1 streams over HTTP.',
        extensions: expect.objectContaining({ code: 'TOO_MANY_SUBSCRIPTIONS', limit: 1, retryAfterMs: 5_000 }),
      },
    });
    const other = await open(server.url, accept, { 'x-forwarded-for': '198.51.100.2' });
    await eventually('both are live', async () => (await server.status())['questions'] === 1);
    await server.bus.publishEvent(topics.trades, trade('A', 7));
    for (const stream of [first, other]) await stream.until('"tradeId":"7"');
    first.socket.destroy();
    await eventually('it has ended', async () => (await server.status())['streams'] === 1);
    expect((await open(server.url, accept, mine)).head).toMatch(/ 200 /);
    expect(await server.status()).toMatchObject({ refused: { streamsPerClient: 1 } });
  });

  test('of a process are so many', async () => {
    const server = await testServer({ maxStreams: 1 });
    await open(server.url, accept);
    expect(await refused(server.url, accept)).toMatchObject({
      status: 503,
      retryAfter: '5',
      error: { extensions: { code: 'TOO_MANY_SUBSCRIPTIONS', limit: 1 } },
    });
  });

  test('that are refused for what they ask for are given back', async () => {
    const server = await testServer({ maxStreamsPerClient: 1 });
    const wrong = await HttpStream.open(server.url, accept, { query: 'subscription { nothing }' });
    await wrong.until('GRAPHQL_VALIDATION_FAILED');
    await eventually('it has ended', async () => (await server.status())['streams'] === 0);
    expect((await open(server.url, accept)).head).toMatch(/ 200 /);
  });
});

describe('streams over HTTP', () => {
  test('count for the user, wherever it asks from; of nobody for the address', async () => {
    const server = await testServer({ ...BEHIND_PROXY, maxStreamsPerClient: 1 });
    const [here, there] = [{ 'x-forwarded-for': '198.51.100.1' }, { 'x-forwarded-for': '198.51.100.2' }];
    const [ada, bob] = [{ authorization: await tokenOf('ada') }, { authorization: await tokenOf('bob') }];
    await open(server.url, ACCEPTS[0], { ...here, ...ada });
    expect((await refused(server.url, ACCEPTS[0], { ...there, ...ada })).status).toBe(429);
    await open(server.url, ACCEPTS[0], { ...here, ...bob });
    await open(server.url, ACCEPTS[0], here);
    expect(await server.status()).toMatchObject({ streams: 3 });
  });

  test('are no connections: neither takes from the other', async () => {
    const server = await testServer({ maxConnectionsPerIp: 1, maxStreamsPerClient: 1 });
    await open(server.url, ACCEPTS[0]);
    await WireClient.connect(server.url);
    expect(await server.status()).toMatchObject({ connections: 1, streams: 1, refused: {} });
  });

  test('begin so many a second, together with connections', async () => {
    const server = await testServer({ connectionsPerSecondPerIp: 2 });
    const attempts = await Promise.all(Array.from({ length: 8 }, () => open(server.url, ACCEPTS[0])));
    const turnedAway = attempts.filter(({ head }) => / 429 /.test(head));
    // A second may have begun in between, on a machine that is slow enough.
    expect(turnedAway.length).toBeGreaterThan(0);
    expect(await server.status()).toMatchObject({ refused: { newConnections: turnedAway.length } });
  });
});
