import { afterEach, describe, expect, it } from 'vitest';
import type { AccountListener } from '../../../src/feeds/account-feed.ts';
import { createHyperliquidFeed } from '../../../src/feeds/hyperliquid/feed.ts';
import { ApiError } from '../../../src/lib/errors.ts';
import { createLog } from '../../../src/lib/log.ts';
import type { VenueAccount, VenueFill } from '../../../src/model/venue-account.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { HyperliquidVenue } from '../../support/hyperliquid-venue.ts';
import { listen } from '../../support/recorded-feed.ts';
import { quietly, until } from '../../support/until.ts';

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

/** Ten minutes past an hour. */
const START = Date.UTC(2026, 0, 1, 5, 10);

async function open(
  symbols: readonly string[] = ['BTC-PERP', 'ETH-PERP'],
  prepare?: (venue: HyperliquidVenue) => void,
) {
  const clock = new FakeClock(START);
  const venue = await HyperliquidVenue.start({ coins: ['BTC', 'ETH'], clock });
  prepare?.(venue);
  const urls = { hyperliquidWs: venue.wsUrl, hyperliquidRest: venue.restUrl };
  const feed = createHyperliquidFeed({ symbols, urls, clock, log: createLog('silent'), random: () => 0 });
  const heard = listen(feed);
  ends.push(async () => {
    await feed.stop();
    expect(clock.pending).toBe(0);
    await venue.close();
  });
  /** Time passes, and what it brings arrives. */
  const pass = async (ms: number) => {
    await clock.advance(ms);
    await quietly();
  };
  const subscribed = async (count: number) => {
    for (let step = 0; venue.subscriptions.length < count && step < 100; step++) await pass(40);
    expect(venue.subscriptions).toHaveLength(count);
    await quietly();
  };
  return { ...heard, clock, venue, feed, pass, subscribed };
}

const codeOf = (run: () => unknown) => {
  try {
    run();
  } catch (error) {
    return error instanceof ApiError ? [error.code, error.details.argument ?? error.details.limit] : error;
  }
  return null;
};

