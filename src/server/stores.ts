import type { Bus, ProcessBus } from '../bus/bus.ts';
import type { Database } from '../store/database.ts';
import type { LimitsRedis } from './limits/limits-redis.ts';

/** What outlives a connection: where topics come from, and what must last. */
export interface Stores {
  readonly shared: Bus;
  /** Of this process alone. */
  readonly own: ProcessBus;
  readonly database: Database;
  /** Where processes count connections together; left out, this one is alone. */
  readonly limitsRedis?: LimitsRedis | null;
}
