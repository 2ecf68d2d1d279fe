import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Bus } from '../../src/bus/bus.ts';
import { topics } from '../../src/bus/topics.ts';
import { createTidewire, type TidewireOptions } from '../../src/client/client.ts';
import { Latest } from '../../src/client/latest.ts';
import type { Restart, Status } from '../../src/client/subscription.ts';
import { price, trade } from '../support/market.ts';
import { CuttableProxy } from '../support/proxy.ts';
import { eventually, testServer } from '../support/server.ts';

interface TradeData {
  readonly trades: { readonly tradeId: string; readonly replayed: boolean };
}

const TRADES = 'subscription { trades(filter: {symbols: ["A"]}) { tradeId replayed } }';

/** Browsers and this client agree on the words of a URL. */
const socketUrl = (url: string) => `${url.replace('http', 'ws')}/graphql`;

function connect(url: string, options: Partial<TidewireOptions> = {}) {
  const tidewire = createTidewire({ url: socketUrl(url), ...options });
  onTestFinished(() => tidewire.close());
  return tidewire;
}

async function publish(bus: Bus, ids: readonly number[], symbol = 'A'): Promise<void> {
  for (const id of ids) await bus.publishEvent(topics.trades, trade(symbol, id));
}

/** The trades that one subscription gives, how it stood, and what it said of itself. */
function followTrades(
  tidewire: ReturnType<typeof connect>,
  document = TRADES,
  variables: Record<string, unknown> = {},
) {
  const ids: string[] = [];
  const statuses: Status[] = [];
  const restarts: Restart[] = [];
  const errors: (string | null)[] = [];
  const subscription = tidewire.subscribe<TradeData>(document, variables, {
    next: ({ trades }) => ids.push(trades.tradeId),
    status: (status) => statuses.push(status),
    restarted: (restart) => restarts.push(restart),
    error: ({ code }) => errors.push(code),
  });
  return { ids, statuses, restarts, errors, subscription, isLive: () => subscription.status.value === 'live' };
}

const upTo = (last: number) => Array.from({ length: last }, (_, index) => String(index + 1));

describe('a stream of events', () => {
  test('loses nothing and repeats nothing over connections that are cut, whatever is published meanwhile', async () => {
    const { url, bus, status } = await testServer();
    const proxy = await CuttableProxy.to(url);
    const tidewire = connect(proxy.url);
    const { ids, statuses, isLive } = followTrades(tidewire);
    await eventually('it is live', isLive);
    // Cut before the first event: it has only been told where it stands.
    let published = 0;
    for (let round = 0; round < 4; round++) {
      const batch = Array.from({ length: 20 }, () => ++published);
      const publishing = publish(bus, batch);
      proxy.cut();
      await publishing;
      await eventually('the server has noticed', async () => (await status())['connections'] === 0);
      await publish(bus, [++published]);
      await publish(bus, [999], 'B');
      proxy.mend();
      await eventually('it is live again', isLive);
    }
    await publish(bus, [++published]);
    await eventually('all is there', () => ids.length >= published);
    expect(ids).toEqual(upTo(published));
    expect(statuses).toEqual(['live', ...Array(4).fill(['stale', 'resuming', 'live']).flat()]);
    expect(proxy.joined).toBeGreaterThanOrEqual(5);
  });

  test('goes on after the progress that it was told, where nothing matched', async () => {
    const { url, bus } = await testServer({ heartbeatIntervalMs: 50 });
    const proxy = await CuttableProxy.to(url);
    const { ids, subscription, isLive } = followTrades(connect(proxy.url));
    await eventually('it is live', isLive);
    const began = subscription.cursor;
    await publish(bus, [1, 2, 3], 'B');
    await eventually('its cursor moves on', () => subscription.cursor !== began);
    proxy.cut();
    await publish(bus, [1]);
    proxy.mend();
    await eventually('the event is there', () => ids.length > 0);
    expect(ids).toEqual(['1']);
  });

  test('that began with the last so many does not begin with them again', async () => {
    const { url, bus } = await testServer();
    await publish(bus, [1, 2, 3]);
    const proxy = await CuttableProxy.to(url);
    const query = 'subscription ($n: Int!) { trades(last: $n) { tradeId replayed } }';
    const { ids, isLive } = followTrades(connect(proxy.url), query, { n: 2 });
    await eventually('it is live', isLive);
    proxy.cut();
    await publish(bus, [4]);
    proxy.mend();
    await eventually('the event is there', () => ids.length >= 3);
    expect(ids).toEqual(['2', '3', '4']);
  });

  test('begins after a cursor that was kept', async () => {
    const { url, bus } = await testServer();
    const first = followTrades(connect(url));
    await eventually('it is live', first.isLive);
    await publish(bus, [1, 2]);
    await eventually('both are there', () => first.ids.length === 2);
    first.subscription.unsubscribe();
    await publish(bus, [3]);
    const query = 'subscription ($from: Cursor) { trades(after: $from) { tradeId replayed } }';
    const second = followTrades(connect(url), query, { from: first.subscription.cursor });
    await eventually('the event is there', () => second.ids.length > 0);
    expect(second.ids).toEqual(['3']);
    expect(first.statuses.at(-1)).toBe('closed');
  });

  test('begins anew when its cursor is kept no longer, and says so', async () => {
    const { url, bus } = await testServer();
    const expired = Buffer.from('trades:another-life:1').toString('base64url');
    const query = 'subscription ($after: Cursor) { trades(after: $after) { tradeId replayed } }';
    const { ids, restarts, isLive, errors } = followTrades(connect(url), query, { after: expired });
    await eventually('it is live', isLive);
    await publish(bus, [1]);
    await eventually('the event is there', () => ids.length > 0);
    expect(restarts).toMatchObject([{ code: 'CURSOR_EXPIRED', lost: true }]);
    expect(errors).toEqual([]);
  });

  test('ends with what a client cannot mend', async () => {
    const { url } = await testServer();
    for (const [query, code] of [
      ['subscription { trades(last: 501) { tradeId } }', 'BAD_USER_INPUT'],
      ['subscription { trades(after: "?") { tradeId } }', 'BAD_USER_INPUT'],
      ['subscription { nothing }', 'GRAPHQL_VALIDATION_FAILED'],
      ['subscription { alerts { id } }', 'UNAUTHENTICATED'],
    ] as const) {
      const { errors, restarts, subscription } = followTrades(connect(url), query);
      await eventually(code, () => errors.length > 0);
      expect([errors, restarts, subscription.status.value]).toEqual([[code], [], 'closed']);
    }
  });

  test('goes on where a consumer throws', async () => {
    const { url, bus } = await testServer();
    const tidewire = connect(url);
    const thrown = vi.fn();
    process.once('uncaughtException', thrown);
    const ids: string[] = [];
    const { status } = tidewire.subscribe<TradeData>(TRADES, {}, ({ trades }) => {
      ids.push(trades.tradeId);
      if (ids.length === 1) throw new Error('of the application');
    });
    await eventually('it is live', () => status.value === 'live');
    await publish(bus, [1, 2]);
    await eventually('both are there', () => ids.length === 2);
    expect([ids, thrown.mock.calls.length, status.value]).toEqual([['1', '2'], 1, 'live']);
  });
});

