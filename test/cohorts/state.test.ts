import { describe, expect, test } from 'vitest';
import { createMemoryBus } from '../../src/bus/memory-bus.ts';
import { topics } from '../../src/bus/topics.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { applyBookChange, type Book } from '../../src/model/book.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { heldBus } from '../support/held-bus.ts';
import { book, bookChange, price } from '../support/market.ts';
import { eventually, silentLog, testServer } from '../support/server.ts';
import { WireClient } from '../support/wire-client.ts';

type Prices = {
  prices: {
    symbol: string;
    price: string;
    snapshot: boolean;
    matches: boolean;
    conflated: number;
    sequence: number;
    stale: boolean;
  };
};
const FIELDS = '{ symbol price snapshot matches conflated sequence stale }';
const prices = (args = '') => `subscription { prices${args} ${FIELDS} }`;
const put = (bus: Awaited<ReturnType<typeof testServer>>['bus'], symbol: string, text: string, more = {}) =>
  bus.publishState(topics.prices, price(symbol, text, more));

describe('a join', () => {
  test('misses nothing that is published while the snapshot is read, and repeats nothing', async () => {
    const bus = heldBus(createMemoryBus({ clock: systemClock, log: silentLog }));
    const { url } = await testServer({ bus });
    await put(bus, 'A', '1');
    bus.hold();
    const client = await WireClient.connect(url);
    client.subscribe('a', prices());
    await eventually('the snapshot is being read', () => bus.waiting > 0);
    await put(bus, 'A', '2');
    await put(bus, 'B', '7');
    await put(bus, 'A', '3');
    bus.release();
    await client.live('a');
    await put(bus, 'A', '4');
    const seen: Record<string, string[]> = { A: [], B: [] };
    while (seen['A']?.at(-1) !== '4') {
      const { prices: update } = await client.next<Prices>('a');
      seen[update.symbol]?.push(update.price);
    }
    expect(seen['B']).toEqual(['7']);
    expect(seen['A']).toEqual(['3', '4']);
  });

  test('of a second subscriber with the same question gets its own snapshot, then the same frames', async () => {
    const { url, bus, status } = await testServer();
    await put(bus, 'A', '1');
    const [one, two] = [await WireClient.connect(url), await WireClient.connect(url)];
    one.subscribe('a', prices('(filter: {symbols: ["A"]})'));
    await one.next('a');
    await put(bus, 'A', '2');
    two.subscribe('b', prices());
    expect((await two.next<Prices>('b')).prices).toMatchObject({ price: '2', snapshot: true });
    expect((await one.next<Prices>('a')).prices).toMatchObject({ price: '2', snapshot: false });
    expect(await status()).toMatchObject({ questions: 1 });
    const before = (await status())['delivery'] as unknown as { executions: number };
    await put(bus, 'A', '3');
    await Promise.all([one.next('a'), two.next('b')]);
    expect((await status())['delivery']).toMatchObject({ executions: before.executions + 1 });
  });
});

describe('a broken live path', () => {
  test('is made good by reading again: the newest value comes, what was missed is folded', async () => {
    const bus = heldBus(createMemoryBus({ clock: systemClock, log: silentLog }));
    const { url } = await testServer({ bus });
    await put(bus, 'A', '1');
    const client = await WireClient.connect(url);
    client.subscribe('a', prices());
    await client.next('a');
    bus.breakLive();
    await put(bus, 'A', '2');
    await put(bus, 'A', '3');
    bus.restoreLive();
    expect((await client.next<Prices>('a')).prices).toMatchObject({ price: '3', sequence: 3 });
  });
});

describe('a filter', () => {
  test('is honoured, each on its own, by several operations on one socket', async () => {
    const { url, bus } = await testServer();
    const client = await WireClient.connect(url);
    client.subscribe('a', prices('(filter: {symbols: ["A"]})'));
    client.subscribe('b', prices('(filter: {symbols: ["B"]})'));
    client.subscribe('other', prices('(filter: {sources: ["other"]})'));
    client.subscribe('all', prices());
    for (const id of ['a', 'b', 'other', 'all']) await client.live(id);
    await put(bus, 'A', '1');
    await put(bus, 'B', '2');
    await put(bus, 'A', '9', { source: 'other', primary: false });
    await put(bus, 'C', '3');
    expect((await client.next<Prices>('a')).prices.price).toBe('1');
    expect((await client.next<Prices>('b')).prices.price).toBe('2');
    expect((await client.next<Prices>('other')).prices.price).toBe('9');
    for (const expected of ['1', '2', '3']) expect((await client.next<Prices>('all')).prices.price).toBe(expected);
    await client.settled();
    expect(client.received.filter(({ type }) => type === 'next')).toHaveLength(6);
  });

  test('that a value leaves says so once, with matches: false', async () => {
    const { url, bus } = await testServer();
    const client = await WireClient.connect(url);
    client.subscribe('a', prices());
    await client.live('a');
    await put(bus, 'A', '1');
    await put(bus, 'A', '2', { primary: false });
    await put(bus, 'A', '3', { primary: false });
    await put(bus, 'A', '4');
    const seen = [];
    for (let i = 0; i < 3; i++) seen.push((await client.next<Prices>('a')).prices);
    expect(seen.map(({ price: text, matches }) => [text, matches])).toEqual([
      ['1', true],
      ['2', false],
      ['4', true],
    ]);
  });

  test('of minChangePct holds back what is nearer to the last let through, but never a change of stale', async () => {
    const { url, bus } = await testServer();
    const client = await WireClient.connect(url);
    client.subscribe('a', prices('(filter: {minChangePct: 1})'));
    await client.live('a');
    for (const text of ['100', '100.5', '100.9', '101', '101.5', '99.9']) await put(bus, 'A', text);
    await put(bus, 'A', '99.95', { stale: true });
    const seen = [];
    for (let i = 0; i < 4; i++) seen.push((await client.next<Prices>('a')).prices);
    expect(seen.map(({ price: text, stale }) => [text, stale])).toEqual([
      ['100', false],
      ['101', false],
      ['99.9', false],
      ['99.95', true],
    ]);
  });
});

