/** Width of a bucket: one per cent. */
const GROWTH = Math.log(1.01);

/** Longest time told apart, microseconds: a hundred seconds. */
const LONGEST = 1e8;

/** Times in microseconds, to one per cent. Percentiles come from all samples together, never from percentiles. */
export class Histogram {
  readonly counts: number[];
  total = 0;

  constructor(counts: readonly number[] = []) {
    this.counts = [...counts];
    for (const count of counts) this.total += count;
  }

  record(micros: number): void {
    const bucket = Math.round(Math.log(Math.min(LONGEST, Math.max(1, micros))) / GROWTH);
    while (this.counts.length <= bucket) this.counts.push(0);
    this.counts[bucket] = (this.counts[bucket] ?? 0) + 1;
    this.total++;
  }

  add(other: Histogram): void {
    other.counts.forEach((count, bucket) => {
      while (this.counts.length <= bucket) this.counts.push(0);
      this.counts[bucket] = (this.counts[bucket] ?? 0) + count;
    });
    this.total += other.total;
  }

  /** Microseconds that this part of all samples does not exceed; null without samples. */
  percentile(part: number): number | null {
    let left = Math.ceil(this.total * part);
    if (left === 0) return null;
    for (const [bucket, count] of this.counts.entries()) {
      left -= count;
      if (left <= 0) return Math.exp(bucket * GROWTH);
    }
    return null;
  }
}
