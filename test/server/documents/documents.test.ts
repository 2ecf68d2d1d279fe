import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { topics } from '../../../src/bus/topics.ts';
import { TrustedDocuments } from '../../../src/store/trusted-documents.ts';
import { price } from '../../support/market.ts';
import { freshDatabase } from '../../support/postgres.ts';
import { query, testServer } from '../../support/server.ts';
import { WireClient } from '../../support/wire-client.ts';

const TEXT = 'query Now { serverTime }';
const LIVE = 'subscription Live { prices { symbol price } }';

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');
const persisted = (hash: string) => ({ persistedQuery: { version: 1, sha256Hash: hash } });

type Answer = { data?: Record<string, unknown>; errors?: { message: string; extensions: Record<string, unknown> }[] };

async function post(url: string, body: object): Promise<Answer> {
  const headers = { 'content-type': 'application/json', accept: 'application/json' };
  const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify(body) });
  return (await response.json()) as Answer;
}

const codeOf = ({ errors }: Answer) => errors?.[0]?.extensions['code'];

describe('a persisted query', () => {
  test('is not found, comes with its text, and is known from then on, by POST and GET', async () => {
    const { url } = await testServer({ database: await freshDatabase() });
    const extensions = persisted(hashOf(TEXT));
    expect(codeOf(await post(url, { extensions }))).toBe('PERSISTED_QUERY_NOT_FOUND');
    expect(codeOf(await post(url, { query: '', extensions }))).toBe('PERSISTED_QUERY_NOT_FOUND');
    expect((await post(url, { query: TEXT, extensions })).data).toHaveProperty('serverTime');
    expect((await post(url, { extensions })).data).toHaveProperty('serverTime');
    expect((await post(url, { documentId: `sha256:${hashOf(TEXT)}` })).data).toHaveProperty('serverTime');
    for (const parameters of [{ extensions: JSON.stringify(extensions) }, { documentId: hashOf(TEXT) }]) {
      const response = await fetch(`${url}/graphql?${new URLSearchParams(parameters)}`);
      expect(((await response.json()) as Answer).data).toHaveProperty('serverTime');
    }
  });

  test('that is sent with the hash of another is refused, and not kept', async () => {
    const { url } = await testServer({ database: await freshDatabase() });
    const extensions = persisted(hashOf('query Other { serverTime }'));
    const refused = await post(url, { query: TEXT, extensions });
    expect(refused.errors?.[0]?.extensions).toMatchObject({
      code: 'BAD_USER_INPUT',
      argument: 'extensions.persistedQuery.sha256Hash',
    });
    expect(codeOf(await post(url, { extensions }))).toBe('PERSISTED_QUERY_NOT_FOUND');
  });

  test.each([['zz'], [5], [''], ['0'.repeat(63)], ['../../etc/passwd']])('has a hash and not %j', async (hash) => {
    const { url } = await testServer();
    const answer = await post(url, { extensions: { persistedQuery: { sha256Hash: hash } } });
    expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT' });
  });

  test('runs over a WebSocket by its hash alone, and an unknown one ends nothing else', async () => {
    const { url, bus } = await testServer({ database: await freshDatabase() });
    await bus.publishState(topics.prices, price('BTCUSDT', '1'));
    const client = await WireClient.connect(url);
    const ask = (id: string, payload: object) => client.send({ type: 'subscribe', id, payload });
    const extensions = persisted(hashOf(LIVE));
    ask('a', { query: '', extensions });
    expect((await client.error('a')).extensions['code']).toBe('PERSISTED_QUERY_NOT_FOUND');
    ask('b', { query: LIVE, extensions });
    expect(await client.next('b')).toEqual({ prices: { symbol: 'BTCUSDT', price: '1' } });
    ask('c', { query: '', extensions });
    expect(await client.next('c')).toEqual({ prices: { symbol: 'BTCUSDT', price: '1' } });
    await client.close();
  });

  test('streams over server-sent events by GET, which an EventSource can ask for', async () => {
    const { url, bus } = await testServer({ database: await freshDatabase() });
    await bus.publishState(topics.prices, price('BTCUSDT', '1'));
    const extensions = persisted(hashOf(LIVE));
    await post(url, { query: LIVE, extensions });
    const address = `${url}/graphql?${new URLSearchParams({ extensions: JSON.stringify(extensions) })}`;
    const response = await fetch(address, { headers: { accept: 'text/event-stream' } });
    expect(response.status).toBe(200);
    const reader = response.body?.getReader();
    let text = '';
    while (!text.includes('BTCUSDT')) text += new TextDecoder().decode((await reader?.read())?.value);
    await reader?.cancel();
  });
});

