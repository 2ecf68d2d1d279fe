import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/lib/clock.ts';
import { HyperliquidVenue } from '../support/hyperliquid-venue.ts';
import { idOf, PythOracle } from '../support/pyth-oracle.ts';
import { startRole } from '../support/role.ts';
import { eventually, query } from '../support/server.ts';
import { WireClient } from '../support/wire-client.ts';

interface Component {
  readonly name: string;
  readonly status: string;
  readonly message: string;
}

/** Everything in one process on stand-ins of a venue and an oracle, asked by clients. */
async function started(more: Readonly<Record<string, string>> = {}) {
  const venue = await HyperliquidVenue.start({ coins: ['BTC'], clock: systemClock });
  const oracle = await PythOracle.start({ names: ['Crypto.BTC/USD', 'Equity.US.AAPL/USD'], clock: systemClock });
  const going = setInterval(() => {
    venue.step();
    oracle.step();
  }, 20);
  onTestFinished(async () => {
    clearInterval(going);
    await Promise.all([venue.close(), oracle.close()]);
  });
  const { url } = await startRole('all', {
    FEEDS: 'hyperliquid,pyth',
    SYMBOLS: 'BTC-PERP,BTCUSD,AAPL',
    HYPERLIQUID_WS_URL: venue.wsUrl,
    HYPERLIQUID_REST_URL: venue.restUrl,
    PYTH_HERMES_URL: oracle.url,
    PYTH_API_KEY: 'a-key',
    MARKET_STATS_INTERVAL_MS: '100',
    ...more,
  });
  return { url, venue, oracle };
}

test('a venue and an oracle side by side give each what it has; one that goes away takes nothing from the other', async () => {
  const { url, oracle } = await started();
  await eventually('all have a price', async () => {
    const { data } = await query<{ prices: unknown[] }>(url, '{ prices { id } }');
    return data?.prices.length === 3;
  });
  const { data } = await query<{ prices: Record<string, unknown>[] }>(
    url,
    '{ prices { symbol source price confidence emaPrice ageSeconds marketSession chainId stale } }',
  );
  expect(data?.prices).toMatchObject([
    { symbol: 'AAPL', source: 'pyth', confidence: '0.015', marketSession: expect.stringMatching(/^(OPEN|CLOSED)$/) },
    { symbol: 'BTC-PERP', source: 'hyperliquid', confidence: null, marketSession: null, chainId: null, stale: false },
    { symbol: 'BTCUSD', source: 'pyth', confidence: '0.000015', emaPrice: '0.1227', chainId: 1, stale: false },
  ]);
  const client = await WireClient.connect(url);
  client.subscribe(
    'stats',
    'subscription Stats { marketStats(filter: {markets: ["BTC-PERP"]}, delivery: {minIntervalMs: 5000}) { id market { id symbol } currentPrice longOpenInterest shortOpenInterest totalOpenInterest volume24h fundingRate lastFundingUpdate snapshot stale sequence timestamp } }',
  );
  expect(await client.next('stats')).toMatchObject({
    marketStats: {
      market: { symbol: 'BTC-PERP' },
      longOpenInterest: null,
      shortOpenInterest: null,
      totalOpenInterest: '688.11',
      fundingRate: '-0.0000125',
    },
  });
  await eventually('the last settlement is known', async () => {
    const { data: past } = await query<{ fundingRates: { edges: { node: { fundingRate: string } }[] } }>(
      url,
      '{ fundingRates(filter: {markets: ["BTC-PERP"]}) { edges { node { fundingRate } } } }',
    );
    return past?.fundingRates.edges[0]?.node.fundingRate === '-0.00061334';
  });
  const ask =
    '{ systemStatus { components { name status message } } prices(filter: {symbols: ["BTC-PERP", "BTCUSD"]}) { symbol stale } }';
  oracle.status = 500;
  oracle.cut();
  await eventually('the oracle’s prices are stale and the venue’s are not', async () => {
    const { data: now } = await query<{
      systemStatus: { components: Component[] };
      prices: { symbol: string; stale: boolean }[];
    }>(url, ask);
    const status = (name: string) => now?.systemStatus.components.find((one) => one.name === name)?.status;
    return (
      status('feed:pyth') === 'DEGRADED' &&
      status('feed:hyperliquid') === 'HEALTHY' &&
      JSON.stringify(now?.prices.map(({ stale }) => stale)) === '[false,true]'
    );
  });
  await client.close();
});

test('a symbol that two quote is told by the better one, live, and by the other when that falls away', async () => {
  const { url, venue } = await started({
    SYMBOLS: 'BTC-PERP',
    PYTH_PRICE_IDS: `BTC-PERP=${idOf('Crypto.BTC/USD')}`,
  });
  const sources = async (filter: string) => {
    const { data } = await query<{ prices: { source: string }[] }>(url, `{ prices${filter} { source } }`);
    return data?.prices.map(({ source }) => source).join() ?? '';
  };
  await eventually('both quote it', async () =>
    (await sources('(filter: {sources: ["pyth", "hyperliquid"]})')).includes(','),
  );
  await eventually('the first feed stands for it', async () => (await sources('')) === 'hyperliquid');
  const client = await WireClient.connect(url);
  client.subscribe('a', 'subscription { prices(filter: {symbols: ["BTC-PERP"]}) { source matches confidence } }');
  expect(await client.next('a')).toMatchObject({ prices: { source: 'hyperliquid', matches: true, confidence: null } });
  await venue.close();
  await eventually('the oracle stands for it', async () => (await sources('')) === 'pyth');
  const seen: string[] = [];
  while (seen.at(-1) !== 'pyth true') {
    const { prices } = await client.next<{ prices: { source: string; matches: boolean } }>('a');
    seen.push(`${prices.source} ${prices.matches}`);
  }
  // The one that no longer stands for it takes its leave before the other comes.
  expect(seen.at(-2)).toBe('hyperliquid false');
  const { data } = await query(url, '{ price(symbol: "BTC-PERP") { source } instrument(symbol: "BTC-PERP") { kind } }');
  expect(data).toEqual({ price: { source: 'pyth' }, instrument: { kind: 'PERP' } });
  await client.close();
});
