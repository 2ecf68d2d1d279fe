import type { Bus } from '../bus/bus.ts';
import { createMemoryBus } from '../bus/memory-bus.ts';
import { whatIf } from '../engines/risk/what-if.ts';
import { LimitsRedis } from '../server/limits/limits-redis.ts';
import { type ApiServer, startServer } from '../server/server.ts';
import type { Database } from '../store/database.ts';
import { siblings } from './api-processes.ts';
import { documentOptions } from './documents.ts';
import { identityOptions } from './identity.ts';
import { limitSettings } from './limit-settings.ts';
import type { Parts } from './parts.ts';
import { redisOf, retentionOf } from './shared-bus.ts';

/** Where the build of the web application stands. */
const DASHBOARD = new URL('../../dashboard/dist/', import.meta.url);

/** Feeds and chains of one start announce what they have within this of each other, milliseconds. */
const NAMES_SETTLE_MS = 3_000;

/** Starts the read side. Apart from the write side: GraphQL and the schema are half of what a start reads, and a worker needs none of it. */
export async function startApi(shared: Bus, database: Database, { config, clock, log }: Parts): Promise<ApiServer> {
  const own = createMemoryBus({ clock, log, ...retentionOf(config) });
  const redis = redisOf(config);
  const limitsRedis = redis && new LimitsRedis({ ...redis, prefix: config.REDIS_PREFIX, clock, log });
  const server = await startServer(
    { shared, own, database, limitsRedis },
    {
      host: config.HOST,
      port: config.PORT,
      heartbeatIntervalMs: config.HEARTBEAT_INTERVAL_MS,
      heartbeatTimeoutMs: config.HEARTBEAT_TIMEOUT_MS,
      idleTimeoutMs: config.IDLE_TIMEOUT_MS,
      ...limitSettings(config),
      ...(await identityOptions(config)),
      graphiql: config.GRAPHIQL,
      dashboard: config.DASHBOARD ? DASHBOARD : null,
      introspection: config.INTROSPECTION,
      subscriptionsEnabled: config.SUBSCRIPTIONS_ENABLED,
      documents: await documentOptions(config),
      whatIf: (input) => whatIf({ ...input, atRisk: config.AT_RISK_HEALTH_FACTOR }),
      protocols: Object.keys(config.RISK_MODEL.protocols),
      simulations: config.NODE_ENV !== 'production',
      allowedOrigins: config.ALLOWED_ORIGINS ?? null,
      requireIdentity: config.REQUIRE_IDENTITY,
      namesSettleMs: NAMES_SETTLE_MS,
      siblings: siblings(),
    },
    clock,
    log,
  );
  return {
    url: server.url,
    demoToken: server.demoToken,
    stop: async () => {
      await server.stop();
      await limitsRedis?.close();
    },
  };
}
