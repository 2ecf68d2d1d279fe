import type { Bus } from '../../src/bus/bus.ts';
import { createMemoryBus } from '../../src/bus/memory-bus.ts';
import { createRedisBus } from '../../src/bus/redis-bus.ts';
import { topics } from '../../src/bus/topics.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createLog } from '../../src/lib/log.ts';
import { startServer } from '../../src/server/server.ts';
import { Database } from '../../src/store/database.ts';
import { WIDE_LIMITS } from '../../test/support/wide-limits.ts';
import { busReady, priceOf, venueTrade } from './market.ts';
import { runSubject } from './subject.ts';

/** Tidewire's read side as `npm start` runs it, on the memory bus; as `npm run api`, where a Redis is given. */
await runSubject(async ({ workload, redisUrl }) => {
  const parts = { clock: systemClock, log: createLog('warn') };
  const bus: Bus = redisUrl ? createRedisBus({ ...parts, url: redisUrl }) : createMemoryBus(parts);
  await busReady(bus);
  const server = await startServer(
    {
      shared: bus,
      own: createMemoryBus(parts),
      database: new Database('postgresql://nobody@127.0.0.1:1/none', parts.log),
    },
    {
      tokens: { secret: null, jwksUrl: null, issuer: null, audience: null },
      signIn: { domains: [], tokenLifeMs: 900_000, chains: new Map() },
      demo: null,
      host: '127.0.0.1',
      port: 0,
      heartbeatIntervalMs: 25_000,
      heartbeatTimeoutMs: 30_000,
      idleTimeoutMs: 300_000,
      ...WIDE_LIMITS,
      graphiql: false,
      dashboard: null,
      allowedOrigins: null,
      introspection: true,
      protocols: [],
      whatIf: () => {
        throw new Error('nobody asks this of a benchmark');
      },
      documents: { trustedOnly: false, manifest: new Map() },
      simulations: false,
      requireIdentity: false,
      siblings: null,
    },
    parts.clock,
    parts.log,
  );
  const port = Number(new URL(server.url).port);
  if (redisUrl) return { port, publish: null };
  return {
    port,
    publish: (trade) =>
      workload.topic === 'prices'
        ? bus.publishState(topics.prices, priceOf(trade))
        : bus.publishEvent(topics.trades, venueTrade(trade)),
  };
});
