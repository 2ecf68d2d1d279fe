import { createClient } from 'graphql-ws';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { createMemoryBus } from '../../src/bus/memory-bus.ts';
import { topics } from '../../src/bus/topics.ts';
import { PaperVenue } from '../../src/engines/paper/paper-venue.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { decimal } from '../../src/lib/decimal.ts';
import { absolute, fixed, fixedText, multiply } from '../../src/lib/fixed.ts';
import type { Address } from '../../src/model/identity.ts';
import { ALL_OWNERS } from '../../src/model/owner-share.ts';
import { Bots } from '../../src/store/bots.ts';
import { Commands } from '../../src/store/commands.ts';
import { Orders } from '../../src/store/orders.ts';
import { TradingDesk } from '../../src/store/trading-desk.ts';
import { createBotWorker } from '../../src/workers/bots/bot-worker.ts';
import { book, instrument, price, signal, trade } from '../support/market.ts';
import { ALICE, user } from '../support/owner-schema.ts';
import { paperWorker } from '../support/paper-worker.ts';
import { freshDatabase } from '../support/postgres.ts';
import { eventually, query, silentLog, testServer } from '../support/server.ts';
import { type Fill, heard } from '../support/trading-screen.ts';

const AAPL = { kind: 'EQUITY', base: 'AAPL', quote: 'USD' } as const;

interface Status {
  readonly botId: string;
  readonly status: string;
  readonly lastAction: string | null;
  readonly lastError: string | null;
  readonly performance: { readonly totalPnl: string; readonly winRatePct: number | null; readonly tradesToday: number };
}

