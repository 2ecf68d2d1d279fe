import { setImmediate as turn } from 'node:timers/promises';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { Bus } from '../../src/bus/bus.ts';
import { topics } from '../../src/bus/topics.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { Following } from '../support/followers.ts';
import { price, trade } from '../support/market.ts';
import { testServer } from '../support/server.ts';
import { ThrottledProxy } from '../support/throttled-proxy.ts';
import { until } from '../support/until.ts';
import { WireClient } from '../support/wire-client.ts';

/** What a connection may have under way, as PROTOCOL.md says, bytes. */
const WINDOW = 65_536;

/** A frame of these tests at most, bytes, and the pings between frames. */
const FRAME = 1_200;
const PINGS = 200;

/** Bytes that pass in one step of a slow network, where ten times as many are published. */
const STEP_BYTES = 1_000;
const STEP_UPDATES = 10;

const fields = Array.from({ length: 60 }, (_, at) => `s${at}: symbol`).join(' ');
const PRICES = `subscription { prices { price conflated ${fields} } }`;
const TRADES = `subscription { trades { tradeId ${fields} } }`;

interface Shown {
  readonly price: string;
  readonly conflated: number;
}

describe('over a network that is slower than what is published', () => {
  let bus: Bus;
  let proxy: ThrottledProxy;
  let client: WireClient;

  beforeEach(async () => {
    const server = await testServer({ clock: new FakeClock() });
    bus = server.bus;
    proxy = await ThrottledProxy.to(server.url);
    onTestFinished(() => proxy.close());
    proxy.allow(Number.MAX_SAFE_INTEGER);
    client = await WireClient.connect(proxy.url);
  });

  const follow = async (query: string): Promise<Following> => {
    const following = new Following(client, 'a', query);
    await client.live('a');
    await client.settled();
    proxy.forfeit();
    return following;
  };

  /** Until what was sent has arrived at the proxy, and what the reader answers at the server. */
  const settled = async () => {
    for (let quiet = 0, before = -1; quiet < 8; before = proxy.received) {
      quiet = proxy.received === before ? quiet + 1 : 0;
      await turn();
    }
  };

  test('no more is under way than a window and a frame, however much is published', async () => {
    const following = await follow(PRICES);
    let most = 0;
    for (let number = 1; number <= 2_000; number++) {
      await bus.publishState(topics.prices, price('A', String(number)));
      if (number % 10 === 0) await settled();
      most = Math.max(most, proxy.held);
    }
    expect(most).toBeGreaterThan(WINDOW / 2);
    expect(most).toBeLessThan(WINDOW + FRAME + PINGS);
    // The newest lies behind what is under way, and behind nothing else.
    const before = proxy.passed;
    const newest = () => following.frames<Shown>('prices').at(-1)?.price === '2000';
    while (!newest()) {
      proxy.allow(100);
      await settled();
    }
    expect(proxy.passed - before).toBeLessThan(WINDOW + 2 * FRAME + PINGS);
    const told = following.frames<Shown>('prices').reduce((sum, { conflated }) => sum + conflated + 1, 0);
    expect(told).toBe(2_000);
  });

  test('what is read is never older than a window takes to pass', async () => {
    const following = await follow(PRICES);
    const bound = (WINDOW + 2 * FRAME + PINGS) / STEP_BYTES + 1;
    let read = 0;
    let oldest = 0;
    for (let step = 1; step <= 300; step++) {
      for (let each = 1; each <= STEP_UPDATES; each++)
        await bus.publishState(topics.prices, price('A', String((step - 1) * STEP_UPDATES + each)));
      proxy.forfeit();
      proxy.allow(STEP_BYTES);
      await settled();
      const frames = following.frames<Shown>('prices');
      for (const { price: number } of frames.slice(read))
        oldest = Math.max(oldest, step - Math.ceil(Number(number) / STEP_UPDATES));
      read = frames.length;
    }
    // It did fall behind: otherwise nothing is shown here.
    expect(oldest).toBeGreaterThan(bound / 2);
    expect(oldest).toBeLessThan(bound);
  });

  test('every event comes, though no more of them is under way than a window and a frame', async () => {
    const following = await follow(TRADES);
    let most = 0;
    const many = 6_000;
    for (let id = 1; id <= many; id++) {
      await bus.publishEvent(topics.trades, trade('A', id));
      if (id % 100 > 0) continue;
      proxy.allow(STEP_BYTES);
      await settled();
      most = Math.max(most, proxy.held);
    }
    expect(most).toBeLessThan(WINDOW + FRAME + PINGS);
    expect(following.frames('trades').length).toBeLessThan(many / 10);
    proxy.allow(Number.MAX_SAFE_INTEGER);
    await until('all came', () => following.messages.filter(({ type }) => type === 'next').length >= many);
    const ids = following.frames<{ tradeId: string }>('trades').map(({ tradeId }) => Number(tradeId));
    expect(ids).toEqual(Array.from({ length: many }, (_, at) => at + 1));
  });
});
