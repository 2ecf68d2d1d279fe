import { createClient } from 'graphql-ws';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { RecordedVenue } from '../support/recorded-venue.ts';
import { spotRecording } from '../support/recording.ts';
import { startRole } from '../support/role.ts';
import { query, eventually as within } from '../support/server.ts';
import { type Fill, heard, sumsOf } from '../support/trading-screen.ts';

/** A whole process starts here, on a machine that may be doing other things. */
const eventually = (what: string, holds: () => boolean | Promise<boolean>) => within(what, holds, 60_000);

const MISSING = 'the recordings are not here: set RECORDINGS_DIR, or put them at ../shared/recordings';

interface Update {
  readonly order: {
    readonly clientOrderId: string;
    readonly status: string;
    readonly rejection: { readonly code: string; readonly limit: string | null; readonly actual: string | null } | null;
  };
}

interface Holdings {
  readonly positions: { readonly quantity: string }[];
  readonly cash: { readonly currency: string; readonly amount: string }[];
}

/** Update ids of the first two changes of the recorded book that follow its snapshot, and the trade after which the third comes. */
const FIRST_BOOK = '50093239237';
const SECOND_BOOK = '50093239407';
const FRAMES_TO_THIRD = 185;

const recording = spotRecording();

/*
 * By hand, from the recording. After its first change the book shows
 *
 *   asks 61837.64 x 1.6052   61837.65 x 0.00843   61837.68 x 0.00016   61838.13 x 0.00086
 *
 * and after its second one
 *
 *   bids 61837.63 x 0.14298   61837.62 x 0.02086   61837.59 x 0.00016   61836.96 x 0.00009   61836.00 x 0.0897   ...
 *        61834.63 x 0.00105
 *
 * at 255.608 s. From then until its third change these sales trade, in this order:
 *
 *   61837.63: 0.048, 3 of 0.00009        61837.62: 0.00231, 0.00035, 0.00966, 0.00854        61837.59: 0.00016
 *   61836.01: 3 of 0.00009               61836.00: 3 of 0.00009                              61834.63: 5 of 0.00021
 *   61834.00: 0.04044                    61833.57: 3 of 0.00009                              61832.00: 0.08061 ...
 */
