import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  type BinanceNotice,
  createBinanceMapper,
  mapDepthSnapshot,
  mapPastTrades,
} from '../../../src/feeds/binance/mapper.ts';

const HEARD = 1_767_225_600_999;

const fixture = (market: string) =>
  JSON.parse(readFileSync(new URL(`../../fixtures/binance/${market}.json`, import.meta.url), 'utf8')) as Readonly<
    Record<string, object>
  >;
const spot = fixture('spot');
const usdm = fixture('usdm');

function mapper(market: 'spot' | 'usdm') {
  const notices: BinanceNotice[] = [];
  const symbols = new Map([
    ['ETHBTC', 'ETHBTC'],
    ['SOLUSDT', 'SOLUSDT-PERP'],
  ]);
  const made = createBinanceMapper({
    market,
    source: 'binance',
    symbolOf: (pair) => symbols.get(pair),
    notice: (notice) => notices.push(notice),
  });
  return {
    notices,
    map: (frame: unknown) => made.map(typeof frame === 'string' ? frame : JSON.stringify(frame), HEARD),
  };
}

describe('spot frames', () => {
  test('a trade has the time of the trade and the side of the taker', () => {
    const { map } = mapper('spot');
    expect(map(spot['trade'])).toEqual([
      {
        kind: 'trade',
        source: 'binance',
        symbol: 'ETHBTC',
        tradeId: '482913',
        price: '0.03412000',
        quantity: '1.25000000',
        side: 'BUY',
        gapBefore: null,
        timestamp: 1_767_225_600_124,
        receivedAt: HEARD,
      },
    ]);
    expect(map(spot['sellTrade'])).toMatchObject([{ tradeId: '482914', side: 'SELL' }]);
  });

  test('the best prices have no time of their own and get ours', () => {
    expect(mapper('spot').map(spot['bookTicker'])).toEqual([
      {
        kind: 'quote',
        source: 'binance',
        symbol: 'ETHBTC',
        updateId: 77_001,
        bid: ['0.03411000', '12.00000000'],
        ask: ['0.03412000', '3.50000000'],
        timestamp: HEARD,
        receivedAt: HEARD,
      },
    ]);
  });

  test('the ticker keeps the venue text of the rolling day', () => {
    expect(mapper('spot').map(spot['ticker'])).toEqual([
      {
        kind: 'ticker',
        source: 'binance',
        symbol: 'ETHBTC',
        last: '0.03412000',
        open: '0.03400000',
        high: '0.03450000',
        low: '0.03380000',
        volume: '20451.70000000',
        timestamp: 1_767_225_601_000,
        receivedAt: HEARD,
      },
    ]);
  });

  test('a diff is numbered and not chained', () => {
    expect(mapper('spot').map(spot['depthUpdate'])).toEqual([
      {
        kind: 'book-diff',
        source: 'binance',
        symbol: 'ETHBTC',
        firstUpdateId: 77_002,
        lastUpdateId: 77_009,
        previousUpdateId: null,
        bids: [
          ['0.03411', '11.5'],
          ['0.0339', '0'],
        ],
        asks: [['0.03412', '2.25']],
        searchKeys: { bids: [0.03411, 0.0339], asks: [0.03412] },
        timestamp: 1_767_225_600_200,
        receivedAt: HEARD,
      },
    ]);
    expect(mapper('spot').map(spot['oneSided'])).toMatchObject([{ bids: [], asks: [['0.035', '0']] }]);
  });

  test('a diff that is spelled unlike the venue’s own says the same', () => {
    const { map } = mapper('spot');
    expect(map(JSON.stringify(spot['depthUpdate'], null, 1))).toEqual(map(spot['depthUpdate']));
  });

  test('a raw stream without the combined wrapping says the same', () => {
    for (const name of ['trade', 'bookTicker', 'ticker', 'depthUpdate']) {
      const frame = spot[name] as { data: object };
      expect(mapper('spot').map(frame.data), name).toEqual(mapper('spot').map(frame));
    }
  });

  test('a shutdown is noticed and is no event', () => {
    const { map, notices } = mapper('spot');
    expect(map(spot['serverShutdown'])).toEqual([]);
    expect(notices).toEqual([{ kind: 'shutdown' }]);
  });

  test('the answer to a request is silent, a refusal is not', () => {
    const { map, notices } = mapper('spot');
    expect(map(spot['subscribed'])).toEqual([]);
    expect(notices).toEqual([]);
    expect(map(spot['refused'])).toEqual([]);
    expect(notices).toMatchObject([{ kind: 'refused' }]);
  });
});