describe('the hyperliquid feed', () => {
  it('takes perpetuals on a coin, within what the venue allows one address', () => {
    const make = (symbols: readonly string[]) => () =>
      createHyperliquidFeed({
        symbols,
        urls: { hyperliquidWs: 'ws://127.0.0.1:1', hyperliquidRest: 'http://127.0.0.1:1' },
        clock: new FakeClock(),
        log: createLog('silent'),
        random: () => 0,
      });
    for (const symbols of [
      [],
      ['BTCUSDT'],
      ['-PERP'],
      ['btc-PERP'],
      Array.from({ length: 327 }, (_, at) => `C${at}-PERP`),
    ])
      expect(codeOf(make(symbols))).toEqual(['BAD_USER_INPUT', 'symbols']);
    expect(make(Array.from({ length: 326 }, (_, at) => `C${at}-PERP`))().name).toBe('hyperliquid');
  });

  it('tells the market as a whole, without sides, and its last settlements; then each as it happens', async () => {
    const { venue, of, pass, subscribed } = await open(['BTC-PERP']);
    await subscribed(3);
    await until('the last settlements', () => of('funding').length === 3);
    const hour = Date.UTC(2026, 0, 1, 5);
    for (const [place, before] of [2, 1, 0].entries())
      expect(of('funding')[place]).toMatchObject({
        symbol: 'BTC-PERP',
        rate: '-0.00061334',
        timestamp: hour - before * 3_600_000 + 48,
        past: true,
      });
    venue.step();
    await until('a market', () => of('market-stats').length === 1);
    expect(of('market-stats')[0]).toMatchObject({
      markPrice: '60001.0',
      longOpenInterest: null,
      shortOpenInterest: null,
      totalOpenInterest: '688.11',
      volume24h: '1169046.29406',
      fundingRate: '-0.0000125',
      fundingIntervalMs: 3_600_000,
    });
    expect(of('ticker')[0]).toMatchObject({
      last: '60001.5',
      indicative: true,
      open: '59000.0',
      high: null,
      volume: '19.5',
    });
    // Ten minutes past the hour it was; the venue writes settlements down within twenty seconds.
    for (let step = 0; step < 50 * 3 + 2; step++) {
      venue.step();
      await pass(20_000);
    }
    await until('the next settlement', () => of('funding').length === 4);
    expect(of('funding')[3]?.timestamp).toBe(hour + 3_600_000 + 48);
    expect(of('funding')[3]?.past).toBe(undefined);
    // Two hours without an answer.
    venue.status = 500;
    for (let step = 0; step < 2 * 180; step++) {
      venue.step();
      await pass(20_000);
    }
    venue.status = 200;
    for (let step = 0; step < 6 && of('funding').length < 6; step++) {
      venue.step();
      await pass(20_000);
    }
    await until('those that were missed', () => of('funding').length === 6);
    expect(of('funding').slice(4)).toMatchObject([2, 3].map((later) => ({ timestamp: hour + later * 3_600_000 + 48 })));
  });

  it('says that it lives, and is not taken for dead by a venue that wants to hear something', async () => {
    const { venue, pass, subscribed } = await open();
    await subscribed(6);
    for (let step = 0; step < 6; step++) {
      venue.step();
      await pass(10_000);
    }
    expect(venue.messages.filter((text) => text === '{"method":"ping"}')).toHaveLength(1);
  });

  it('goes on with what it can read, and counts what it cannot', async () => {
    const { venue, of, feed, subscribed } = await open();
    await subscribed(6);
    const rubbish = [
      'no json',
      '[]',
      'null',
      '{"channel":"l2Book","data":{"coin":"BTC","time":1,"levels":[[{"px":"1e3","sz":"1"}],[]]}}',
      '{"channel":"l2Book","data":{"coin":"BTC","time":-1,"levels":[[],[]]}}',
      '{"channel":"trades","data":{"coin":"BTC"}}',
      '{"channel":"trades","data":[{"coin":"BTC","side":"X","px":"1","sz":"1","time":1,"tid":1}]}',
      '{"channel":"activeAssetCtx","data":{"coin":"BTC","ctx":{"markPx":null}}}',
      '{"channel":"error","data":"Invalid subscription"}',
      '{"channel":"userFills","data":{}}',
    ];
    const before = feed.health().errorCount;
    for (const text of rubbish) venue.send(text);
    venue.send('{"channel":"l2Book","data":{"coin":"DOGE","time":1,"levels":[[],[]]}}');
    venue.step();
    await until('what comes after', () => of('trade').length === 2);
    expect(feed.health().errorCount).toBe(before + rubbish.length);
    await until('it is live', () => feed.health().state === 'live');
  });

  it('names a coin that the venue does not list, and its neighbours are as live as without it', async () => {
    const { venue, of, feed, subscribed } = await open(['BTC-PERP', 'NOSUCH-PERP']);
    await subscribed(3);
    venue.step();
    await until('a trade', () => of('trade').length === 1);
    await until('it is named', () => feed.health().message === 'hyperliquid does not list NOSUCH-PERP');
    expect(feed.health().state).toBe('stale');
  });

  it('tells of a symbol that has fallen silent, alone, and asks for it anew', async () => {
    const { venue, of, feed, pass, subscribed } = await open();
    await subscribed(6);
    venue.dropped.add('ETH');
    for (let step = 0; step < 8; step++) {
      venue.step();
      await pass(10_000);
    }
    await until('it is told', () => of('disconnected').length === 1);
    expect(of('disconnected')[0]?.symbols).toEqual(['ETH-PERP']);
    await until('it is asked for again', () => !venue.dropped.has('ETH'));
    venue.step();
    await until('it is live', () => feed.health().state === 'live');
    expect(feed.health().recoveries).toBe(1);
    expect(venue.connections).toBe(1);
  });

  it('says of trades that may be missing after a lost connection, unless the venue shows that none is', async () => {
    const { venue, of, pass, subscribed } = await open(['BTC-PERP']);
    await subscribed(3);
    const lose = async (during: () => void) => {
      venue.step();
      await quietly();
      venue.cut();
      await until('it is gone', () => venue.connections === 0);
      during();
      for (let waited = 0; venue.connections === 0 && waited < 10; waited++) await pass(1_000);
      await subscribed(3);
      venue.step();
      await quietly();
    };
    await lose(() => venue.tradeUnheard('BTC'));
    const trades = of('trade');
    expect(trades).toHaveLength(3);
    expect(trades.map(({ gapBefore }) => gapBefore)).toEqual([null, null, null]);
    await lose(() => {
      venue.tradeUnheard('BTC');
      venue.forgetTrades();
    });
    const gaps = of('trade').filter(({ gapBefore }) => gapBefore !== null);
    expect(of('trade')).toHaveLength(5);
    expect(gaps).toHaveLength(1);
    expect(gaps[0]).toBe(of('trade').at(-1));
  });

  it.each([429, 500])('lives without answers to its questions: %i', async (status) => {
    const { venue, of, feed, pass, subscribed } = await open(['BTC-PERP'], (refusing) => {
      refusing.status = status;
    });
    await subscribed(3);
    venue.step();
    await until('a trade', () => of('trade').length === 1);
    await until('it is live', () => feed.health().state === 'live');
    expect(feed.health().errorCount).toBeGreaterThan(0);
    venue.status = 200;
    for (let step = 0; step < 15 && of('funding').length === 0; step++) {
      venue.step();
      await pass(10_000);
    }
    expect(of('funding')).toHaveLength(3);
  });
});

