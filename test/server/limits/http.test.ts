import { createConnection } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { FakeClock } from '../../support/fake-clock.ts';
import { eventually, query, testServer } from '../../support/server.ts';

const JSON_HEADERS = { 'content-type': 'application/json', accept: 'application/json' };

/** A socket without a protocol. */
function raw(url: string) {
  const { hostname, port } = new URL(url);
  const socket = createConnection(Number(port), hostname);
  const heard = { text: '', closed: false };
  socket.on('data', (data) => (heard.text += String(data)));
  socket.on('error', () => undefined);
  socket.on('close', () => {
    heard.closed = true;
  });
  onTestFinished(() => void socket.destroy());
  return { socket, heard };
}

describe('requests of an address', () => {
  test('are so many in one go: one more is answered with 429 and when to try again; others are not touched', async () => {
    const clock = new FakeClock();
    const server = await testServer({
      clock,
      requestsPerSecondPerIp: 2,
      requestBurst: 3,
      trustedProxies: ['127.0.0.1'],
    });
    const ask = (address: string, accept = 'application/json') =>
      fetch(`${server.url}/graphql`, {
        method: 'POST',
        headers: { ...JSON_HEADERS, accept, 'x-forwarded-for': address },
        body: JSON.stringify({ query: '{ serverTime }' }),
      });
    for (const accept of ['application/json', '*/*', 'text/event-stream, application/json'])
      expect((await ask('198.51.100.1', accept)).status).toBe(200);
    for (const accept of ['application/json', 'text/event-stream']) {
      const refused = await ask('198.51.100.1', accept);
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1']);
      expect(await refused.json()).toMatchObject({
        errors: [
          {
            message: 'An address sends at most 2 requests a second.',
            extensions: { code: 'RATE_LIMITED', limit: 2, retryAfterMs: 500 },
          },
        ],
      });
    }
    expect((await ask('198.51.100.2')).status).toBe(200);
    await clock.advance(500);
    expect((await ask('198.51.100.1')).status).toBe(200);
    expect(await server.status()).toMatchObject({ refused: { requests: 2 } });
  });

  test('are told to pages of other origins too, which could not read why otherwise', async () => {
    const { url } = await testServer({ clock: new FakeClock(), requestsPerSecondPerIp: 1, requestBurst: 1 });
    await query(url, '{ serverTime }');
    const refused = await fetch(`${url}/graphql`, { headers: { origin: 'https://app.example.com' } });
    expect(refused.status).toBe(429);
    expect(refused.headers.get('access-control-allow-origin')).toBe('https://app.example.com');
  });

  test('do not count where a supervisor asks', async () => {
    const { url } = await testServer({ clock: new FakeClock(), requestsPerSecondPerIp: 1, requestBurst: 1 });
    for (let i = 0; i < 5; i++) expect((await fetch(`${url}/health/live`)).status).toBe(200);
  });
});

describe('the body of a request', () => {
  test.each(['application/json', 'text/event-stream'])(
    'is as long as a message may be, for %s, whether it says so or not',
    async (accept) => {
      const server = await testServer({ maxMessageBytes: 2_000 });
      const body = (bytes: number) => JSON.stringify({ query: '{ serverTime }', operationName: null }).padEnd(bytes);
      const whole = (bytes: number) =>
        fetch(`${server.url}/graphql`, { method: 'POST', headers: { ...JSON_HEADERS, accept }, body: body(bytes) });
      const chunked = (bytes: number) => {
        const stream: RequestInit & { duplex: 'half' } = { body: new Blob([body(bytes)]).stream(), duplex: 'half' };
        return fetch(`${server.url}/graphql`, { method: 'POST', headers: { ...JSON_HEADERS, accept }, ...stream });
      };
      for (const send of [whole, chunked]) {
        expect((await send(2_000)).status).toBe(200);
        const refused = await send(2_001);
        expect(refused.status).toBe(413);
        expect(await refused.json()).toMatchObject({
          errors: [
            {
              message: 'A request body has at most 2000 bytes.',
              extensions: { code: 'BAD_USER_INPUT', argument: 'body', limit: 2_000 },
            },
          ],
        });
      }
      expect(await server.status()).toMatchObject({ refused: { bodyBytes: 2 } });
    },
  );
});

describe('a request that does not arrive', () => {
  test.each([
    ['is silent', ''],
    ['stops in its head', 'POST /graphql HTTP/1.1\r\nhost: localhost\r\nx-slow: '],
    [
      'stops in its body',
      'POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\naccept: text/event-stream\r\ncontent-length: 100\r\n\r\n{',
    ],
    [
      'stops in the head of its upgrade',
      'GET /graphql HTTP/1.1\r\nhost: localhost\r\nupgrade: websocket\r\nconnection: upgrade\r\n',
    ],
  ])('and %s is cut, while others are answered', async (_how, text) => {
    const { url } = await testServer({ requestTimeoutMs: 100 });
    const { socket, heard } = raw(url);
    socket.write(text);
    await eventually('it is cut', () => heard.closed);
    expect((await query(url, '{ serverTime }')).errors).toBeUndefined();
  });
});

describe('sockets of an address', () => {
  test('that ask for nothing are bounded too: one more is told so and closed', async () => {
    // A hundred beside its connections and streams.
    const server = await testServer({ maxConnectionsPerIp: 1, maxStreamsPerClient: 1 });
    const first = raw(server.url);
    for (let i = 1; i < 102; i++) raw(server.url);
    await eventually('all are there', async () => first.socket.readyState === 'open');
    const more = raw(server.url);
    await eventually('it is closed', () => more.heard.closed);
    expect(more.heard.text).toMatch(/^HTTP\/1\.1 429 Too Many Requests\r\nRetry-After: 5\r\n/);
    expect(more.heard.text).toMatch(/An address holds at most 102 sockets\.$/);
    expect(first.heard.closed).toBe(false);
    first.socket.destroy();
    await eventually('one is free again', async () => {
      const again = await fetch(`${server.url}/status`).catch(() => null);
      return again?.status === 200;
    });
  });
});
