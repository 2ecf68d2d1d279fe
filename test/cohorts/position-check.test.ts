import { beforeEach, describe, expect, test } from 'vitest';
import { createMemoryBus } from '../../src/bus/memory-bus.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { ApiError } from '../../src/lib/errors.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { BookFollower, EventFollower, StateFollower } from '../support/followers.ts';
import { type HeldBus, heldBus } from '../support/held-bus.ts';
import { Journal } from '../support/journal.ts';
import { silentLog, testServer } from '../support/server.ts';
import { until } from '../support/until.ts';
import { WireClient } from '../support/wire-client.ts';

/** How long a loss that nobody announced may stay, milliseconds: a check every ten seconds, one for what is on its way. */
const FOUND_MS = 11_000;

const ANY_TRADE = { text: '', passes: () => true };
const ANY_PRICE = { text: 'filter: {sources: ["test"]}', passes: () => true };

describe('a loss that nobody announced, on a topic that then stays quiet,', () => {
  let clock: FakeClock;
  let bus: HeldBus;
  let journal: Journal;
  let client: WireClient;
  /** Reads of latest values. */
  let reads: number;
  /** Times that positions were asked for, and whether they are refused. */
  let asked: number;
  let away: boolean;

  beforeEach(async () => {
    clock = new FakeClock();
    bus = heldBus(createMemoryBus({ clock: systemClock, log: silentLog }));
    [reads, asked, away] = [0, 0, false];
    const counted: HeldBus = {
      ...bus,
      latest: (topic, keys) => {
        reads++;
        return bus.latest(topic, keys);
      },
      positions: async (topic, keys) => {
        if (topic.name === 'prices') asked++;
        if (away) throw new ApiError('UNAVAILABLE', 'away');
        return await bus.positions(topic, keys);
      },
    };
    journal = new Journal(bus);
    const { url } = await testServer({ bus: counted, clock, heartbeatTimeoutMs: Number.MAX_SAFE_INTEGER });
    client = await WireClient.connect(url);
  });

  const lose = async (publish: () => Promise<void>) => {
    bus.breakLive();
    await publish();
    bus.mendLive();
    await client.settled();
  };

  test('is found on an event topic', async () => {
    const follower = new EventFollower(ANY_TRADE, 0, null);
    follower.follow(client, 'a', 1);
    await client.live('a');
    await journal.trade('A');
    await lose(() => journal.trade('A'));
    await until('the first came', () => follower.followings[0]?.frames('trades').length === 1);
    await clock.advance(FOUND_MS);
    await until('the second came', () => follower.followings[0]?.frames('trades').length === 2);
    follower.judge(journal.trades);
  });

  test('is found on a state topic of which everything is held: of a known key and of a new one', async () => {
    const follower = new StateFollower(ANY_PRICE, client, 'a', 0);
    await client.live('a');
    await journal.price('A');
    await lose(async () => {
      await journal.price('A');
      await journal.price('B');
    });
    expect(() => follower.judge(journal.prices)).toThrow();
    await clock.advance(FOUND_MS);
    await client.settled();
    follower.judge(journal.prices);
  });

  test('is found on a state topic of which some keys are held, and the book begins anew', async () => {
    await journal.book('A', 1, true);
    const follower = new BookFollower('A', client, 'a');
    await client.live('a');
    await lose(() => journal.book('A', 2, false));
    await clock.advance(FOUND_MS);
    await client.settled();
    follower.judge(journal);
  });

  test('is looked for by positions alone: where nothing is lost no value is read, and no book begins anew', async () => {
    await journal.book('A', 1, true);
    const book = new BookFollower('A', client, 'a');
    const prices = new StateFollower(ANY_PRICE, client, 'b', 0);
    await client.live('a');
    await client.live('b');
    const before = reads;
    // At the moment of the check the store is ahead of what has been heard.
    await clock.advance(9_999);
    bus.delayLive();
    await journal.book('A', 2, false);
    await journal.price('A');
    await clock.advance(1);
    bus.hurryLive();
    await clock.advance(50_000);
    await client.settled();
    book.judge(journal);
    prices.judge(journal.prices);
    expect(reads).toBe(before);
  });

  test('and the store away at the moment of the check is found at the next one', async () => {
    const follower = new StateFollower(ANY_PRICE, client, 'a', 0);
    await client.live('a');
    await journal.price('A');
    await lose(() => journal.price('A'));
    away = true;
    await clock.advance(FOUND_MS);
    expect(asked).toBe(1);
    away = false;
    await clock.advance(FOUND_MS);
    await client.settled();
    follower.judge(journal.prices);
  });
});
