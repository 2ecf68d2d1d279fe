import { randomUUID } from 'node:crypto';
import { createClient } from 'graphql-ws';
import { describe, expect, inject, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import type { Bus } from '../../src/bus/bus.ts';
import { createMemoryBus } from '../../src/bus/memory-bus.ts';
import { createRedisBus } from '../../src/bus/redis-bus.ts';
import { topics } from '../../src/bus/topics.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { decimal } from '../../src/lib/decimal.ts';
import { INTERVAL_MS, openTimeOf } from '../../src/model/candle.ts';
import { Candles, KEPT_MS } from '../../src/store/candles.ts';
import type { Database } from '../../src/store/database.ts';
import { createCandleWorker } from '../../src/workers/candles/candle-worker.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { candle, instrument, trade } from '../support/market.ts';
import { freshDatabase } from '../support/postgres.ts';
import { eventually, query, silentLog, testServer } from '../support/server.ts';

interface Bar {
  readonly openTime: string;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
  readonly volume: string;
  readonly tradeCount: number;
  readonly closed: boolean;
  readonly complete: boolean;
  readonly version: number;
}

const FIELDS = 'openTime open high low close volume tradeCount closed complete version';

const MINUTE = INTERVAL_MS.M1;

/** The beginning of a minute, a moment ago by the real clock: trades of it are of now. */
const START = openTimeOf('M1', Date.now());

let traded = 0;

async function trades(bus: Bus, ...list: readonly (readonly [at: number, price: string])[]): Promise<void> {
  for (const [at, text] of list) {
    const timestamp = START + at;
    const one = { price: decimal(text), timestamp, receivedAt: timestamp };
    await bus.publishEvent(topics.trades, trade('A', ++traded, one));
  }
}

async function started(bus: Bus, database: Database, clock = systemClock) {
  const worker = createCandleWorker({ bus, candles: new Candles(database), clock, log: silentLog, intervalMs: 20 });
  onTestFinished(() => worker.stop());
  worker.start();
  await eventually('bars are loaded', async () => {
    if (clock instanceof FakeClock) await clock.advance(10);
    return worker.health().status === 'HEALTHY';
  });
  return worker;
}

const minutes = async (url: string, more = ''): Promise<readonly Bar[]> => {
  const { data, errors } = await query<{ candles: { edges: { node: Bar }[] } }>(
    url,
    `{ candles(symbol: "A", interval: M1${more}) { edges { node { ${FIELDS} } } } }`,
  );
  expect(errors).toBeUndefined();
  return data?.candles.edges.map(({ node }) => node) ?? [];
};

const prices = ({ open, high, low, close, tradeCount }: Bar) => [open, high, low, close, tradeCount];

describe('the candle worker', () => {
  test('gives a stock client the running bar as it grows and every bar closed, and the same to a query', async () => {
    const database = await freshDatabase();
    const { url, bus } = await testServer({ database });
    await bus.publishState(topics.instruments, instrument('A'));
    const client = createClient({ url: `${url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket });
    onTestFinished(async () => client.dispose());
    const bars: Bar[] = [];
    client.subscribe<{ candles: Bar }>(
      { query: `subscription { candles(symbol: "A", interval: S1, delivery: {minIntervalMs: 60000}) { ${FIELDS} } }` },
      {
        next: ({ data, errors }) => {
          if (!data) throw new Error(JSON.stringify(errors));
          bars.push(data.candles);
        },
        error: (error) => {
          throw new Error(JSON.stringify(error));
        },
        complete: () => undefined,
      },
    );
    await eventually('it is live', async () => {
      const status = (await (await fetch(`${url}/status`)).json()) as { subscriptions: number };
      return status.subscriptions === 1;
    });
    await started(bus, database);
    await trades(bus, [0, '10'], [200, '11'], [1_000, '12'], [2_500, '13']);
    // The slowest rate there is: each bar has its own last word all the same.
    await eventually('the last is there', () => bars.at(-1)?.open === '13');
    const last = new Map(bars.map((bar) => [bar.openTime, bar]));
    expect([...last.values()].map(prices)).toEqual([
      ['10', '11', '10', '11', 2],
      ['12', '12', '12', '12', 1],
      ['13', '13', '13', '13', 1],
    ]);
  });

  test('joins what is written with what is live, in pages, in either direction', async () => {
    const database = await freshDatabase();
    const { url, bus } = await testServer({ database });
    const past = [5, 4, 3, 2, 1].map((ago) =>
      candle('A', START - ago * MINUTE, { interval: 'M1', close: decimal(String(ago)), closed: true }),
    );
    await new Candles(database).put(past);
    await bus.publishState(topics.candles, { ...(past[4] as (typeof past)[0]), close: decimal('1.5'), version: 2 });
    await bus.publishState(topics.candles, candle('A', START, { interval: 'M1', close: decimal('0') }));
    const closes = async (more: string) => (await minutes(url, more)).map(({ close }) => close);
    expect(await closes('')).toEqual(['0', '1.5', '2', '3', '4', '5']);
    expect(await closes(', orderBy: OLDEST_FIRST')).toEqual(['5', '4', '3', '2', '1.5', '0']);
    expect(await closes(`, from: "${iso(START - 3 * MINUTE)}", to: "${iso(START)}"`)).toEqual(['1.5', '2', '3']);
    for (const order of ['NEWEST_FIRST', 'OLDEST_FIRST']) {
      const seen: string[] = [];
      let after = '';
      for (let more = true; more; ) {
        const { data } = await query<{
          candles: { edges: { node: Bar }[]; pageInfo: { hasNextPage: boolean; endCursor: string } };
        }>(
          url,
          `{ candles(symbol: "A", interval: M1, first: 4, orderBy: ${order}${after}) {
            edges { node { close } } pageInfo { hasNextPage endCursor } } }`,
        );
        seen.push(...(data?.candles.edges ?? []).map(({ node }) => node.close));
        more = data?.candles.pageInfo.hasNextPage ?? false;
        after = `, after: "${data?.candles.pageInfo.endCursor}"`;
      }
      const all = ['0', '1.5', '2', '3', '4', '5'];
      expect(seen).toEqual(order === 'NEWEST_FIRST' ? all : all.toReversed());
    }
    expect(await closes(', last: 2')).toEqual(['4', '5']);
    const { data } = await query<{ candles: { edges: { node: { id: string; close: string } }[] } }>(
      url,
      '{ candles(symbol: "A", interval: M1, first: 3) { edges { node { id close } } } }',
    );
    for (const { node } of data?.candles.edges ?? []) {
      const found = await query(url, `{ node(id: "${node.id}") { id ... on Candle { close } } }`);
      expect(found.data).toEqual({ node });
    }
  });

  test('says what is wrong with a question, and what is allowed', async () => {
    const { url, bus } = await testServer({ database: await freshDatabase() });
    await bus.publishState(topics.instruments, instrument('AAPL'));
    const wrong = async (args: string) => {
      const { errors } = await query(url, `{ candles(${args}) { edges { cursor } } }`);
      return [errors?.[0]?.extensions['code'], errors?.[0]?.extensions['argument']];
    };
    await eventually('the symbol is known', async () => {
      const { data } = await query<{ instruments: object[] }>(url, '{ instruments { id } }');
      return data?.instruments.length === 1;
    });
    expect(await wrong('symbol: "APPL", interval: M1')).toEqual(['BAD_USER_INPUT', 'symbol']);
    expect(await wrong('symbol: "AAPL", interval: M1, first: 501')).toEqual(['BAD_USER_INPUT', 'first']);
    const [early, late] = ['"2026-01-01T00:00:00Z"', '"2026-01-02T00:00:00Z"'];
    expect(await wrong(`symbol: "AAPL", interval: M1, from: ${late}, to: ${early}`)).toEqual([
      'BAD_USER_INPUT',
      'from',
    ]);
    const ofTrades = Buffer.from(JSON.stringify(['page', 'candles AAPL|S1', { openTime: 1 }])).toString('base64url');
    expect(await wrong(`symbol: "AAPL", interval: M1, after: "${ofTrades}"`)).toEqual(['BAD_USER_INPUT', 'after']);
    const gone = await query(url, `{ node(id: "${Buffer.from('Candle:AAPL|M1|x').toString('base64url')}") { id } }`);
    expect(gone.data).toEqual({ node: null });
  });

  test('goes on in the middle of a bar that another began, on the same bus, with the trades of the time between', async () => {
    const database = await freshDatabase();
    const { url, bus } = await testServer({ database });
    await trades(bus, [-1, '1'], [0, '10'], [100, '12']);
    const first = await started(bus, database);
    await eventually('the first has them', async () => (await minutes(url))[0]?.tradeCount === 2);
    await first.stop();
    await trades(bus, [200, '15'], [300, '8']);
    const second = await started(bus, database);
    await trades(bus, [400, '9']);
    await eventually('the second has them all', async () => (await minutes(url))[0]?.tradeCount === 5);
    const [bar] = await minutes(url);
    expect(prices(bar as Bar)).toEqual(['10', '15', '8', '9', 5]);
    expect(bar).toMatchObject({ volume: '5', complete: true });
    await second.stop();
  });

  test('goes on after its process was killed, from what the bus has alone, through Redis', async () => {
    const database = await freshDatabase();
    const options = { clock: systemClock, log: silentLog, url: inject('redisUrl'), prefix: randomUUID() };
    const bus = createRedisBus(options);
    onTestFinished(() => bus.close());
    const { url } = await testServer({ database, bus });
    await trades(bus, [-1, '1'], [0, '10']);
    // What a process that is killed leaves: it never stops, and writes nothing more.
    const dead = createRedisBus(options);
    const killed = new FakeClock(Date.now());
    const worker = createCandleWorker({
      bus: dead,
      candles: new Candles(database),
      clock: killed,
      log: silentLog,
      intervalMs: 20,
    });
    worker.start();
    await eventually('it has published', async () => {
      await killed.advance(20);
      return (await minutes(url))[0]?.tradeCount === 1;
    });
    await dead.close();
    await trades(bus, [500, '20'], [600, '5']);
    await started(bus, database);
    await trades(bus, [700, '11']);
    await eventually('the next has them all', async () => (await minutes(url))[0]?.tradeCount === 4);
    expect(prices((await minutes(url))[0] as Bar)).toEqual(['10', '20', '5', '11', 4]);
    expect((await minutes(url))[0]?.complete).toBe(true);
  });

  test('goes on with what is written where the bus has forgotten everything, and says that the bar has a hole', async () => {
    const database = await freshDatabase();
    const before = createMemoryBus({ clock: systemClock, log: silentLog });
    await trades(before, [-1, '1'], [0, '10'], [100, '12']);
    await (await started(before, database)).stop();
    await before.close();
    const { url, bus } = await testServer({ database });
    await started(bus, database);
    await trades(bus, [5_000, '11']);
    await eventually('the bar goes on', async () => (await minutes(url))[0]?.tradeCount === 3);
    const [bar] = await minutes(url);
    expect(prices(bar as Bar)).toEqual(['10', '12', '10', '11', 3]);
    expect(bar?.complete).toBe(false);
  });

  test('lets go of bars that are over, of its own and of those it found', async () => {
    const database = await freshDatabase();
    const clock = new FakeClock(START + 10_000);
    const bus = createMemoryBus({ clock, log: silentLog });
    for (const at of [0, 1_000, 2_000])
      await bus.publishState(topics.candles, candle('A', START + at, { closed: true }));
    await started(bus, database, clock);
    const seconds = async () => [...(await bus.latest(topics.candles)).keys()].filter((key) => key.includes('|S1|'));
    expect(await seconds()).toHaveLength(3);
    await clock.advance(61_000);
    // The newest stays: a chart that opens has something to begin with.
    expect(await seconds()).toEqual([`A|S1|${START + 2_000}`]);
  });

  test('keeps bars of each interval for their time', async () => {
    const candles = new Candles(await freshDatabase());
    const now = START;
    await candles.put([
      candle('A', now - KEPT_MS.S1 - 1_000),
      candle('A', now - KEPT_MS.S1 + 1_000),
      candle('A', now - KEPT_MS.M1 + 1_000, { interval: 'M1' }),
    ]);
    expect(await candles.prune(now)).toBe(1);
  });
});

function iso(time: number): string {
  return new Date(time).toISOString();
}
