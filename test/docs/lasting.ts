import type { Refusal } from '../../tools/docs/received.ts';

/** What differs from one time to the next. */
const PASSING = ['id', 'requestId', 'timestamp', 'resumeCursor', 'retryAfterMs'];

/** A refusal as it is each time: whether they are there is told, what they are is not. */
export function lasting(refusal: Refusal | undefined): unknown {
  return JSON.parse(JSON.stringify(refusal), (name: string, value: unknown) =>
    PASSING.includes(name) ? typeof value : value,
  );
}
