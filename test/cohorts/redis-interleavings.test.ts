import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createMemoryBus } from '../../src/bus/memory-bus.ts';
import { createRedisBus } from '../../src/bus/redis-bus.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { startServer } from '../../src/server/server.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { Crowd, type Stage, type Step, steps } from '../support/interleaving.ts';
import { Journal } from '../support/journal.ts';
import { PrivateRedis, redisRuntime } from '../support/private-redis.ts';
import { inState } from '../support/redis-state.ts';
import { noDatabase, SERVER_OPTIONS, silentLog } from '../support/server.ts';

/** For a longer run: `PROPERTY_RUNS=1000`, and `PROPERTY_SEED` to see one again. */
const runs = Number(process.env['PROPERTY_RUNS'] ?? 25);
const seed = Number(process.env['PROPERTY_SEED'] ?? Date.now() % 2 ** 31);

/** How long after everything is whole again all must have come, milliseconds: bounds a hang, measures nothing. */
const PATIENCE_MS = 10_000;

const HEARTBEAT_MS = 25_000;

/** Longer than a failed reading waits before it is tried again, and than a loss takes to be found, milliseconds. */
const FOUND_MS = 30_000;

/** What is cut, named as the processes name their connections. */
const CUT = ['tidewire-live', 'tidewire-live', 'tidewire-commands'] as const;

// Needs a redis-server or Docker beside TEST_REDIS_URL: the server is this test's own.
describe.skipIf(redisRuntime === null)('over a Redis whose connections are cut in random places', () => {
  let redis: PrivateRedis;
  let operator: Redis;

  beforeAll(async () => {
    redis = await PrivateRedis.start();
    operator = new Redis(redis.url);
  });
  afterAll(async () => {
    operator.disconnect();
    await redis.stop();
  });

  const cut = async (name: string): Promise<void> => {
    for (const line of String(await operator.client('LIST')).split('\n'))
      if (line.includes(`name=${name} `)) await operator.client('KILL', 'ID', /id=(\d+)/.exec(line)?.[1] ?? '');
  };

  const happen = async (all: readonly Step[]): Promise<void> => {
    const clock = new FakeClock();
    const prefix = randomUUID();
    const open = () => createRedisBus({ url: redis.url, clock: systemClock, log: silentLog, prefix });
    const [publisher, ...heard] = [open(), open(), open()] as const;
    const buses = [publisher, ...heard];
    await Promise.all(buses.map((bus) => inState(bus, 'ready')));
    const own = () => createMemoryBus({ clock: systemClock, log: silentLog });
    const options = {
      ...SERVER_OPTIONS,
      heartbeatIntervalMs: HEARTBEAT_MS,
      heartbeatTimeoutMs: Number.MAX_SAFE_INTEGER,
      idleTimeoutMs: Number.MAX_SAFE_INTEGER,
    };
    const [one, two] = await Promise.all(
      heard.map((bus) => startServer({ shared: bus, own: own(), database: noDatabase }, options, clock, silentLog)),
    );
    if (!one || !two) throw new Error('two were started');
    const stage: Stage = {
      urls: [one.url, two.url],
      journal: new Journal(publisher),
      forgets: false,
      disturb: (a) => cut(CUT[a % CUT.length] ?? CUT[0]),
      pass: (ms) => clock.advance(ms),
      hearts: () => clock.advance(HEARTBEAT_MS),
      calm: async () => {
        await Promise.all(buses.map((bus) => inState(bus, 'ready')));
        await clock.advance(FOUND_MS);
      },
    };
    const crowd = new Crowd(stage);
    try {
      for (const step of all) await crowd.step(step);
      await crowd.judge(PATIENCE_MS);
    } finally {
      crowd.leave();
      await Promise.all([one.stop(), two.stop()]);
      await Promise.all(buses.map((bus) => bus.close()));
    }
  };

  test('every client ends with exactly what was published under its filter', async () => {
    process.stdout.write(`interleavings over Redis: ${runs} runs, seed ${seed}\n`);
    const property = fc.asyncProperty(steps(50), happen);
    const result = await fc.check(property, { numRuns: runs, seed, interruptAfterTimeLimit: 60_000 + 1_000 * runs });
    expect(result.failed ? `${fc.defaultReportMessage(result)}\n${result.errorInstance}` : undefined).toBeUndefined();
  }, 3_600_000);
});
