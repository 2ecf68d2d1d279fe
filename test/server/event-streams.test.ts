import { describe, expect, test } from 'vitest';
import { topics } from '../../src/bus/topics.ts';
import { eventsOf, tradesOf } from '../support/event-source.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { HttpStream, type StreamRequest } from '../support/http-stream.ts';
import { price, trade } from '../support/market.ts';
import { eventually, testServer } from '../support/server.ts';
import { quietly } from '../support/until.ts';

const PRICES = 'subscription { prices { symbol price } }';
const TRADES = 'subscription { trades { tradeId } }';

const open = (url: string, request: StreamRequest) => HttpStream.open(url, 'text/event-stream', request);

/** Makes a frame of some 50 KB: a socket that nobody reads takes about four megabytes before a write is felt. */
const LONG = Array.from({ length: 500 }, (_, i) => `s${i}: source`).join(' ');
const source = 'x'.repeat(100);
const FRAMES = 200;

/** One after the other, each written before the next: what comes up within one turn would be folded as well. */
async function inTurns(publish: (i: number) => Promise<unknown>): Promise<void> {
  for (let i = 1; i <= FRAMES; i++) {
    await publish(i);
    await quietly(3);
  }
}

describe('a reader that stops reading', () => {
  test('of a state topic gets the newest value when it reads again, and how many it stands for', async () => {
    const { url, bus, status } = await testServer();
    const stream = await open(url, { query: `subscription { prices { price conflated ${LONG} } }` });
    await stream.take(2);
    stream.socket.pause();
    await inTurns((i) => bus.publishState(topics.prices, price('A', String(i), { source })));
    expect(conflated(await status())).toBeGreaterThan(0);
    stream.socket.resume();
    await stream.until(`"price":"${FRAMES}"`);
    const prices = eventsOf(stream.text).events.map(
      ({ data }) => JSON.parse(data).data.prices as { price: string; conflated: number },
    );
    expect(prices.length).toBeLessThan(FRAMES);
    expect(prices.reduce((sum, update) => sum + 1 + update.conflated, 0)).toBe(FRAMES);
  });

  test('of an event topic gets every event in order when it reads again', async () => {
    const { url, bus, status } = await testServer();
    const stream = await open(url, { query: `subscription { trades { tradeId cursor replayed ${LONG} } }` });
    await stream.take(2);
    stream.socket.pause();
    await inTurns((i) => bus.publishEvent(topics.trades, trade('A', i, { source })));
    expect(delivered(await status())).toBeLessThan(FRAMES);
    stream.socket.resume();
    await stream.until(`"tradeId":"${FRAMES}"`);
    expect(tradesOf(stream.text).map(({ tradeId }) => Number(tradeId))).toEqual(
      Array.from({ length: FRAMES }, (_, i) => i + 1),
    );
  });

  test('is not one that has a lot to catch up: it gets everything in order', async () => {
    const { url, bus } = await testServer();
    for (let i = 1; i <= FRAMES; i++) await bus.publishEvent(topics.trades, trade('A', i, { source }));
    const stream = await open(url, {
      query: `subscription { trades(last: ${FRAMES}) { tradeId cursor replayed ${LONG} } }`,
    });
    await stream.until(`"tradeId":"${FRAMES}"`);
    expect(tradesOf(stream.text).map(({ tradeId }) => Number(tradeId))).toEqual(
      Array.from({ length: FRAMES }, (_, i) => i + 1),
    );
  });

  test('and takes nothing for two minutes is cut; one that takes a little in between is not', async () => {
    const clock = new FakeClock();
    const { url, bus, status } = await testServer({ clock });
    const query = `subscription { prices { price ${LONG} } }`;
    const [dead, slow] = [await open(url, { query }), await open(url, { query })];
    for (const stream of [dead, slow]) {
      await stream.take(2);
      stream.socket.pause();
    }
    await inTurns((i) => bus.publishState(topics.prices, price('A', String(i), { source })));
    expect(conflated(await status())).toBeGreaterThan(FRAMES / 2);
    await clock.advance(100_000);
    expect(await status()).toMatchObject({ streams: 2 });
    const before = delivered(await status());
    slow.socket.resume();
    await eventually('something was taken', async () => delivered(await status()) > before);
    slow.socket.pause();
    await inTurns((i) => bus.publishState(topics.prices, price('A', String(i), { source })));
    await clock.advance(100_000);
    await eventually('the dead one is cut', async () => (await status())['streams'] === 1);
    dead.socket.resume();
    await eventually('it sees so', () => dead.closed);
    expect(slow.closed).toBe(false);
  });
});

