import { futuresRecording, RECORDINGS_DIR, type Recording, spotRecording } from '../test/support/recording.ts';
import { mulberry32 } from './mulberry32.ts';

/** What goes through mapper and engine in one round. */
export interface BookLoad {
  readonly market: Recording['market'];
  readonly origin: string;
  /** JSON of the REST order book, given after the first `snapshotAfter` frames. */
  readonly snapshot: string;
  readonly snapshotAfter: number;
  /** Frames of the depth stream, as text. */
  readonly frames: readonly string[];
}

/** Depth frames of the recording, or made-up ones of the same shape where there is none. */
export function bookLoad(market: Recording['market']): BookLoad {
  const recording = market === 'spot' ? spotRecording() : futuresRecording();
  if (recording?.snapshot == null) return syntheticLoad(market);
  const frames = recording.frames
    .filter((frame) => frame.stream.includes('@depth'))
    .map((frame) => ownText(frame.text));
  const { lastUpdateId } = JSON.parse(recording.snapshot) as { readonly lastUpdateId: number };
  // Handed over once diffs reach it, as it would be live.
  const reached = frames.findIndex((frame) => Number(/"u":(\d+)/.exec(frame)?.[1]) >= lastUpdateId);
  return {
    market,
    origin: `recording in ${RECORDINGS_DIR}`,
    snapshot: recording.snapshot,
    snapshotAfter: reached + 1,
    frames,
  };
}

/** Frames arrive as texts of their own; lines of a file are windows into it, and would be read a little slower. */
function ownText(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}

/** Diffs of one round and levels in one: what the recordings have. */
const DIFFS = 6_500;
const LEVELS_A_DIFF = { spot: 46, usdm: 68 };
/** Levels a side that a REST order book holds. */
const SNAPSHOT_DEPTH = 1_000;

function syntheticLoad(market: Recording['market']): BookLoad {
  const random = mulberry32(1);
  const [pricePlaces, sizePlaces] = market === 'spot' ? [8, 8] : [2, 3];
  const level = (ticks: number, size: number): readonly [string, string] => [
    (ticks / 100).toFixed(pricePlaces),
    size.toFixed(sizePlaces),
  ];
  let middle = 6_000_000;
  const ladder = (direction: 1 | -1) =>
    Array.from({ length: SNAPSHOT_DEPTH }, (_, index) => level(middle + direction * (1 + index * 3), 0.5 + random()));
  const snapshot = JSON.stringify({ lastUpdateId: 1_000, bids: ladder(-1), asks: ladder(1) });
  const frames: string[] = [];
  for (let diff = 0, u = 1_000; diff < DIFFS; diff++, u += 10) {
    const step = Math.round((random() - 0.5) * 10);
    middle += step;
    const side = (direction: 1 | -1) => {
      const sizes = new Map<number, number>();
      // What the middle has run over is gone, so that the book never crosses.
      for (let tick = -Math.abs(step); tick <= 0; tick++) sizes.set(middle + direction * tick, 0);
      while (sizes.size < LEVELS_A_DIFF[market] / 2) {
        const away = 1 + Math.floor(3 * SNAPSHOT_DEPTH * random() ** 3);
        sizes.set(middle + direction * away, random() < 0.45 ? 0 : random());
      }
      return [...sizes].sort(([a], [b]) => a - b).map(([ticks, size]) => level(ticks, size));
    };
    const data = { e: 'depthUpdate', E: diff * 100, s: 'BTCUSDT', U: u + 1, u: u + 10, b: side(-1), a: side(1) };
    const chained = { ...data, T: diff * 100, pu: u };
    frames.push(JSON.stringify({ stream: 'btcusdt@depth', data: market === 'spot' ? data : chained }));
  }
  return { market, origin: 'made up (no recording found)', snapshot, snapshotAfter: 0, frames };
}
