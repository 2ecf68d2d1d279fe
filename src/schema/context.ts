import type { Clock } from '../lib/clock.ts';
import type { Instruments } from '../store/instruments.ts';
import type { Latest } from '../store/latest.ts';
import type { Recent } from '../store/recent.ts';

/** What resolvers may use. Nothing here belongs to a caller: answers that are shared are made with it. */
export interface Context {
  readonly clock: Clock;
  readonly instruments: Instruments;
  /** Latest values of shared topics. */
  readonly latest: Latest;
  /** Latest values of topics that each process has for itself. */
  readonly ownLatest: Latest;
  /** Events still kept. */
  readonly recent: Recent;
}
