import { describe, expect, onTestFinished, test } from 'vitest';
import { createBinanceUserFeed } from '../../../src/feeds/binance/user-feed.ts';
import type { KnownOrders } from '../../../src/feeds/order-feed.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { createLog } from '../../../src/lib/log.ts';
import type { VenueBalances, VenueOrder } from '../../../src/model/venue-order.ts';
import { BinanceAccount, position, report } from '../../support/binance-account.ts';
import { eventually as within } from '../../support/server.ts';

/** The shortest back-off is a second. */
const eventually = (what: string, holds: () => boolean | Promise<boolean>) => within(what, holds, 30_000);

async function stage(key?: { readonly apiKey: string; readonly secret: string }) {
  const venue = await BinanceAccount.start();
  onTestFinished(() => venue.close());
  venue.happen(position(10, { USDT: ['1000', '0'] }));
  const lines: string[] = [];
  const log = createLog('debug', { write: (line: string) => void lines.push(line) } as never);
  const feed = createBinanceUserFeed({
    url: venue.url,
    key: key ?? venue.key,
    clock: systemClock,
    log,
    random: () => 0,
  });
  onTestFinished(() => feed.stop());
  const orders: VenueOrder[] = [];
  const balances: VenueBalances[] = [];
  const losses: string[] = [];
  let known: readonly KnownOrders[] = [];
  const start = () =>
    feed.start({
      known: () => known,
      order: (order) => orders.push(order),
      balances: (told) => balances.push(told),
      lost: (reason) => losses.push(reason),
      healthChanged: () => undefined,
    });
  const knows = (...all: readonly KnownOrders[]) => {
    known = all;
  };
  const isLive = () => eventually('it is live', () => feed.health().state === 'live' && venue.subscribers === 1);
  return { venue, feed, orders, balances, losses, start, knows, isLive, lines };
}

const RESTS = { orderId: 7, does: 'NEW', status: 'NEW', quantity: '2', price: '100', at: 20 } as const;
const fill = (at: number, filled: string, last: string, status: string) =>
  report({
    ...RESTS,
    does: 'TRADE',
    status,
    last: [last, '100', 5],
    filled,
    value: String(Number(filled) * 100),
    fee: ['0.1', 'USDT'],
    at,
  });

describe('the feed of a real account', () => {
  test('tells what stands, then what happens; never asks for anything but to read', async () => {
    const { venue, start, isLive, orders, balances } = await stage();
    venue.happen(report(RESTS));
    start();
    await isLive();
    expect(orders.map(({ orderId, status, recovered }) => [orderId, status, recovered])).toEqual([['7', 'NEW', true]]);
    expect(balances).toMatchObject([{ whole: true, balances: [{ currency: 'USDT', amount: '1000' }] }]);
    venue.play(fill(30, '0.5', '0.5', 'PARTIALLY_FILLED'));
    venue.play(position(30, { USDT: ['950', '0'], BTC: ['0.5', '0'] }));
    await eventually('both are heard', () => orders.length === 2 && balances.length === 2);
    expect(orders[1]).toMatchObject({ status: 'PARTIALLY_FILLED', recovered: false, fills: [{ filledAfter: '0.5' }] });
    const reading = /^(userDataStream\.subscribe\.signature|openOrders\.status|allOrders|myTrades|account\.status)$/;
    for (const method of venue.asked) expect(method).toMatch(reading);
  });

  test('finds out what it missed while the connection was away, before anything live', async () => {
    const { venue, start, isLive, orders, losses, knows } = await stage();
    start();
    await isLive();
    venue.play(report(RESTS));
    await eventually('it is heard', () => orders.length === 1);
    knows({ symbol: 'BTCUSDT', fromOrderId: '7', filled: new Map([['7', '0']]) });
    venue.cut();
    await eventually('the loss is told', () => losses.length === 1);
    // Two fills of one trade id, and an order that came and went.
    venue.happen(fill(30, '0.5', '0.5', 'PARTIALLY_FILLED'));
    venue.happen(fill(31, '2', '1.5', 'FILLED'));
    venue.happen(report({ ...RESTS, orderId: 8, does: 'CANCELED', status: 'CANCELED', at: 32 }));
    await isLive();
    expect(orders.slice(1).map(({ orderId, status, fills }) => [orderId, status, fills])).toMatchObject([
      [
        '7',
        'FILLED',
        [
          { filledAfter: '0.5', tradeId: '5' },
          { filledAfter: '2', tradeId: '5' },
        ],
      ],
      ['8', 'CANCELED', []],
    ]);
  });

  test('subscribes anew when the venue ends the subscription', async () => {
    const { venue, start, isLive, losses, orders } = await stage();
    start();
    await isLive();
    venue.terminate();
    await eventually('the loss is told', () => losses.length === 1);
    await isLive();
    expect(venue.connected).toBe(1);
    venue.play(report(RESTS));
    await eventually('it is heard', () => orders.length === 1);
  });

  test('takes no harm from garbage, counts it, and asks what has really happened', async () => {
    const { venue, feed, start, isLive, orders, balances } = await stage();
    start();
    await isLive();
    const errors = feed.health().errorCount;
    venue.happen(report(RESTS));
    for (const text of [
      '',
      '{',
      '[]',
      'null',
      '{"event":null}',
      '{"id":{}}',
      '{"event":{"e":"executionReport","q":[]}}',
    ])
      venue.send(text);
    await eventually('it asks again', () => balances.length === 2);
    expect(orders.map(({ orderId }) => orderId)).toEqual(['7']);
    expect(feed.health().errorCount).toBeGreaterThanOrEqual(errors + 5);
    expect(feed.health().state).toBe('live');
    expect(venue.connected).toBe(1);
  });

  test('asks what there is when something was paid in or out', async () => {
    const { venue, start, isLive, balances } = await stage();
    start();
    await isLive();
    venue.happen(position(40, { USDT: ['1500', '0'] }));
    venue.tell({ e: 'balanceUpdate', E: 40, a: 'USDT', d: '500', T: 40 });
    await eventually('the balances are told', () => balances.length === 2);
    expect(balances[1]).toMatchObject({ whole: true, balances: [{ currency: 'USDT', amount: '1500' }] });
  });

  test('tries again where the venue refuses once', async () => {
    const { venue, feed, start, isLive } = await stage();
    venue.refuseNext(/openOrders/, 500, -1001);
    start();
    await eventually('it says so', () => feed.health().state === 'stale');
    expect(feed.health().message).toContain('-1001');
    await isLive();
  });

  test('says that a key is refused, does not hammer, and shows the key to nobody', async () => {
    const secret = 'a-secret-that-must-not-be-shown';
    const { venue, feed, start, lines } = await stage({ apiKey: 'a-key-that-must-not-be-shown', secret });
    start();
    await eventually('it says so', () => feed.health().state === 'stale');
    expect(feed.health().message).toContain('-2015');
    expect(venue.asked).toEqual(['userDataStream.subscribe.signature']);
    const said = lines.join('\n') + JSON.stringify(feed.health());
    expect(said).toContain('venue notice');
    expect(said).not.toMatch(/must-not-be-shown/);
  });
});
