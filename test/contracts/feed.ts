import { afterEach, describe, expect, test } from 'vitest';
import type { Feed } from '../../src/feeds/feed.ts';
import { decimal } from '../../src/lib/decimal.ts';
import type { MarketEvent } from '../../src/model/market-event.ts';
import type { FakeClock } from '../support/fake-clock.ts';
import { listen } from '../support/recorded-feed.ts';
import { quietly } from '../support/until.ts';

/** A feed that was not started, with what stands behind it. */
export interface FeedUnderExam {
  readonly feed: Feed;
  /** What it was made for: all of them have what it gives. */
  readonly symbols: readonly string[];
  /** Whether its books come whole and then in diffs (as where nothing is said), always whole, or not at all. */
  readonly books?: 'diffs' | 'snapshots' | 'none';
  /** Whether its trades are numbered without a hole (as where nothing is said), by numbers without an order, or there are none. */
  readonly trades?: 'numbered' | 'unordered' | 'none';
  readonly clock: FakeClock;
  /** Lets the venue go on a little: some trades, some changes of the book. */
  readonly goOn: () => Promise<void>;
  /** Breaks its connection; null for a feed that has none. */
  readonly cut: (() => Promise<void>) | null;
  readonly close: () => Promise<void>;
}

/** Steps of the venue after which something that should have come never will. */
const MAX_STEPS = 100;

