import { createClient } from 'graphql-sse';
import { describe, expect, test } from 'vitest';
import { createMemoryBus } from '../../src/bus/memory-bus.ts';
import { topics } from '../../src/bus/topics.ts';
import { eventsOf, tradesOf } from '../support/event-source.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { heldBus } from '../support/held-bus.ts';
import { HttpStream, type StreamRequest } from '../support/http-stream.ts';
import { book, price, trade } from '../support/market.ts';
import { eventually, silentLog, testServer } from '../support/server.ts';

const PRICES = 'subscription { prices { symbol price snapshot conflated } }';
const TRADES = 'subscription ($after: Cursor) { trades(after: $after) { tradeId cursor replayed } }';

const open = (url: string, request: StreamRequest) => HttpStream.open(url, 'text/event-stream', request);

describe('on the wire', () => {
  test('a state topic is a snapshot and its changes, without an id to resume from', async () => {
    const { url, bus } = await testServer();
    await bus.publishState(topics.prices, price('A', '1'));
    const stream = await open(url, { query: PRICES });
    await stream.take(3);
    await bus.publishState(topics.prices, price('A', '2'));
    await stream.take(4);
    expect(stream.head.split('\r\n')).toEqual([
      'HTTP/1.1 200 OK',
      expect.stringMatching(/^x-request-id: [\w-]{36}$/),
      'content-type: text/event-stream; charset=utf-8',
      'cache-control: no-cache',
      'x-accel-buffering: no',
      'Connection: keep-alive',
      'Keep-Alive: timeout=5',
      'Transfer-Encoding: chunked',
    ]);
    const next = (text: string, snapshot: boolean) =>
      `event: next\ndata: {"data":{"prices":{"symbol":"A","price":"${text}","snapshot":${snapshot},"conflated":0}}}\n\n`;
    const bodies = [':\n\n', next('1', true), ':\n\n', next('2', false)];
    expect(stream.wire.toString()).toBe(bodies.map((body) => `${body.length.toString(16)}\r\n${body}\r\n`).join(''));
  });

  test('an event has its cursor as its id, and progress is an id that fires no event', async () => {
    const { url, bus } = await testServer();
    const stream = await open(url, { query: TRADES });
    const [, live = ''] = await stream.take(2);
    expect(live).toMatch(/^id: [\w-]+\n\n$/);
    expect(eventsOf(stream.text).events).toEqual([]);
    await bus.publishEvent(topics.trades, trade('A', 1));
    const [, , event] = await stream.take(3);
    const { cursor } = tradesOf(stream.text)[0] ?? {};
    expect(event).toBe(
      `id: ${cursor}\nevent: next\ndata: {"data":{"trades":{"tradeId":"1","cursor":"${cursor}","replayed":false}}}\n\n`,
    );
  });

  test('everybody who asks the same is sent the same bytes', async () => {
    const { url, bus } = await testServer();
    const streams = await Promise.all([
      open(url, { query: TRADES }),
      open(url, { query: 'subscription Mine { t: trades { tradeId cursor replayed } }'.replace('t: ', '') }),
    ]);
    for (const stream of streams) await stream.take(2);
    for (const id of [1, 2, 3]) await bus.publishEvent(topics.trades, trade('A', id));
    for (const stream of streams) await stream.until('"tradeId":"3"');
    expect(streams[0]?.wire.equals(streams[1]?.wire ?? Buffer.alloc(0))).toBe(true);
  });

  test('a reader of HTTP/1.0 gets the same without chunks', async () => {
    const { url, bus } = await testServer();
    await bus.publishState(topics.prices, price('A', '1'));
    const stream = await open(url, { query: PRICES, version: '1.0' });
    await eventually('live', () => stream.wire.toString().endsWith(':\n\n') && stream.wire.length > 10);
    expect(stream.wire.toString()).toMatch(/^:\n\nevent: next\ndata: \{.*\}\n\n:\n\n$/);
  });

  test('text of many bytes and a book of many kilobytes come through whole', async () => {
    const { url, bus } = await testServer();
    const prices = await open(url, { query: 'subscription { prices { symbol source } }' });
    await prices.take(2);
    await bus.publishState(topics.prices, price('A', '1', { source: 'Börse 東京 𝄞' }));
    await prices.until('Börse 東京 𝄞');
    const side = (from: number) =>
      Array.from({ length: 1_000 }, (_, i) => [`${from + i}.125`, '1234567.00000001'] as const);
    await bus.publishState(topics.orderbook, book('A', side(10_000).toReversed(), side(20_000)));
    const books = await open(url, {
      query: 'subscription { orderbook(symbol: "A", depth: 1000) { bids { price size } asks { price size } } }',
    });
    const [, frame = ''] = await books.take(2);
    expect(frame.length).toBeGreaterThan(65_536);
    const { bids, asks } = JSON.parse(frame.slice(frame.indexOf('{'))).data.orderbook;
    expect([bids.length, asks.length, asks.at(-1)]).toEqual([
      1_000,
      1_000,
      { price: '20999.125', size: '1234567.00000001' },
    ]);
  });

  test('serves the reference client: snapshot, updates, refusals, queries', async () => {
    const { url, bus, status } = await testServer();
    await bus.publishState(topics.prices, price('A', '1'));
    const client = createClient({ url: `${url}/graphql`, retryAttempts: 0 });
    const updates = client.iterate<{ prices: { price: string } }>({ query: 'subscription { prices { price } }' });
    expect((await updates.next()).value?.data).toEqual({ prices: { price: '1' } });
    await bus.publishState(topics.prices, price('A', '2'));
    expect((await updates.next()).value?.data).toEqual({ prices: { price: '2' } });
    await updates.return?.();
    await eventually('it is detached', async () => (await status())['questions'] === 0);
    const refused = client.iterate({ query: 'subscription { trades(last: 0) { id } }' });
    expect((await refused.next()).value?.errors?.[0]).toMatchObject({ extensions: { code: 'BAD_USER_INPUT' } });
    expect((await refused.next()).done).toBe(true);
    const once = client.iterate({ query: '{ instruments { symbol } }' });
    expect((await once.next()).value?.data).toEqual({ instruments: [] });
  });
});

