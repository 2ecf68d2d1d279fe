import { describe, expect, test } from 'vitest';
import { topics } from '../../src/bus/topics.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { decimal } from '../../src/lib/decimal.ts';
import { ChainLedger } from '../../src/store/arbitrage/chain-ledger.ts';
import type { Database } from '../../src/store/database.ts';
import { chainStatus, changed, opportunity, poolState, transaction } from '../support/arbitrage.ts';
import { freshDatabase } from '../support/postgres.ts';
import { eventually, query, silentLog, type TestServer, testServer } from '../support/server.ts';
import { WireClient } from '../support/wire-client.ts';

const REFUSED: readonly (readonly [filter: string, argument: string])[] = [
  ['{chainIds: []}', 'filter.chainIds'],
  ['{chainIds: [56, 5]}', 'filter.chainIds'],
  ['{minProfitUsd: "2", maxProfitUsd: "1.99"}', 'filter.minProfitUsd'],
  ['{anyOf: []}', 'filter.anyOf'],
  ['{anyOf: [{chainIds: [56]}, {minProfitUsd: "2", maxProfitUsd: "1"}]}', 'filter.anyOf[1].minProfitUsd'],
  ['{anyOf: [{anyOf: [{chainIds: [56]}]}]}', 'filter.anyOf[0].anyOf'],
];

const OF_OPPORTUNITIES = [
  ...REFUSED,
  ['{pools: []}', 'filter.pools'],
  ['{states: []}', 'filter.states'],
  ['{minImbalancePct: -1}', 'filter.minImbalancePct'],
] as const;

const OF_TRANSACTIONS = [
  ...REFUSED,
  ['{strategies: []}', 'filter.strategies'],
  ['{minSwaps: -1}', 'filter.minSwaps'],
] as const;

const FIELDS = [
  ...OF_OPPORTUNITIES.map(([filter, argument]) => ['opportunities', filter, argument] as const),
  ...OF_TRANSACTIONS.map(([filter, argument]) => ['transactions', filter, argument] as const),
];

describe('what is asked of a chain', () => {
  test.each(FIELDS)('%s(filter: %s) is refused, as a query and as a subscription', async (field, filter, argument) => {
    const server = await testServer();
    await server.bus.publishState(topics.chainStatus, chainStatus(56, 1));
    await eventually('the chain is known', async () => {
      const { errors } = await query(server.url, '{ chainStatus(filter: {chainIds: [5]}) { head } }');
      return errors !== undefined;
    });
    const { errors } = await query(server.url, `{ ${field}(filter: ${filter}) { edges { cursor } } }`);
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', argument });
    const client = await WireClient.connect(server.url);
    client.subscribe('a', `subscription { ${field}(filter: ${filter}) { id } }`);
    expect(await client.error('a')).toMatchObject({ extensions: { code: 'BAD_USER_INPUT', argument } });
    await client.close();
  });
});

describe('an opportunity', () => {
  const SELECTION = '{ opportunities(filter: {minProfitUsd: "1000"}) { version matches } }';
  const first = opportunity(56, 1, { profitUsd: decimal('1500') });
  const versions = [first];
  for (const profit of ['800', '700', '1200'])
    versions.push(changed(versions.at(-1) ?? first, { profitUsd: decimal(profit) }));
  const told = [
    { opportunities: { version: 1, matches: true } },
    { opportunities: { version: 2, matches: false } },
    { opportunities: { version: 4, matches: true } },
  ];

  test('that leaves a filter says so once, and is silent until it comes back', async () => {
    const server = await testServer({ database: await freshDatabase() });
    const client = await WireClient.connect(server.url);
    client.subscribe('a', `subscription ${SELECTION}`);
    const { progress } = await client.live('a');
    for (const version of versions) await server.bus.publishEvent(topics.opportunities, version);
    for (const frame of told) expect(await client.next('a')).toEqual(frame);
    client.subscribe('b', `subscription ${SELECTION.replace('filter:', `after: "${progress['a']}", filter:`)}`);
    for (const frame of told) expect(await client.next('b')).toEqual(frame);
    await client.close();
  });
});