/** The paper that every feed sits: what {@link Feed} promises, whatever the venue. */
export function examineFeed(name: string, open: () => Promise<FeedUnderExam>): void {
  describe(`${name}: what every feed promises`, () => {
    const ends: (() => Promise<void>)[] = [];
    afterEach(async () => {
      for (const end of ends.splice(0)) await end();
    });

    const start = async (heard?: (event: MarketEvent, feed: Feed) => void) => {
      const exam = { books: 'diffs', trades: 'numbered', ...(await open()) };
      ends.push(async () => {
        await exam.feed.stop();
        await exam.close();
      });
      const listened = listen(exam.feed, (event) => heard?.(event, exam.feed));
      const goOnUntil = async (what: string, holds: () => boolean) => {
        for (let step = 0; !holds(); step++) {
          if (step === MAX_STEPS) throw new Error(`${name} never gave ${what}`);
          await exam.goOn();
        }
      };
      return { ...exam, ...listened, goOnUntil };
    };
    /** Symbols with a book, or of a feed that gives none with a price. */
    const booked = (events: readonly MarketEvent[]) =>
      new Set(
        events.flatMap((event) =>
          event.kind === 'book-snapshot' || event.kind === 'oracle-price' ? [event.symbol] : [],
        ),
      );
    const traded = (events: readonly MarketEvent[]) =>
      events.filter(({ kind }) => kind === 'trade' || kind === 'oracle-price');

    test('nothing is told before start, and health says that it is not connected', async () => {
      const exam = await open();
      ends.push(exam.close);
      expect(exam.feed.health()).toMatchObject({ state: 'connecting', errorCount: 0, recoveries: 0, lastDataAt: null });
      await exam.feed.stop();
      expect(exam.clock.pending).toBe(0);
    });

    test('its instruments come first, within start, one for each symbol', async () => {
      const { events, symbols } = await start();
      const listed = events.slice(0, symbols.length);
      expect(listed.map((event) => event.kind === 'instrument' && event.instrument.symbol).sort()).toEqual(
        [...symbols].sort(),
      );
    });

    test('books, trades and health come by themselves; all carry its name, a symbol it was made for and both times', async () => {
      const { feed, events, symbols, goOnUntil, clock } = await start();
      await goOnUntil('a book of every symbol', () => booked(events).size === symbols.length);
      await goOnUntil('a trade', () => traded(events).length > 0);
      await goOnUntil('health', () => feed.health().state === 'live');
      expect(feed.health()).toMatchObject({ message: '', recoveries: 0 });
      expect(feed.health().lastDataAt).toBeLessThanOrEqual(clock.now());
      for (const event of events) {
        expect(event.source).toBe(feed.name);
        expect(Number.isSafeInteger(event.timestamp) && Number.isSafeInteger(event.receivedAt)).toBe(true);
        expect(event.receivedAt).toBeLessThanOrEqual(clock.now());
        if ('symbol' in event) expect(symbols).toContain(event.symbol);
      }
    });

    test('numbers are plain decimal text, and that of books is canonical', async () => {
      const { events, symbols, goOnUntil } = await start();
      await goOnUntil('a book of every symbol', () => booked(events).size === symbols.length);
      await goOnUntil('fifty trades', () => traded(events).length >= 50);
      const texts = events.flatMap((event): readonly string[] => {
        if (event.kind === 'trade') return [event.price, event.quantity];
        if (event.kind === 'ticker')
          return [event.last, event.open, event.high, event.low, event.volume].filter((text) => text !== null);
        if (event.kind === 'oracle-price') return [event.price, event.confidence, event.emaPrice ?? '0'];
        if (event.kind === 'quote') return [...event.bid, ...event.ask];
        if (event.kind === 'book-snapshot' || event.kind === 'book-diff') return [...event.bids, ...event.asks].flat();
        return [];
      });
      expect(texts.filter((text) => !/^\d+(\.\d+)?$/.test(text))).toEqual([]);
      const levels = events.flatMap((event) =>
        event.kind === 'book-snapshot' || event.kind === 'book-diff' ? [...event.bids, ...event.asks] : [],
      );
      expect(levels.filter((level) => level.some((text) => decimal(text) !== text))).toEqual([]);
    });

    test('trades of a symbol rise by one, or are given once each; and no diff goes back', async () => {
      const { events, symbols, goOnUntil, trades } = await start();
      await goOnUntil('fifty trades', () => traded(events).length >= 50);
      for (const symbol of symbols) {
        const ids = events.filter((event) => event.kind === 'trade' && event.symbol === symbol) as {
          tradeId: string;
        }[];
        const numbers = ids.map(({ tradeId }) => Number(tradeId));
        if (trades === 'unordered') expect(new Set(numbers).size).toBe(numbers.length);
        else expect(numbers).toEqual(numbers.map((_, index) => (numbers[0] ?? 0) + index));
        const updates = events.flatMap((event) =>
          event.kind === 'book-diff' && event.symbol === symbol ? [event.firstUpdateId, event.lastUpdateId] : [],
        );
        expect(updates).toEqual([...updates].sort((a, b) => a - b));
      }
    });

    test('a resync, asked for from within an event and more than once, brings one snapshot and no event within an event', async () => {
      let depth = 0;
      let nested = false;
      let asked = false;
      const { events, symbols, goOnUntil, clock, feed, goOn, books } = await start((event, own) => {
        depth++;
        nested ||= depth > 1;
        if (
          (event.kind === 'trade' || event.kind === 'oracle-price') &&
          booked(events).size === symbols.length &&
          !asked
        ) {
          asked = true;
          own.resync(event.symbol);
          own.resync(event.symbol);
        }
        depth--;
      });
      const snapshots = () => events.filter(({ kind }) => kind === 'book-snapshot').length;
      await goOnUntil('the question', () => asked);
      if (books !== 'none') await goOnUntil('the answer', () => snapshots() > symbols.length);
      await goOnUntil('health', () => feed.health().state === 'live');
      await clock.advance(1_000);
      for (let step = 0; step < 3; step++) await goOn();
      if (books === 'diffs') expect(snapshots()).toBe(symbols.length + 1);
      if (books === 'none') expect(snapshots()).toBe(0);
      expect(nested).toBe(false);
    });

    test('a symbol that it was not made for is no reason to throw', async () => {
      const { feed, events, symbols, goOnUntil } = await start();
      feed.resync('NOSUCHSYMBOL');
      await goOnUntil('a book of every symbol', () => booked(events).size === symbols.length);
    });

    test('a lost thread is told with its symbols; then books come anew, without a trade twice', async (context) => {
      const { events, symbols, goOnUntil, cut, feed } = await start();
      if (!cut) return context.skip('it has no connection to lose');
      await goOnUntil('a book of every symbol', () => booked(events).size === symbols.length);
      await goOnUntil('health', () => feed.health().state === 'live');
      await cut();
      await goOnUntil('the loss', () => events.some(({ kind }) => kind === 'disconnected'));
      const told = events.flatMap((event) => (event.kind === 'disconnected' ? event.symbols : []));
      expect([...told].sort()).toEqual([...symbols].sort());
      const after = events.length;
      await goOnUntil('books again', () => booked(events.slice(after)).size === symbols.length);
      await goOnUntil('health again', () => feed.health().state === 'live');
      expect(feed.health().recoveries).toBe(1);
      const trades = events.flatMap((event) => (event.kind === 'trade' ? [`${event.symbol} ${event.tradeId}`] : []));
      expect(new Set(trades).size).toBe(trades.length);
    });

    test('every change of health but that of the last data is told', async () => {
      const { feed, goOnUntil, healthChanges } = await start();
      await goOnUntil('health', () => feed.health().state === 'live');
      expect(healthChanges()).toBeGreaterThan(0);
      const before = healthChanges();
      await feed.stop();
      expect(feed.health().state).toBe('stopped');
      expect(healthChanges()).toBe(before + 1);
    });

    test('after stop there is no event and no timer, however often it is stopped', async () => {
      const { feed, events, clock, goOn, goOnUntil } = await start();
      await goOnUntil('a trade', () => traded(events).length > 0);
      await Promise.all([feed.stop(), feed.stop()]);
      const told = events.length;
      expect(clock.pending).toBe(0);
      await goOn();
      await clock.advance(120_000);
      await quietly();
      feed.resync(events.map((event) => 'symbol' in event && event.symbol).find(Boolean) || '');
      await quietly();
      expect(events.length).toBe(told);
      expect(clock.pending).toBe(0);
    });
  });
}
