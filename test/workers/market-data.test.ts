import { beforeEach, describe, expect, it } from 'vitest';
import type { EngineOutput } from '../../src/engines/engine.ts';
import { createLog } from '../../src/lib/log.ts';
import type { Book } from '../../src/model/book.ts';
import type { Price } from '../../src/model/price.ts';
import type { Trade } from '../../src/model/trade.ts';
import type { Worker } from '../../src/workers/worker.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { book, bookOutput, diff, HandEngine, HandFeed, instrument, nudge, price, trade } from './hand-feed.ts';
import { handWorker } from './hand-worker.ts';
import { answered, RecordingBus } from './recording-bus.ts';

let clock: FakeClock;
let bus: RecordingBus;
let feed: HandFeed;
let prices: HandEngine;
let books: HandEngine;
let worker: Worker;
let lines: { readonly level: number; readonly msg: string; readonly failures?: number }[] = [];

function start(priceIntervalMs = 0): void {
  lines = [];
  const log = createLog('info', { write: (line: string) => lines.push(JSON.parse(line)) });
  worker = handWorker({ feed, bus, clock, log, bookEngine: books, pricesEngine: prices, priceIntervalMs });
  worker.start();
}

/** Makes the engines put this out. */
async function put(...outputs: readonly EngineOutput[]): Promise<void> {
  for (const output of outputs) {
    const engine = output.kind === 'book' || output.kind === 'resync' ? books : prices;
    engine.next(output);
    feed.say(engine === books ? diff() : nudge());
    await answered();
  }
}

const priced = (last: string, over?: Partial<Price>): EngineOutput => ({ kind: 'price', price: price(last, over) });
const traded = (tradeId: number, over?: Partial<Trade>): EngineOutput => ({
  kind: 'trade',
  trade: trade(tradeId, over),
});
const sizes = (from = 0) =>
  bus.of('orderbook', from).map(({ value, change }) => [(value as Book).bids[0]?.[1], change ? 'change' : 'whole']);
const lasts = () => bus.of('prices').map(({ value }) => (value as Price).price);
const gaps = () => bus.of('trades').map(({ value }) => [(value as Trade).tradeId, (value as Trade).gapBefore]);

beforeEach(() => {
  clock = new FakeClock();
  bus = new RecordingBus();
  feed = new HandFeed();
  prices = new HandEngine();
  books = new HandEngine();
});