describe('a reader that comes back', () => {
  test('gets everything after its Last-Event-ID, which wins over what its operation says', async () => {
    const { url, bus } = await testServer();
    for (const id of [1, 2, 3]) await bus.publishEvent(topics.trades, trade('A', id));
    const query = 'subscription { trades(last: 2) { tradeId cursor replayed } }';
    const first = await open(url, { method: 'GET', query });
    await first.until('"tradeId":"3"');
    expect(tradesOf(first.text).map(({ tradeId, id, cursor }) => [tradeId, id === cursor])).toEqual([
      ['2', true],
      ['3', true],
    ]);
    const [{ id = '' } = {}] = tradesOf(first.text);
    const resumed = await open(url, { method: 'GET', query, headers: { 'last-event-id': id } });
    await resumed.until('"tradeId":"3"');
    expect(tradesOf(resumed.text)).toMatchObject([{ tradeId: '3', replayed: true }]);
    const { lastEventId } = eventsOf(first.text);
    const both = await open(url, {
      query: TRADES,
      variables: { after: id },
      headers: { 'last-event-id': lastEventId },
    });
    await both.take(2);
    await bus.publishEvent(topics.trades, trade('A', 4));
    await both.until('"tradeId":"4"');
    expect(tradesOf(both.text).map(({ tradeId }) => tradeId)).toEqual(['4']);
  });

  test('to a state topic gets its snapshot, whatever id it sends', async () => {
    const { url, bus } = await testServer();
    await bus.publishState(topics.prices, price('A', '1'));
    const stream = await open(url, { query: PRICES, headers: { 'last-event-id': 'b2xk' } });
    await stream.take(3);
    expect(eventsOf(stream.text)).toMatchObject({ events: [{ event: 'next', id: '' }], lastEventId: '' });
  });

  test('has moved on with a filter that nothing matches', async () => {
    const clock = new FakeClock();
    const { url, bus } = await testServer({ clock });
    const query = 'subscription { trades(filter: {symbols: ["RARE"]}) { tradeId cursor replayed } }';
    const stream = await open(url, { query });
    await stream.take(2);
    const { lastEventId: atFirst } = eventsOf(stream.text);
    for (const id of [1, 2, 3]) await bus.publishEvent(topics.trades, trade('COMMON', id));
    await clock.advance(25_000);
    await stream.take(3);
    const { events, lastEventId } = eventsOf(stream.text);
    expect(events).toEqual([]);
    expect(lastEventId).not.toBe(atFirst);
    const everything = await open(url, { query: TRADES, headers: { 'last-event-id': lastEventId } });
    await everything.take(2);
    await bus.publishEvent(topics.trades, trade('RARE', 4));
    await everything.until('"tradeId":"4"');
    expect(tradesOf(everything.text).map(({ tradeId }) => tradeId)).toEqual(['4']);
  });

  test('after its id has expired is told so once and begins anew without it', async () => {
    const { url, bus } = await testServer();
    await bus.publishEvent(topics.trades, trade('A', 1));
    const stale = Buffer.from('trades:another-life:1').toString('base64url');
    const stream = await open(url, { query: TRADES, headers: { 'last-event-id': stale } });
    await stream.until('event: complete');
    const { events, lastEventId } = eventsOf(stream.text);
    expect(events.map(({ event }) => event)).toEqual(['next', 'complete']);
    expect(JSON.parse(events[0]?.data ?? '').errors[0].extensions.code).toBe('CURSOR_EXPIRED');
    expect(lastEventId).toBe('');
  });
});

