import type { Clock } from '../lib/clock.ts';
import type { Identity } from '../model/identity.ts';
import type { Instruments } from '../store/instruments.ts';
import type { Latest } from '../store/latest.ts';
import type { Recent } from '../store/recent.ts';

/** The connection that an operation came over. */
export interface Connection {
  readonly id: string;
  /** Has its delivery reported from now on: the first report is there when this resolves. */
  watch(): Promise<void>;
}

/** What resolvers may use. Without what belongs to a caller, it is what shared answers are made with. */
export interface Context {
  /** Null where an answer is shared, and over transports that have none. */
  readonly connection: Connection | null;
  /** Null where an answer is shared, and for a caller that has not said who it is. */
  readonly identity: Identity | null;
  /** Whether what is public is so only to callers who have said who they are. */
  readonly identityRequired: boolean;
  readonly clock: Clock;
  readonly instruments: Instruments;
  /** Latest values of shared topics. */
  readonly latest: Latest;
  /** Latest values of topics that each process has for itself. */
  readonly ownLatest: Latest;
  /** Events still kept. */
  readonly recent: Recent;
}
