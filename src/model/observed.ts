/** Both times of everything that came from outside, milliseconds since the Unix epoch. */
export interface Observed {
  /** When it was true at the source, by the source's clock. */
  readonly timestamp: number;
  /** When this system heard it, by our clock. The two clocks differ: never subtract one from the other for a latency. */
  readonly receivedAt: number;
}

/** What is only the latest word on something, and may have gone quiet. */
export interface Perishable extends Observed {
  /** True once the source has gone quiet past its contract or lost its thread: the value may be old. */
  readonly stale: boolean;
}
