import { describe, expect, test } from 'vitest';
import type { Bus } from '../../src/bus/bus.ts';
import { createMemoryBus } from '../../src/bus/memory-bus.ts';
import { topics } from '../../src/bus/topics.ts';
import { encodeCursor } from '../../src/cohorts/cursor.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { decimal } from '../../src/lib/decimal.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { heldBus } from '../support/held-bus.ts';
import { trade } from '../support/market.ts';
import { eventually, silentLog, testServer } from '../support/server.ts';
import { WireClient } from '../support/wire-client.ts';

type Trades = { trades: { tradeId: string; cursor: string; replayed: boolean; matches: boolean } };
const trades = (args = '') =>
  `subscription ($after: Cursor) { trades(after: $after${args}) { tradeId cursor replayed matches } }`;

async function publish(bus: Bus, from: number, to: number, more = {}): Promise<void> {
  for (let id = from; id <= to; id++) await bus.publishEvent(topics.trades, trade('A', id, more));
}

async function ids(client: WireClient, operation: string, count: number): Promise<number[]> {
  const seen: number[] = [];
  while (seen.length < count) seen.push(Number((await client.next<Trades>(operation)).trades.tradeId));
  return seen;
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

describe('an event subscription', () => {
  test('without a beginning starts at the head, and is told its cursor at once', async () => {
    const { url, bus } = await testServer();
    await publish(bus, 1, 3);
    const client = await WireClient.connect(url);
    client.subscribe('a', trades());
    const { progress } = await client.live('a');
    await publish(bus, 4, 5);
    expect(await ids(client, 'a', 2)).toEqual([4, 5]);
    client.subscribe('b', trades(), { after: progress['a'] });
    expect(await ids(client, 'b', 2)).toEqual([4, 5]);
  });

  test('after a cursor gets everything since, marked as replayed, then what comes', async () => {
    const { url, bus } = await testServer();
    await publish(bus, 1, 1);
    const client = await WireClient.connect(url);
    client.subscribe('a', trades(', last: 1').replace('after: $after, ', '').replace('($after: Cursor) ', ''));
    const { trades: first } = await client.next<Trades>('a');
    expect(first).toMatchObject({ tradeId: '1', replayed: true });
    client.complete('a');
    await publish(bus, 2, 1_200);
    client.subscribe('b', trades(), { after: first.cursor });
    expect(await ids(client, 'b', 1_199)).toEqual(range(2, 1_200));
    await client.live('b');
    await publish(bus, 1_201, 1_201);
    expect((await client.next<Trades>('b')).trades).toMatchObject({ tradeId: '1201', replayed: false });
  });

  test('beginning with the last so many that match gets them oldest first', async () => {
    const { url, bus } = await testServer();
    for (let id = 1; id <= 1_000; id++)
      await bus.publishEvent(topics.trades, trade('A', id, { quantity: decimal(id % 100 === 0 ? '5' : '1') }));
    const client = await WireClient.connect(url);
    client.subscribe('a', 'subscription { trades(filter: {minQuantity: 5}, last: 3) { tradeId replayed } }');
    expect(await ids(client, 'a', 3)).toEqual([800, 900, 1_000]);
    await client.live('a');
  });

  test('misses nothing that is published while its beginning is read, and repeats nothing', async () => {
    const bus = heldBus(createMemoryBus({ clock: systemClock, log: silentLog }));
    const { url } = await testServer({ bus });
    const { epoch } = await bus.publishEvent(topics.trades, trade('A', 1));
    bus.hold();
    const client = await WireClient.connect(url);
    client.subscribe('a', trades(), { after: encodeCursor('trades', { epoch, sequence: 0 }) });
    await eventually('the head is being read', () => bus.waiting > 0);
    await publish(bus, 2, 700);
    bus.release();
    expect(await ids(client, 'a', 700)).toEqual(range(1, 700));
    await client.live('a');
    await publish(bus, 701, 702);
    expect(await ids(client, 'a', 2)).toEqual([701, 702]);
  });

  test('gets what was published while the live path was broken, in order, once', async () => {
    const bus = heldBus(createMemoryBus({ clock: systemClock, log: silentLog }));
    const { url } = await testServer({ bus });
    const client = await WireClient.connect(url);
    client.subscribe('a', trades());
    await client.live('a');
    await publish(bus, 1, 10);
    bus.breakLive();
    await publish(bus, 11, 1_500);
    bus.restoreLive();
    await publish(bus, 1_501, 1_510);
    expect(await ids(client, 'a', 1_510)).toEqual(range(1, 1_510));
  });

  test('finds a loss that nobody announced at the next event', async () => {
    const bus = heldBus(createMemoryBus({ clock: systemClock, log: silentLog }));
    const { url } = await testServer({ bus });
    const client = await WireClient.connect(url);
    client.subscribe('a', trades());
    await client.live('a');
    bus.breakLive();
    await publish(bus, 1, 3);
    bus.mendLive();
    await publish(bus, 4, 5);
    expect(await ids(client, 'a', 5)).toEqual([1, 2, 3, 4, 5]);
  });
});

describe('a cursor', () => {
  test('of another topic, of another life, or none at all is refused by name', async () => {
    const { url, bus } = await testServer();
    const { epoch } = await bus.publishEvent(topics.trades, trade('A', 1));
    const client = await WireClient.connect(url);
    for (const [after, code] of [
      ['garbage', 'BAD_USER_INPUT'],
      [encodeCursor('prices', { epoch, sequence: 1 }), 'BAD_USER_INPUT'],
      [encodeCursor('trades', { epoch: 'another', sequence: 1 }), 'CURSOR_EXPIRED'],
      [encodeCursor('trades', { epoch, sequence: 50 }), 'CURSOR_EXPIRED'],
    ] as const) {
      client.subscribe('a', trades(), { after });
      expect([after, (await client.error('a')).extensions['code']]).toEqual([after, code]);
    }
    client.subscribe('both', trades(', last: 5'), { after: encodeCursor('trades', { epoch, sequence: 1 }) });
    expect((await client.error('both')).extensions).toMatchObject({ code: 'BAD_USER_INPUT', argument: 'last' });
  });

  test('of which not everything since is kept is refused: nothing of the rest is given', async () => {
    const clock = new FakeClock();
    const bus = createMemoryBus({ clock, log: silentLog, retentionEvents: 100 });
    const { url } = await testServer({ bus });
    const { epoch } = await bus.publishEvent(topics.trades, trade('A', 1));
    await publish(bus, 2, 5_000);
    const client = await WireClient.connect(url);
    client.subscribe('a', trades(), { after: encodeCursor('trades', { epoch, sequence: 1 }) });
    expect((await client.error('a')).extensions['code']).toBe('CURSOR_EXPIRED');
    expect(client.received.filter(({ type }) => type === 'next')).toHaveLength(0);
  });

  test('stays valid under another filter', async () => {
    const { url, bus } = await testServer();
    const client = await WireClient.connect(url);
    client.subscribe('a', trades());
    const { progress } = await client.live('a');
    await bus.publishEvent(topics.trades, trade('A', 1));
    await bus.publishEvent(topics.trades, trade('B', 2));
    const after = progress['a'];
    client.subscribe(
      'b',
      'subscription ($after: Cursor) { trades(filter: {symbols: ["B"]}, after: $after) { tradeId } }',
      { after },
    );
    expect(await ids(client, 'b', 1)).toEqual([2]);
  });
});

describe('a hole in what the venue told', () => {
  test('is told with the next event of its key, also to a filter that it does not match', async () => {
    const { url, bus } = await testServer();
    const client = await WireClient.connect(url);
    client.subscribe(
      'a',
      'subscription { trades(filter: {symbols: ["A"], minQuantity: "100"}) { tradeId matches gapBefore { from to reason } } }',
    );
    await client.live('a');
    const gapBefore = { from: 1, to: 2, reason: 'trades 2 to 4 are missing' };
    await bus.publishEvent(topics.trades, trade('A', 1));
    await bus.publishEvent(topics.trades, trade('B', 1, { gapBefore }));
    await bus.publishEvent(topics.trades, trade('A', 5, { gapBefore }));
    expect(await client.next('a')).toEqual({
      trades: {
        tradeId: '5',
        matches: false,
        gapBefore: { from: '1970-01-01T00:00:00.001Z', to: '1970-01-01T00:00:00.002Z', reason: gapBefore.reason },
      },
    });
  });
});
