import {
  ApolloClient,
  ApolloLink,
  CombinedGraphQLErrors,
  gql,
  HttpLink,
  InMemoryCache,
  Observable,
  type TypedDocumentNode,
} from '@apollo/client';
import { describe, expect, onTestFinished, test } from 'vitest';
import { topics } from '../../src/bus/topics.ts';
import { newestLink, resumingFetch, resumingLink, tidewireLink } from '../../src/client/apollo.ts';
import { possibleTypes, typePolicies } from '../../src/client/cache.ts';
import { createTidewire } from '../../src/client/client.ts';
import { price } from '../support/market.ts';
import { CuttableProxy } from '../support/proxy.ts';
import { resumingExam, socketUrl } from '../support/resuming.ts';
import { eventually, testServer } from '../support/server.ts';

const TRADES: TypedDocumentNode<{ trades: { tradeId: string } }> = gql`
  subscription { trades(filter: { symbols: ["A"] }) { tradeId } }
`;

const cache = () => new InMemoryCache({ possibleTypes, typePolicies: typePolicies() });

function overSocket(url: string) {
  const tidewire = createTidewire({ url: socketUrl(url) });
  onTestFinished(() => tidewire.close());
  return { tidewire, apollo: new ApolloClient({ cache: cache(), link: tidewireLink(tidewire) }) };
}

function follow(apollo: ApolloClient, query = TRADES) {
  const ids: (string | undefined)[] = [];
  const errors: unknown[] = [];
  const statuses: string[] = [];
  const context = { tidewire: { status: (status: string) => statuses.push(status) } };
  const subscription = apollo.subscribe({ query, fetchPolicy: 'no-cache', context }).subscribe({
    next: ({ data, error }) => (error ? errors.push(error) : ids.push(data?.trades.tradeId)),
    error: (error) => errors.push(error),
  });
  onTestFinished(() => subscription.unsubscribe());
  return { ids, errors, isLive: () => statuses.at(-1) === 'live' };
}

describe('Apollo Client', () => {
  test('gets every event once over a connection that is cut, from an operation that names no cursor', async () => {
    const { url, bus } = await testServer();
    const proxy = await CuttableProxy.to(url);
    const { ids, isLive } = follow(overSocket(proxy.url).apollo);
    await resumingExam(bus, proxy, ids, isLive);
  });

  test('and so it does over its own multipart transport', async () => {
    const { url, bus } = await testServer();
    const proxy = await CuttableProxy.to(url);
    const link = resumingLink().concat(new HttpLink({ uri: `${proxy.url}/graphql`, fetch: resumingFetch }));
    const { ids } = follow(new ApolloClient({ cache: cache(), link }));
    await eventually('it is subscribed', () => proxy.passed.includes('--graphql'));
    await resumingExam(bus, proxy, ids, () => proxy.passed.includes('{}'));
  });

  test('is told of errors as GraphQL errors', async () => {
    const { url } = await testServer();
    const { apollo } = overSocket(url);
    const http = new ApolloClient({
      cache: cache(),
      link: resumingLink().concat(new HttpLink({ uri: `${url}/graphql`, fetch: resumingFetch })),
    });
    for (const client of [apollo, http]) {
      const { errors } = follow(client, gql`subscription { trades(last: 501) { tradeId } }`);
      await eventually('it is refused', () => errors.length > 0);
      expect(CombinedGraphQLErrors.is(errors[0]) && errors[0].errors[0]?.extensions?.['code']).toBe('BAD_USER_INPUT');
    }
  });

  test('holds one entity for each value, over queries and subscriptions', async () => {
    const { url, bus } = await testServer();
    await bus.publishState(topics.prices, price('A', '1'));
    const { apollo } = overSocket(url);
    const frames: unknown[] = [];
    apollo
      .subscribe({ query: gql`subscription { prices { id symbol price market { id symbol } } }` })
      .subscribe(({ data }) => frames.push(data));
    await eventually('the snapshot is there', () => frames.length === 1);
    const query: TypedDocumentNode<{ price: { price: string } }> = gql`{ price(symbol: "A") { id price } }`;
    expect((await apollo.query({ query })).data?.price.price).toBe('1');
    await bus.publishState(topics.prices, price('A', '2'));
    await eventually('the frame is there', () => frames.length === 2);
    expect(apollo.cache.readQuery({ query })?.price.price).toBe('2');
  });

  test.each([
    ['with', true, '2'],
    ['without', false, '1'],
  ])('%s newestLink an answer that an event has overtaken leaves the cache at its place: %s', async (_, has, held) => {
    const { url, bus } = await testServer();
    await bus.publishState(topics.prices, price('A', '1'));
    const tidewire = createTidewire({ url: socketUrl(url) });
    onTestFinished(() => tidewire.close());
    const arrived = Promise.withResolvers<void>();
    const late = Promise.withResolvers<void>();
    // An answer that takes its time on the network, after the server has given it.
    const slow = new ApolloLink((operation, forward) =>
      operation.operationType === 'query'
        ? new Observable((observer) => {
            const running = forward(operation).subscribe((result) => {
              arrived.resolve();
              late.promise.then(
                () => {
                  observer.next(result);
                  observer.complete();
                },
                (error) => observer.error(error),
              );
            });
            return () => running.unsubscribe();
          })
        : forward(operation),
    );
    const links = [...(has ? [newestLink()] : []), slow, tidewireLink(tidewire)];
    const apollo = new ApolloClient({ cache: cache(), link: ApolloLink.from(links) });
    const query: TypedDocumentNode<{ price: { price: string } }> = gql`{ price(symbol: "A") { id sequence price } }`;
    const asked = apollo.query({ query });
    await arrived.promise;
    await bus.publishState(topics.prices, price('A', '2'));
    const frames: unknown[] = [];
    const live = apollo
      .subscribe({ query: gql`subscription { prices { id sequence price } }` })
      .subscribe(({ data }) => frames.push(data));
    onTestFinished(() => live.unsubscribe());
    await eventually('the frame is there', () => frames.length === 1);
    late.resolve();
    await asked;
    expect(apollo.cache.readQuery({ query })?.price.price).toBe(held);
  });
});
