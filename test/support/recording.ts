import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** A frame that a venue sent, and when it was heard. */
export interface RecordedFrame {
  /** Milliseconds, with a fraction: the recorder's clock. */
  readonly at: number;
  /** Name of the stream that it came on: `btcusdt@depth@0ms`. */
  readonly stream: string;
  /** The combined-stream frame as it was sent. */
  readonly text: string;
}

/** What one symbol's streams sent in one market, and its REST order book from about the beginning. */
export interface Recording {
  readonly market: 'spot' | 'usdm';
  /** The venue's name of the pair, upper case. */
  readonly pair: string;
  readonly frames: readonly RecordedFrame[];
  /** Body of the REST answer; null where none was recorded. */
  readonly snapshot: string | null;
}

/**
 * Recordings of real venues lie beside the project and are no part of it: `RECORDINGS_DIR`, or `../shared/recordings` from
 * the project's root. A test that wants one skips where it is missing.
 */
export const RECORDINGS_DIR = process.env['RECORDINGS_DIR'] ?? '../shared/recordings';

/** The files' lines in the order given, one after the other; null when one is missing. */
function loadRecording(market: Recording['market'], ...files: readonly string[]): Recording | null {
  const paths = files.map((file) => join(RECORDINGS_DIR, file));
  if (!paths.every((path) => existsSync(path))) return null;
  return recordingOf(
    market,
    paths.flatMap((path) => gunzipSync(readFileSync(path)).toString().split('\n')),
  );
}

/** @param lines each `<nanoseconds> <JSON>`: a combined-stream frame, or a bare REST order book. Empty lines are left out. */
export function recordingOf(market: Recording['market'], lines: readonly string[]): Recording {
  const frames: RecordedFrame[] = [];
  let snapshot: string | null = null;
  for (const line of lines) {
    const space = line.indexOf(' ');
    if (space < 0) continue;
    const text = line.slice(space + 1);
    // Nanoseconds since 1970 are beyond what a number holds exactly: cut to microseconds first.
    const at = Number(line.slice(0, Math.max(0, space - 3))) / 1_000;
    const stream = /^\{"stream":"([^"]+)"/.exec(text)?.[1];
    if (stream !== undefined) frames.push({ at, stream, text });
    else snapshot ??= text;
  }
  const pair = frames[0]?.stream.split('@')[0]?.toUpperCase();
  if (pair === undefined) throw new Error('a recording without frames');
  return { market, pair, frames, snapshot };
}

/** The spot recording of two files, whole. */
export function spotRecording(): Recording | null {
  return loadRecording('spot', 'binance/spot_btcusdt_20240808.jsonl.gz', 'binance/spot_btcusdt_20240809.jsonl.gz');
}

export function futuresRecording(): Recording | null {
  return loadRecording('usdm', 'binance/usdm_btcusdt_20240808.jsonl.gz');
}

/** Stream names say how fast depth comes; what comes is the same. */
export function bareStream(stream: string): string {
  return stream.replace(/@depth@\d+ms$/, '@depth');
}

export function isDepth({ stream }: Pick<RecordedFrame, 'stream'>): boolean {
  return bareStream(stream).endsWith('@depth');
}

/** The venue's pair of a stream, upper case. */
export function pairOf({ stream }: Pick<RecordedFrame, 'stream'>): string {
  return (stream.split('@')[0] ?? '').toUpperCase();
}
