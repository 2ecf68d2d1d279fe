import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { Bus } from '../../src/bus/bus.ts';
import { topics } from '../../src/bus/topics.ts';
import { upTo } from '../contracts/bus-topics.ts';
import { agreement } from '../support/agreement.ts';
import { BookFollower, EventFollower, StateFollower } from '../support/followers.ts';
import { Journal, SYMBOLS } from '../support/journal.ts';
import { price, trade } from '../support/market.ts';
import { redisRuntime } from '../support/private-redis.ts';
import { FaultBench } from '../support/redis-faults.ts';
import { becomes, inState } from '../support/redis-state.ts';
import { testServer } from '../support/server.ts';
import { WireClient } from '../support/wire-client.ts';

const ANY_TRADE = { text: '', passes: () => true };
const SOME_TRADES = { text: 'filter: {symbols: ["B"]}', passes: ({ symbol }: { symbol: string }) => symbol === 'B' };
const ANY_PRICE = { text: 'filter: {sources: ["test"]}', passes: () => true };

/** Longest wait for what connections to a store bring, milliseconds: bounds a hang, measures nothing. */
const PATIENCE_MS = 20_000;

/** Clients that follow everything there is, each on a socket of its own. */
class Followers {
  readonly trades = [new EventFollower(ANY_TRADE, 0, null), new EventFollower(SOME_TRADES, 0, null)];
  readonly clients: WireClient[] = [];
  readonly #journal: Journal;
  #prices: StateFollower | null = null;
  #book: BookFollower | null = null;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  async follow(url: string): Promise<void> {
    for (let each = 0; each < 4; each++) this.clients.push(await WireClient.connect(url));
    const [all, some, prices, book] = this.clients;
    if (!all || !some || !prices || !book) throw new Error('four connected');
    this.trades[0]?.follow(all, 'trades', 1);
    this.trades[1]?.follow(some, 'trades', 1);
    this.#prices = new StateFollower(ANY_PRICE, prices, 'prices', 0);
    this.#book = new BookFollower('A', book, 'book');
    for (const [at, id] of ['trades', 'trades', 'prices', 'book'].entries()) await this.clients[at]?.live(id);
    for (const follower of this.trades) follower.look(this.#journal.trades.length);
  }

