import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { Config } from './config.ts';

/** What a process is made of; everything has been started, and is stopped in the opposite order. */
export interface Parts {
  readonly clock: Clock;
  readonly log: Log;
  readonly config: Config;
}
