import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FakeClock } from '../../support/fake-clock.ts';
import { RecordedVenue } from '../../support/recorded-venue.ts';
import { futuresRecording, isDepth, RECORDINGS_DIR, spotRecording } from '../../support/recording.ts';
import { RecordingBook } from '../../support/recording-book.ts';
import { FRAMES_A_STEP, syntheticRecording } from '../../support/recording-synthetic.ts';

interface Checkpoint {
  readonly u: number;
  readonly sha256: string;
}

describe.each([
  ['spot', spotRecording, 'checkpoints_spot_btc.json'],
  ['futures', futuresRecording, 'checkpoints_usdm_btc.json'],
] as const)('the stand-in for %s', (_name, load, file) => {
  const recording = load();
  const path = join(RECORDINGS_DIR, 'binance', file);

  test.skipIf(!recording || !existsSync(path))(`has the venue's own book at every checkpoint (${path})`, () => {
    if (!recording) return;
    const { checkpoints } = JSON.parse(readFileSync(path, 'utf8')) as { checkpoints: readonly Checkpoint[] };
    const expected = new Map(checkpoints.map(({ u, sha256 }) => [u, sha256]));
    const book = new RecordingBook(recording);
    let met = 0;
    for (const frame of recording.frames.filter(isDepth)) {
      book.apply(frame);
      const sha256 = expected.get(Number(/"u":(\d+)/.exec(frame.text)?.[1]));
      if (sha256 === undefined) continue;
      const { bids, asks } = JSON.parse(book.body(Number.POSITIVE_INFINITY)) as Record<'bids' | 'asks', string[][]>;
      const text = [bids, asks].map((side) => side.map((level) => level.join('@')).join(',')).join('|');
      expect(createHash('sha256').update(text).digest('hex')).toBe(sha256);
      met++;
    }
    expect(met).toBe(checkpoints.length);
  });
});

test('a recording is played at a multiple of its own speed', async () => {
  const venue = await RecordedVenue.start({ recordings: [syntheticRecording({ market: 'spot', steps: 10 })] });
  const clock = new FakeClock();
  const playing = venue.playAtSpeed(2, clock);
  await clock.advance(99);
  expect(venue.left).toBe(8 * FRAMES_A_STEP);
  await clock.advance(1);
  expect(venue.left).toBe(7 * FRAMES_A_STEP);
  await clock.advance(1_000);
  await playing;
  expect(venue.left).toBe(0);
  await venue.close();
});