describe('futures frames', () => {
  test('a diff is chained by the update before it and timed by the transaction', () => {
    expect(mapper('usdm').map(usdm['depthUpdate'])).toMatchObject([
      {
        kind: 'book-diff',
        symbol: 'SOLUSDT-PERP',
        firstUpdateId: 880_013,
        lastUpdateId: 880_020,
        previousUpdateId: 880_010,
        timestamp: 1_767_225_600_198,
      },
    ]);
  });

  test('a diff without its chain is malformed', () => {
    const { map, notices } = mapper('usdm');
    const frame = structuredClone(usdm['depthUpdate']) as { data: { pu?: number } };
    delete frame.data.pu;
    expect(map(frame)).toEqual([]);
    expect(notices).toMatchObject([{ kind: 'malformed', what: 'depthUpdate' }]);
  });

  test('best prices and trades carry the venue times', () => {
    expect(mapper('usdm').map(usdm['bookTicker'])).toMatchObject([{ kind: 'quote', timestamp: 1_767_225_600_140 }]);
    expect(mapper('usdm').map(usdm['trade'])).toMatchObject([
      { kind: 'trade', symbol: 'SOLUSDT-PERP', tradeId: '9100', side: 'SELL', timestamp: 1_767_225_600_119 },
    ]);
    expect(mapper('usdm').map(usdm['ticker'])).toMatchObject([{ kind: 'ticker', symbol: 'SOLUSDT-PERP' }]);
  });

  test('what was no trade in the book is told as a number of the sequence only', () => {
    const { map, notices } = mapper('usdm');
    expect(map(usdm['insuranceFund'])).toEqual([]);
    expect(map(usdm['empty'])).toEqual([]);
    expect(notices).toMatchObject([
      { kind: 'no-trade', symbol: 'SOLUSDT-PERP', tradeId: 9_101 },
      { kind: 'no-trade', symbol: 'SOLUSDT-PERP', tradeId: 9_102 },
    ]);
  });
});

