import { writeSync } from 'node:fs';
import type { DestinationStream } from 'pino';

const STANDARD_OUTPUT = 1;

/** How often a pipe that is full for a moment is tried again, and how long in between, milliseconds: nobody may be held up for longer. */
const TRIES = 20;
const TRY_MS = 1;

/**
 * Standard output that costs lines and never the process: on a full disk pino's own destination tries for ever, and everything stands
 * still. What was lost is said as soon as something can be written again.
 */
export function logOutput(
  write: (bytes: Buffer) => number = (bytes) => writeSync(STANDARD_OUTPUT, bytes),
): DestinationStream {
  let lost = 0;
  const written = (line: string): boolean => {
    let bytes = Buffer.from(line);
    for (let tries = 0; tries < TRIES; ) {
      try {
        const taken = write(bytes);
        bytes = bytes.subarray(taken);
        if (bytes.length === 0) return true;
        if (taken === 0) tries++;
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) return false;
        tries++;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, TRY_MS);
      }
    }
    return false;
  };
  return {
    write: (line) => {
      if (lost > 0 && written(`${JSON.stringify({ level: 40, lines: lost, msg: 'lines of this log were lost' })}\n`))
        lost = 0;
      if (!written(line)) lost++;
    },
  };
}
