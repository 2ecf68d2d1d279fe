/** Kinds of work that commands ask for. */
export const ABOUTS = ['risk', 'trading', 'signals', 'bots'] as const;

/** Says that something waits in the database for a worker: sent with the writing, so that nobody waits for a sweep. */
export interface Nudge {
  /** New each time. */
  readonly id: string;
  /** What kind of work it is. */
  readonly about: (typeof ABOUTS)[number];
}
