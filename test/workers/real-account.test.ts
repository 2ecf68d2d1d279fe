import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createMemoryBus } from '../../src/bus/memory-bus.ts';
import { topics } from '../../src/bus/topics.ts';
import { PaperVenue } from '../../src/engines/paper/paper-venue.ts';
import { createBinanceUserFeed } from '../../src/feeds/binance/user-feed.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { decimal } from '../../src/lib/decimal.ts';
import type { Execution, OrderUpdate } from '../../src/model/order.ts';
import { BinanceAccount, position, report, type UserFrame } from '../support/binance-account.ts';
import { price } from '../support/market.ts';
import { ALICE, user } from '../support/owner-schema.ts';
import { endlessPaperWorker } from '../support/paper-worker.ts';
import { freshDatabase } from '../support/postgres.ts';
import { RECORDINGS_DIR } from '../support/recording.ts';
import { query, silentLog, testServer, eventually as within } from '../support/server.ts';

const FILE = join(RECORDINGS_DIR, 'orders/execution_reports_real.jsonl');

/** The shortest back-off of the feed is a second. */
const eventually = (what: string, holds: () => boolean | Promise<boolean>) => within(what, holds, 30_000);

interface Portfolio {
  readonly venue: string;
  readonly equity: string;
  readonly totalPnl: string;
  readonly realizedPnl: string;
  readonly fees: string;
  readonly stale: boolean;
  readonly cash: { currency: string; amount: string; locked: string }[];
  readonly positions: { symbol: string; quantity: string; averagePrice: string; marketPrice: string | null }[];
}

const PORTFOLIO = `{ portfolio { venue equity totalPnl realizedPnl fees stale
  cash { currency amount locked } positions { symbol quantity averagePrice marketPrice } } }`;

async function stage() {
  const venue = await BinanceAccount.start();
  onTestFinished(() => venue.close());
  const database = await freshDatabase();
  const bus = createMemoryBus({ clock: systemClock, log: silentLog });
  onTestFinished(() => bus.close());
  await bus.publishState(topics.prices, price('BTCUSDT', '100'));
  const { url } = await testServer({
    bus,
    database,
    seams: { identityOf: () => user('alice', [ALICE], ['read', 'write']) },
  });
  const start = () => {
    const account = { owner: ALICE, venue: 'binance' } as const;
    const feed = createBinanceUserFeed({
      url: venue.url,
      key: venue.key,
      clock: systemClock,
      log: silentLog,
      random: () => 0,
    });
    const { worker, archive } = endlessPaperWorker(database, bus, {
      venue: new PaperVenue({ startingCash: [{ currency: 'USDT', amount: decimal('100000') }], followed: [account] }),
      followed: [{ account, feed }],
    });
    const stop = async () => {
      await worker.stop();
      await archive.close();
    };
    onTestFinished(stop);
    worker.start();
    return { worker, stop };
  };
  const told = async <V>(topic: typeof topics.orderUpdates | typeof topics.tradeExecutions) =>
    (await bus.readAfter({ kind: 'event', name: topic.name, owner: ALICE }, 0, 1_000)).records.map(
      ({ payload }) => JSON.parse(payload) as V,
    );
  const updates = () => told<OrderUpdate>(topics.orderUpdates);
  const executions = () => told<Execution>(topics.tradeExecutions);
  const portfolio = async () => (await query<{ portfolio: Portfolio | null }>(url, PORTFOLIO)).data?.portfolio ?? null;
  const becomes = (what: string, expected: object) =>
    eventually(what, async () => {
      try {
        expect(await portfolio()).toMatchObject(expected);
        return true;
      } catch {
        return false;
      }
    }).catch(async (error) => {
      expect(await portfolio()).toMatchObject(expected);
      throw error;
    });
  return { venue, url, start, updates, executions, portfolio, becomes, database };
}

const BUY = { orderId: 7, quantity: '2.00000000', price: '100.00000000' } as const;

