import { describe, expect, test } from 'vitest';
import { FakeClock } from '../../support/fake-clock.ts';
import { binanceAt, listen } from '../../support/recorded-feed.ts';
import { RecordedVenue } from '../../support/recorded-venue.ts';
import { futuresRecording, RECORDINGS_DIR, type Recording, spotRecording } from '../../support/recording.ts';
import { until } from '../../support/until.ts';

interface Expected {
  readonly name: string;
  readonly symbol: string;
  readonly load: () => Recording | null;
  readonly trades: number;
  readonly diffs: number;
  readonly quotes: number;
}

const RECORDINGS: readonly Expected[] = [
  { name: 'spot', symbol: 'BTCUSDT', load: spotRecording, trades: 19_904, diffs: 6_495, quotes: 73_174 },
  { name: 'futures', symbol: 'BTCUSDT-PERP', load: futuresRecording, trades: 21_313, diffs: 6_551, quotes: 66_089 },
];

describe.each(RECORDINGS)('a real $name recording through the feed', ({ symbol, load, trades, diffs, quotes }) => {
  const recording = load();

  test.skipIf(recording === null)(`all of it once and in order (${RECORDINGS_DIR})`, { timeout: 120_000 }, async () => {
    if (!recording) return;
    const venue = await RecordedVenue.start({ recordings: [recording] });
    const feed = binanceAt({ [recording.market]: venue }, [symbol], new FakeClock());
    const { of } = listen(feed);
    await until('connected', () => venue.connections === (recording.market === 'spot' ? 1 : 2));
    // One is dropped on the way: history has it.
    venue.dropNext(({ stream, at }) => stream.endsWith('@trade') && at > (recording.frames[5_000]?.at ?? 0));
    await venue.playAll();
    await until('every trade', () => of('trade').length >= trades);
    await until('every quote', () => of('quote').length >= quotes);
    await feed.stop();
    await venue.close();
    const ids = of('trade').map(({ tradeId }) => Number(tradeId));
    expect(ids.length).toBe(trades);
    expect(ids.findIndex((id, index) => id !== (ids[0] ?? 0) + index)).toBe(-1);
    expect(of('trade').every(({ gapBefore }) => gapBefore === null)).toBe(true);
    expect(of('book-diff').length).toBe(diffs);
    expect(of('quote').length).toBe(quotes);
    // The book was asked for after the first diff, early enough to start from what was recorded.
    const recorded = JSON.parse(recording.snapshot ?? '{}') as { readonly lastUpdateId?: number };
    expect(of('book-snapshot').map(({ lastUpdateId }) => lastUpdateId)).toEqual([recorded.lastUpdateId]);
    expect(feed.health().errorCount).toBe(0);
  });
});
