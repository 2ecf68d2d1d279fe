import { afterEach, describe, expect, test } from 'vitest';
import { createBinanceFeed } from '../../../src/feeds/binance/feed.ts';
import { createLog } from '../../../src/lib/log.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { binanceAt, ids, listen, liveFeed, type StartOptions, startedFeed } from '../../support/recorded-feed.ts';
import { RecordedVenue } from '../../support/recorded-venue.ts';
import type { RecordedFrame } from '../../support/recording.ts';
import {
  FIRST_TRADE,
  FIRST_UPDATE,
  FRAMES_A_STEP,
  syntheticRecording,
  UPDATES_A_STEP,
} from '../../support/recording-synthetic.ts';
import { quietly, until } from '../../support/until.ts';

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

const isTrade = ({ stream }: RecordedFrame) => stream.endsWith('@trade');
const isDepth = ({ stream }: RecordedFrame) => stream.includes('@depth');

const started = (...options: StartOptions) => startedFeed(ends, ...options);
const live = (...options: StartOptions) => liveFeed(ends, ...options);

describe('from the start', () => {
  test('instruments come before any connection, the book after the first diff', async () => {
    const { events, venue, of, state } = await started();
    expect(events).toMatchObject([{ kind: 'instrument', instrument: { symbol: 'BTCUSDT', kind: 'SPOT' } }]);
    expect(venue.requests).toEqual([]);
    await venue.play(1);
    await state('live');
    expect(events.map(({ kind }) => kind)).toEqual(['instrument', 'book-diff', 'book-snapshot']);
    expect(of('book-snapshot')).toMatchObject([{ lastUpdateId: FIRST_UPDATE + 9, asks: { length: 3 } }]);
    expect(venue.requests.map(({ url }) => url)).toEqual(['/api/v3/depth?symbol=BTCUSDT&limit=5000']);
  });

  test('futures come over two connections, with a book of a thousand levels', async () => {
    const { venue, of, state } = await started('usdm');
    await venue.play(FRAMES_A_STEP);
    await state('live');
    await until('all', () => of('ticker').length === 1 && of('quote').length === 1);
    expect(venue.requests.map(({ url }) => url)).toEqual(['/fapi/v1/depth?symbol=BTCUSDT&limit=1000']);
    expect(of('book-diff')).toMatchObject([{ symbol: 'BTCUSDT-PERP', previousUpdateId: FIRST_UPDATE - 1 }]);
    expect(of('instrument')).toMatchObject([{ instrument: { kind: 'PERP' } }]);
  });

  test('spot and futures in one feed are two symbols', async () => {
    const spot = await RecordedVenue.start({ recordings: [syntheticRecording({ market: 'spot', steps: 3 })] });
    const usdm = await RecordedVenue.start({ recordings: [syntheticRecording({ market: 'usdm', steps: 3 })] });
    const feed = binanceAt({ spot, usdm }, ['BTCUSDT', 'BTCUSDT-PERP', 'BTCUSDT'], new FakeClock());
    const { of } = listen(feed);
    ends.push(async () => {
      await feed.stop();
      await Promise.all([spot.close(), usdm.close()]);
    });
    await until('connected', () => spot.connections === 1 && usdm.connections === 2);
    await Promise.all([spot.playAll(), usdm.playAll()]);
    await until('all', () => of('trade').length === 12 && of('book-snapshot').length === 2);
    expect(of('instrument').length).toBe(2);
    for (const symbol of ['BTCUSDT', 'BTCUSDT-PERP'])
      expect(
        of('trade')
          .filter((trade) => trade.symbol === symbol)
          .map(({ tradeId }) => Number(tradeId)),
      ).toEqual(ids(FIRST_TRADE, 6));
    expect(feed.health()).toMatchObject({ state: 'live', message: '' });
  });

  test('a venue that is not there: the feed says so and goes on trying', async () => {
    const clock = new FakeClock();
    const feed = binanceAt({}, ['BTCUSDT'], clock);
    const { healthChanges } = listen(feed);
    ends.push(() => feed.stop());
    await until('an error', () => feed.health().errorCount === 1);
    expect(feed.health()).toMatchObject({ state: 'connecting', message: expect.stringContaining('ECONNREFUSED') });
    const changes = healthChanges();
    await clock.advance(1_000);
    await until('another', () => feed.health().errorCount === 2);
    await clock.advance(1_000);
    expect(healthChanges()).toBeGreaterThan(changes);
  });

  test('no symbols, or one that cannot be, is refused before anything starts', () => {
    const urls = { binanceWs: '', binanceRest: '', binanceFuturesWs: '', binanceFuturesRest: '' };
    const rest = { urls, clock: new FakeClock(), log: createLog('silent'), random: () => 0 };
    for (const symbols of [[], ['AAPL'], ['BTCUSDT', 'btcusdt']])
      expect(() => createBinanceFeed({ symbols, ...rest })).toThrowError(
        expect.objectContaining({ code: 'BAD_USER_INPUT' }),
      );
  });
});