describe('what chains have told', () => {
  interface Page {
    readonly edges: readonly {
      readonly cursor: string;
      readonly node: { readonly id: string; readonly version: number };
    }[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
    readonly liveCursor: string;
  }

  interface Stored {
    readonly server: TestServer;
    readonly ledger: ChainLedger;
    readonly database: Database;
  }

  async function stored(): Promise<Stored> {
    const database = await freshDatabase();
    const server = await testServer({ database });
    return { server, database, ledger: new ChainLedger(database, systemClock, silentLog) };
  }

  const SELECTION = 'edges { cursor node { id version } } pageInfo { hasNextPage endCursor } liveCursor';

  async function page(server: TestServer, field: string, args: string): Promise<Page> {
    const { data, errors } = await query<Record<string, Page>>(server.url, `{ ${field}(${args}) { ${SELECTION} } }`);
    expect(errors).toBeUndefined();
    return data?.[field] as Page;
  }

  test('is listed as it stands, by the same filter, in every order, page by page', async () => {
    const { server, ledger } = await stored();
    for (let block = 1; block <= 5; block++) {
      const one = opportunity(block % 2 === 0 ? 56 : 137, block, { profitUsd: decimal(String((block * 7) % 5)) });
      ledger.opportunity(one);
      ledger.opportunity(changed(one, {}));
      ledger.transaction(transaction(56, block, { profitNetUsd: block === 3 ? null : decimal(String(-block)) }));
    }
    await ledger.close();
    const blocks = ({ edges }: Page) =>
      edges.map(({ node }) => Number(Buffer.from(node.id, 'base64url').toString().split(':').at(-1)));
    const newest = await page(server, 'opportunities', 'first: 3');
    expect(blocks(newest)).toEqual([5, 4, 3]);
    expect(newest.edges.every(({ node }) => node.version === 2)).toBe(true);
    expect(newest.pageInfo.hasNextPage).toBe(true);
    const rest = await page(server, 'opportunities', `first: 3, after: "${newest.pageInfo.endCursor}"`);
    expect(blocks(rest)).toEqual([2, 1]);
    expect(rest.pageInfo.hasNextPage).toBe(false);
    expect(blocks(await page(server, 'opportunities', 'orderBy: OLDEST_FIRST, first: 2'))).toEqual([1, 2]);
    expect(blocks(await page(server, 'opportunities', 'orderBy: OLDEST_FIRST, last: 2'))).toEqual([4, 5]);
    const richest = await page(server, 'opportunities', 'orderBy: MOST_PROFITABLE_FIRST, first: 2');
    expect(blocks(richest)).toEqual([2, 4]);
    const onward = `orderBy: MOST_PROFITABLE_FIRST, after: "${richest.pageInfo.endCursor}"`;
    expect(blocks(await page(server, 'opportunities', onward))).toEqual([1, 3, 5]);
    const chosen =
      'orderBy: OLDEST_FIRST, filter: {anyOf: [{chainIds: [137], minProfitUsd: 1}, {chainIds: [56], maxProfitUsd: "3"}]}';
    expect(blocks(await page(server, 'opportunities', chosen))).toEqual([1, 3, 4]);
    const losses = await page(server, 'transactions', 'orderBy: MOST_PROFITABLE_FIRST');
    expect(losses.edges).toHaveLength(4);
    expect((await page(server, 'transactions', 'filter: {maxProfitUsd: -4}')).edges).toHaveLength(2);
  });

  test('a page holds what was published before it, however late it is written; what follows comes live', async () => {
    const { server, ledger } = await stored();
    const one = transaction(56, 1);
    await server.bus.publishEvent(topics.transactions, one);
    const asked = page(server, 'transactions', 'first: 5');
    ledger.transaction(one);
    const { edges, liveCursor } = await asked;
    expect(edges).toHaveLength(1);
    await server.bus.publishEvent(topics.transactions, transaction(56, 2));
    const client = await WireClient.connect(server.url);
    client.subscribe('a', `subscription { transactions(after: "${liveCursor}") { blockNumber } }`);
    expect(await client.next('a')).toEqual({ transactions: { blockNumber: 2 } });
    await client.close();
    await ledger.close();
  });

  test('once retracted does not count; mined again it is the same row', async () => {
    const { server, ledger, database } = await stored();
    const now = { blockTimestamp: Date.now(), detectedAt: Date.now() };
    const one = transaction(56, 1, now);
    const told = [one, { ...one, version: 2, retracted: true }, { ...one, version: 3, blockNumber: 9 }];
    for (const version of told) ledger.transaction(version);
    ledger.transaction(transaction(56, 2, { ...now, version: 2, retracted: true }));
    await ledger.close();
    // Read again after a restart, it is an old word.
    const again = new ChainLedger(database, systemClock, silentLog);
    again.transaction(one);
    await again.close();
    const { data } = await query(
      server.url,
      '{ arbitrageTotals { chainId transactions profitNetUsd } arbitrageRoutes { transactions profitNetUsd } }',
    );
    expect(data).toEqual({
      arbitrageTotals: [{ chainId: 56, transactions: 1, profitNetUsd: '10' }],
      arbitrageRoutes: [{ transactions: 1, profitNetUsd: '10' }],
    });
    const { edges } = await page(server, 'transactions', 'first: 5');
    expect(edges.map(({ node }) => node.version).sort()).toEqual([2, 3]);
  });

  test('pools are listed, by chain', async () => {
    const server = await testServer();
    for (const [chainId, number] of [
      [56, 1],
      [56, 2],
      [137, 3],
    ] as const)
      await server.bus.publishState(topics.pools, poolState(chainId, number));
    const numbers = async (args: string) => {
      const { data } = await query<{ pools: { blockNumber: number }[] }>(
        server.url,
        `{ pools${args} { blockNumber } }`,
      );
      return data?.pools.map(({ blockNumber }) => blockNumber);
    };
    expect(await numbers('(chainIds: [56])')).toEqual([1, 2]);
    expect(await numbers('')).toEqual([3, 1, 2]);
  });
});
