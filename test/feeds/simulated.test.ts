import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createSimulatedFeed } from '../../src/feeds/simulated/feed.ts';
import type { Clock } from '../../src/lib/clock.ts';
import { decimal, decimalPlaces, toUnits } from '../../src/lib/decimal.ts';
import { badInput } from '../../src/lib/errors.ts';
import { createLog } from '../../src/lib/log.ts';
import type {
  BookDiffHeard,
  BookSnapshotHeard,
  MarketEvent,
  TradeHeard,
  VenueLevel,
} from '../../src/model/market-event.ts';
import { FakeClock } from '../support/fake-clock.ts';

const ALL = ['BTCUSDT', 'ETHUSDT', 'BNBUSDT', 'SOLUSDT', 'AAPL', 'MSFT', 'BTC-PERP', 'ETH-PERP'];
const log = createLog('silent');

/** A process that was busy: time moves first, and the timer fires late, once. */
class LateClock implements Clock {
  #now = Date.UTC(2026, 0, 1);
  readonly #runs = new Set<() => void>();

  now(): number {
    return this.#now;
  }

  after(): () => void {
    throw new Error('the simulated venue has no use for one-off timers');
  }

  every(_ms: number, run: () => void): () => void {
    this.#runs.add(run);
    return () => this.#runs.delete(run);
  }

  jump(ms: number): void {
    this.#now += ms;
    for (const run of this.#runs) run();
  }
}

function open(clock: Clock, seed = 42, symbols: readonly string[] = []) {
  const feed = createSimulatedFeed({ symbols, clock, seed, log });
  const events: MarketEvent[] = [];
  feed.start({ event: (event) => events.push(event), healthChanged: () => undefined });
  return { feed, events };
}

async function played(seed: number, ms: number, stepMs: number, symbols: readonly string[] = []) {
  const clock = new FakeClock();
  const { feed, events } = open(clock, seed, symbols);
  for (let passed = 0; passed < ms; passed += stepMs) await clock.advance(stepMs);
  await feed.stop();
  return events;
}

const fingerprint = (events: readonly object[]): string =>
  createHash('sha256').update(JSON.stringify(events)).digest('hex');

/** What the venue said, apart from when we heard it. */
const said = (events: readonly MarketEvent[]) => events.map(({ receivedAt: _, ...rest }) => rest);

const ofKind = <K extends MarketEvent['kind']>(events: readonly MarketEvent[], kind: K) =>
  events.filter((event): event is Extract<MarketEvent, { kind: K }> => event.kind === kind);

const hundredMillionths = (text: string): bigint => toUnits(text, 8);

/** A book as plain as can be, kept by nobody who knows how the venue keeps its own. */
class PlainBook {
  readonly bids = new Map<string, string>();
  readonly asks = new Map<string, string>();
  updateId: number;

  constructor(snapshot: BookSnapshotHeard) {
    this.updateId = snapshot.lastUpdateId ?? Number.NaN;
    this.#set(snapshot);
  }

  /** False when the diff does not follow the one before it. */
  apply(diff: BookDiffHeard): boolean {
    const follows = diff.previousUpdateId === null && diff.firstUpdateId === this.updateId + 1;
    this.updateId = diff.lastUpdateId;
    this.#set(diff);
    return follows && diff.lastUpdateId >= diff.firstUpdateId;
  }

  /** Numbers are enough to compare prices of a few digits. */
  bestBid(): number {
    return Math.max(...[...this.bids.keys()].map(Number));
  }

  bestAsk(): number {
    return Math.min(...[...this.asks.keys()].map(Number));
  }

  #set({ bids, asks }: { readonly bids: readonly VenueLevel[]; readonly asks: readonly VenueLevel[] }): void {
    for (const [side, levels] of [
      [this.bids, bids],
      [this.asks, asks],
    ] as const)
      for (const [price, size] of levels)
        if (Number(size) === 0) side.delete(price);
        else side.set(price, size);
  }
}

