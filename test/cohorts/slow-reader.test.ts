import { describe, expect, test } from 'vitest';
import { createMemoryBus } from '../../src/bus/memory-bus.ts';
import { topics } from '../../src/bus/topics.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { price, trade } from '../support/market.ts';
import { eventually, silentLog, testServer } from '../support/server.ts';
import { WireClient } from '../support/wire-client.ts';

const PRICES = 'subscription { prices { price conflated sequence } }';
const TRADES = 'subscription ($after: Cursor) { trades(after: $after) { tradeId cursor } }';

type Prices = { prices: { price: string; conflated: number; sequence: number } };
type Trades = { trades: { tradeId: string; cursor: string } };

/** Much more than a window of un-answered bytes, for frames of some 130 bytes. */
const MANY = 10_000;

describe('a reader that stops reading', () => {
  test('of a state topic gets the newest when it reads again, and every update is delivered or counted as folded', async () => {
    const { url, bus } = await testServer();
    const client = await WireClient.connect(url);
    client.subscribe('a', PRICES);
    await client.live('a');
    client.socket.pause();
    for (let i = 1; i <= MANY; i++) {
      await bus.publishState(topics.prices, price('A', String(i)));
      if (i % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    client.socket.resume();
    const seen: Prices['prices'][] = [];
    while (seen.at(-1)?.price !== String(MANY)) seen.push((await client.next<Prices>('a')).prices);
    expect(seen.length).toBeLessThan(MANY / 5);
    expect(seen.reduce((sum, { conflated }) => sum + conflated + 1, 0)).toBe(MANY);
    expect(seen.map(({ sequence }) => sequence)).toEqual(
      seen.map(({ sequence }) => sequence).toSorted((a, b) => a - b),
    );
  });

  test('of an event topic gets every event, in order, once', async () => {
    const { url, bus } = await testServer();
    const client = await WireClient.connect(url);
    client.subscribe('a', TRADES);
    await client.live('a');
    client.socket.pause();
    for (let id = 1; id <= MANY; id++) {
      await bus.publishEvent(topics.trades, trade('A', id));
      if (id % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    client.socket.resume();
    for (let id = 1; id <= MANY; id++) {
      const { trades } = await client.next<Trades>('a');
      if (trades.tradeId !== String(id)) throw new Error(`${trades.tradeId} in the place of ${id}`);
    }
    await bus.publishEvent(topics.trades, trade('A', MANY + 1));
    expect((await client.next<Trades>('a')).trades.tradeId).toBe(String(MANY + 1));
  });

  test('loses the one subscription whose events are gone, with a cursor, and keeps the others', async () => {
    const bus = createMemoryBus({ clock: systemClock, log: silentLog, retentionEvents: 100 });
    const { url } = await testServer({ bus });
    const client = await WireClient.connect(url);
    client.subscribe('events', TRADES);
    client.subscribe('state', PRICES);
    await client.live('events');
    await client.live('state');
    client.socket.pause();
    for (let id = 1; id <= MANY; id++) {
      await bus.publishEvent(topics.trades, trade('A', id));
      if (id % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await bus.publishState(topics.prices, price('A', '7'));
    client.socket.resume();
    const { extensions } = await client.error('events');
    expect(extensions).toMatchObject({ code: 'SLOW_CONSUMER', resumeCursor: expect.any(String) });
    expect((await client.next<Prices>('state')).prices.price).toBe('7');
    const got = client.received.flatMap(({ id, type, payload }) =>
      id === 'events' && type === 'next' ? Number((payload as { data: Trades }).data.trades.tradeId) : [],
    );
    expect(got).toEqual(got.map((_, index) => index + 1));
  });

  test('costs another reader nothing: it gets everything as it comes', async () => {
    const { url, bus } = await testServer();
    const [slow, fast] = [await WireClient.connect(url), await WireClient.connect(url)];
    for (const client of [slow, fast]) {
      client.subscribe('a', PRICES);
      await client.live('a');
    }
    slow.socket.pause();
    let seen = 0;
    for (let i = 1; i <= 2_000; i++) {
      await bus.publishState(topics.prices, price('A', String(i)));
      if (i % 20 === 0)
        while (seen < i) {
          const { prices } = await fast.next<Prices>('a');
          expect(prices.conflated).toBe(0);
          seen++;
        }
    }
    expect(seen).toBe(2_000);
    slow.socket.terminate();
  });

  test('and answers no ping is cut, and leaves nothing behind', async () => {
    const { url, bus, status } = await testServer({ heartbeatIntervalMs: 200, heartbeatTimeoutMs: 100 });
    const client = await WireClient.connect(url);
    client.subscribe('a', TRADES);
    await client.live('a');
    client.socket.pause();
    await bus.publishEvent(topics.trades, trade('A', 1));
    await eventually('it is cut', async () => (await status())['connections'] === 0);
    expect(await status()).toMatchObject({ subscriptions: 0, questions: 0 });
    client.socket.terminate();
  });
});
