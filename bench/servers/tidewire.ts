import type { Bus } from '../../src/bus/bus.ts';
import { createMemoryBus } from '../../src/bus/memory-bus.ts';
import { createRedisBus } from '../../src/bus/redis-bus.ts';
import { topics } from '../../src/bus/topics.ts';
import { busReady, priceOf, venueTrade } from './market.ts';
import { PARTS, startReading } from './reading.ts';
import { runSubject } from './subject.ts';

/** Tidewire's read side as `npm start` runs it, on the memory bus; as `npm run api`, where a Redis is given. */
await runSubject(async ({ workload, redisUrl }) => {
  const bus: Bus = redisUrl ? createRedisBus({ ...PARTS, url: redisUrl }) : createMemoryBus(PARTS);
  await busReady(bus);
  const server = await startReading(bus);
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