/** Bots, the paper venue and a screen before them, on a market that a hand moves. */
async function stage(more: { readonly demoOwner?: Address } = {}) {
  const database = await freshDatabase();
  const bus = createMemoryBus({ clock: systemClock, log: silentLog });
  onTestFinished(() => bus.close());
  let number = 0;
  const shows = async (symbol: string, bid: string, ask: string) => {
    const at = ++number;
    await bus.publishState(
      topics.orderbook,
      book(symbol, [[bid, '50']], [[ask, '50']], { timestamp: at, receivedAt: at }),
    );
    await bus.publishState(topics.prices, price(symbol, bid));
  };
  const trades = (symbol: string, side: 'BUY' | 'SELL', at: string, quantity: string) => {
    const facts = { side, price: decimal(at), quantity: decimal(quantity), timestamp: ++number, receivedAt: number };
    return bus.publishEvent(topics.trades, trade(symbol, number, facts));
  };
  await bus.publishState(topics.instruments, instrument('BTCUSDT', { base: 'BTC' }));
  await bus.publishState(topics.instruments, instrument('AAPL', AAPL));
  await shows('BTCUSDT', '100', '101');
  await shows('AAPL', '229', '230');
  const startingCash = ['USDT', 'USD'].map((currency) => ({ currency, amount: decimal('100000') }));
  const trading = paperWorker(database, bus, { venue: new PaperVenue({ startingCash }) });
  const bots = createBotWorker({
    share: ALL_OWNERS,
    bus,
    clock: systemClock,
    log: silentLog,
    ...more,
    bots: new Bots(database),
    orders: new Orders(database),
    desk: new TradingDesk(database, bus, systemClock, silentLog),
    commands: new Commands(database),
  });
  onTestFinished(() => bots.stop());
  trading.start();
  bots.start();
  const seams = { identityOf: () => user('alice', [ALICE], ['read', 'write']) };
  const { url } = await testServer({ bus, database, seams });
  const client = createClient({ url: `${url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket });
  onTestFinished(async () => client.dispose());
  const told = heard<Status>(
    client,
    'subscription Bots { botStatus { botId status lastAction lastError performance { totalPnl winRatePct tradesToday } } }',
    'botStatus',
  );
  const fills = heard<Fill & { readonly order: { readonly botId: string | null } }>(
    client,
    'subscription { tradeExecutions { id order { clientOrderId botId } side quantity price fee liquidity } }',
    'tradeExecutions',
  );
  const run = async (symbol: string, plan: string, limits = '') => {
    const input = `{name: "one", symbol: "${symbol}", plan: {${plan}} ${limits}}`;
    const made = await query<{ createBot: { bot: { id: string } } }>(
      url,
      `mutation { createBot(input: ${input}) { bot { id } } }`,
    );
    const id = made.data?.createBot.bot.id ?? '';
    expect(made.errors).toBeUndefined();
    await query(url, `mutation { startBot(input: {botId: "${id}"}) { bot { id } } }`);
    return id;
  };
  const statusOf = (id: string) => told.findLast(({ botId }) => botId === id);
  const fillsOf = (id: string) => fills.filter(({ order }) => order.botId === id);
  const orders = async (id: string) => {
    const text = `{ orders(filter: {botId: "${id}"}, orderBy: OLDEST_FIRST) { edges { node { side price quantity status } } } }`;
    const { data, errors } = await query<{ orders: { edges: { node: Record<string, string> }[] } }>(url, text);
    if (errors) throw new Error(JSON.stringify(errors));
    return data?.orders.edges.map(({ node }) => node) ?? [];
  };
  return { bus, url, shows, trades, run, statusOf, fillsOf, orders, told };
}

/** What a bot has made by its executions, and what it holds at a price. */
function worth(fills: readonly Fill[], at: string): string {
  let cash = 0n;
  let held = 0n;
  for (const { side, quantity, price: paid, fee } of fills) {
    const signed = side === 'BUY' ? fixed(quantity) : -fixed(quantity);
    held += signed;
    cash -= multiply(fixed(paid), signed) + absolute(fixed(fee));
  }
  return fixedText(cash + multiply(held, fixed(decimal(at))));
}

describe('a bot at the paper venue', () => {
  test('of a grid buys low and sells a step higher, and its figures are those of its executions', async () => {
    const { run, trades, shows, statusOf, fillsOf, orders } = await stage();
    const id = await run('BTCUSDT', 'grid: {lower: "90", upper: "110", steps: 4, quantity: "2", budget: "1000"}');
    const open = async () =>
      (await orders(id)).filter(({ status }) => status === 'NEW').map(({ side, price: at }) => `${side} ${at}`);
    // 100 is not below the price of 100.
    await eventually('it has its orders', async () => String((await open()).sort()) === 'BUY 90,BUY 95');
    await shows('BTCUSDT', '94.5', '95.5');
    await trades('BTCUSDT', 'SELL', '95', '2');
    await eventually('it sells what it bought', async () => (await open()).includes('SELL 100'));
    await shows('BTCUSDT', '99', '99.5');
    await trades('BTCUSDT', 'BUY', '100', '2');
    await eventually('it has sold', () => statusOf(id)?.performance.tradesToday === 2);
    expect(fillsOf(id).map(({ side, quantity, price: at, fee }) => [side, quantity, at, fee])).toEqual([
      ['BUY', '2', '95', '0.19'],
      ['SELL', '2', '100', '0.2'],
    ]);
    // Ten gained, 0.39 paid.
    await eventually('it is told', () => statusOf(id)?.performance.totalPnl === '9.61');
    expect(statusOf(id)?.performance.totalPnl).toBe(worth(fillsOf(id), '99'));
    expect(statusOf(id)?.performance.winRatePct).toBe(100);
    expect(statusOf(id)).toMatchObject({ status: 'RUNNING', lastError: null });
  });

  test('that buys again and again buys whole shares of what is traded in shares', async () => {
    const { run, shows, statusOf, fillsOf } = await stage();
    const id = await run('AAPL', 'dca: {amount: "1000", intervalSeconds: 3600}');
    // 4.36 of them at the price of 229.
    await eventually('it has bought', () => fillsOf(id).length === 1);
    expect(fillsOf(id).map(({ quantity, price: at }) => [quantity, at])).toEqual([['4', '230']]);
    await shows('AAPL', '240', '241');
    await eventually('it is told', () => statusOf(id)?.performance.totalPnl === '40');
    expect(worth(fillsOf(id), '240')).toBe('40');
    expect(statusOf(id)?.performance).toMatchObject({ winRatePct: null, tradesToday: 1 });
    const poor = await run('AAPL', 'dca: {amount: "100", intervalSeconds: 3600}');
    await eventually('it fails', () => statusOf(poor)?.status === 'FAILED');
    expect(statusOf(poor)?.lastError).toBe('100 buys less than 1, the least quantity, at 240.');
    expect(statusOf(id)?.status).toBe('RUNNING');
  });

  test('that follows signals buys on BUY and sells on SELL, with what came of it', async () => {
    const { bus, run, shows, statusOf, fillsOf } = await stage();
    const id = await run('BTCUSDT', 'signal: {amount: "1000", minConfidence: 0.5}');
    await eventually('it runs', () => statusOf(id)?.status === 'RUNNING');
    const says = (signalType: 'BUY' | 'SELL', number: number) =>
      bus.publishEvent(topics.signals, signal('BTCUSDT', number, { signalType, confidence: 0.9 }));
    await says('BUY', 1);
    await eventually('it has bought', () => fillsOf(id).length === 1);
    await shows('BTCUSDT', '98', '99');
    await eventually('it knows', () => statusOf(id)?.performance.tradesToday === 1);
    await says('SELL', 2);
    await eventually('it has sold', () => statusOf(id)?.performance.tradesToday === 2);
    // Ten at 101 and ten at 98, and 0.1 % of each.
    expect(fillsOf(id).map(({ side, quantity, price: at }) => [side, quantity, at])).toEqual([
      ['BUY', '10', '101'],
      ['SELL', '10', '98'],
    ]);
    expect(statusOf(id)?.performance).toEqual({ totalPnl: '-31.99', winRatePct: 0, tradesToday: 2 });
    expect(worth(fillsOf(id), '98')).toBe('-31.99');
  });

  test.each([
    [
      'BTCUSDT',
      'grid: {lower: "90", upper: "110", steps: 4, quantity: "0.000001", budget: "1000"}',
      'quantity',
      'a multiple of 0.00001 above 0',
    ],
    [
      'AAPL',
      'grid: {lower: "90", upper: "110", steps: 4, quantity: "1.5", budget: "1000"}',
      'quantity',
      'a multiple of 1 above 0',
    ],
    [
      'BTCUSDT',
      'grid: {lower: "90", upper: "110", steps: 4, quantity: "0.05", budget: "1000"}',
      'quantity',
      'orders worth 5 or more',
    ],
  ])('is not made of %s with orders that the venue would refuse: %s', async (symbol, plan, member, allowed) => {
    const { url } = await stage();
    const text = `mutation { createBot(input: {name: "x", symbol: "${symbol}", plan: {${plan}}}) { bot { id } } }`;
    const { errors } = await query(url, text);
    expect(errors?.[0]?.extensions).toMatchObject({
      code: 'BAD_USER_INPUT',
      argument: `input.plan.grid.${member}`,
      allowed,
    });
  });

  test('is there for the demo owner, who need not make one', async () => {
    const { told, url, fillsOf } = await stage({ demoOwner: ALICE });
    await eventually(
      'they run',
      () => new Set(told.flatMap(({ botId, status }) => (status === 'RUNNING' ? [botId] : []))).size === 2,
    );
    const { data } = await query<{ bots: { name: string; symbol: string }[] }>(url, '{ bots { name symbol } }');
    expect(data?.bots).toEqual([
      { name: 'Demo savings plan', symbol: 'BTCUSDT' },
      { name: 'Demo grid', symbol: 'BTCUSDT' },
    ]);
    await eventually('one has bought', () => told.some(({ botId }) => fillsOf(botId).length > 0));
  });
});
