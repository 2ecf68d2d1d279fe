/** Microseconds on the clock that all processes of this machine share (Linux: CLOCK_MONOTONIC). */
export function monotonicMicros(): number {
  return Number(process.hrtime.bigint()) / 1_000;
}
