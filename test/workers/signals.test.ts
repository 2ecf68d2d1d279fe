import { createClient } from 'graphql-ws';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import type { Bus } from '../../src/bus/bus.ts';
import { topics } from '../../src/bus/topics.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { decimal } from '../../src/lib/decimal.ts';
import { ArchiveWriter } from '../../src/store/archive/archive-writer.ts';
import { Candles } from '../../src/store/candles.ts';
import { Commands } from '../../src/store/commands.ts';
import type { Database } from '../../src/store/database.ts';
import { createSignalWorker } from '../../src/workers/signals/signal-worker.ts';
import { PROMISED_OPERATIONS } from '../contracts/promised-operations.ts';
import { candle, instrument } from '../support/market.ts';
import { ALICE, BOB, user } from '../support/owner-schema.ts';
import { freshDatabase } from '../support/postgres.ts';
import { eventually, query, silentLog, testServer } from '../support/server.ts';

const START = Date.UTC(2026, 0, 1);

/** Twenty quiet bars, and one that leaves their channel by three of their ranges: BREAKOUT is sure of it. */
const closes = [...Array.from({ length: 20 }, () => 100), 108];

const bars = (symbol: string, list = closes) =>
  list.map((close, at) =>
    candle(symbol, START + at * 1_000, {
      close: decimal(String(close)),
      high: decimal(String(close + 1)),
      low: decimal(String(close - 1)),
      closed: true,
    }),
  );

async function started(bus: Bus, database: Database) {
  const archive = new ArchiveWriter(database, systemClock, silentLog);
  const worker = createSignalWorker({
    bus,
    candles: new Candles(database),
    commands: new Commands(database),
    archive,
    clock: systemClock,
    log: silentLog,
    intervals: ['S1'],
  });
  onTestFinished(async () => {
    await worker.stop();
    await archive.close();
  });
  worker.start();
  await eventually('bars are loaded', () => worker.health().status === 'HEALTHY');
  return worker;
}

interface Told {
  readonly id: string;
  readonly signalType: string;
  readonly symbol: string;
  readonly owner: string | null;
  readonly price: string;
}