describe('the market data worker', () => {
  it('gives every event to both engines and publishes what they put out, in their order', async () => {
    start();
    feed.say(instrument('BTCUSDT'));
    prices.next({ kind: 'trade', trade: trade(1) }, { kind: 'price', price: price('100') });
    books.next(bookOutput(book(1), 'whole'));
    feed.say(nudge());
    feed.say(diff());
    await answered();
    expect(bus.published.map((publish) => `${publish.topic} ${publish.key}`)).toEqual([
      'instruments BTCUSDT',
      'trades BTCUSDT',
      'prices BTCUSDT|hand',
      'orderbook BTCUSDT|hand',
    ]);
    expect(prices.heard).toEqual(books.heard);
    expect(prices.heard.map((event) => event.kind)).toEqual(['instrument', 'ticker', 'book-diff']);
  });

  it('publishes the values that a disconnect has made stale', async () => {
    start();
    await put(priced('100'), bookOutput(book(1), 'whole'));
    prices.next({ kind: 'price', price: price('100', { stale: true }) });
    books.next(bookOutput(book(1, { stale: true })));
    feed.say({
      kind: 'disconnected',
      source: 'hand',
      symbols: ['BTCUSDT'],
      reason: 'gone',
      timestamp: 1,
      receivedAt: 1,
    });
    await answered();
    const stale = (topic: string) => bus.of(topic).map(({ value }) => (value as Price | Book).stale);
    expect(stale('prices')).toEqual([false, true]);
    expect(stale('orderbook')).toEqual([false, true]);
  });

  it('asks the feed for a snapshot when a book is out of step, and says so until one has come', async () => {
    start();
    feed.become({ state: 'live' });
    await put(bookOutput(book(1), 'whole'));
    expect(worker.health()).toMatchObject({ name: 'feed:hand', status: 'HEALTHY', message: '' });
    await put({ kind: 'resync', symbol: 'BTCUSDT', source: 'hand', reason: 'update 7 is missing' });
    expect(feed.resyncs).toEqual(['BTCUSDT']);
    expect(worker.health().status).toBe('DEGRADED');
    expect(worker.health().message).toContain('BTCUSDT');
    expect(lines.filter((line) => line.msg.includes('out of step'))).toHaveLength(1);
    await put(bookOutput(book(1, { stale: true })));
    expect(worker.health().status).toBe('DEGRADED');
    await put(bookOutput(book(2), 'whole'));
    expect(worker.health().status).toBe('HEALTHY');
  });

  it('loses one event, not the process, to an engine that fails, and asks for the book anew', async () => {
    start();
    feed.become({ state: 'live' });
    books.nextThrows(new Error('a bug'));
    feed.say(diff('ETHUSDT'));
    prices.nextThrows(new Error('another'));
    feed.say(nudge());
    await put(priced('100'));
    expect(feed.resyncs).toEqual(['ETHUSDT']);
    expect(worker.health()).toMatchObject({ status: 'DEGRADED', errorCount: 2 });
    expect(lasts()).toEqual(['100']);
  });

  it('publishes nothing after it was stopped, and leaves no timer and no listener', async () => {
    start(1_000);
    feed.become({ state: 'live' });
    await put(priced('100'), priced('101'));
    feed.become({ state: 'connecting' });
    bus.refuses = () => true;
    await put(bookOutput(book(1), 'whole'));
    bus.refuses = () => false;
    const before = bus.published.length;
    await worker.stop();
    expect([clock.pending, bus.listeners, feed.stops]).toEqual([0, 0, 1]);
    prices.next({ kind: 'price', price: price('102') }, { kind: 'trade', trade: trade(1) });
    feed.say(nudge());
    feed.say(instrument('BTCUSDT'));
    feed.become({ state: 'live' });
    bus.become('down');
    bus.become('ready');
    await clock.advance(60_000);
    expect(bus.published.length).toBe(before);
    expect(clock.pending).toBe(0);
  });
});

describe('the pace of prices', () => {
  it('publishes every update where the interval is 0', async () => {
    start(0);
    await put(priced('1'), priced('2'), priced('3'));
    expect(lasts()).toEqual(['1', '2', '3']);
  });

  it('publishes the first at once, then the newest once an interval, and the last of a burst', async () => {
    start(1_000);
    await put(priced('1'), priced('2'), priced('3'));
    expect(lasts()).toEqual(['1']);
    await clock.advance(999);
    expect(lasts()).toEqual(['1']);
    await put(priced('4'));
    await clock.advance(1);
    expect(lasts()).toEqual(['1', '4']);
    await clock.advance(400);
    await put(priced('5'));
    await clock.advance(599);
    expect(lasts()).toEqual(['1', '4']);
    await clock.advance(1);
    expect(lasts()).toEqual(['1', '4', '5']);
    await clock.advance(60_000);
    await put(priced('6'));
    expect(lasts()).toEqual(['1', '4', '5', '6']);
  });

  it('keeps the pace for each symbol and source by itself', async () => {
    start(1_000);
    await put(priced('1'), priced('2', { symbol: 'ETHUSDT' }), priced('3', { source: 'other' }), priced('4'));
    expect(lasts()).toEqual(['1', '2', '3']);
    await clock.advance(1_000);
    expect(lasts()).toEqual(['1', '2', '3', '4']);
  });

  it('does not make a change of staleness wait, nor send an older price after it', async () => {
    start(1_000);
    await put(priced('1'), priced('2'), priced('2', { stale: true }), priced('3'), priced('4'));
    expect(lasts()).toEqual(['1', '2', '3']);
    expect(bus.of('prices').map(({ value }) => (value as Price).stale)).toEqual([false, true, false]);
    await clock.advance(1_000);
    expect(lasts()).toEqual(['1', '2', '3', '4']);
    await clock.advance(60_000);
    expect(lasts()).toEqual(['1', '2', '3', '4']);
  });
});