describe('a real account', () => {
  test('is seen with its orders, fills and what they are worth, through the same fields as a paper one', async () => {
    const { venue, url, start, executions, becomes } = await stage();
    venue.happen(position(10, { USDT: ['1000', '0'], BTC: ['1', '0'], XYZ: ['5', '0'] }));
    start();
    // What was there counts at the price of when it was first seen; what nobody prices is shown, and counts for nothing.
    await becomes('the account is seen', {
      venue: 'BINANCE',
      equity: '1100',
      totalPnl: '0',
      stale: false,
      cash: [
        { currency: 'USDT', amount: '1000' },
        { currency: 'XYZ', amount: '5' },
      ],
      positions: [{ symbol: 'BTCUSDT', quantity: '1', averagePrice: '100' }],
    });
    venue.play(report({ ...BUY, does: 'NEW', status: 'NEW', at: 20 }));
    venue.play(position(20, { USDT: ['800', '200'] }));
    await becomes('it locks', { cash: [{ currency: 'USDT', amount: '1000', locked: '200' }, {}] });
    // Paid in bitcoin: 0.0005 of them, 0.05 dollars. 1.4995 are left of what cost 150, at 100 each.
    const first = { last: ['0.5', '100', 5], filled: '0.5', value: '50', fee: ['0.0005', 'BTC'], maker: true } as const;
    venue.play(report({ ...BUY, ...first, does: 'TRADE', status: 'PARTIALLY_FILLED', at: 30 }));
    venue.play(position(30, { USDT: ['800', '150'], BTC: ['1.4995', '0'] }));
    await becomes('it is partly filled', {
      equity: '1099.95',
      fees: '0.05',
      totalPnl: '-0.05',
      positions: [{ quantity: '1.4995', averagePrice: '100' }],
    });
    // Sold 0.4995 at 110: 54.945 for what cost 49.95, a gain of 4.995; the fee of 0.0549 in dollars.
    const sale = { last: ['0.4995', '110', 6], filled: '0.4995', value: '54.945', fee: ['0.0549', 'USDT'] } as const;
    const sold = { orderId: 8, side: 'SELL', quantity: '0.4995', does: 'TRADE', status: 'FILLED', at: 40 } as const;
    venue.play(report({ ...sold, ...sale }));
    venue.play(position(40, { USDT: ['854.8901', '150'], BTC: ['1', '0'] }));
    await becomes('it is sold', {
      realizedPnl: '4.995',
      fees: '0.1049',
      cash: [{ amount: '1004.8901' }, {}],
      positions: [{ quantity: '1', averagePrice: '100' }],
    });
    venue.play(report({ ...BUY, filled: '0.5', value: '50', does: 'CANCELED', status: 'CANCELED', at: 50 }));
    await eventually('it is cancelled', async () => {
      const text = '{ orders { edges { node { clientOrderId venue status filledQuantity fees version } } } }';
      const { data } = await query<{ orders: { edges: { node: object }[] } }>(url, text);
      const nodes = data?.orders.edges.map(({ node }) => node) ?? [];
      if (!JSON.stringify(nodes).includes('CANCELED')) return false;
      expect(nodes).toEqual(
        expect.arrayContaining([
          {
            clientOrderId: 'client-7',
            venue: 'BINANCE',
            status: 'CANCELED',
            filledQuantity: '0.5',
            fees: '0.05',
            version: 3,
          },
          {
            clientOrderId: 'client-8',
            venue: 'BINANCE',
            status: 'FILLED',
            filledQuantity: '0.4995',
            fees: '0.0549',
            version: 1,
          },
        ]),
      );
      return true;
    });
    expect(
      (await executions()).map(({ quantity, fee, feeCurrency, liquidity }) => [quantity, fee, feeCurrency, liquidity]),
    ).toEqual([
      ['0.5', '0.0005', 'BTC', 'MAKER'],
      ['0.4995', '0.0549', 'USDT', 'TAKER'],
    ]);
    // Its owner trades there, and nothing of it can be changed here.
    const { data } = await query<{ placeOrder: { order: { id: string } } }>(
      url,
      'mutation { placeOrder(input: {symbol: "BTCUSDT", side: BUY, type: MARKET, quantity: "1"}) { order { id } } }',
    );
    await eventually('it is refused', async () => {
      const node = `{ node(id: "${data?.placeOrder.order.id}") { ... on Order { status rejection { code message } } } }`;
      const answer = await query<{ node: { status: string; rejection: object | null } }>(url, node);
      if (answer.data?.node.status !== 'REJECTED') return false;
      expect(answer.data.node.rejection).toMatchObject({ code: 'VENUE_REFUSED' });
      return true;
    });
  });

  test('is taken up after a restart with what happened meanwhile, each fill once', async () => {
    const { venue, start, updates, executions, becomes } = await stage();
    venue.happen(position(10, { USDT: ['1000', '0'] }));
    const one = start();
    await becomes('the account is seen', { equity: '1000', stale: false });
    venue.play(report({ ...BUY, does: 'NEW', status: 'NEW', at: 20 }));
    const fill = (at: number, last: string, filled: string, value: string, status: string) =>
      report({ ...BUY, does: 'TRADE', status, last: [last, '100', 5], filled, value, fee: ['0', 'USDT'], at });
    const first = fill(30, '0.5', '0.5', '50', 'PARTIALLY_FILLED');
    venue.play(first);
    venue.play(position(30, { USDT: ['800', '150'], BTC: ['0.5', '0'] }));
    await becomes('it is partly filled', { equity: '1000', positions: [{ quantity: '0.5' }] });
    await one.stop();
    venue.happen(fill(40, '1', '1.5', '150', 'PARTIALLY_FILLED'));
    venue.happen(fill(41, '0.5', '2', '200', 'FILLED'));
    venue.happen(position(41, { USDT: ['800', '0'], BTC: ['2', '0'] }));
    start();
    await becomes('it knows', {
      equity: '1000',
      stale: false,
      totalPnl: '0',
      positions: [{ quantity: '2', averagePrice: '100' }],
    });
    // Told once more, and too late.
    venue.tell(first);
    venue.play(report({ orderId: 9, quantity: '1', price: '90', does: 'NEW', status: 'NEW', at: 50 }));
    await eventually('the next one is told', async () =>
      (await updates()).some(({ order }) => order.clientOrderId === 'client-9'),
    );
    expect((await executions()).map(({ quantity, order }) => [quantity, order.filledQuantity, order.status])).toEqual([
      ['0.5', '0.5', 'PARTIALLY_FILLED'],
      ['1', '1.5', 'PARTIALLY_FILLED'],
      ['0.5', '2', 'FILLED'],
    ]);
    expect(
      (await updates()).filter(({ order }) => order.clientOrderId === 'client-7').map(({ order }) => order.version),
    ).toEqual([1, 2, 3, 4]);
  });

  test.skipIf(!existsSync(FILE))(
    'tells recorded lives as they were (skipped where the recordings are not at RECORDINGS_DIR)',
    async () => {
      const { venue, start, updates, executions, becomes } = await stage();
      start();
      await becomes('the account is seen', { stale: false });
      const frames = readFileSync(FILE, 'utf8').trim().split('\n');
      for (const line of frames) venue.play((JSON.parse(line) as { msg: UserFrame }).msg);
      await eventually('all are told', async () =>
        (await updates()).some(({ order }) => order.id === 'binance-BTCUSDT-5340845958'),
      );
      const lives = new Map<string, string[]>();
      for (const { order } of await updates()) lives.set(order.id, [...(lives.get(order.id) ?? []), order.status]);
      expect(Object.fromEntries(lives)).toEqual({
        'binance-BTCUSDT-339230': ['NEW', 'CANCELED'],
        'binance-ARBUSDT-492066722': ['NEW', 'FILLED'],
        'binance-BNBUSDT-9639329831': ['NEW', 'FILLED'],
        'binance-ALPHA_373USDT-51481849': ['NEW', 'FILLED'],
        'binance-ALPHA_373USDT-51481850': ['PENDING', 'NEW', 'PARTIALLY_FILLED', 'FILLED'],
        'binance-BTCUSDT-5340845958': ['NEW'],
      });
      expect(
        (await executions()).map(({ symbol, quantity, price: at, fee, feeCurrency, tradeId }) => [
          symbol,
          quantity,
          at,
          fee,
          feeCurrency,
          tradeId,
        ]),
      ).toEqual([
        ['ARBUSDT', '5.9', '0.839', '0.00001706', 'BNB', '34491699'],
        ['BNBUSDT', '0.007', '1125.22', '0.00000525', 'BNB', '1251701408'],
        ['ALPHA_373USDT', '869.56', '0.22690469', '0.086956', 'ALPHA_373', '798491'],
        ['ALPHA_373USDT', '200', '0.22690468', '0.00453809', 'USDT', '798492'],
        ['ALPHA_373USDT', '669.47', '0.22690468', '0.01519059', 'USDT', '798492'],
      ]);
      const last = (await updates()).findLast(({ order }) => order.id === 'binance-ALPHA_373USDT-51481850');
      // As the venue adds it up: 197.28681211 for 869.47.
      expect(last?.order).toMatchObject({
        filledQuantity: '869.47',
        filledValue: '197.28681211',
        averagePrice: '0.22690467998895879',
      });
    },
  );
});