/** Everything that a stock client is told. */
function follow(url: string, text: string): Told[] {
  const told: Told[] = [];
  const client = createClient({ url: `${url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket });
  onTestFinished(async () => client.dispose());
  client.subscribe<{ signals: Told }>(
    { query: text },
    {
      next: ({ data, errors }) => {
        if (!data) throw new Error(JSON.stringify(errors));
        told.push(data.signals);
      },
      error: (error) => {
        throw new Error(JSON.stringify(error));
      },
      complete: () => undefined,
    },
  );
  return told;
}

const live = (url: string, count: number) =>
  eventually('it is live', async () => {
    const status = (await (await fetch(`${url}/status`)).json()) as { subscriptions: number };
    return status.subscriptions === count;
  });

describe('the signal worker', () => {
  test('tells of what bars say, by the operation that front ends were promised, and keeps it', async () => {
    const database = await freshDatabase();
    const { url, bus } = await testServer({ database });
    for (const symbol of ['AAPL', 'BTCUSDT']) await bus.publishState(topics.instruments, instrument(symbol));
    await started(bus, database);
    const promised = PROMISED_OPERATIONS.split('\n').find((line) => line.startsWith('subscription Signals')) ?? '';
    const told = follow(url, promised);
    await live(url, 1);
    for (const one of [...bars('BTCUSDT'), ...bars('AAPL')]) await bus.publishState(topics.candles, one);
    await eventually('it came', () => told.length === 1);
    expect(told[0]).toMatchObject({ signalType: 'BUY', symbol: 'AAPL', price: '108' });
    const page = async (filter: string) => {
      const { data, errors } = await query<{ signals: { edges: { node: Told }[]; liveCursor: string } }>(
        url,
        `{ signals(filter: {${filter}}) { liveCursor edges { node { id signalType symbol owner price } } } }`,
      );
      expect(errors).toBeUndefined();
      return data?.signals.edges.map(({ node }) => node) ?? [];
    };
    expect((await page('minConfidence: 0.7')).map(({ symbol }) => symbol).sort()).toEqual(['AAPL', 'BTCUSDT']);
    const [kept] = await page('symbols: ["AAPL"], types: [BUY], strategies: ["BREAKOUT"], intervals: [S1]');
    expect(kept).toMatchObject({ id: told[0]?.id, owner: null });
    expect(await page('types: [HOLD]')).toEqual([]);
    const node = await query(url, `{ node(id: "${kept?.id}") { id ... on Signal { values { name } confidence } } }`);
    expect(node.data).toMatchObject({ node: { id: kept?.id, values: [{ name: 'channelHigh' }, {}, {}] } });
  });

  test('has seen the past when it starts, and tells nothing twice that was told before', async () => {
    const database = await freshDatabase();
    const { url, bus } = await testServer({ database });
    const list = bars('A');
    await new Candles(database).put([...list.slice(0, 20), candle('A', START, { interval: 'D1', closed: true })]);
    const first = await started(bus, database);
    const told = follow(url, 'subscription { signals { id signalType symbol price owner } }');
    await live(url, 1);
    await bus.publishState(topics.candles, list[20] as (typeof list)[0]);
    await eventually('it came', () => told.length === 1);
    await first.stop();
    // The bar is live still: whoever starts now sees it.
    await started(bus, database);
    await bus.publishState(topics.candles, candle('A', START + 21_000, { closed: true, close: decimal('50') }));
    await eventually('the next came', () => told.length > 1);
    expect(new Set(told.map(({ id }) => id)).size).toBe(told.length);
    expect(told.filter(({ price }) => price === '108')).toHaveLength(1);
  });

  test('tells what an owner publishes to that owner alone, once, and refuses what makes no sense', async () => {
    const database = await freshDatabase();
    let identity = user('alice', [ALICE], ['read', 'write']);
    const { url, bus } = await testServer({ database, seams: { identityOf: () => identity } });
    await bus.publishState(topics.instruments, instrument('A'));
    await started(bus, database);
    const text = 'subscription { signals { id signalType symbol price owner } }';
    const alices = follow(url, text);
    await live(url, 1);
    identity = user('bob', [BOB], ['read', 'write']);
    const bobs = follow(url, text);
    await live(url, 2);
    identity = user('alice', [ALICE], ['read', 'write']);
    const publish = (input: string) =>
      query<{ publishSignal: { signalId: string } }>(
        url,
        `mutation { publishSignal(input: {strategy: "mine", signalType: SELL, symbol: "A", ${input}}) { signalId } }`,
      );
    const [one, again] = [
      await publish('price: "5", confidence: 0.9, idempotencyKey: "k"'),
      await publish('price: "5", confidence: 0.9, idempotencyKey: "k"'),
    ];
    expect(one.errors).toBeUndefined();
    expect(again.data).toEqual(one.data);
    await eventually('it came', () => alices.length > 0);
    await bus.publishState(topics.candles, bars('A')[0] as never);
    for (const each of bars('A')) await bus.publishState(topics.candles, each);
    await eventually('both have the public one', () => alices.length === 2 && bobs.length === 1);
    expect(alices.map(({ owner, price }) => [owner, price])).toEqual([
      [ALICE, '5'],
      [null, '108'],
    ]);
    expect(bobs.map(({ owner }) => owner)).toEqual([null]);
    expect(alices[0]?.id).toBe(one.data?.publishSignal.signalId);
    for (const [input, argument] of [
      ['price: "0", confidence: 0.9', 'input.price'],
      ['price: "1", confidence: 1.1', 'input.confidence'],
      ['price: "1", confidence: 1, quantity: "-1"', 'input.quantity'],
      [`price: "1", confidence: 1, owner: "${BOB}"`, 'input.owner'],
      ['price: "1", confidence: 1, idempotencyKey: ""', 'input.idempotencyKey'],
    ] as const)
      expect((await publish(input)).errors?.[0]?.extensions['argument']).toBe(argument);
  });
});