describe('an address that is watched', () => {
  const OWNER = '0x5E9EE1089755C3435139848e47e6635505d5A13A';
  const state = (szi: string) => ({
    assetPositions: [
      {
        type: 'oneWay',
        position: {
          coin: 'BTC',
          szi,
          entryPx: '26951.0',
          leverage: { type: 'isolated', value: 20 },
          liquidationPx: null,
          marginUsed: '10.5',
          positionValue: '211.6',
          unrealizedPnl: '-0.08007',
          cumFunding: { allTime: '9', sinceOpen: '-0.5', sinceChange: '0' },
        },
      },
    ],
    marginSummary: { accountValue: '1182.3', totalMarginUsed: '10.5', totalNtlPos: '0', totalRawUsd: '0' },
    crossMaintenanceMarginUsed: '5.0',
    withdrawable: '1171.8',
    time: START,
  });
  const fill = (oid: number, startPosition: string) => ({
    coin: 'BTC',
    side: 'B',
    px: '26951.0',
    sz: '0.1',
    time: START + oid,
    oid,
    tid: 7,
    startPosition,
    closedPnl: '0.0',
    fee: '-0.01',
    feeToken: 'USDC',
    crossed: true,
    hash: '0xabc',
    dir: 'Open Long',
  });

  function listener() {
    const accounts: VenueAccount[] = [];
    const fills: VenueFill[] = [];
    const losses: string[] = [];
    const own: AccountListener = {
      account: (account) => accounts.push(account),
      fill: (one) => fills.push(one),
      lost: (reason) => losses.push(reason),
    };
    return { own, accounts, fills, losses };
  }

  it('has its account told, and each fill once, also after a lost connection', async () => {
    const { venue, feed, pass, subscribed } = await open(['BTC-PERP']);
    const { own, accounts, fills, losses } = listener();
    const cancel = feed.watchAccount(OWNER, own);
    await subscribed(5);
    const user = OWNER.toLowerCase();
    venue.tell('clearinghouseState', user, { user, dex: '', clearinghouseState: state('-0.00785') });
    // Newest first, as the venue tells history; two fills of one order that are alike in everything.
    venue.tell('userFills', user, { user, isSnapshot: true, fills: [fill(2, '0.1'), fill(1, '0.0'), fill(1, '0.0')] });
    await until('both', () => accounts.length === 1 && fills.length === 3);
    expect(accounts[0]).toMatchObject({ owner: OWNER, accountValue: '1182.3', maintenanceMargin: '5' });
    expect(accounts[0]?.positions).toEqual([
      {
        symbol: 'BTC-PERP',
        side: 'SHORT',
        size: '0.00785',
        entryPrice: '26951',
        leverage: '20',
        marginMode: 'ISOLATED',
        marginUsed: '10.5',
        value: '211.6',
        unrealizedPnl: '-0.08007',
        liquidationPrice: null,
        maxLeverage: null,
        fundingPaid: '-0.5',
      },
    ]);
    expect(fills.map(({ orderId, startPosition, replayed }) => [orderId, startPosition, replayed])).toEqual([
      ['1', '0', true],
      ['1', '0', true],
      ['2', '0.1', true],
    ]);
    venue.cut();
    await until('the loss', () => losses.length === 1);
    await pass(1_000);
    await until('it is back', () => venue.connections === 1);
    await subscribed(5);
    venue.tell('userFills', user, { user, isSnapshot: true, fills: [fill(3, '0.2'), fill(2, '0.1')] });
    venue.tell('userFills', user, { user, fills: [fill(4, '0.3')] });
    await until('what was missed', () => fills.length === 5);
    expect(fills.slice(3).map(({ orderId, replayed }) => [orderId, replayed])).toEqual([
      ['3', true],
      ['4', false],
    ]);
    cancel();
    await until('nobody asks for it', () => venue.subscriptions.length === 3);
  });

  it('is asked for anew when the feed moves over to another connection, of which nobody else notices', async () => {
    const { venue, feed, of, clock, pass, subscribed } = await open(['BTC-PERP']);
    feed.watchAccount(OWNER, listener().own);
    await subscribed(5);
    // Twelve hours, never so long without a word that it would count as silence.
    for (let passed = 0; passed < 12 * 3_600 && venue.connections === 1; passed += 25) {
      venue.step();
      await until('it is heard', () => feed.health().lastDataAt === clock.now());
      await clock.advance(25_000);
    }
    await until('there is another', () => venue.connections === 2);
    for (let step = 0; step < 100 && venue.connections === 2; step++) {
      venue.step();
      await pass(100);
    }
    await until('it is asked for', () => venue.subscriptions.includes(`userFills ${OWNER.toLowerCase()}`));
    await subscribed(5);
    expect(venue.connections).toBe(1);
    expect(of('disconnected')).toEqual([]);
    expect(feed.health()).toMatchObject({ state: 'live', recoveries: 0 });
    const trades = of('trade').map(({ tradeId, timestamp }) => `${timestamp} ${tradeId}`);
    expect(new Set(trades).size).toBe(trades.length);
  });

  it('with an account that cannot be read whole is told nothing rather than half of it', async () => {
    const { venue, feed, subscribed } = await open(['BTC-PERP']);
    const { own, accounts } = listener();
    feed.watchAccount(OWNER, own);
    await subscribed(5);
    const before = feed.health().errorCount;
    const user = OWNER.toLowerCase();
    for (const broken of [{}, { ...state('1'), marginSummary: {} }, state('many')])
      venue.tell('clearinghouseState', user, { user, clearinghouseState: broken });
    venue.tell('clearinghouseState', user, { user, clearinghouseState: state('0.0') });
    await until('the last', () => accounts.length === 1);
    expect(accounts[0]?.positions).toEqual([]);
    expect(feed.health().errorCount).toBe(before + 3);
  });

  it('is refused beyond the ten that the venue allows, with the number, and fits in when another goes', async () => {
    const { feed } = await open(['BTC-PERP']);
    const address = (at: number) => `0x${String(at).padStart(40, '0')}`;
    const cancels = Array.from({ length: 10 }, (_, at) => feed.watchAccount(address(at), listener().own));
    expect(codeOf(() => feed.watchAccount(address(10), listener().own))).toEqual(['TOO_MANY_SUBSCRIPTIONS', 10]);
    expect(codeOf(() => feed.watchAccount(address(9), listener().own))).toBe(null);
    cancels[0]?.();
    expect(codeOf(() => feed.watchAccount(address(10), listener().own))).toBe(null);
  });
});
