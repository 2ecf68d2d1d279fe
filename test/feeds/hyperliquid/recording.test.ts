import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { mapAccount, mapFills } from '../../../src/feeds/hyperliquid/account-mapper.ts';
import { mapBookBody, mapFundings, mapListed } from '../../../src/feeds/hyperliquid/mapper.ts';
import { RECORDINGS_DIR } from '../../support/recording.ts';

const FILE = join(RECORDINGS_DIR, 'hyperliquid/http_exchanges.jsonl');

interface Exchange {
  readonly request: { readonly type: string; readonly coin?: string; readonly user?: string };
  readonly response: unknown;
}

const exchanges: readonly Exchange[] = existsSync(FILE)
  ? readFileSync(FILE, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Exchange)
  : [];

const of = (type: string) => exchanges.filter(({ request }) => request.type === type);
const NOW = 1_700_000_000_000;

describe.skipIf(exchanges.length === 0)('recorded answers of the venue', () => {
  it('are an order book of twenty levels a side, in canonical text', () => {
    const [{ request, response } = { request: { type: '' }, response: null }] = of('l2Book');
    const body = JSON.stringify(response);
    const book = mapBookBody(body, request.coin ?? '', 'DYDX-PERP', NOW);
    expect([book?.bids.length, book?.asks.length]).toEqual([20, 20]);
    expect(book?.bids[0]).toEqual(['2.111', '134.4']);
    expect(book?.bids[4]).toEqual(['2.1075', '1417']);
    expect(mapBookBody(body, 'BTC', 'BTC-PERP', NOW)).toBe(null);
  });

  it('are settlements, oldest first, each with its own rate', () => {
    for (const { request, response } of of('fundingHistory')) {
      const rows = response as readonly { readonly fundingRate: string; readonly time: number }[];
      const fundings = mapFundings(JSON.stringify(rows), request.coin ?? '', 'BTC-PERP', NOW) ?? [];
      expect(fundings).toHaveLength(rows.length);
      expect(fundings[0]).toMatchObject({ rate: '-0.00061334', timestamp: 1_683_849_600_048 });
      expect(fundings.map(({ timestamp }) => timestamp)).toEqual(rows.map(({ time }) => time).sort((a, b) => a - b));
    }
    expect(of('fundingHistory').length).toBeGreaterThan(0);
  });

  it('are the coins that there are', () => {
    const [{ response } = { response: null }] = of('meta');
    const listed = mapListed(JSON.stringify(response));
    expect(['BTC', 'ETH', 'kPEPE', 'DYDX'].every((coin) => listed?.has(coin))).toBe(true);
  });

  it('are an account with every position, its side and its liquidation price', () => {
    const [{ request, response } = { request: { type: '' }, response: {} }] = of('clearinghouseState');
    const { assetPositions } = response as { assetPositions: { position: { szi: string } }[] };
    const account = mapAccount(response, request.user ?? '', NOW);
    expect(account?.positions).toHaveLength(assetPositions.length);
    expect(account?.positions[0]).toMatchObject({
      symbol: 'BTC-PERP',
      side: 'SHORT',
      size: '0.00785',
      entryPrice: '26951',
      leverage: '20',
      marginMode: 'CROSS',
      liquidationPrice: '173198.69592357',
      unrealizedPnl: '-0.08007',
    });
    expect(account?.positions[1]).toMatchObject({ symbol: 'ETH-PERP', side: 'LONG', liquidationPrice: null });
  });

  it.each(['userFills', 'userFillsByTime'])('are fills, all of them, each with an id of its own: %s', (type) => {
    for (const { request, response } of of(type)) {
      const rows = response as readonly unknown[];
      const { fills, unreadable } = mapFills(rows, request.user ?? '', true, NOW);
      expect([fills.length, unreadable]).toEqual([rows.length, 0]);
      expect(new Set(fills.map(({ fillId }) => fillId)).size).toBe(rows.length);
      expect(fills.at(-1)).toMatchObject({ symbol: 'SUI-PERP', side: 'SELL', closedPnl: '-0.25686', taker: true });
      // The same history again is the same fills.
      const again = mapFills(rows.slice(0, 200), request.user ?? '', true, NOW).fills;
      const known = new Set(fills.map(({ fillId }) => fillId));
      expect(again.filter(({ fillId }) => !known.has(fillId))).toEqual([]);
    }
  });
});
