import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { topics } from '../../src/bus/topics.ts';
import { trade } from '../support/market.ts';
import { command } from '../support/postgres-server.ts';
import { freePort } from '../support/redis-runtime.ts';
import type { Follower } from './follower.ts';
import { type Ground, Kept, pause } from './ground.ts';

/** Something that goes wrong, and when it is over. */
export interface Fault {
  readonly name: string;
  /** How long it lasts at full length and in the short run, milliseconds. */
  readonly lasts: readonly [number, number];
  /** Whether the store loses what it had: what was only there may be said to be gone. */
  readonly loses?: boolean;
  /** Resolves when it is over. */
  inflict(ground: Ground, followers: readonly Follower[], ms: number): Promise<void>;
}

/** Trades a second of a venue that floods: the simulated one tells about sixty. */
const FLOOD_PER_SECOND = 3_000;

/** Supervisors start a process again after so long, milliseconds. */
const SUPERVISOR_MS = 500;

async function asOperator<T>(ground: Ground, work: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(ground.environment['REDIS_URL'] ?? '', { maxRetriesPerRequest: 1 });
  redis.on('error', () => undefined);
  try {
    return await work(redis);
  } finally {
    redis.disconnect();
  }
}

/** Beside the others for a while, in a condition of its own. */
async function visitor(
  ground: Ground,
  ms: number,
  more: ConstructorParameters<typeof Kept>[4],
  then: (api: Kept) => Promise<void>,
) {
  const api = new Kept('visitor', 'api', { ...ground.environment, LOG_LEVEL: 'trace' }, await freePort(), more);
  try {
    await api.start();
    await then(api);
    await pause(ms);
    const answer = await fetch(`${api.url}/health/ready`);
    if (answer.status !== 200) throw new Error(`the visitor is not ready: ${await answer.text()}`);
  } finally {
    await api.end('SIGKILL');
  }
}

/** Dies, and is started again by its supervisor after a while. */
async function killed(one: Kept | undefined, ms: number): Promise<void> {
  await one?.end('SIGKILL');
  await pause(ms);
  await one?.start();
}

/** The simulated venue says nothing for so long. Resolves when it has been told to. */
async function stall({ bus }: Ground, ms: number): Promise<void> {
  await bus?.publishEvent(topics.interruptions, { id: randomUUID(), source: 'simulated', forMs: ms });
}

/** Trades at fifty times their rate. Resolves when the last is stored. */
async function flood({ bus }: Ground, ms: number): Promise<void> {
  const id = randomUUID();
  let sent = 0;
  const told: Promise<unknown>[] = [];
  for (const began = Date.now(); Date.now() - began < ms; await pause(20))
    for (; sent < ((Date.now() - began) * FLOOD_PER_SECOND) / 1_000; sent++) {
      const one = { ...trade('FLOODUSDT', sent), tradeId: `${id}-${sent}`, timestamp: Date.now() };
      if (bus) told.push(bus.publishEvent(topics.trades, one));
    }
  await Promise.all(told);
}

