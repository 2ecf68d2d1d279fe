/** Milliseconds since the epoch with their fractions: what processes of one machine can compare. */
export function wallMs(): number {
  return performance.timeOrigin + performance.now();
}
