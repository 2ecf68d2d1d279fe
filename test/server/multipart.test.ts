import { ApolloClient, CombinedProtocolErrors, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { describe, expect, onTestFinished, test } from 'vitest';
import { topics } from '../../src/bus/topics.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { HttpStream, type StreamRequest } from '../support/http-stream.ts';
import { price, trade } from '../support/market.ts';
import { eventually, testServer } from '../support/server.ts';

const ACCEPT = 'multipart/mixed;subscriptionSpec="1.0", application/json';
const PRICES = 'subscription { prices { symbol price snapshot } }';
const TRADES = 'subscription ($after: Cursor) { trades(after: $after) { tradeId } }';
const HEARTBEAT = '\r\ncontent-type: application/json\r\n\r\n{}\r\n--graphql';

const open = (url: string, request: StreamRequest) => HttpStream.open(url, ACCEPT, request);

/** The payload of a part that ends an operation, and whether the body ends with it. */
function lastPart(text: string) {
  const [, json = 'null', end] = /\r\n\r\n(\{"payload":null.*\})\r\n--graphql(--\r\n)?$/.exec(text) ?? [];
  return {
    ...(JSON.parse(json) as { errors?: { extensions: Record<string, unknown> }[] } | null),
    whole: end !== undefined,
  };
}

describe("Apollo's multipart protocol on the wire", () => {
  test('is a part for each result, whole as soon as it is sent', async () => {
    const { url, bus } = await testServer({ clock: new FakeClock() });
    await bus.publishState(topics.prices, price('A', '1'));
    const stream = await open(url, { query: PRICES });
    await stream.take(3);
    await bus.publishState(topics.prices, price('A', '2', { source: 'é' }));
    await stream.take(4);
    expect(stream.head).toContain('content-type: multipart/mixed;boundary="graphql";subscriptionSpec=1.0\r\n');
    const part = (text: string) =>
      `\r\ncontent-type: application/json\r\n\r\n{"payload":{"data":{"prices":{"symbol":"A","price":"${text}","snapshot":true}}}}\r\n--graphql`;
    const bodies = ['\r\n--graphql', part('1'), HEARTBEAT, part('2')];
    expect(stream.wire.toString()).toBe(
      bodies.map((body) => `${Buffer.byteLength(body).toString(16)}\r\n${body}\r\n`).join(''),
    );
  });

  test('sends everybody who asks the same the same bytes', async () => {
    const { url, bus } = await testServer({ clock: new FakeClock() });
    const streams = [
      await open(url, { query: TRADES }),
      await open(url, { query: TRADES, variables: { after: null } }),
    ];
    for (const stream of streams) await stream.take(2);
    for (const id of [1, 2, 3]) await bus.publishEvent(topics.trades, trade('A', id));
    for (const stream of streams) await stream.until('"tradeId":"3"');
    expect(streams[0]?.wire.equals(streams[1]?.wire ?? Buffer.alloc(0))).toBe(true);
  });

  test('beats every five seconds, or as often as the server does if that is more', async () => {
    for (const [heartbeatIntervalMs, everyMs] of [
      [25_000, 5_000],
      [1_000, 1_000],
    ] as const) {
      const clock = new FakeClock();
      const { url } = await testServer({ clock, heartbeatIntervalMs });
      const stream = await open(url, { query: PRICES });
      await stream.take(2);
      await clock.advance(3 * everyMs);
      expect((await stream.take(5)).slice(1)).toEqual(Array(4).fill(HEARTBEAT));
    }
  });

  test('refuses with a part without payload, and ends', async () => {
    const { url } = await testServer();
    const stale = Buffer.from('trades:another-life:1').toString('base64url');
    for (const [query, code, variables] of [
      ['subscription {', 'GRAPHQL_PARSE_FAILED'],
      ['subscription { nothing }', 'GRAPHQL_VALIDATION_FAILED'],
      [TRADES, 'CURSOR_EXPIRED', { after: stale }],
    ] as const) {
      const stream = await open(url, { query, ...(variables && { variables }) });
      await eventually('the end', () => stream.chunks.at(-1) === '');
      expect(lastPart(stream.text)).toMatchObject({ errors: [{ extensions: { code } }], whole: true });
    }
  });

  test('says that the server restarts, and when to come back', async () => {
    const { url, stop } = await testServer();
    const stream = await open(url, { query: PRICES });
    await stream.take(2);
    await stop();
    await eventually('the end', () => stream.closed);
    const { errors, whole } = lastPart(stream.text);
    expect(whole).toBe(true);
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'UNAVAILABLE', retryAfterMs: expect.any(Number) });
  });

  test('leaves nothing behind when its reader goes', async () => {
    const { url, status } = await testServer();
    const stream = await open(url, { query: TRADES });
    await stream.take(2);
    expect(await status()).toMatchObject({ streams: 1, questions: 1 });
    stream.socket.destroy();
    await eventually('nothing is left', async () => {
      const { streams, questions } = await status();
      return streams === 0 && questions === 0;
    });
  });

  test('does not answer queries: they get one JSON, as without it', async () => {
    const { url } = await testServer();
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: ACCEPT },
      body: JSON.stringify({ query: '{ instruments { symbol } }' }),
    });
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(await response.json()).toMatchObject({ data: { instruments: [] } });
  });
});

