import { randomUUID } from 'node:crypto';
import { inject, onTestFinished } from 'vitest';
import { createRedisBus } from '../../src/bus/redis-bus.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { Database } from '../../src/store/database.ts';
import { Latest } from '../../src/store/latest.ts';
import { migratedDatabaseUrl } from './postgres.ts';
import { silentLog } from './server.ts';

/** What several processes share: Redis under a prefix of this test alone, and a database of its own; and a look into both of them. */
export async function sharedGround(settings: Readonly<Record<string, string>>, redisUrl = inject('redisUrl')) {
  const environment = {
    REDIS_URL: redisUrl,
    REDIS_PREFIX: `test-${randomUUID()}`,
    DATABASE_URL: await migratedDatabaseUrl(),
    ...settings,
  };
  const bus = createRedisBus({ url: redisUrl, prefix: environment.REDIS_PREFIX, clock: systemClock, log: silentLog });
  onTestFinished(() => bus.close());
  const database = new Database(environment.DATABASE_URL, silentLog);
  onTestFinished(() => database.close());
  return { environment, bus, database, latest: new Latest(bus, silentLog) };
}
