import { Client, fetchExchange, gql, subscriptionExchange } from '@urql/core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { topics } from '../../src/bus/topics.ts';
import { createTidewire } from '../../src/client/client.ts';
import { forwardSubscription } from '../../src/client/urql.ts';
import { trade } from '../support/market.ts';
import { CuttableProxy } from '../support/proxy.ts';
import { eventually, testServer } from '../support/server.ts';

const TRADES = gql<{ trades: { tradeId: string } }>`
  subscription Trades($symbols: [String!]) {
    trades(filter: { symbols: $symbols }) { tradeId }
  }
`;

function urqlClient(url: string) {
  const tidewire = createTidewire({ url: `${url.replace('http', 'ws')}/graphql` });
  onTestFinished(() => tidewire.close());
  const forward = forwardSubscription(tidewire);
  const exchanges = [subscriptionExchange({ forwardSubscription: forward, enableAllOperations: true }), fetchExchange];
  return { tidewire, urql: new Client({ url: `${url}/graphql`, exchanges, preferGetMethod: false }) };
}

describe('urql', () => {
  test('gets every event once over a connection that is cut, from an operation that names no cursor', async () => {
    const { url, bus } = await testServer();
    const proxy = await CuttableProxy.to(url);
    const { urql, tidewire } = urqlClient(proxy.url);
    const ids: (string | undefined)[] = [];
    const { unsubscribe } = urql
      .subscription(TRADES, { symbols: ['A'] })
      .subscribe(({ data }) => ids.push(data?.trades.tradeId));
    onTestFinished(unsubscribe);
    await eventually('it is live', () => tidewire.status.value === 'live');
    proxy.cut();
    for (const id of [1, 2]) await bus.publishEvent(topics.trades, trade('A', id));
    proxy.mend();
    await eventually('they are there', () => ids.length >= 2);
    await bus.publishEvent(topics.trades, trade('A', 3));
    await eventually('the last is there', () => ids.length >= 3);
    expect(ids).toEqual(['1', '2', '3']);
  });

  test('is told how a subscription stands, and the errors that end it as GraphQL errors', async () => {
    const { url } = await testServer();
    const { urql } = urqlClient(url);
    const statuses: string[] = [];
    const context = { tidewire: { status: (status: string) => statuses.push(status) } };
    const results: unknown[] = [];
    urql
      .subscription(TRADES, { symbols: [] }, context)
      .subscribe(({ error }) => results.push(error?.graphQLErrors[0]?.extensions['code']));
    await eventually('it is refused', () => results.length > 0);
    expect([results, statuses]).toEqual([['BAD_USER_INPUT'], ['closed']]);
  });

  test('asks its queries over the same connection', async () => {
    const { url, status } = await testServer();
    const { urql } = urqlClient(url);
    expect((await urql.query('{ serverTime }', {})).data).toEqual({ serverTime: expect.any(String) });
    expect((await status())['connections']).toBe(1);
    expect((await urql.query('{ nothing }', {})).error?.graphQLErrors).toHaveLength(1);
  });
});
