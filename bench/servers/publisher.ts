import { createRedisBus } from '../../src/bus/redis-bus.ts';
import { topics } from '../../src/bus/topics.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createLog } from '../../src/lib/log.ts';
import { answer } from '../answering.ts';
import { tradeOf } from '../workload.ts';
import { busReady, venueTrade } from './market.ts';
import { type Pace, paced, type SubjectSetup } from './subject.ts';

/** A worker's side of Tidewire's Redis bus: publishes for an api in another process. */
const { workload, redisUrl } = JSON.parse(process.argv[2] ?? '{}') as SubjectSetup;
if (!redisUrl) throw new Error('a Redis is needed');
const bus = createRedisBus({ url: redisUrl, clock: systemClock, log: createLog('warn') });
await busReady(bus);
answer({
  publish: (pace: Pace) =>
    paced(pace, (sequence) => bus.publishEvent(topics.trades, venueTrade(tradeOf(workload, sequence)))),
});