describe('a chosen rate', () => {
  test('gives the first update at once, then the newest at each interval, the last of a burst always', async () => {
    const clock = new FakeClock();
    const { url, bus } = await testServer({ clock });
    const client = await WireClient.connect(url);
    client.subscribe('a', prices('(delivery: {minIntervalMs: 1000})'));
    await client.live('a');
    await put(bus, 'A', '1');
    for (const text of ['2', '3', '4']) await put(bus, 'A', text);
    await clock.advance(999);
    await put(bus, 'A', '5');
    await client.settled();
    expect(client.received.filter(({ type }) => type === 'next')).toHaveLength(1);
    await clock.advance(1);
    expect((await client.next<Prices>('a')).prices).toMatchObject({ price: '1' });
    expect((await client.next<Prices>('a')).prices).toMatchObject({ price: '5', conflated: 3 });
    await put(bus, 'A', '6', { stale: true });
    expect((await client.next<Prices>('a')).prices).toMatchObject({ price: '6', stale: true });
  });

  test('is kept for each key by itself', async () => {
    const clock = new FakeClock();
    const { url, bus } = await testServer({ clock });
    const client = await WireClient.connect(url);
    client.subscribe('a', prices('(delivery: {minIntervalMs: 60000})'));
    await client.live('a');
    await put(bus, 'A', '1');
    await put(bus, 'B', '2');
    expect((await client.next<Prices>('a')).prices.symbol).toBe('A');
    expect((await client.next<Prices>('a')).prices.symbol).toBe('B');
  });
});

describe('a book as changes', () => {
  const DELTA = `subscription { orderbook(symbol: "A", source: "test", format: DELTA) {
    bids { price size } asks { price size } sequence previousSequence checksum snapshot stale } }`;
  type Delta = {
    orderbook: {
      bids: unknown[];
      asks: unknown[];
      sequence: number;
      previousSequence: number | null;
      snapshot: boolean;
      checksum: number;
    };
  };

  const first = book(
    'A',
    [
      ['10', '1'],
      ['9', '2'],
    ],
    [['11', '1']],
  );
  const second = book(
    'A',
    [
      ['10', '5'],
      ['9', '2'],
    ],
    [['12', '3']],
  );
  const change = bookChange(
    second,
    [['10', '5']],
    [
      ['11', '0'],
      ['12', '3'],
    ],
  );

  test('begins with the whole book and goes on with exactly what changed', async () => {
    const { url, bus } = await testServer();
    await bus.publishState(topics.orderbook, first);
    const client = await WireClient.connect(url);
    client.subscribe('a', DELTA);
    expect((await client.next<Delta>('a')).orderbook).toMatchObject({
      bids: [
        { price: '10', size: '1' },
        { price: '9', size: '2' },
      ],
      previousSequence: null,
      snapshot: true,
      checksum: first.checksum,
    });
    await bus.publishState<Book, typeof change>(topics.orderbook, applyBookChange(first, change), change);
    expect((await client.next<Delta>('a')).orderbook).toMatchObject({
      bids: [{ price: '10', size: '5' }],
      asks: [
        { price: '11', size: '0' },
        { price: '12', size: '3' },
      ],
      previousSequence: 1,
      sequence: 2,
      snapshot: false,
      checksum: second.checksum,
    });
  });

  test('sends a new whole book when the thread is lost, never a change that does not follow', async () => {
    const bus = heldBus(createMemoryBus({ clock: systemClock, log: silentLog }));
    const { url } = await testServer({ bus });
    await bus.publishState(topics.orderbook, first);
    const client = await WireClient.connect(url);
    client.subscribe('a', DELTA);
    await client.next('a');
    bus.breakLive();
    await bus.publishState<Book, typeof change>(topics.orderbook, second, change);
    bus.restoreLive();
    expect((await client.next<Delta>('a')).orderbook).toMatchObject({
      bids: [
        { price: '10', size: '5' },
        { price: '9', size: '2' },
      ],
      asks: [{ price: '12', size: '3' }],
      previousSequence: null,
      snapshot: true,
    });
  });

  test('and a whole book are two views of the same thing at every update', async () => {
    const { url, bus } = await testServer();
    await bus.publishState(topics.orderbook, first);
    const client = await WireClient.connect(url);
    client.subscribe(
      'full',
      'subscription { orderbook(symbol: "A", source: "test", depth: 1000) { bids { price size } asks { price size } sequence } }',
    );
    await client.next('full');
    await bus.publishState<Book, typeof change>(topics.orderbook, second, change);
    expect(await client.next('full')).toEqual({
      orderbook: {
        bids: [
          { price: '10', size: '5' },
          { price: '9', size: '2' },
        ],
        asks: [{ price: '12', size: '3' }],
        sequence: 2,
      },
    });
  });
});