describe('where only trusted documents run', () => {
  const trusted = { trustedOnly: true, manifest: new Map([[hashOf(LIVE), LIVE]]) };

  test('one of the manifest runs by hash and by text, another is refused on every transport', async () => {
    const { url, bus } = await testServer({ documents: trusted, database: await freshDatabase() });
    await bus.publishState(topics.prices, price('BTCUSDT', '1'));
    expect(await post(url, { query: TEXT })).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN' } }] });
    const withHash = await post(url, { query: TEXT, extensions: persisted(hashOf(TEXT)) });
    expect(codeOf(withHash)).toBe('FORBIDDEN');
    // It was not kept on the way.
    expect(codeOf(await post(url, { extensions: persisted(hashOf(TEXT)) }))).toBe('PERSISTED_QUERY_NOT_FOUND');
    const client = await WireClient.connect(url);
    client.subscribe('a', TEXT);
    expect((await client.error('a')).extensions['code']).toBe('FORBIDDEN');
    client.subscribe('b', LIVE);
    await client.next('b');
    client.send({
      type: 'subscribe',
      id: 'c',
      payload: { query: '', extensions: persisted(hashOf(LIVE)) },
    });
    await client.next('c');
    const stream = await fetch(
      `${url}/graphql?${new URLSearchParams({ query: TEXT.replace('query', 'subscription') })}`,
      {
        headers: { accept: 'text/event-stream' },
      },
    );
    expect(await stream.text()).toContain('FORBIDDEN');
    await client.close();
  });

  test('one that is registered in the database runs at once, without a new start', async () => {
    const database = await freshDatabase();
    const { url } = await testServer({ documents: trusted, database });
    expect(codeOf(await post(url, { query: TEXT }))).toBe('FORBIDDEN');
    expect(await new TrustedDocuments(database).add([{ hash: hashOf(TEXT), document: TEXT }])).toBe(1);
    expect((await post(url, { extensions: persisted(hashOf(TEXT)) })).data).toHaveProperty('serverTime');
    expect((await post(url, { query: TEXT })).data).toHaveProperty('serverTime');
  });

  test('says that it cannot tell while the database is away, and goes on with what it knows', async () => {
    const { url } = await testServer({ documents: trusted });
    expect(codeOf(await post(url, { query: TEXT }))).toBe('UNAVAILABLE');
    const live = await post(url, { extensions: persisted(hashOf(LIVE)) });
    // Known: it is the transport that does not fit.
    expect(live.errors?.[0]?.message).toContain('streaming transport');
  });

  test('guessing hashes is bounded as new documents are', async () => {
    const { url } = await testServer({
      documents: trusted,
      database: await freshDatabase(),
      newDocumentsPerSecond: 1,
      newDocumentsPerSecondPerProcess: 1,
    });
    const codes = [];
    for (let guess = 0; guess < 10; guess++) {
      const answer = await post(url, { extensions: persisted(hashOf(String(guess))) });
      codes.push(codeOf(answer));
    }
    expect(codes).toContain('PERSISTED_QUERY_NOT_FOUND');
    expect(codes.at(-1)).toBe('RATE_LIMITED');
  });
});

describe('without introspection', () => {
  test('the schema is not told, by question or by suggestion, on any transport', async () => {
    const { url } = await testServer({ introspection: false });
    for (const text of ['{ __schema { types { name } } }', '{ __type(name: "Price") { name } }']) {
      expect((await query(url, text)).errors?.[0]?.extensions['code']).toBe('GRAPHQL_VALIDATION_FAILED');
    }
    const close = await query(url, '{ serverTim }');
    expect(close.errors?.[0]?.message).toBe('Cannot query field "serverTim" on type "Query".');
    const variables = { filter: { symbol: ['BTCUSDT'] } };
    const filtered = 'query ($filter: PriceFilter) { prices(filter: $filter) { id } }';
    expect((await query(url, filtered, variables)).errors?.[0]?.message).toMatch(
      /Field "symbol" is not defined by type "PriceFilter"\.$/,
    );
    const client = await WireClient.connect(url);
    client.subscribe('b', filtered.replace('query', 'subscription'), variables);
    expect((await client.error('b')).message).toMatch(/Field "symbol" is not defined by type "PriceFilter"\.$/);
    client.subscribe('a', '{ __schema { types { name } } }');
    expect((await client.error('a')).extensions['code']).toBe('GRAPHQL_VALIDATION_FAILED');
    await client.close();
    // Clients need it for their caches.
    expect((await query(url, '{ __typename }')).data).toEqual({ __typename: 'Query' });
  });
});