describe('the simulated venue', () => {
  it('says the same for the same seed, however the time is divided, and something else for another seed', async () => {
    const fiveMinutes = 300_000;
    const first = fingerprint(await played(42, fiveMinutes, 100));
    expect(fingerprint(await played(42, fiveMinutes, 1_000))).toBe(first);
    expect(fingerprint(await played(43, fiveMinutes, 1_000))).not.toBe(first);
  });

  it('says the same when its timer fires late, up to a minute late', () => {
    const punctual = new LateClock();
    const late = new LateClock();
    const one = open(punctual);
    const other = open(late);
    for (let tick = 0; tick < 700; tick++) punctual.jump(100);
    late.jump(250);
    late.jump(9_750);
    late.jump(0);
    const before = other.events.length;
    late.jump(60_000);
    const madeUp = ofKind(other.events.slice(before), 'ticker').filter((ticker) => ticker.symbol === 'BTCUSDT').length;
    expect(madeUp, 'a long absence is made up in several runs, so that none holds the process up').toBe(5);
    for (let run = 0; run < 20; run++) late.jump(0);
    expect(fingerprint(said(other.events))).toBe(fingerprint(said(one.events)));
  });

  it('stands still over a longer absence instead of living through it', () => {
    const clock = new LateClock();
    const { events } = open(clock, 1, ['BTCUSDT']);
    clock.jump(100);
    const before = events.length;
    clock.jump(8 * 3_600_000);
    const since = events.slice(before);
    expect(since.length).toBeLessThan(100);
    expect(ofKind(since, 'book-diff').map((diff) => diff.timestamp)).toEqual([clock.now()]);
    const [lastBefore] = ofKind(events.slice(0, before), 'book-diff').slice(-1);
    expect(ofKind(since, 'book-diff')[0]?.firstUpdateId).toBe((lastBefore?.lastUpdateId ?? 0) + 1);
    clock.jump(-8 * 3_600_000);
    clock.jump(100);
    expect(events.at(-1)?.timestamp, 'goes on after the clock was set back').toBe(clock.now());
  });

  it('makes each symbol independent of which others are listed', async () => {
    const alone = await played(7, 20_000, 1_000, ['ETHUSDT']);
    const together = await played(7, 20_000, 1_000);
    const ether = together.filter((event) => 'symbol' in event && event.symbol === 'ETHUSDT');
    const tickers = (events: readonly MarketEvent[]) => ofKind(events, 'ticker').length;
    expect(tickers(alone)).toBe(tickers(ether));
    const withoutTickers = (events: readonly MarketEvent[]) =>
      events.filter((event) => event.kind !== 'ticker' && event.kind !== 'instrument');
    expect(withoutTickers(alone)).toEqual(withoutTickers(ether));
  });

  it('lists its instruments before anything else, then is live with a ticker and a book for each', async () => {
    const events = await played(1, 0, 1);
    expect(events.slice(0, 8).map((event) => event.kind)).toEqual(Array(8).fill('instrument'));
    expect(ofKind(events, 'instrument').map(({ instrument }) => instrument)).toEqual([
      ...['BTC', 'ETH', 'BNB', 'SOL'].map((base) => ({
        symbol: `${base}USDT`,
        kind: 'SPOT',
        venue: 'simulated',
        primarySource: 'simulated',
        base,
        quote: 'USDT',
      })),
      ...['AAPL', 'MSFT'].map((base) => ({
        symbol: base,
        kind: 'EQUITY',
        venue: 'simulated',
        primarySource: 'simulated',
        base,
        quote: 'USD',
      })),
      ...['BTC', 'ETH'].map((base) => ({
        symbol: `${base}-PERP`,
        kind: 'PERP',
        venue: 'simulated',
        primarySource: 'simulated',
        base,
        quote: 'USD',
      })),
    ]);
    for (const kind of ['ticker', 'book-snapshot'] as const)
      expect(ofKind(events, kind).map((event) => event.symbol)).toEqual(ALL);
  });

  it('gives books that are deep, contiguous and never crossed, and trades only at prices that they showed', async () => {
    const events = await played(42, 300_000, 1_000);
    const books = new Map<string, PlainBook>();
    // What each level has given to trades since the last diff.
    const given = new Map<string, bigint>();
    const wrong: string[] = [];
    for (const event of events) {
      if (event.kind === 'book-snapshot') books.set(event.symbol, new PlainBook(event));
      if (event.kind !== 'trade' && event.kind !== 'book-diff') continue;
      const book = books.get(event.symbol);
      if (!book) throw new Error(`a ${event.kind} of ${event.symbol} came before its snapshot`);
      if (event.kind === 'trade') {
        const level = `${event.symbol} ${event.side} at ${event.price}`;
        const price = decimal(event.price);
        const shown = hundredMillionths((event.side === 'BUY' ? book.asks : book.bids).get(price) ?? '0');
        given.set(level, (given.get(level) ?? 0n) + hundredMillionths(event.quantity));
        if ((given.get(level) ?? 0n) > shown) wrong.push(`${level}: more than the book showed`);
        continue;
      }
      for (const level of given.keys()) if (level.startsWith(`${event.symbol} `)) given.delete(level);
      const at = `${event.symbol} at ${event.lastUpdateId}`;
      if (!book.apply(event)) wrong.push(`${at}: does not follow`);
      if (book.bestBid() >= book.bestAsk()) wrong.push(`${at}: crossed`);
      if (Math.min(book.bids.size, book.asks.size) < 50) wrong.push(`${at}: thin`);
      if (Math.max(book.bids.size, book.asks.size) > 1_000) wrong.push(`${at}: endless`);
    }
    expect(wrong).toEqual([]);
    expect([...books.keys()]).toEqual(ALL);
    for (const symbol of ALL) {
      const trades = ofKind(events, 'trade').filter((trade) => trade.symbol === symbol);
      expect(trades.length, `${symbol} trades in five minutes`).toBeGreaterThan(100);
      expect(new Set(trades.map((trade) => trade.price)).size, `${symbol} moves`).toBeGreaterThan(5);
      expect(new Set(trades.map((trade) => trade.side)).size).toBe(2);
    }
  });

  it('numbers trades densely, and a later start above all that an earlier one gave', async () => {
    const clock = new FakeClock();
    const numbers = (trades: readonly TradeHeard[]) => trades.map((trade) => Number(trade.tradeId));
    const first = open(clock, 5, ['BTCUSDT']);
    await clock.advance(60_000);
    await first.feed.stop();
    const second = open(clock, 5, ['BTCUSDT']);
    await clock.advance(60_000);
    await second.feed.stop();
    const [early, late] = [numbers(ofKind(first.events, 'trade')), numbers(ofKind(second.events, 'trade'))];
    expect(early).toEqual(early.map((_, place) => (early[0] ?? 0) + place));
    expect(late).toEqual(late.map((_, place) => (late[0] ?? 0) + place));
    expect(late[0]).toBeGreaterThan(early.at(-1) ?? Number.POSITIVE_INFINITY);
    expect(Number.isSafeInteger(late.at(-1))).toBe(true);
    const lastUpdate = ofKind(first.events, 'book-diff').at(-1)?.lastUpdateId ?? Number.POSITIVE_INFINITY;
    expect(ofKind(second.events, 'book-snapshot')[0]?.lastUpdateId).toBeGreaterThan(lastUpdate);
  });

  it('gives every symbol a ticker a second whose day agrees with itself and with the trades', async () => {
    const events = await played(42, 120_000, 1_000);
    const latest = new Map<string, string>();
    for (const event of events) {
      if (event.kind === 'trade') latest.set(event.symbol, event.price);
      if (event.kind !== 'ticker') continue;
      const [last, open24h, high, low] = [event.last, event.open, event.high, event.low].map((text) =>
        hundredMillionths(text ?? ''),
      ) as [bigint, bigint, bigint, bigint];
      expect(low <= last && last <= high && low <= open24h && open24h <= high, JSON.stringify(event)).toBe(true);
      expect(hundredMillionths(event.volume ?? '')).toBeGreaterThan(0n);
      expect(event.last).toBe(latest.get(event.symbol) ?? event.last);
    }
    for (const symbol of ALL) {
      const tickers = ofKind(events, 'ticker').filter((ticker) => ticker.symbol === symbol);
      // One at the start, and one in each of 120 seconds.
      expect(tickers.length).toBe(121);
      const [first] = tickers;
      expect(first?.high, 'a day has passed before the start').not.toBe(first?.low);
    }
  });

  it('rolls the 24 hours on: what was traded is in the volume for a day and then leaves it', async () => {
    const clock = new LateClock();
    const { events } = open(clock, 3, ['MSFT']);
    const last = () => ofKind(events, 'ticker').at(-1);
    const atStart = last();
    for (let second = 0; second < 60; second++) clock.jump(1_000);
    const traded = ofKind(events, 'trade').reduce((sum, trade) => sum + Number(trade.quantity), 0);
    expect(traded).toBeGreaterThan(0);
    expect(last()?.volume).not.toBe(atStart?.volume);
    // The venue stands still for two days: nothing of the past is within 24 h any more.
    clock.jump(2 * 86_400_000);
    for (let second = 0; second < 2; second++) clock.jump(1_000);
    const told = last()?.timestamp ?? 0;
    const since = ofKind(events, 'trade').filter(({ timestamp }) => timestamp > told - 86_400_000 && timestamp <= told);
    expect(Number(last()?.volume)).toBe(since.reduce((sum, trade) => sum + Number(trade.quantity), 0));
  });

  it('prints exact text on the grid of ticks and lots, with the zeros of a venue but in books', async () => {
    const events = await played(9, 30_000, 1_000);
    for (const symbol of ALL) {
      const prices = new Set<string>();
      const quantities = new Set<string>();
      const levelTexts = new Set<string>();
      for (const event of events) {
        if (!('symbol' in event) || event.symbol !== symbol) continue;
        if (event.kind === 'trade') prices.add(event.price) && quantities.add(event.quantity);
        if (event.kind === 'ticker') {
          for (const price of [event.last, event.open, event.high, event.low]) prices.add(price ?? '');
          quantities.add(event.volume ?? '');
        }
        if (event.kind === 'book-diff' || event.kind === 'book-snapshot')
          for (const text of [...event.bids, ...event.asks].flat()) levelTexts.add(text);
      }
      const equity = symbol === 'AAPL' || symbol === 'MSFT';
      const pricePattern = equity ? /^[1-9]\d*\.\d\d00$/ : /^[1-9]\d*\.\d\d000000$/;
      const quantityPattern = equity ? /^\d+$/ : /^\d+\.\d{8}$/;
      expect([...prices].filter((price) => !pricePattern.test(price))).toEqual([]);
      expect([...quantities].filter((quantity) => !quantityPattern.test(quantity))).toEqual([]);
      expect(prices.size * quantities.size).toBeGreaterThan(100);
      expect(
        [...levelTexts].filter((text) => decimal(text) !== text || decimalPlaces(text) > (equity ? 2 : 5)),
      ).toEqual([]);
      expect(levelTexts.size).toBeGreaterThan(100);
    }
  });

  it('answers a resync with the whole book as the diffs make it, not from within the call', async () => {
    const clock = new FakeClock();
    const { feed, events } = open(clock, 42, ['BTCUSDT', 'AAPL']);
    await clock.advance(5_000);
    const before = events.length;
    feed.resync('AAPL');
    feed.resync('AAPL');
    feed.resync('NOBODY');
    expect(events.length).toBe(before);
    await clock.advance(5_000);
    const snapshots = ofKind(events.slice(before), 'book-snapshot');
    expect(snapshots.map((snapshot) => snapshot.symbol)).toEqual(['AAPL']);
    const apple = events.filter((event) => 'symbol' in event && event.symbol === 'AAPL');
    let followed: PlainBook | null = null;
    let resynced: PlainBook | null = null;
    for (const event of apple) {
      if (event.kind === 'book-snapshot') {
        if (!followed) followed = new PlainBook(event);
        else {
          resynced = new PlainBook(event);
          expect(resynced.bids).toEqual(followed.bids);
          expect(resynced.asks).toEqual(followed.asks);
          expect(event.lastUpdateId).toBe(followed.updateId);
          expect(event.bids.map(([price]) => hundredMillionths(price))).toEqual(
            event.bids.map(([price]) => hundredMillionths(price)).sort((a, b) => (a > b ? -1 : 1)),
          );
        }
      }
      if (event.kind !== 'book-diff') continue;
      expect(followed?.apply(event)).toBe(true);
      if (resynced) expect(resynced.apply(event)).toBe(true);
    }
    expect(resynced?.bids).toEqual(followed?.bids);
    await feed.stop();
  });

  it('is live from start to stop, and then silent, with no timer left', async () => {
    const clock = new FakeClock();
    const feed = createSimulatedFeed({ symbols: [], clock, seed: 1, log });
    expect(feed.health()).toEqual({ state: 'connecting', message: '', errorCount: 0, recoveries: 0, lastDataAt: null });
    const states: string[] = [];
    let events = 0;
    feed.start({ event: () => events++, healthChanged: () => states.push(feed.health().state) });
    expect(feed.health().state).toBe('live');
    await clock.advance(1_000);
    expect(feed.health().lastDataAt).toBe(clock.now());
    await feed.stop();
    const heard = events;
    expect(clock.pending).toBe(0);
    await clock.advance(10_000);
    expect(events).toBe(heard);
    expect(states).toEqual(['live', 'stopped']);
    expect(() => feed.start({ event: () => undefined, healthChanged: () => undefined })).toThrow();
  });

  it('says nothing more when it is stopped from within an event', async () => {
    const clock = new FakeClock();
    const feed = createSimulatedFeed({ symbols: [], clock, seed: 1, log });
    let heard = 0;
    const stopAt = 200;
    const stopping: Promise<void>[] = [];
    feed.start({
      event: () => {
        if (++heard === stopAt) stopping.push(feed.stop());
      },
      healthChanged: () => undefined,
    });
    await clock.advance(60_000);
    await Promise.all(stopping);
    expect(heard).toBe(stopAt);
    expect(clock.pending).toBe(0);
  });

  it('refuses a symbol that it does not have, naming those that it has', () => {
    const make = () => createSimulatedFeed({ symbols: ['BTCUSDT', 'DOGEUSDT'], clock: new FakeClock(), seed: 1, log });
    expect(make).toThrow(badInput('symbols', 'the simulated venue has no DOGEUSDT', ALL));
  });
});