describe('changes of a book', () => {
  it('follow the book before them; a book that stands alone goes whole', async () => {
    start();
    await put(bookOutput(book(1)), bookOutput(book(2)), bookOutput(book(3), 'whole'), bookOutput(book(4)));
    expect(sizes()).toEqual([
      ['1', 'whole'],
      ['2', 'change'],
      ['3', 'whole'],
      ['4', 'change'],
    ]);
  });

  it('never follow a book that was refused: the next goes whole', async () => {
    start();
    await put(bookOutput(book(1)), bookOutput(book(2)));
    bus.refuses = () => true;
    await put(bookOutput(book(3)));
    bus.refuses = () => false;
    await put(bookOutput(book(4)), bookOutput(book(5)));
    expect(sizes()).toEqual([
      ['1', 'whole'],
      ['2', 'change'],
      ['4', 'whole'],
      ['5', 'change'],
    ]);
  });

  it('that were under way when an earlier one failed are followed at once by the whole book', async () => {
    start();
    await put(bookOutput(book(1)));
    bus.holds = true;
    await put(bookOutput(book(2)), bookOutput(book(3)), bookOutput(book(4)));
    bus.holds = false;
    const before = bus.published.length;
    bus.held[0]?.refuse();
    bus.held[1]?.refuse();
    bus.held[2]?.settle();
    await answered();
    expect(sizes(before)).toEqual([['4', 'whole']]);
    await put(bookOutput(book(5)));
    expect(sizes(before)).toEqual([
      ['4', 'whole'],
      ['5', 'change'],
    ]);
    await clock.advance(60_000);
    expect(sizes(before), 'nothing is left to be tried again').toHaveLength(2);
  });
});

describe('a bus that is away', () => {
  it('is not filled with values; when it is back, the newest of every key is published whole', async () => {
    start();
    feed.say(instrument('BTCUSDT'));
    feed.say(instrument('ETHUSDT'));
    await put(priced('1'), priced('7', { symbol: 'ETHUSDT' }), bookOutput(book(1)));
    const before = bus.published.length;
    bus.become('down');
    await put(priced('2'), priced('3'), bookOutput(book(2)), bookOutput(book(3)));
    expect(bus.published.length).toBe(before);
    bus.become('ready');
    expect(bus.published.slice(before).map(({ topic, key, change }) => [topic, key, change])).toEqual([
      ['instruments', 'BTCUSDT', null],
      ['instruments', 'ETHUSDT', null],
      ['prices', 'BTCUSDT|hand', null],
      ['prices', 'ETHUSDT|hand', null],
      ['orderbook', 'BTCUSDT|hand', null],
    ]);
    expect(lasts().slice(-2)).toEqual(['3', '7']);
    await put(bookOutput(book(4)));
    expect(sizes().slice(-2)).toEqual([
      ['3', 'whole'],
      ['4', 'change'],
    ]);
  });

  it('may be away from the start', async () => {
    bus.become('down');
    start();
    feed.say(instrument('BTCUSDT'));
    await put(priced('1'), bookOutput(book(1)), bookOutput(book(2)));
    expect(bus.published).toEqual([]);
    bus.become('ready');
    expect(bus.published.map((publish) => publish.topic)).toEqual(['instruments', 'prices', 'orderbook']);
    expect(sizes()).toEqual([['2', 'whole']]);
  });

  it('is given a whole book although it has not yet said that it is back', async () => {
    start();
    await put(bookOutput(book(1)));
    bus.become('down');
    await put(bookOutput(book(2)));
    bus.become('ready', false);
    await put(bookOutput(book(3)));
    expect(sizes().at(-1)).toEqual(['3', 'whole']);
  });

  it('still takes trades into its buffer', async () => {
    start();
    bus.become('down');
    await put(traded(1), traded(2));
    expect(gaps()).toEqual([
      ['1', null],
      ['2', null],
    ]);
  });

  it('that has lost what it had, without having been away, is given everything again, once', async () => {
    start();
    feed.say(instrument('BTCUSDT'));
    await put(priced('1'), priced('7', { symbol: 'ETHUSDT' }), bookOutput(book(1)));
    const before = bus.published.length;
    bus.epoch = 'second';
    prices.next(priced('2'), priced('8', { symbol: 'ETHUSDT' }));
    feed.say(nudge());
    await answered();
    expect(bus.published.slice(before).map(({ topic, key }) => `${topic} ${key}`)).toEqual([
      'prices BTCUSDT|hand',
      'prices ETHUSDT|hand',
      'instruments BTCUSDT',
      'prices BTCUSDT|hand',
      'prices ETHUSDT|hand',
      'orderbook BTCUSDT|hand',
    ]);
    const after = bus.published.length;
    await put(priced('3'), bookOutput(book(2)));
    expect(bus.published.length).toBe(after + 2);
  });

  it('that refuses a value is asked again, so that a key without a next value gets there', async () => {
    start();
    bus.refuses = () => true;
    feed.say(instrument('BTCUSDT'));
    await answered();
    await clock.advance(5_000);
    expect(bus.published).toEqual([]);
    bus.refuses = () => false;
    await clock.advance(1_000);
    expect(bus.published.map((publish) => publish.topic)).toEqual(['instruments']);
    await clock.advance(60_000);
    expect(bus.published).toHaveLength(1);
    expect(worker.health().errorCount).toBe(bus.refused.length);
  });

  it('is complained of once in ten seconds, with the number of refusals', async () => {
    start();
    bus.refuses = () => true;
    for (let n = 1; n <= 100; n++) await put(traded(n));
    const complaints = () => lines.filter((line) => line.msg.includes('refused')).map((line) => line.failures);
    expect(complaints()).toEqual([1]);
    await clock.advance(10_000);
    await put(traded(101), traded(102));
    expect(complaints()).toEqual([1, 100]);
    expect(worker.health().errorCount).toBe(102);
  });
});