describe('a state field', () => {
  test('takes what left its filter meanwhile off the screen, when its new snapshot is whole', async () => {
    const { url, bus, status } = await testServer();
    const proxy = await CuttableProxy.to(url);
    const latest = new Latest<{ id: string; price: string; matches: boolean }>();
    await bus.publishState(topics.prices, price('A', '1'));
    await bus.publishState(topics.prices, price('B', '2'));
    const subscription = connect(proxy.url).subscribe<{ prices: { id: string; price: string; matches: boolean } }>(
      'subscription { prices { id price matches } }',
      {},
      { next: ({ prices }) => latest.next(prices), status: latest.status },
    );
    const prices = () => latest.values.value.map((value) => value.price);
    await eventually('the snapshot is whole', () => subscription.status.value === 'live');
    expect(prices().toSorted()).toEqual(['1', '2']);
    proxy.cut();
    await eventually('the server has noticed', async () => (await status())['connections'] === 0);
    await bus.publishState(topics.prices, price('A', '3'));
    expect(subscription.status.value).toBe('stale');
    proxy.mend();
    await eventually('it is live again', () => subscription.status.value === 'live');
    expect(prices().toSorted()).toEqual(['2', '3']);
  });
});

describe('a connection', () => {
  test('on which nothing is heard any more is given up, and taken up again', async () => {
    const { url, bus } = await testServer({ heartbeatIntervalMs: 100, heartbeatTimeoutMs: 60_000 });
    const proxy = await CuttableProxy.to(url);
    const { ids, statuses, isLive } = followTrades(connect(proxy.url));
    await eventually('it is live', isLive);
    proxy.freeze();
    await publish(bus, [1]);
    await eventually('it is given up', () => statuses.includes('stale'));
    await eventually('the event is there', () => ids.length > 0);
    expect(ids).toEqual(['1']);
  });

  test('is not there before somebody subscribes, and goes when nobody does', async () => {
    const { url, status } = await testServer();
    const tidewire = connect(url, { idleMs: 1 });
    expect(tidewire.status.value).toBe('closed');
    const { subscription, isLive } = followTrades(tidewire);
    await eventually('it is live', isLive);
    expect(tidewire.status.value).toBe('live');
    subscription.unsubscribe();
    expect(tidewire.status.value).toBe('closed');
    await eventually('it is gone', async () => (await status())['connections'] === 0);
  });

  test('answers queries too, with the error where one is refused', async () => {
    const { url } = await testServer();
    const tidewire = connect(url);
    expect(await tidewire.request('{ __typename }')).toEqual({ __typename: 'Query' });
    await expect(tidewire.request('{ node(id: "?") { id } nothing }')).rejects.toMatchObject({
      code: 'GRAPHQL_VALIDATION_FAILED',
    });
  });
});
