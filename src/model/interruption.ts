/** Asks a feed's process to hear nothing of its venue for a while: what a lost connection looks like, made by hand. */
export interface Interruption {
  /** New each time. */
  readonly id: string;
  /** The feed: `simulated`. */
  readonly source: string;
  readonly forMs: number;
}
