import { createClient } from 'graphql-ws';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import type { Bus } from '../../src/bus/bus.ts';
import { createMemoryBus } from '../../src/bus/memory-bus.ts';
import { topics } from '../../src/bus/topics.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { compareDecimals, decimal, ZERO } from '../../src/lib/decimal.ts';
import type { Instrument } from '../../src/model/instrument.ts';
import { ALL_OWNERS } from '../../src/model/owner-share.ts';
import type { Database } from '../../src/store/database.ts';
import { Trading } from '../../src/store/trading.ts';
import { TradingDesk } from '../../src/store/trading-desk.ts';
import type { Worker } from '../../src/workers/worker.ts';
import { book, trade } from '../support/market.ts';
import { ALICE, user } from '../support/owner-schema.ts';
import { endlessPaperWorker, paperWorker } from '../support/paper-worker.ts';
import { freshDatabase } from '../support/postgres.ts';
import { eventually, query, silentLog, testServer } from '../support/server.ts';
import { type Fill, heard, sumsOf } from '../support/trading-screen.ts';

const BTC: Instrument = {
  symbol: 'BTCUSDT',
  kind: 'SPOT',
  venue: 'test',
  primarySource: 'test',
  base: 'BTC',
  quote: 'USDT',
};

const ORDERS =
  'subscription Orders { orderUpdates { id cursor order { id clientOrderId symbol side type status version rejection { code limit actual } } filledQuantity remainingQuantity averagePrice timestamp } }';
const EXECUTIONS =
  'subscription Executions($cursor: Cursor) { tradeExecutions(after: $cursor) { id cursor order { id clientOrderId } symbol side quantity price fee feeCurrency liquidity timestamp } }';
const PORTFOLIO =
  'subscription Portfolio { portfolio { id owner positions { symbol quantity averagePrice marketPrice unrealizedPnl unrealizedPnlPct } cash { currency amount } totalPnl positionCount snapshot sequence timestamp } }';

interface Update {
  readonly id: string;
  readonly order: {
    readonly clientOrderId: string;
    readonly status: string;
    readonly rejection: { code: string } | null;
  };
  readonly filledQuantity: string;
}

interface Holdings {
  readonly positions: { readonly quantity: string }[];
  readonly cash: { readonly currency: string; readonly amount: string }[];
}

let database: Database;
let bus: Bus;
let desk: TradingDesk;
let number = 0;

function worker(): Worker {
  const one = paperWorker(database, bus, { historyIntervalMs: 1_000 });
  one.start();
  return one;
}

const tell = {
  book: (bids: [string, string][], asks: [string, string][]) => {
    const at = ++number;
    return bus.publishState(topics.orderbook, book('BTCUSDT', bids, asks, { timestamp: at, receivedAt: at }));
  },
  trade: (side: 'BUY' | 'SELL', price: string, quantity: string) => {
    const at = ++number;
    const facts = { side, price: decimal(price), quantity: decimal(quantity), timestamp: at, receivedAt: at };
    return bus.publishEvent(topics.trades, trade('BTCUSDT', at, facts));
  },
};

const intent = (clientOrderId: string, more: Partial<Parameters<TradingDesk['place']>[0]> = {}) => ({
  owner: ALICE,
  clientOrderId,
  botId: null,
  symbol: 'BTCUSDT',
  side: 'BUY' as const,
  type: 'LIMIT' as const,
  quantity: decimal('1'),
  price: decimal('100'),
  stopPrice: null,
  timeInForce: 'GTC' as const,
  postOnly: false,
  reduceOnly: false,
  ...more,
});

beforeEach(async () => {
  database = await freshDatabase();
  const own = createMemoryBus({ clock: systemClock, log: silentLog });
  onTestFinished(() => own.close());
  bus = own;
  desk = new TradingDesk(database, bus, systemClock, silentLog);
  number = 0;
  await bus.publishState(topics.instruments, BTC);
  await tell.book(
    [['100', '2']],
    [
      ['101', '1'],
      ['102', '3'],
    ],
  );
});

