import { randomFillSync } from 'node:crypto';

let lastMs = 0;
let counter = 0;
const random = new Uint8Array(10);

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
  randomFillSync(random);
  random[2] = ((random[2] ?? 0) & 0x3f) | 0x80;
  const tail = Buffer.from(random.subarray(2)).toString('hex');
  const time = lastMs.toString(16).padStart(12, '0');
  const count = counter.toString(16).padStart(3, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${count}-${tail.slice(0, 4)}-${tail.slice(4)}`;
}