describe('the book', () => {
  test('a resync brings a snapshot of now; asked twice it brings one', async () => {
    const { feed, venue, of, clock, state, symbol } = await live();
    await clock.advance(10_000);
    await venue.play(3 * FRAMES_A_STEP);
    feed.resync(symbol);
    feed.resync(symbol);
    expect(feed.health()).toMatchObject({ state: 'stale', message: expect.stringContaining(symbol) });
    await state('live');
    await quietly();
    expect(of('book-snapshot').length).toBe(2);
    expect(of('book-snapshot')[1]).toMatchObject({
      lastUpdateId: FIRST_UPDATE + 4 * UPDATES_A_STEP - 1,
      bids: [
        ['100', '4'],
        ['98', '1'],
      ],
    });
    expect(feed.health().recoveries).toBe(1);
  });

  test('a symbol nobody knows is not asked for', async () => {
    const { feed, venue } = await live();
    feed.resync('ETHUSDT');
    await quietly();
    expect(venue.requests.length).toBe(1);
  });

  test.each([429, 418])('a snapshot refused with %d is asked for again when Retry-After has passed', async (status) => {
    const { venue, clock, feed, state, of } = await started();
    venue.refuse({ status, headers: { 'retry-after': '40' }, times: 1 });
    await venue.play(FRAMES_A_STEP);
    await until('refused', () => feed.health().errorCount === 1);
    expect(feed.health().state).toBe('stale');
    await clock.advance(12_000);
    await venue.play(FRAMES_A_STEP);
    await until('data', () => of('book-diff').length === 2);
    await clock.advance(12_000);
    await venue.play(FRAMES_A_STEP);
    await until('data', () => of('book-diff').length === 3);
    await clock.advance(12_000);
    await venue.play(FRAMES_A_STEP);
    await until('data', () => of('book-diff').length === 4);
    expect(venue.requests.length).toBe(1);
    await clock.advance(4_000);
    await state('live');
    expect(venue.requests.length).toBe(2);
  });

  test('an answer that is no book is asked for again', async () => {
    const { venue, clock, feed, state } = await started();
    venue.refuse({ status: 200, body: '<html>maintenance</html>', times: 1 });
    await venue.play(1);
    await until('refused', () => feed.health().errorCount === 1);
    await clock.advance(1_000);
    await state('live');
  });

  test('an answer to a question from before a loss is not told', async () => {
    const { venue, clock, of, events } = await started();
    const release = venue.holdAnswers();
    await venue.play(1);
    await until('asked', () => venue.requests.length === 1);
    venue.cut();
    await until('lost', () => of('disconnected').length === 1);
    release();
    await quietly();
    expect(of('book-snapshot')).toEqual([]);
    await clock.advance(1_000);
    await until('back', () => venue.connections === 1);
    await venue.play(FRAMES_A_STEP);
    await until('the book', () => of('book-snapshot').length === 1);
    const kinds = events.map(({ kind }) => kind);
    expect(kinds.indexOf('disconnected')).toBeLessThan(kinds.lastIndexOf('book-diff'));
  });
});

