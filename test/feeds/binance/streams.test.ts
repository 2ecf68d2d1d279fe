import { describe, expect, test } from 'vitest';
import { planStreams } from '../../../src/feeds/binance/streams.ts';
import { binanceSymbol } from '../../../src/feeds/binance/symbols.ts';

const many = (count: number, suffix = '') =>
  Array.from({ length: count }, (_, index) => binanceSymbol(`C${index}USDT${suffix}`));

describe('the connections that a set of symbols needs', () => {
  test('spot: the four streams of a symbol on one combined connection', () => {
    expect(planStreams('spot', [binanceSymbol('BTCUSDT')], 'wss://stream.binance.com:9443')).toMatchObject([
      {
        role: 'main',
        url: 'wss://stream.binance.com:9443/stream?streams=btcusdt@trade/btcusdt@ticker/btcusdt@bookTicker/btcusdt@depth@100ms',
        requests: [],
      },
    ]);
  });

  test('futures: the ticker comes on a path of its own', () => {
    const plans = planStreams('usdm', [binanceSymbol('BTCUSDT-PERP')], 'wss://fstream.binance.com/');
    expect(plans.map(({ role, url }) => [role, url])).toEqual([
      ['main', 'wss://fstream.binance.com/stream?streams=btcusdt@trade/btcusdt@bookTicker/btcusdt@depth@100ms'],
      ['ticker', 'wss://fstream.binance.com/market/stream?streams=btcusdt@ticker'],
    ]);
  });

  test('200 streams in the URL, the rest by messages, none twice and none left out', () => {
    const [plan] = planStreams('spot', many(130), 'ws://venue');
    const inUrl = new URL(plan?.url ?? '').searchParams.get('streams')?.split('/') ?? [];
    const messages = (plan?.requests ?? []).map(
      (text) => JSON.parse(text) as { method: string; params: string[]; id: number },
    );
    const streams = [...inUrl, ...messages.flatMap(({ params }) => params)];
    expect(inUrl.length).toBe(200);
    expect(messages.map(({ method, params, id }) => [method, params.length, id])).toEqual([
      ['SUBSCRIBE', 200, 1],
      ['SUBSCRIBE', 120, 2],
    ]);
    expect(new Set(streams).size).toBe(520);
  });

  test('no connection has more than 1,024 streams, and a symbol is on one only', () => {
    const plans = planStreams('spot', many(600), 'ws://venue');
    expect(plans.map(({ symbols }) => symbols.length)).toEqual([256, 256, 88]);
    const futures = planStreams('usdm', many(600, '-PERP'), 'ws://venue');
    expect(futures.map(({ role, symbols }) => [role, symbols.length])).toEqual([
      ['main', 341],
      ['main', 259],
      ['ticker', 600],
    ]);
  });

  test('no symbols, no connection', () => {
    expect(planStreams('spot', [], 'ws://venue')).toEqual([]);
  });
});

describe('symbols', () => {
  test('a perpetual is the same pair in another market', () => {
    expect(binanceSymbol('BTCUSDT-PERP')).toEqual({
      symbol: 'BTCUSDT-PERP',
      market: 'usdm',
      pair: 'BTCUSDT',
      instrument: {
        symbol: 'BTCUSDT-PERP',
        kind: 'PERP',
        venue: 'binance',
        primarySource: 'binance',
        base: 'BTC',
        quote: 'USDT',
      },
    });
    expect(binanceSymbol('ETHBTC').instrument).toMatchObject({ kind: 'SPOT', base: 'ETH', quote: 'BTC' });
  });

  test.each(['', 'AAPL', 'BTC-PERP', 'btcusdt', 'BTC/USDT', 'USDT', '../BTCUSDT', 'BTCUSDT-PERP-PERP'])(
    '%j is refused before anything is connected',
    (symbol) => {
      expect(() => binanceSymbol(symbol)).toThrowError(expect.objectContaining({ code: 'BAD_USER_INPUT' }));
    },
  );
});