describe('a request that holds no operation is answered by status', () => {
  const post = (url: string, body: string, headers: Record<string, string> = {}) =>
    fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream', ...headers },
      body,
    });

  test.each([
    ['what is no JSON', '{"query":', {}, 400, 'body'],
    ['a list', '[]', {}, 400, 'body'],
    ['what has no query', '{"variables":{}}', {}, 400, 'query'],
    ['variables that are no object', '{"query":"{a}","variables":[1]}', {}, 400, 'variables'],
    ['what a page may send without asking', '{"query":"{a}"}', { 'content-type': 'text/plain' }, 415, 'Content-Type'],
    ['what is too large', JSON.stringify({ query: 'x'.repeat(5_000_000) }), {}, 413, 'body'],
  ])('%s', async (_, body, headers, status, argument) => {
    const { url } = await testServer();
    const response = await post(url, body, headers);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT', argument } }] });
  });

  test('a mutation by GET', async () => {
    const { url } = await testServer();
    const query = new URLSearchParams({ query: 'mutation { createSignInNonce { nonce } }' });
    const response = await fetch(`${url}/graphql?${query}`, { headers: { accept: 'text/event-stream' } });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
  });

  test('but an operation that may not run is refused within the stream', async () => {
    const { url } = await testServer();
    for (const [query, code] of [
      ['subscription {', 'GRAPHQL_PARSE_FAILED'],
      ['subscription { nothing }', 'GRAPHQL_VALIDATION_FAILED'],
      ['subscription { trades(last: 0) { id } }', 'BAD_USER_INPUT'],
    ] as const) {
      const stream = await open(url, { query });
      await stream.until('event: complete');
      const [next, complete] = eventsOf(stream.text).events;
      expect(JSON.parse(next?.data ?? '')).toMatchObject({
        errors: [{ extensions: { code, requestId: expect.any(String) } }],
      });
      expect(complete).toMatchObject({ event: 'complete', data: '' });
      // The response is over, the connection is not: it carries the next one.
      await eventually('the end', () => stream.chunks.at(-1) === '');
      expect(stream.closed).toBe(false);
    }
  });
});

describe('a page', () => {
  const allowedOrigins = ['https://app.example.com', 'https://other.example.com'];
  const origin = 'https://app.example.com';

  test('of an allowed origin may read a stream, by the same headers as any other answer', async () => {
    const { url } = await testServer({ allowedOrigins });
    const ask = async (query: string, accept: string) => {
      const response = await fetch(`${url}/graphql?${new URLSearchParams({ query })}`, { headers: { accept, origin } });
      return ['access-control-allow-origin', 'access-control-allow-credentials', 'vary'].map((name) =>
        response.headers.get(name),
      );
    };
    const stream = await ask('subscription { nothing }', 'text/event-stream');
    expect(stream).toEqual([origin, 'true', 'Origin']);
    expect(stream).toEqual(await ask('{ instruments { symbol } }', 'application/json'));
    const preflight = await fetch(`${url}/graphql`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'last-event-id' },
    });
    expect(preflight.headers.get('access-control-allow-headers')).toBe('last-event-id');
  });

  test('of any origin may read one where none is named', async () => {
    const { url } = await testServer();
    const response = await fetch(`${url}/graphql?query=`, { headers: { accept: 'text/event-stream', origin } });
    expect(response.headers.get('access-control-allow-origin')).toBe(origin);
    expect(response.headers.get('access-control-allow-credentials')).toBeNull();
  });

  test('of another origin gets no stream and no answer to a POST', async () => {
    const { url, status } = await testServer({ allowedOrigins });
    const foreign = 'https://evil.example.com';
    const stream = await open(url, { method: 'GET', query: PRICES, headers: { origin: foreign } });
    expect(stream.head).toMatch(/^HTTP\/1.1 403 /);
    expect(stream.head).not.toMatch(/access-control/i);
    for (const accept of ['text/event-stream', 'application/json']) {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept, origin: foreign },
        body: JSON.stringify({ query: '{ instruments { symbol } }' }),
      });
      expect(response.status).toBe(403);
      expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN' } }] });
    }
    expect(await status()).toMatchObject({ streams: 0 });
  });
});

test('a server that stops refuses a stream that was on its way, and says when to come back', async () => {
  const { url, stop } = await testServer();
  const query = JSON.stringify({ query: TRADES });
  const late = HttpStream.send(url, 'text/event-stream', {
    query: TRADES,
    headers: { 'content-length': String(query.length + 10) },
  });
  // Answered once everything that was sent before has been read by the server.
  await (await open(url, { query: TRADES })).take(1);
  const stopped = stop();
  late.socket.write(' '.repeat(10));
  await eventually('an answer', () => late.head !== '');
  expect(late.head).toMatch(/^HTTP\/1.1 503 /);
  expect(late.head).toContain('retry-after: 1');
  late.socket.destroy();
  await stopped;
});

test('a server that stops ends its streams without a last word, so that readers come back', async () => {
  const { url, stop } = await testServer();
  const stream = await open(url, { query: TRADES });
  await stream.take(2);
  await stop();
  await eventually('the end', () => stream.closed);
  expect(stream.chunks.at(-1)).toBe('');
  expect(eventsOf(stream.text).events).toEqual([]);
});

const conflated = (status: Record<string, unknown>) => (status['delivery'] as { conflated: number }).conflated;
const delivered = (status: Record<string, unknown>) => (status['delivery'] as { delivered: number }).delivered;