describe('Apollo Client over HTTP', () => {
  /** Apollo cancels the reader of a body that it has aborted itself, and leaves the rejection of that to nobody. */
  const forgiving: typeof fetch = async (...request) => {
    const response = await fetch(...request);
    const { body } = response;
    const getReader = () => {
      const reader = body?.getReader();
      return { read: () => reader?.read(), cancel: () => reader?.cancel().catch(() => undefined) };
    };
    return Object.defineProperty(response, 'body', { value: body && { getReader } });
  };

  function apollo(url: string) {
    const client = new ApolloClient({
      link: new HttpLink({ uri: `${url}/graphql`, fetch: forgiving }),
      cache: new InMemoryCache(),
    });
    onTestFinished(() => client.stop());
    return client;
  }

  test('subscribes, queries, and unsubscribes', async () => {
    const { url, bus, status } = await testServer();
    const client = apollo(url);
    const seen: unknown[] = [];
    const subscription = client
      .subscribe({ query: gql(TRADES), fetchPolicy: 'no-cache' })
      .subscribe({ next: ({ data }) => seen.push(data) });
    await eventually('it is live', async () => (await status())['questions'] === 1);
    for (const id of [1, 2]) await bus.publishEvent(topics.trades, trade('é', id));
    await eventually('both have come', () => seen.length === 2);
    expect(seen).toMatchObject([{ trades: { tradeId: '1' } }, { trades: { tradeId: '2' } }]);
    const { data } = await client.query({ query: gql('{ instruments { symbol } }') });
    expect(data).toEqual({ instruments: [] });
    subscription.unsubscribe();
    await eventually('it is detached', async () => (await status())['questions'] === 0);
  });

  test('is told why an operation was refused, and that the server restarts', async () => {
    const { url, status, stop } = await testServer();
    const client = apollo(url);
    const ending = (query: string) =>
      new Promise<unknown>((resolve) => {
        client.subscribe({ query: gql(query), fetchPolicy: 'no-cache' }).subscribe({
          next: ({ error }) => error && resolve(error),
          error: resolve,
          complete: () => resolve('complete'),
        });
      });
    const codeOf = (error: unknown) => CombinedProtocolErrors.is(error) && error.errors[0]?.extensions?.['code'];
    expect(codeOf(await ending('subscription { trades(last: 0) { id } }'))).toBe('BAD_USER_INPUT');
    const restarted = ending('subscription { trades { id } }');
    await eventually('it is live', async () => (await status())['questions'] === 1);
    await stop();
    expect(codeOf(await restarted)).toBe('UNAVAILABLE');
  });
});
