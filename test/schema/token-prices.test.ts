import { Kind, parse, print } from 'graphql';
import { expect, onTestFinished, test } from 'vitest';
import { createBookEngine } from '../../src/engines/book/book-engine.ts';
import { createMarketStatsEngine } from '../../src/engines/market-stats/market-stats-engine.ts';
import { createPricesEngine } from '../../src/engines/prices/prices-engine.ts';
import { createSimulatedFeed } from '../../src/feeds/simulated/feed.ts';
import { createMarketDataWorker } from '../../src/workers/market-data.ts';
import { PROMISED_OPERATIONS } from '../contracts/promised-operations.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { query, silentLog, testServer } from '../support/server.ts';
import { WireClient } from '../support/wire-client.ts';

const WETH = '0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2';
const POLYGON_WETH = '0x7ceB23fD6bC0adD59E62ac25578270cFf1b9f619';

const TOKEN_MARKET = parse(PROMISED_OPERATIONS).definitions.find(
  (node) => node.kind === Kind.OPERATION_DEFINITION && node.name?.value === 'TokenMarket',
);

/** A server, and a worker on the simulated venue that publishes to it. */
async function venue() {
  const server = await testServer();
  const clock = new FakeClock();
  const worker = createMarketDataWorker({
    feed: createSimulatedFeed({ symbols: [], clock, seed: 1, log: silentLog }),
    bus: server.bus,
    clock,
    log: silentLog,
    bookEngine: createBookEngine(),
    pricesEngine: createPricesEngine(),
    marketStatsEngine: createMarketStatsEngine(),
    archive: null,
    priceIntervalMs: 0,
    marketStatsIntervalMs: 0,
  });
  worker.start();
  onTestFinished(() => worker.stop());
  return { ...server, clock };
}

test.each([
  [WETH, 1],
  [POLYGON_WETH, 137],
  [POLYGON_WETH.toLowerCase(), 137],
])('a token is found by its address, with its chain: %s', async (token, chainId) => {
  const { url, clock } = await venue();
  const client = await WireClient.connect(url);
  client.subscribe('a', TOKEN_MARKET ? print(TOKEN_MARKET) : '', { token });
  const { prices } = await client.next<{ prices: Record<string, unknown> }>('a');
  expect(prices).toMatchObject({ symbol: 'ETHUSDT', chainId, confidence: null, ageSeconds: 0, snapshot: true });
  expect(String(prices['tokenAddress']).toLowerCase()).toBe(token.toLowerCase());
  await clock.advance(2_000);
  const later = await client.next<{ prices: Record<string, unknown> }>('a');
  expect(later.prices).toMatchObject({ id: prices['id'], symbol: 'ETHUSDT', chainId, snapshot: false });
  await client.close();
});

test('a chain has the tokens of every symbol that it has one of, and each has its own id', async () => {
  const { url } = await venue();
  const ask = async (filter: string) => {
    const { data } = await query<{ prices: { id: string; symbol: string; chainId: number | null }[] }>(
      url,
      `{ prices(filter: ${filter}) { id symbol chainId } }`,
    );
    return data?.prices ?? [];
  };
  const chain = await ask('{chainIds: [56]}');
  expect(chain.map(({ symbol, chainId }) => [symbol, chainId])).toEqual(
    ['BNBUSDT', 'BTCUSDT', 'ETHUSDT', 'SOLUSDT'].sort().map((symbol) => [symbol, 56]),
  );
  const all = await ask('{symbols: ["ETHUSDT"]}');
  expect(all.map(({ chainId }) => chainId)).toEqual([1]);
  expect(new Set([...chain, ...all].map(({ id }) => id)).size).toBe(5);
  const again = await query<{ node: unknown }>(
    url,
    `{ node(id: "${chain[0]?.id}") { ... on Price { symbol chainId } } }`,
  );
  expect(again.data?.node).toEqual({ symbol: chain[0]?.symbol, chainId: 56 });
});

test.each([
  [`{tokenAddresses: ["0x00000000000000000000000000000000000000A1"]}`, 'filter.tokenAddresses'],
  ['{tokenAddresses: []}', 'filter.tokenAddresses'],
  ['{chainIds: [2]}', 'filter.chainIds'],
  ['{chainIds: []}', 'filter.chainIds'],
])('what stands for no symbol is refused with what does: %s', async (filter, argument) => {
  const { url } = await testServer();
  const { errors } = await query(url, `{ prices(filter: ${filter}) { id } }`);
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', argument, allowed: expect.anything() });
});

test('a share says whether its exchange is open, and what it closed at', async () => {
  const { url } = await venue();
  const { data } = await query(url, '{ price(symbol: "AAPL") { marketSession previousClose open24h tokenAddress } }');
  expect(data?.['price']).toMatchObject({ marketSession: 'OPEN', previousClose: '226.8', tokenAddress: null });
});