  /** Resolves when each has exactly what was published. @throws what is wrong, when it stays wrong. */
  async judge(): Promise<void> {
    await agreement(() => this.#look(), PATIENCE_MS);
    await Promise.all(this.clients.map((client) => client.settled()));
    this.#look();
  }

  #look(): void {
    for (const follower of this.trades) follower.judge(this.#journal.trades);
    this.#prices?.judge(this.#journal.prices);
    this.#book?.judge(this.#journal);
  }
}

// Needs a redis-server or Docker beside TEST_REDIS_URL: these tests break the server.
describe.skipIf(redisRuntime === null)('a subscriber behind a Redis', () => {
  let bench: FaultBench;
  let publisher: Bus;
  let heard: Bus;
  let journal: Journal;
  let followers: Followers;

  const begin = async (...args: readonly string[]) => {
    bench = await FaultBench.start(...args);
    onTestFinished(() => bench.end());
    return await follow(bench.server.url, bench.server.url);
  };

  const follow = async (publisherUrl: string, serverUrl: string) => {
    [publisher, heard] = [bench.open(publisherUrl), bench.open(serverUrl)];
    journal = new Journal(publisher);
    followers = new Followers(journal);
    await Promise.all([inState(publisher, 'ready'), inState(heard, 'ready')]);
    const server = await testServer({ bus: heard });
    await followers.follow(server.url);
    return server;
  };

  /** Publishes so many of everything, without waiting in between. */
  const publish = (count: number): Promise<unknown> =>
    Promise.all(
      upTo(count).flatMap((n) => {
        const symbol = SYMBOLS[n % 3] ?? 'A';
        return [journal.trade(symbol), journal.price(symbol), journal.book('A', n * 7 + count, n % 50 === 0)];
      }),
    );

  test('misses nothing when the connection that hears is killed, again and again', async () => {
    await begin();
    for (const _round of upTo(6)) {
      await publish(60);
      const cut = becomes(heard, 'down');
      expect(await bench.cut('tidewire-live')).toBeGreaterThan(0);
      await Promise.all([publish(60), cut]);
      await inState(heard, 'ready');
    }
    await followers.judge();
  });

  test('misses nothing when every connection is killed while it goes on', async () => {
    await begin();
    for (const round of upTo(10)) {
      const publishing = publish(40);
      await bench.cut(round % 2 === 0 ? 'tidewire-commands' : 'tidewire-live');
      await publishing;
    }
    await followers.judge();
  });

  test('goes on where it was when Redis is killed and comes back with its data', async () => {
    await begin('--appendonly', 'yes');
    await publish(100);
    await followers.judge();
    await bench.kill();
    const waiting = publish(100);
    await bench.server.revive();
    await waiting;
    await publish(20);
    await followers.judge();
  });

  test.each([
    ['empty', false],
    ['rewound to an older copy', true],
  ])('is told when Redis comes back %s, gets no part of the new life, and can begin anew', async (_how, saves) => {
    const { url } = await begin();
    await publish(30);
    await followers.judge();
    if (saves) await bench.operator.save();
    await publish(30);
    await followers.judge();
    const [events, , states, books] = followers.clients;
    if (!events || !states || !books) throw new Error('four connected');
    const before = events.received.length;
    await bench.kill();
    await bench.server.revive();
    await Promise.all([inState(publisher, 'ready'), inState(heard, 'ready')]);
    for (const id of upTo(3)) await publisher.publishEvent(topics.trades, trade('A', id));
    await publisher.publishState(topics.prices, price('A', '77'));
    for (const client of followers.clients.slice(0, 2))
      expect((await client.error('trades')).extensions['code']).toBe('CURSOR_EXPIRED');
    expect(events.received.slice(before).filter(({ type }) => type === 'next')).toEqual([]);
    const isNew = (payload: unknown) => (payload as { data: { prices: { price: string } } }).data.prices.price === '77';
    const next = await states.take(({ type, payload }) => type === 'next' && isNew(payload));
    expect(next.payload).toMatchObject({ data: { prices: { symbol: 'A', matches: true } } });
    // The last that it had was of the old life: what it gets now stands alone.
    const fresh = await WireClient.connect(url);
    fresh.subscribe('a', 'subscription { trades(last: 10) { tradeId } }');
    for (const id of upTo(3)) expect(await fresh.next('a')).toEqual({ trades: { tradeId: String(id) } });
    await fresh.live('a');
    await publisher.publishEvent(topics.trades, trade('A', 4));
    expect(await fresh.next('a')).toEqual({ trades: { tradeId: '4' } });
  });

  test('gets a true snapshot of each value of the new life, and a whole book', async () => {
    const { url } = await begin();
    const client = await WireClient.connect(url);
    client.subscribe('p', 'subscription { prices { price snapshot sequence } }');
    client.subscribe(
      'b',
      'subscription { orderbook(symbol: "A", source: "test", format: DELTA) { venueUpdateId previousSequence snapshot } }',
    );
    await client.live('p');
    await client.live('b');
    await journal.price('A');
    await journal.price('A');
    await journal.book('A', 1, true);
    await journal.book('A', 2, false);
    for (const text of ['1', '2']) expect(await client.next('p')).toMatchObject({ prices: { price: text } });
    expect(await client.next('b')).toMatchObject({ orderbook: { snapshot: true } });
    expect(await client.next('b')).toMatchObject({ orderbook: { previousSequence: 1, snapshot: false } });
    await bench.kill();
    await bench.server.revive();
    await Promise.all([inState(publisher, 'ready'), inState(heard, 'ready')]);
    await journal.price('B');
    await journal.price('A');
    await journal.book('A', 4, false);
    expect(await client.next('p')).toEqual({ prices: { price: '4', snapshot: true, sequence: 1 } });
    expect(await client.next('b')).toEqual({
      orderbook: { venueUpdateId: '3', previousSequence: null, snapshot: true },
    });
    await journal.price('A');
    expect(await client.next('p')).toEqual({ prices: { price: '5', snapshot: false, sequence: 2 } });
  });

  test('misses nothing when Redis cuts the process off because its output buffer is full', async () => {
    await begin();
    await bench.operator.config('SET', 'client-output-buffer-limit', 'pubsub 16kb 8kb 1');
    for (const _flood of upTo(10)) await publish(200);
    await bench.lost('tidewire-live');
    await bench.operator.config('SET', 'client-output-buffer-limit', 'pubsub 32mb 8mb 60');
    await publish(3);
    await followers.judge();
    expect(
      bench.logged.filter(({ msg, connection }) => msg.startsWith('lost') && connection === 'tidewire-live').length,
    ).toBeGreaterThan(1);
  });

  test('misses nothing when Redis freezes for a moment, and when it freezes so long that it counts as dead', async () => {
    await begin();
    await publish(20);
    bench.server.freeze();
    const brief = publish(20);
    bench.server.thaw();
    await brief;
    await followers.judge();
    bench.server.freeze();
    const long = publish(20);
    await becomes(heard, 'down');
    bench.server.thaw();
    await long;
    await publish(5);
    await followers.judge();
  });

  describe('that refuses the process its channels for a while', () => {
    let url: string;

    beforeEach(async () => {
      bench = await FaultBench.start();
      onTestFinished(() => bench.end());
      const { port } = new URL(bench.server.url);
      await bench.operator.acl('SETUSER', 'worker', 'on', '>secret', '~*', '&*', '+@all');
      await bench.operator.acl('SETUSER', 'api', 'on', '>secret', '~*', '&*', '+@all');
      const { url: listening } = await follow(
        `redis://worker:secret@127.0.0.1:${port}`,
        `redis://api:secret@127.0.0.1:${port}`,
      );
      url = listening;
    });

    test('misses nothing, and one that asks for more meanwhile is told', async () => {
      await publish(20);
      await followers.judge();
      const down = becomes(heard, 'down');
      await bench.operator.acl('SETUSER', 'api', 'resetchannels');
      await down;
      await publish(50);
      const late = await WireClient.connect(url);
      late.subscribe('a', 'subscription { trades(last: 1) { tradeId } }');
      await late.next('a');
      await bench.operator.acl('SETUSER', 'api', 'allchannels');
      await inState(heard, 'ready');
      await followers.judge();
    });
  });
});