export const FAULTS: readonly Fault[] = [
  {
    name: 'nothing',
    lasts: [10_000, 500],
    inflict: (_ground, _followers, ms) => pause(ms),
  },
  {
    name: 'kill -9 of an api',
    lasts: [SUPERVISOR_MS, SUPERVISOR_MS],
    inflict: ({ apis }, _followers, ms) => killed(apis[0], ms),
  },
  {
    name: 'rolling restart of both apis',
    lasts: [2_000, 0],
    inflict: async ({ apis }, _followers, ms) => {
      for (const api of apis) {
        const began = Date.now();
        const code = await api.end('SIGTERM');
        if (code !== 0 || Date.now() - began > 10_000)
          throw new Error(`${api.name} ended with ${code} after ${Date.now() - began} ms`);
        await api.start();
        await pause(ms);
      }
    },
  },
  {
    name: 'kill -9 of a worker',
    lasts: [SUPERVISOR_MS, SUPERVISOR_MS],
    inflict: ({ workers }, _followers, ms) => killed(workers[0], ms),
  },
  {
    name: 'a worker that stands still, and wakes after another took over',
    lasts: [15_000, 6_000],
    inflict: async ({ workers }, _followers, ms) => {
      workers[1]?.signal('SIGSTOP');
      await pause(ms);
      workers[1]?.signal('SIGCONT');
    },
  },
  {
    name: 'Redis killed, back with its data',
    lasts: [10_000, 1_000],
    inflict: async (ground, _followers, ms) => {
      await ground.killRedis();
      await pause(ms);
      await ground.reviveRedis(false);
    },
  },
  {
    name: 'Redis killed, back empty',
    lasts: [10_000, 1_000],
    loses: true,
    inflict: async (ground, _followers, ms) => {
      await ground.killRedis();
      await pause(ms);
      await ground.reviveRedis(true);
    },
  },
  {
    name: 'Redis does not answer (SIGSTOP)',
    lasts: [30_000, 1_500],
    inflict: async ({ redis }, _followers, ms) => {
      redis?.signal('SIGSTOP');
      await pause(ms);
      redis?.signal('SIGCONT');
    },
  },
  {
    name: 'CLIENT KILL TYPE pubsub, again and again',
    lasts: [10_000, 1_000],
    inflict: (ground, _followers, ms) =>
      asOperator(ground, async (redis) => {
        for (const until = Date.now() + ms; Date.now() < until; await pause(200))
          await redis.client('KILL', 'TYPE', 'pubsub');
      }),
  },
  {
    name: 'output buffer of subscribers full: Redis cuts them',
    lasts: [10_000, 1_000],
    inflict: (ground, _followers, ms) =>
      asOperator(ground, async (redis) => {
        await redis.config('SET', 'client-output-buffer-limit', 'pubsub 4096 2048 1');
        await pause(ms);
        await redis.config('SET', 'client-output-buffer-limit', 'pubsub 33554432 8388608 60');
      }),
  },
  {
    name: 'Redis out of memory (maxmemory)',
    lasts: [10_000, 1_000],
    inflict: (ground, _followers, ms) =>
      asOperator(ground, async (redis) => {
        await redis.config('SET', 'maxmemory', '1mb');
        await pause(ms);
        await redis.config('SET', 'maxmemory', '0');
      }),
  },
  {
    name: 'PostgreSQL stopped',
    lasts: [30_000, 1_000],
    inflict: async (ground, _followers, ms) => {
      await ground.stopPostgres();
      await pause(ms);
      await ground.startPostgres();
    },
  },
  {
    name: 'PostgreSQL slow: a lock is held on the archive',
    lasts: [15_000, 1_500],
    inflict: (ground, _followers, ms) =>
      command(
        ground.postgresUrl,
        `BEGIN; LOCK TABLE "ArchivedEvent" IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(${ms / 1_000}); COMMIT`,
      ),
  },
  {
    name: 'disk of the log full',
    lasts: [5_000, 200],
    inflict: (ground, _followers, ms) => visitor(ground, ms, { logTo: '/dev/full' }, async () => undefined),
  },
  {
    name: 'the clock of a server steps an hour on, and two back',
    lasts: [5_000, 500],
    inflict: (ground, _followers, ms) =>
      visitor(ground, ms, { flags: ['--import', './test/faults/stepping-clock.ts'] }, async (api) => {
        api.signal('SIGUSR2');
        await pause(ms);
        api.signal('SIGUSR2');
      }),
  },
  {
    name: 'a venue that stalls: it is connected and says nothing',
    lasts: [20_000, 1_000],
    inflict: async (ground, _followers, ms) => {
      await stall(ground, ms);
      await pause(ms);
    },
  },
  {
    name: 'a venue that floods: trades at fifty times their rate',
    lasts: [10_000, 1_000],
    inflict: (ground, _followers, ms) => flood(ground, ms),
  },
  {
    name: 'a venue stalls, another floods, and a worker is killed meanwhile',
    lasts: [10_000, 1_000],
    inflict: async (ground, _followers, ms) => {
      await stall(ground, ms);
      const flooded = flood(ground, ms);
      await killed(ground.workers[0], SUPERVISOR_MS);
      await flooded;
    },
  },
  {
    name: 'garbage on the channels of Redis: what is no record of ours',
    lasts: [5_000, 500],
    inflict: (ground, _followers, ms) =>
      asOperator(ground, async (redis) => {
        const channels = (await redis.pubsub('CHANNELS', 'tidewire:*')) as string[];
        const noise = ['', 'null', '\n\n', 'x'.repeat(100_000), '\u0000\uffff'];
        for (const until = Date.now() + ms; Date.now() < until; await pause(20))
          for (const channel of channels) for (const one of noise) await redis.publish(channel, one);
      }),
  },
  {
    name: 'clients that read nothing',
    lasts: [15_000, 1_000],
    inflict: async (_ground, followers, ms) => {
      for (const follower of followers.slice(0, Math.ceil(followers.length / 4))) follower.stall(ms);
      await pause(ms);
    },
  },
  {
    name: 'a client that reconnects a hundred times a second',
    lasts: [10_000, 1_000],
    inflict: async (ground, followers, ms) => {
      const url = `${ground.apis[0]?.url.replace('http', 'ws')}/graphql`;
      for (const until = Date.now() + ms; Date.now() < until; await pause(10)) {
        const socket = new WebSocket(url, 'graphql-transport-ws');
        socket.onerror = () => undefined;
        socket.onopen = () => socket.close();
        followers[Math.floor(Math.random() * followers.length)]?.cut();
      }
    },
  },
];