describe('life', () => {
  test('a cut socket is told, and everything comes back by itself', async () => {
    const { venue, clock, of, feed, state, events } = await live();
    venue.cut();
    await until('lost', () => of('disconnected').length === 1);
    expect(of('disconnected')).toMatchObject([{ source: 'binance', symbols: ['BTCUSDT'] }]);
    expect(feed.health()).toMatchObject({ state: 'connecting', message: expect.stringContaining('reconnecting') });
    await clock.advance(1_000);
    await until('back', () => venue.connections === 1);
    await venue.play(FRAMES_A_STEP);
    await state('live');
    expect(of('book-snapshot').length).toBe(2);
    expect(feed.health().recoveries).toBe(1);
    expect(events.findIndex(({ kind }) => kind === 'disconnected')).toBeGreaterThan(0);
  });

  test('quiet for fifteen seconds, pinged or not, is a loss', async () => {
    const { venue, clock, of } = await live();
    await clock.advance(14_000);
    const pongs = venue.ping('x');
    await until('the pong', () => pongs.length === 1);
    expect(of('disconnected')).toEqual([]);
    await clock.advance(1_000);
    expect(of('disconnected')).toMatchObject([{ reason: 'no data for 15 s' }]);
  });

  test('the futures ticker alone, lost or refused, is no loss of book and trades', async () => {
    const { venue, of, feed } = await live('usdm');
    venue.cut(1);
    await until('cut', () => feed.health().errorCount === 1);
    expect(of('disconnected')).toEqual([]);
    expect(feed.health().state).toBe('live');
  });

  test.each(['spot', 'usdm'] as const)(
    '%s: a server that goes down is left for another one, with nothing lost or told twice',
    async (market) => {
      const { venue, of, tradeIds, trades, feed } = await live(market);
      const connections = venue.connections;
      venue.send('{"stream":"!serverShutdown","data":{"e":"serverShutdown","E":1767225602000}}');
      await until('the successors', () => venue.connected.length === 2 * connections);
      await venue.play(2 * FRAMES_A_STEP);
      await until('the old one gone', () => venue.connections === connections);
      await venue.play(3 * FRAMES_A_STEP);
      await trades(12);
      await until('the diffs', () => of('book-diff').length === 6);
      await quietly();
      expect(tradeIds()).toEqual(ids(FIRST_TRADE, 12));
      expect(of('book-diff').map(({ firstUpdateId }) => firstUpdateId)).toEqual(
        ids(0, 6).map((step) => FIRST_UPDATE + step * UPDATES_A_STEP),
      );
      expect(of('disconnected')).toEqual([]);
      expect(of('book-snapshot').length).toBe(1);
      expect(feed.health()).toMatchObject({ state: 'live', recoveries: 0 });
      expect(venue.requests.length).toBe(1);
    },
  );

  test('a successor that is ahead does not make a hole of what the old connection still brings', async () => {
    const { venue, tradeIds, trades } = await live();
    venue.send('{"stream":"!serverShutdown","data":{"e":"serverShutdown","E":1767225602000}}');
    await until('the successor', () => venue.connections === 2);
    const ahead = { e: 'trade', E: 1, T: 1, s: 'BTCUSDT', t: FIRST_TRADE + 5, p: '1.00', q: '1.00', m: false };
    venue.send(JSON.stringify({ stream: 'btcusdt@trade', data: ahead }), 1);
    await quietly();
    expect(tradeIds()).toEqual(ids(FIRST_TRADE, 2));
    await venue.play(3 * FRAMES_A_STEP);
    await trades(8);
    expect(tradeIds()).toEqual(ids(FIRST_TRADE, 8));
    expect(venue.requests.length).toBe(1);
  });

  test('a diff dropped goes on as it came: whether it fits is for the engine to say', async () => {
    const { venue, of } = await live();
    venue.dropNext(isDepth);
    await venue.play(2 * FRAMES_A_STEP);
    await until('the diff after', () => of('book-diff').length === 2);
    expect(of('book-diff')[1]?.firstUpdateId).toBe(FIRST_UPDATE + 2 * UPDATES_A_STEP);
  });

  test('garbage is counted, logged once a minute for each kind, and the feed goes on', async () => {
    const lines: Readonly<Record<string, unknown>>[] = [];
    const log = createLog('warn', { write: (line) => lines.push(JSON.parse(line) as Record<string, unknown>) });
    const { venue, clock, feed, trades, healthChanges } = await live('spot', 40, log);
    const changes = healthChanges();
    for (let times = 0; times < 100; times++) venue.send('\u0000garbage');
    for (let times = 0; times < 10; times++) venue.send('{"stream":"x","data":{"e":"invented","s":"BTCUSDT"}}');
    await venue.play(FRAMES_A_STEP);
    await trades(4);
    expect(feed.health()).toMatchObject({ state: 'live', errorCount: 110 });
    expect(lines.map(({ kind, times }) => [kind, times])).toEqual([
      ['spot malformed JSON', 1],
      ['spot unknown invented', 1],
    ]);
    await clock.advance(1_000);
    expect(healthChanges()).toBe(changes + 1);
    for (let second = 0; second < 60; second += 10) {
      await clock.advance(10_000);
      await venue.play(FRAMES_A_STEP);
      await trades(6 + second / 5);
    }
    venue.send('\u0000garbage');
    await until('another line', () => lines.length === 3);
    expect(lines[2]).toMatchObject({ kind: 'spot malformed JSON', times: 100 });
  });

  test('stop: sockets and timers gone, nothing told after it, also with questions open', async () => {
    const { venue, clock, feed, events } = await live();
    venue.holdAnswers();
    feed.resync('BTCUSDT');
    venue.dropNext(isTrade);
    await venue.play(FRAMES_A_STEP);
    await until('asked', () => venue.requests.length >= 2);
    const told = events.length;
    await feed.stop();
    expect(feed.health().state).toBe('stopped');
    await until('gone', () => venue.connections === 0);
    await quietly();
    expect(events.length).toBe(told);
    expect(clock.pending).toBe(0);
    await feed.stop();
  });
});
