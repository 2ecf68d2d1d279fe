import { randomFillSync } from 'node:crypto';

let lastMs = 0;
let counter = 0;

const RANDOM_BYTES = 8;
/** Taken from the system for many ids at once: a call for each costs more than the rest of it. */
const random = Buffer.alloc(RANDOM_BYTES * 256);
let used = random.length;

/** A UUID of version 7: those of one process sort as they were made, those of several by their milliseconds. */
export function uuid7(nowMs: number): string {
  // A clock that is set back must not put what comes later before what was.
  if (nowMs > lastMs) {
    lastMs = nowMs;
    counter = 0;
  } else if (++counter > 0xfff) {
    lastMs++;
    counter = 0;
  }
  if (used === random.length) {
    randomFillSync(random);
    used = 0;
  }
  const from = used;
  used += RANDOM_BYTES;
  random[from] = ((random[from] ?? 0) & 0x3f) | 0x80;
  const tail = random.toString('hex', from, used);
  const time = lastMs.toString(16).padStart(12, '0');
  const count = counter.toString(16).padStart(3, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${count}-${tail.slice(0, 4)}-${tail.slice(4)}`;
}