describe('what is not understood', () => {
  const trade = (change: object) => ({
    ...spot['trade'],
    data: { ...(spot['trade'] as { data: object }).data, ...change },
  });

  test.each([
    ['no JSON', '{"stream":"ethbtc@trade","data":{"e":"tr', 'malformed'],
    ['a number', '42', 'malformed'],
    ['null', 'null', 'malformed'],
    ['an empty text', '', 'malformed'],
    ['a combined frame without data', '{"stream":"ethbtc@trade","data":null}', 'malformed'],
    ['a type nobody asked for', JSON.stringify(spot['kline']), 'unknown'],
    ['a type that is a name of an object member', '{"e":"constructor","s":"ETHBTC"}', 'unknown'],
    ['a symbol nobody asked for', JSON.stringify(trade({ s: 'DOGEUSDT' })), 'unknown'],
    ['no symbol', JSON.stringify(trade({ s: null })), 'malformed'],
    ['a price that is a number', JSON.stringify(trade({ p: 0.03412 })), 'malformed'],
    ['a price with an exponent', JSON.stringify(trade({ p: '3.4e-2' })), 'malformed'],
    ['a price below zero', JSON.stringify(trade({ p: '-1.0' })), 'malformed'],
    ['a price too long to be one', JSON.stringify(trade({ p: '1'.repeat(100) })), 'malformed'],
    ['an id beyond what is exact', JSON.stringify(trade({ t: 2 ** 53 })), 'malformed'],
    ['an id that is text', JSON.stringify(trade({ t: '1' })), 'malformed'],
    ['no side', JSON.stringify(trade({ m: null })), 'malformed'],
  ])('%s is noticed and gives nothing', (_name, frame, kind) => {
    const { map, notices } = mapper('spot');
    expect(map(frame)).toEqual([]);
    expect(notices).toMatchObject([{ kind }]);
  });

  test.each([
    ['a level of one text', { b: [['1.0']] }],
    ['a level of three', { b: [['1.0', '2.0', '3.0']] }],
    ['a level of numbers', { a: [[1, 2]] }],
    ['a level that is no number', { a: [['one', '2.0']] }],
    ['a size with two points', { a: [['1.0', '2.0.0']] }],
    ['a side that is no list', { b: '1.0' }],
    ['a missing side', { a: undefined }],
    ['ids the wrong way round', { U: 77_010, u: 77_009 }],
  ])('a diff with %s is malformed', (_name, change) => {
    const { map, notices } = mapper('spot');
    const frame = spot['depthUpdate'] as { data: object };
    expect(map({ ...frame, data: { ...frame.data, ...change } })).toEqual([]);
    expect(notices).toMatchObject([{ kind: 'malformed', what: 'depthUpdate' }]);
  });

  test('a notice holds a piece of the frame, not all of it', () => {
    const { map, notices } = mapper('spot');
    map(`{"e":"${'x'.repeat(10_000)}"}`);
    const [notice] = notices;
    expect(notice?.kind === 'unknown' && notice.what.length + notice.frame.length).toBeLessThan(300);
  });
});

describe('REST bodies', () => {
  const depth = (body: unknown) => mapDepthSnapshot(JSON.stringify(body), 'binance', 'ETHBTC', HEARD);

  test('a spot book has no time of its own', () => {
    expect(depth(spot['depth'])).toEqual({
      kind: 'book-snapshot',
      source: 'binance',
      symbol: 'ETHBTC',
      lastUpdateId: 77_005,
      bids: [
        ['0.03411', '12'],
        ['0.034', '4'],
      ],
      asks: [['0.03412', '3.5']],
      searchKeys: { bids: [0.03411, 0.034], asks: [0.03412] },
      timestamp: HEARD,
      receivedAt: HEARD,
    });
  });

  test('a futures book is timed by the transaction', () => {
    expect(depth(usdm['depth'])).toMatchObject({ lastUpdateId: 880_015, timestamp: 1_767_225_600_197 });
  });

  test.each([
    [{}],
    [[]],
    [null],
    [{ code: -1003, msg: 'Too many requests' }],
    [{ ...spot['depth'], bids: [['x', '1']] }],
  ])('%j is no book', (body) => {
    expect(depth(body)).toBeNull();
  });

  test('text that is no JSON is no book and no list of trades', () => {
    expect(mapDepthSnapshot('<html>', 'binance', 'ETHBTC', HEARD)).toBeNull();
    expect(mapPastTrades('<html>', 'binance', 'ETHBTC', HEARD)).toBeNull();
  });

  test('past trades say what live ones say', () => {
    const trades = mapPastTrades(JSON.stringify(spot['historicalTrades']), 'binance', 'ETHBTC', HEARD);
    expect(trades).toMatchObject([
      { tradeId: '482911', price: '0.03410000', quantity: '2.00000000', side: 'SELL', timestamp: 1_767_225_599_000 },
      { tradeId: '482912', price: '0.03412000', quantity: '0.10000000', side: 'BUY', timestamp: 1_767_225_599_500 },
    ]);
  });

  test('one wrong row makes the whole list worthless', () => {
    const rows = [...(spot['historicalTrades'] as unknown as object[]), { id: 1 }];
    expect(mapPastTrades(JSON.stringify(rows), 'binance', 'ETHBTC', HEARD)).toBeNull();
  });
});