describe('a stream that has nothing to say', () => {
  test('says so at each heartbeat', async () => {
    const clock = new FakeClock();
    const { url } = await testServer({ clock });
    const stream = await open(url, { query: PRICES });
    await stream.take(2);
    await clock.advance(24_000);
    expect(stream.chunks.length).toBe(2);
    await clock.advance(51_000);
    expect(await stream.take(5)).toEqual(Array(5).fill(':\n\n'));
  });

  test('leaves nothing behind when its reader goes', async () => {
    const { url, status } = await testServer();
    const streams = [await open(url, { query: TRADES }), await open(url, { query: PRICES })];
    for (const stream of streams) await stream.take(2);
    expect(await status()).toMatchObject({ streams: 2, subscriptions: 2, questions: 2 });
    for (const stream of streams) stream.socket.destroy();
    await eventually('nothing is left', async () => {
      const { streams: left, questions } = await status();
      return left === 0 && questions === 0;
    });
  });

  test('leaves nothing behind when its reader goes while it joins, or before it has said what it wants', async () => {
    const bus = heldBus(createMemoryBus({ clock: new FakeClock(), log: silentLog }));
    const { url, status } = await testServer({ bus });
    bus.hold();
    const joining = await open(url, { query: TRADES, variables: { after: null } });
    await joining.take(1);
    await eventually('it waits', () => bus.waiting > 0);
    joining.socket.destroy();
    await eventually('it is gone', async () => (await status())['streams'] === 0);
    bus.release();
    await eventually('the read has been answered', () => bus.waiting === 0);
    expect(await status()).toMatchObject({ streams: 0, questions: 0 });
    const unsaid = HttpStream.send(url, 'text/event-stream', { query: TRADES, headers: { 'content-length': '1000' } });
    await new Promise((resolve) => unsaid.socket.once('connect', resolve));
    unsaid.socket.destroy();
    await eventually('it is closed', () => unsaid.closed);
    expect(await status()).toMatchObject({ streams: 0, questions: 0 });
  });
});
