import { beforeEach, describe, expect, test } from 'vitest';
import { topics } from '../../src/bus/topics.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { Following } from '../support/followers.ts';
import { price } from '../support/market.ts';
import { type TestServer, testServer } from '../support/server.ts';
import { WireClient } from '../support/wire-client.ts';

interface Frame {
  readonly symbol: string;
  readonly price: string;
  readonly conflated: number;
}

const QUERY = 'subscription { prices(delivery: {minIntervalMs: 1000}) { symbol price conflated } }';

describe('a rate of one a second, chosen for several keys,', () => {
  let clock: FakeClock;
  let server: TestServer;
  let following: Following;

  beforeEach(async () => {
    clock = new FakeClock();
    server = await testServer({ clock, heartbeatIntervalMs: 3_600_000 });
    const client = await WireClient.connect(server.url);
    following = new Following(client, 'a', QUERY);
    await client.live('a');
  });

  const put = (symbol: string, text: string) => server.bus.publishState(topics.prices, price(symbol, text));
  const seen = async () => {
    await following.client.settled();
    return following.frames<Frame>('prices').map(({ symbol, price: text, conflated }) => [symbol, text, conflated]);
  };

  test('gives each of them when its own second is over, whatever the others do', async () => {
    await put('A', '1');
    await clock.advance(900);
    await put('B', '1');
    await clock.advance(50);
    await put('A', '2');
    await put('B', '2');
    await put('B', '3');
    await clock.advance(49);
    expect(await seen()).toHaveLength(2);
    await clock.advance(1);
    expect((await seen()).slice(2)).toEqual([['A', '2', 0]]);
    await clock.advance(900);
    expect((await seen()).slice(3)).toEqual([['B', '3', 1]]);
  });

  test('is kept however often they change, and the last of each comes when they stop', async () => {
    const keys = ['A', 'B', 'C', 'D', 'E'];
    for (let step = 1; step <= 500; step++) {
      await put(keys[step % keys.length] ?? '', String(step));
      await clock.advance(10);
    }
    await clock.advance(1_000);
    const frames = await seen();
    for (const [at, key] of keys.entries()) {
      const own = frames.filter(([symbol]) => symbol === key);
      // Five seconds: one at once, one at each second, the last one.
      expect(own.length).toBeGreaterThanOrEqual(5);
      expect(own.length).toBeLessThanOrEqual(7);
      expect(own.at(-1)?.[1]).toBe(String(at === 0 ? 500 : 495 + at));
    }
  });
});