test.skipIf(recording === null)(
  `orders on the recorded book of a real venue fill as reckoned by hand (skipped where ${MISSING})`,
  { timeout: 240_000 },
  async () => {
    if (!recording) return;
    const venue = await RecordedVenue.start({ recordings: [recording] });
    onTestFinished(() => venue.close());
    const { url } = await startRole('all', {
      FEEDS: 'binance',
      SYMBOLS: 'BTCUSDT',
      BINANCE_WS_URL: venue.wsUrl,
      BINANCE_REST_URL: venue.restUrl,
      DEMO_IDENTITY: 'true',
    });
    await eventually('the venue has its client', () => venue.connections > 0);
    const client = createClient({ url: `${url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket });
    onTestFinished(async () => client.dispose());
    const updates = heard<Update>(
      client,
      'subscription { orderUpdates { order { clientOrderId status rejection { code limit actual } } } }',
      'orderUpdates',
    );
    const fills = heard<Fill>(
      client,
      'subscription { tradeExecutions { id order { clientOrderId } side quantity price fee liquidity } }',
      'tradeExecutions',
    );
    const portfolios = heard<Holdings>(
      client,
      'subscription { portfolio { positions { quantity } cash { currency amount } } }',
      'portfolio',
    );
    await eventually(
      'all three are live',
      async () => ((await (await fetch(`${url}/status`)).json()) as { subscriptions: number }).subscriptions === 3,
    );
    let played = 0;
    const playTo = async (update: string) => {
      const frames = await venue.playTo(({ text }) => text.includes(`"u":${update},"b":[[`));
      played += frames.length;
      await eventually(`the book of ${update}`, async () => {
        const text = '{ orderbook(symbol: "BTCUSDT") { venueUpdateId } }';
        const { data } = await query<{ orderbook: { venueUpdateId: string } | null }>(url, text);
        return data?.orderbook?.venueUpdateId === update;
      });
    };
    const statuses = (id: string) =>
      updates.filter(({ order }) => order.clientOrderId === id).map(({ order }) => order.status);
    const place = async (id: string, terms: string, ...expected: readonly string[]) => {
      const text = `mutation { placeOrder(input: {symbol: "BTCUSDT", clientOrderId: "${id}", ${terms}}) { order { status } } }`;
      expect((await query(url, text)).data).toEqual({ placeOrder: { order: { status: 'PENDING' } } });
      await eventually(`${id} comes to ${expected.at(-1)}`, () => statuses(id).length >= expected.length);
      expect(statuses(id)).toEqual(expected);
    };
    const fillsOf = (id: string) =>
      fills
        .filter(({ order }) => order.clientOrderId === id)
        .map(({ quantity, price, liquidity }) => `${quantity} at ${price} ${liquidity}`);
    const reasonOf = (id: string) => updates.findLast(({ order }) => order.clientOrderId === id)?.order.rejection;

    // Walks the book: three levels whole, and a part of the fourth.
    await playTo(FIRST_BOOK);
    await place('walks', 'side: BUY, type: MARKET, quantity: "1.614"', 'NEW', ...partly(3), 'FILLED');
    expect(fillsOf('walks')).toEqual([
      '1.6052 at 61837.64 TAKER',
      '0.00843 at 61837.65 TAKER',
      '0.00016 at 61837.68 TAKER',
      '0.00021 at 61838.13 TAKER',
    ]);

    await playTo(SECOND_BOOK);
    const sale = 'side: SELL, type: LIMIT';
    await place('makes', `${sale}, quantity: "0.1", price: "61837.63", postOnly: true`, 'REJECTED');
    expect(reasonOf('makes')).toEqual({ code: 'POST_ONLY_WOULD_TAKE', limit: '61837.63', actual: '61837.63' });
    // Down to 61837.62 there are 0.14298 and 0.02086 of the 0.2.
    await place('ioc', `${sale}, quantity: "0.2", price: "61837.62", timeInForce: IOC`, 'NEW', ...partly(2), 'EXPIRED');
    expect(fillsOf('ioc')).toEqual(['0.14298 at 61837.63 TAKER', '0.02086 at 61837.62 TAKER']);
    expect(reasonOf('ioc')).toEqual({ code: 'NO_LIQUIDITY', limit: '0.16384', actual: '0.2' });
    // What was taken is not had again: 0.00016, 0.00009 and 0.0897 are left down to 61836.
    await place('fok', `${sale}, quantity: "1", price: "61836", timeInForce: FOK`, 'NEW', 'EXPIRED');
    expect(fillsOf('fok')).toEqual([]);
    expect(reasonOf('fok')).toEqual({ code: 'NO_LIQUIDITY', limit: '0.08995', actual: '1' });

    const purchase = 'side: BUY, type: LIMIT';
    await place('queues', `${purchase}, quantity: "0.01", price: "61837.63"`, 'NEW');
    await place('passed', `${purchase}, quantity: "0.05", price: "61834.63"`, 'NEW');
    await place('stops', 'side: SELL, type: STOP, quantity: "0.01", stopPrice: "61832"', 'NEW');
    await venue.play(FRAMES_TO_THIRD - played);
    await eventually('the stop has sold', () => statuses('stops').includes('FILLED'));
    // 0.14298 stand before it and 0.04827 of them trade; then 61837.62 is beyond its price, and it has what trades there.
    expect(fillsOf('queues')).toEqual([
      '0.00231 at 61837.63 MAKER',
      '0.00035 at 61837.63 MAKER',
      '0.00734 at 61837.63 MAKER',
    ]);
    expect(statuses('queues')).toEqual(['NEW', ...partly(2), 'FILLED']);
    // The five of 0.00021 at its price are what stood before it; all below is its own.
    expect(fillsOf('passed')).toEqual([
      '0.04044 at 61834.63 MAKER',
      '0.00009 at 61834.63 MAKER',
      '0.00009 at 61834.63 MAKER',
      '0.00009 at 61834.63 MAKER',
      '0.00929 at 61834.63 MAKER',
    ]);
    expect(statuses('passed')).toEqual(['NEW', ...partly(4), 'FILLED']);
    // Came to life at the trade of 61832: the book still shows what it showed, less what was taken of it.
    expect(fillsOf('stops')).toEqual([
      '0.00016 at 61837.59 TAKER',
      '0.00009 at 61836.96 TAKER',
      '0.00975 at 61836 TAKER',
    ]);
    expect(statuses('stops')).toEqual(['NEW', 'NEW', ...partly(2), 'FILLED']);

    // 100,000 less 1.674 bought, plus 0.17384 sold, less 0.1 % of each.
    const told = () => portfolios.at(-1)?.cash.find(({ currency }) => currency === 'USDT')?.amount;
    await eventually('the portfolio is told', () => told() === '7119.512581415');
    expect(portfolios.at(-1)?.positions).toEqual([{ quantity: '1.50016' }]);
    const steps = sumsOf(fills).map(String);
    for (const { positions, cash } of portfolios) {
      const amount = cash.find(({ currency }) => currency === 'USDT')?.amount;
      expect(steps).toContain(`${positions[0]?.quantity ?? '0'},${amount}`);
    }
  },
);

function partly(times: number): readonly string[] {
  return Array.from({ length: times }, () => 'PARTIALLY_FILLED');
}