describe('trades that were lost', () => {
  it('are told with the next trade of their symbol, once', async () => {
    start();
    await put(traded(1));
    bus.refuses = () => true;
    await put(traded(2), traded(3), traded(4));
    bus.refuses = () => false;
    await put(traded(5, { symbol: 'ETHUSDT' }), traded(6), traded(7));
    const gap = { from: 2_000, to: 4_000, reason: expect.any(String) };
    expect(gaps()).toEqual([
      ['1', null],
      ['5', null],
      ['6', gap],
      ['7', null],
    ]);
  });

  it('are told together when they were under way together', async () => {
    start();
    bus.refuses = () => true;
    prices.next(traded(2), traded(3), traded(4));
    feed.say(nudge());
    await answered();
    bus.refuses = () => false;
    await put(traded(5));
    expect(gaps()).toEqual([['5', { from: 2_000, to: 4_000, reason: expect.any(String) }]]);
  });

  it('and those that the feed lost are told as one gap', async () => {
    start();
    const missed = { from: 500, to: 1_500, reason: 'the venue has no history' };
    bus.refuses = () => true;
    await put(traded(2, { gapBefore: missed }));
    bus.refuses = () => false;
    await put(traded(3, { gapBefore: { from: 2_200, to: 2_900, reason: 'the connection was lost' } }));
    const [[, gap] = []] = gaps();
    expect(gap).toMatchObject({ from: 500, to: 2_900 });
    for (const reason of ['the venue has no history', 'the connection was lost', 'event store'])
      expect((gap as Trade['gapBefore'])?.reason).toContain(reason);
  });

  it('are told in a few words, however many they are', async () => {
    start();
    bus.refuses = () => true;
    for (let n = 1; n <= 500; n++) await put(traded(n, { gapBefore: { from: n, to: n, reason: `reason ${n}` } }));
    bus.refuses = () => false;
    await put(traded(501));
    const [[, gap] = []] = gaps();
    expect((gap as Trade['gapBefore'])?.reason.length).toBeLessThan(200);
    expect(gap).toMatchObject({ from: 1, to: 500_000 });
  });
});
