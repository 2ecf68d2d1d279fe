import { afterEach, describe, expect, test } from 'vitest';
import { ids, liveFeed, type StartOptions } from '../../support/recorded-feed.ts';
import { RecordedVenue } from '../../support/recorded-venue.ts';
import type { RecordedFrame } from '../../support/recording.ts';
import { FIRST_TRADE, FRAMES_A_STEP, syntheticRecording } from '../../support/recording-synthetic.ts';
import { until } from '../../support/until.ts';

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

const live = (...options: StartOptions) => liveFeed(ends, ...options);
const isTrade = ({ stream }: RecordedFrame) => stream.endsWith('@trade');

describe('trades', () => {
  test('a dropped one is filled from history, in its place', async () => {
    const { venue, tradeIds, trades, of } = await live();
    venue.dropNext(isTrade);
    await venue.play(3 * FRAMES_A_STEP);
    await trades(8);
    expect(tradeIds()).toEqual(ids(FIRST_TRADE, 8));
    expect(of('trade').every(({ gapBefore }) => gapBefore === null)).toBe(true);
    expect(venue.requests.at(-1)?.url).toBe('/api/v3/historicalTrades?symbol=BTCUSDT&fromId=1002&limit=1000');
  });

  test('what came while a hole was filled waits and keeps its order', async () => {
    const { venue, tradeIds, trades, of } = await live();
    const release = venue.holdAnswers();
    venue.dropNext(isTrade);
    await venue.play(4 * FRAMES_A_STEP);
    await until('the rest', () => of('quote').length === 5);
    expect(tradeIds()).toEqual(ids(FIRST_TRADE, 2));
    release();
    await trades(10);
    expect(tradeIds()).toEqual(ids(FIRST_TRADE, 10));
  });

  test('what history refuses is told as a gap on the next trade', async () => {
    const { venue, tradeIds, trades, of } = await live();
    venue.refuse({ status: 403, path: /historicalTrades/ });
    venue.dropNext(isTrade);
    venue.dropNext(isTrade);
    await venue.play(3 * FRAMES_A_STEP);
    await trades(6);
    expect(tradeIds()).toEqual([1000, 1001, 1004, 1005, 1006, 1007]);
    const [, , after, ...others] = of('trade');
    const [before] = of('trade').slice(1);
    expect(after?.gapBefore).toEqual({
      from: before?.timestamp,
      to: after?.timestamp,
      reason: expect.stringContaining('HTTP 403'),
    });
    expect(others.every(({ gapBefore }) => gapBefore === null)).toBe(true);
  });

  test('futures history wants a key: the newest trades fill the hole without one', async () => {
    const { venue, tradeIds, trades, of } = await live('usdm');
    venue.refuse({ status: 401, path: /historicalTrades/ });
    venue.dropNext(isTrade);
    await venue.play(2 * FRAMES_A_STEP);
    await trades(6);
    expect(tradeIds()).toEqual(ids(FIRST_TRADE, 6));
    expect(of('trade').every(({ gapBefore }) => gapBefore === null)).toBe(true);
    expect(venue.requests.at(-1)?.url).toBe('/fapi/v1/trades?limit=1000&symbol=BTCUSDT');
  });

  test('a venue that limits us is not asked on: the gap is told instead of holding trades back', async () => {
    const { venue, tradeIds, trades, of } = await live();
    venue.refuse({ status: 429, headers: { 'retry-after': '60' } });
    venue.dropNext(isTrade);
    await venue.play(2 * FRAMES_A_STEP);
    await trades(5);
    expect(tradeIds()).toEqual([1000, 1001, 1003, 1004, 1005]);
    expect(of('trade')[2]?.gapBefore?.reason).toContain('429');
  });

  test('those of a lost connection are filled when the next one brings a trade', async () => {
    const { venue, clock, tradeIds, trades, of } = await live();
    venue.cut();
    await until('lost', () => of('disconnected').length === 1);
    await venue.play(3 * FRAMES_A_STEP);
    await clock.advance(1_000);
    await until('back', () => venue.connections === 1);
    await venue.play(FRAMES_A_STEP);
    await trades(10);
    expect(tradeIds()).toEqual(ids(FIRST_TRADE, 10));
  });

  test('a venue that begins again tells nothing twice', async () => {
    const { venue, clock, tradeIds, of } = await live();
    const { port } = venue;
    await venue.close();
    await until('lost', () => of('disconnected').length === 1);
    const again = await RecordedVenue.start({ recordings: [syntheticRecording({ market: 'spot', steps: 3 })], port });
    ends.push(() => again.close());
    await clock.advance(1_000);
    await until('back', () => again.connections === 1);
    await again.playAll();
    await until('all', () => of('quote').length === 4);
    expect(tradeIds()).toEqual(ids(FIRST_TRADE, 6));
  });

  test('numbers of the futures that were no trades are no holes', async () => {
    const { venue, tradeIds, trades } = await live('usdm');
    const frame = (t: number, X: string) =>
      JSON.stringify({
        stream: 'btcusdt@trade',
        data: { e: 'trade', E: 1, T: 1, s: 'BTCUSDT', t, p: '90.00', q: '5.00', X, m: false },
      });
    venue.send(frame(1_002, 'INSURANCE_FUND'));
    venue.send(frame(1_003, 'NA'));
    venue.send(frame(1_004, 'MARKET'));
    await trades(3);
    expect(tradeIds()).toEqual([1_000, 1_001, 1_004]);
    expect(venue.requests.length).toBe(1);
  });
});