const streamed = async (topic: typeof topics.orderUpdates | typeof topics.tradeExecutions) =>
  (await bus.readAfter({ kind: 'event', name: topic.name, owner: ALICE }, 0, 1_000)).records.map(
    ({ payload }) => JSON.parse(payload) as { id: string; order: { clientOrderId: string; status: string } },
  );

describe('a trading screen', () => {
  async function screen() {
    const server = await testServer({ bus, database, seams: { identityOf: () => user('alice', [ALICE]) } });
    const client = createClient({ url: `${server.url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket });
    onTestFinished(async () => client.dispose());
    const updates = heard<Update>(client, ORDERS, 'orderUpdates');
    const fills = heard<Fill>(client, EXECUTIONS, 'tradeExecutions');
    const portfolios = heard<Holdings>(client, PORTFOLIO, 'portfolio');
    // Operations are under way when an answer to a later one has come over the same socket.
    await new Promise<void>((resolve) => {
      client.subscribe(
        { query: '{ serverTime }' },
        { next: () => undefined, error: () => resolve(), complete: resolve },
      );
    });
    const place = (input: string) =>
      query<{ placeOrder: { order: { id: string; status: string; version: number } } }>(
        server.url,
        `mutation { placeOrder(input: {symbol: "BTCUSDT", ${input}}) { order { id status version } } }`,
      );
    const statuses = (id: string) =>
      updates.filter(({ order }) => order.clientOrderId === id).map(({ order }) => order.status);
    return { server, updates, fills, portfolios, place, statuses };
  }

  test('sees its orders live, fill as reckoned by hand, and a portfolio that is the sum of its executions', async () => {
    worker();
    const { server, fills, portfolios, place, statuses, updates } = await screen();
    const taken = await place('clientOrderId: "take", side: BUY, type: MARKET, quantity: "2"');
    expect(taken.data?.placeOrder.order).toMatchObject({ status: 'PENDING', version: 1 });
    await eventually('it is filled', () => statuses('take').includes('FILLED'));
    // One at 101 and one at 102; a tenth of a per cent of each.
    expect(fills.map(({ quantity, price, fee, liquidity }) => [quantity, price, fee, liquidity])).toEqual([
      ['1', '101', '0.101', 'TAKER'],
      ['1', '102', '0.102', 'TAKER'],
    ]);
    expect(statuses('take')).toEqual(['NEW', 'PARTIALLY_FILLED', 'FILLED']);
    await place('clientOrderId: "rest", side: SELL, type: LIMIT, price: "102", quantity: "1.5"');
    await eventually('it rests', () => statuses('rest').includes('NEW'));
    // Three are ahead of it.
    await tell.trade('BUY', '102', '3.5');
    await eventually('it is partly filled', () => statuses('rest').includes('PARTIALLY_FILLED'));
    await tell.trade('BUY', '103', '5');
    await eventually('it is filled', () => statuses('rest').includes('FILLED'));
    expect(fills.slice(2).map(({ quantity, price, liquidity }) => [quantity, price, liquidity])).toEqual([
      ['0.5', '102', 'MAKER'],
      ['1', '102', 'MAKER'],
    ]);
    // Bought two for 203 and 0.203; sold 1.5 for 153 and 0.153.
    await eventually('the portfolio is told', () => portfolios.at(-1)?.cash[0]?.amount === '99949.644');
    const steps = sumsOf(fills).map(String);
    for (const { positions, cash } of portfolios)
      expect(steps).toContain(`${positions[0]?.quantity ?? '0'},${cash[0]?.amount}`);
    const { data } = await query<{
      portfolio: { realizedPnl: string; fees: string };
      orders: { edges: { node: { clientOrderId: string; status: string; averagePrice: string } }[] };
      tradeExecutions: { edges: { node: { quantity: string } }[] };
    }>(
      server.url,
      '{ portfolio { realizedPnl fees } orders { edges { node { clientOrderId status averagePrice } } } tradeExecutions(orderBy: OLDEST_FIRST) { edges { node { quantity } } } }',
    );
    // 153 for what cost 101.5 a piece: 0.75.
    expect(data?.portfolio).toEqual({ realizedPnl: '0.75', fees: '0.356' });
    expect(data?.orders.edges.map(({ node }) => node)).toEqual([
      { clientOrderId: 'rest', status: 'FILLED', averagePrice: '102' },
      { clientOrderId: 'take', status: 'FILLED', averagePrice: '101.5' },
    ]);
    expect(data?.tradeExecutions.edges.map(({ node }) => node.quantity).sort()).toEqual(['0.5', '1', '1', '1']);
    expect(new Set(updates.map(({ id }) => id)).size).toBe(updates.length);
  });

  test('is told what is wrong with what it asks, by error where it could know, by the order where the venue says', async () => {
    worker();
    const { server, place, statuses, updates } = await screen();
    const errorOf = async (input: string) => (await place(input)).errors?.[0];
    expect(await errorOf('side: BUY, type: LIMIT, price: "100", quantity: "0.000001"')).toMatchObject({
      message: expect.stringContaining('QUANTITY_STEP'),
      extensions: { code: 'BAD_USER_INPUT', argument: 'input.quantity', allowed: 'a multiple of 0.00001 above 0' },
    });
    expect(await errorOf('side: BUY, type: LIMIT, price: "100.001", quantity: "1"')).toMatchObject({
      extensions: { code: 'BAD_USER_INPUT', argument: 'input.price', allowed: 'a multiple of 0.01 above 0' },
    });
    const unknown = await query(
      server.url,
      'mutation { placeOrder(input: {symbol: "BTCUSD", side: BUY, type: MARKET, quantity: "1"}) { order { id } } }',
    );
    expect(unknown.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', allowed: ['BTCUSDT'] });
    await place('clientOrderId: "dear", side: BUY, type: LIMIT, price: "100", quantity: "2000"');
    await eventually('it is rejected', () => statuses('dear').includes('REJECTED'));
    expect(updates.at(-1)?.order.rejection).toEqual({
      code: 'INSUFFICIENT_BALANCE',
      limit: '100000',
      actual: '200200',
    });
    expect(await errorOf('clientOrderId: "dear", side: BUY, type: LIMIT, price: "99", quantity: "1"')).toMatchObject({
      extensions: { code: 'CONFLICT', argument: 'input.clientOrderId' },
    });
    const filled = await place('clientOrderId: "done", side: BUY, type: MARKET, quantity: "1"');
    await eventually('it is filled', () => statuses('done').includes('FILLED'));
    const cancelled = await query(
      server.url,
      `mutation { cancelOrder(input: {orderId: "${filled.data?.placeOrder.order.id}"}) { order { id } } }`,
    );
    expect(cancelled.errors?.[0]).toMatchObject({
      message: expect.stringContaining('is filled'),
      extensions: { code: 'CONFLICT' },
    });
  });

  test('is refused beyond its limits, and warned by an alert with the limit and the value', async () => {
    worker();
    const { server, place, statuses } = await screen();
    const set = 'mutation { setOwnerLimits(input: {maxPositionUsd: "150"}) { limits { version maxPositionUsd } } }';
    const { data } = await query<{ setOwnerLimits: object }>(server.url, set);
    expect(data?.setOwnerLimits).toEqual({ limits: { version: 1, maxPositionUsd: '150' } });
    await place('clientOrderId: "much", side: BUY, type: LIMIT, price: "100", quantity: "2"');
    await eventually('it is rejected', () => statuses('much').includes('REJECTED'));
    await place('clientOrderId: "fits", side: BUY, type: MARKET, quantity: "1"');
    await eventually('it is filled', () => statuses('fits').includes('FILLED'));
    // The price takes it beyond the limit.
    await tell.trade('BUY', '160', '0.1');
    const open =
      '{ alerts(filter: {states: [OPEN]}) { edges { node { alertType currentValue thresholdValue positionId } } } }';
    await place('clientOrderId: "small", side: SELL, type: MARKET, quantity: "0.01"');
    await eventually('it is filled', () => statuses('small').includes('FILLED'));
    await eventually('an alert is raised', async () => {
      const answer = await query<{ alerts: { edges: { node: object }[] } }>(server.url, open);
      const [edge] = answer.data?.alerts.edges ?? [];
      if (!edge) return false;
      expect(edge.node).toEqual({
        alertType: 'POSITION_LIMIT_EXCEEDED',
        currentValue: '158.4',
        thresholdValue: '150',
        positionId: null,
      });
      return true;
    });
  });
});

describe('an order comes to one outcome, once', () => {
  /** Ends as a process does that is killed: what it has in memory is gone. */
  class Dying extends Trading {
    readonly after: boolean;
    commits = 0;

    constructor(when: 'before' | 'after') {
      super(database);
      this.after = when === 'after';
    }

    override async commit(outcome: Parameters<Trading['commit']>[0]): Promise<readonly string[]> {
      this.commits++;
      if (this.after) await super.commit(outcome);
      return new Promise(() => undefined);
    }
  }

  test.each(['before', 'after'] as const)('by a worker that is killed %s it has stored it', async (when) => {
    const dying = new Dying(when);
    const killed = endlessPaperWorker(database, bus, { trading: dying, portfolioIntervalMs: 60_000 });
    onTestFinished(() => killed.archive.close());
    killed.worker.start();
    await desk.place(intent('one', { quantity: decimal('2'), price: decimal('102') }));
    await eventually('it is on its way to the database', () => dying.commits > 0);
    if (when === 'after')
      await eventually('it is stored', async () => (await new Trading(database).unpublished(ALL_OWNERS)).length > 0);
    expect(await streamed(topics.orderUpdates)).toEqual([]);
    worker();
    await eventually('its outcome is told', async () =>
      (await streamed(topics.orderUpdates)).some(({ order }) => order.status === 'FILLED'),
    );
    await desk.place(intent('two', { quantity: decimal('1'), price: decimal('102') }));
    await eventually('the next one is told', async () =>
      (await streamed(topics.tradeExecutions)).some(({ order }) => order.clientOrderId === 'two'),
    );
    const fills = (await streamed(topics.tradeExecutions)).filter(({ order }) => order.clientOrderId === 'one');
    expect(fills).toHaveLength(2);
    const stored = await new Trading(database).executions([ALICE], null, { from: null, newestFirst: false, limit: 10 });
    expect(stored.filter(({ order }) => order.clientOrderId === 'one')).toHaveLength(2);
    const [account] = await new Trading(database).accounts(ALL_OWNERS);
    expect(compareDecimals(account?.holdings[0]?.quantity ?? ZERO, decimal('3'))).toBe(0);
  });

  test('what rests is taken up again by the next worker, with what it locks', async () => {
    const first = worker();
    await desk.place(intent('rests', { quantity: decimal('990') }));
    await eventually('it rests', async () => (await streamed(topics.orderUpdates)).length === 1);
    await first.stop();
    worker();
    await desk.place(intent('dear', { quantity: decimal('20') }));
    await eventually(
      'it is refused',
      async () => (await streamed(topics.orderUpdates)).at(-1)?.order.status === 'REJECTED',
    );
    await tell.book([['99', '2']], [['100', '5']]);
    await eventually('it is met', async () => (await streamed(topics.tradeExecutions)).length === 1);
    await desk.cancelAll(ALICE, null, null);
    await eventually(
      'it is cancelled',
      async () => (await streamed(topics.orderUpdates)).at(-1)?.order.status === 'CANCELED',
    );
  });
});
