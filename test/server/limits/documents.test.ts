import { getIntrospectionQuery } from 'graphql';
import { describe, expect, test } from 'vitest';
import { topics } from '../../../src/bus/topics.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { price } from '../../support/market.ts';
import { query, testServer } from '../../support/server.ts';
import { WireClient } from '../../support/wire-client.ts';

const TWO_DEEP = '{ instruments { id symbol } }';

/** Fields within fields, through fragments: three levels. */
const NESTED = `
  query { prices { ...OfPrice } }
  fragment OfPrice on Price { ...OfMarket symbol }
  fragment OfMarket on Price { market { ... on Market { id } } }`;

describe('a document', () => {
  const limits = { maxAliases: 2, maxDirectives: 2, maxRootFields: 3, maxFields: 6 };

  test.each([
    ['aliases', '{ a: serverTime b: serverTime }', '{ a: serverTime b: serverTime c: serverTime }'],
    [
      'directives',
      '{ serverTime @skip(if: false) @include(if: true) }',
      'query ($a: Boolean = true) { serverTime @skip(if: false) ... @include(if: $a) { s: serverTime @include(if: $a) } }',
    ],
    [
      'rootFields',
      '{ serverTime instruments { id } systemStatus { id } }',
      '{ ...A serverTime systemStatus { id } } fragment A on Query { instruments { id } prices { id } }',
    ],
    [
      'fields',
      '{ prices { id symbol source price stale } }',
      '{ a: prices { ...P } b: prices { ...P } } fragment P on Price { id symbol source }',
    ],
  ])('is bounded in its %s', async (name, within, over) => {
    const server = await testServer(limits);
    expect((await query(server.url, within)).errors).toBeUndefined();
    const { errors } = await query(server.url, over);
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'QUERY_TOO_COMPLEX', limit: expect.any(Number) });
    expect(await server.status()).toMatchObject({ refused: { [name]: 1 } });
    expect(errors?.[0]?.message).toMatch(/at most \d+ .*This one: \d+\.$/);
  });

  test('is as deep as its fragments make it', async () => {
    const { url } = await testServer({ maxDepth: 2 });
    const { errors } = await query(url, NESTED);
    expect(errors).toEqual([
      {
        message: 'Fields are nested at most 2 deep. This one: 3.',
        extensions: expect.objectContaining({ code: 'QUERY_TOO_COMPLEX', limit: 2 }),
      },
    ]);
  });

  test('may ask for the schema, which is deeper than anything, and takes no part in the depth', async () => {
    const { url } = await testServer({ maxDepth: 2 });
    const { data, errors } = await query(url, getIntrospectionQuery());
    expect(errors).toBeUndefined();
    expect(data).toHaveProperty('__schema');
  });

  test('that asks for more of the schema than any tool does is refused', async () => {
    const { url } = await testServer();
    const aliases = Array.from(
      { length: 40 },
      (_, i) => `a${i}: fields { name args { name type { name } } type { name } }`,
    );
    const { errors } = await query(url, `{ __schema { types { ${aliases.join(' ')} } } }`);
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'QUERY_TOO_COMPLEX', limit: 300 });
  });

  test('that makes validation compare field with field is refused before it does', async () => {
    const { url } = await testServer({ maxComparisons: 45 });
    const code = async (text: string) => (await query(url, text)).errors?.[0]?.extensions['limit'];
    const repeated = (count: number, field: string) => Array(count).fill(field).join(' ');
    // Ten under one name make 45 pairs.
    expect(await code(`{ prices { ${repeated(10, 'id')} } }`)).toBeUndefined();
    expect(await code(`{ prices { ${repeated(11, 'id')} } }`)).toBe(45);
    // Two times five below fields that are merged make 45 pairs, and the fields another.
    expect(await code(`{ ${repeated(2, `prices { ${repeated(5, 'id')} }`)} }`)).toBe(45);
    expect(
      await code(`{ prices { ${repeated(6, '...F ... on Price { id }')} } } fragment F on Price { id stale }`),
    ).toBeUndefined();
    expect(await code(`{ prices { ${repeated(11, '... on Price { id }')} } }`)).toBe(45);
    expect(await code(`{ serverTime } fragment Unused on Price { ${repeated(11, 'id')} }`)).toBe(45);
  });

  test('with more tokens than are read is refused with their number', async () => {
    const { url } = await testServer({ maxTokens: 50 });
    const { errors } = await query(url, `{ ${'serverTime '.repeat(60)} }`);
    expect(errors?.[0]).toMatchObject({
      message: 'A document has at most 50 tokens: what is longer is not read.',
      extensions: { code: 'GRAPHQL_PARSE_FAILED', limit: 50 },
    });
  });

  test.each([
    ['{ price(symbol: "A\\u0000") { id } }', {}, 'query'],
    ['{ price(symbol: "\\u{00}A") { id } }', {}, 'query'],
    ['query ($s: String!) { price(symbol: $s) { id } }', { s: 'A\u0000' }, 'variables.s'],
    ['query ($f: PriceFilter) { prices(filter: $f) { id } }', { f: { symbols: ['\u0000'] } }, 'variables.f.symbols'],
    ['query ($s: String!) { price(symbol: $s) { id } }', { s: 'A\ud800' }, 'variables.s'],
  ])('holds no text that no database can keep: %s', async (document, variables, argument) => {
    const { url } = await testServer();
    const { errors } = await query(url, document, variables);
    expect(errors?.[0]?.extensions).toMatchObject({
      code: 'BAD_USER_INPUT',
      argument,
      allowed: 'Unicode, all but U+0000',
    });
  });

  test('whose values are nested until no parser can follow is over the limit of depth', async () => {
    const { url } = await testServer({ maxTokens: 100_000 });
    const { errors } = await query(url, `{ price(symbol: ${'['.repeat(20_000)}`);
    expect(errors?.[0]).toMatchObject({
      message: expect.stringContaining('nested at most'),
      extensions: { code: 'QUERY_TOO_COMPLEX' },
    });
  });

  test('whose fragments go round in circles, or double at each step, is refused at once', async () => {
    const { url } = await testServer();
    const circle = '{ prices { ...A } } fragment A on Price { ...B } fragment B on Price { ...A }';
    expect((await query(url, circle)).errors?.[0]?.extensions['code']).toBe('GRAPHQL_VALIDATION_FAILED');
    const below =
      '{ prices { ...A } } fragment A on Price { market { ...B } } fragment B on Market { ... on Node { ...A } }';
    expect((await query(url, below)).errors?.[0]?.extensions['code']).toBe('GRAPHQL_VALIDATION_FAILED');
    const itself = '{ ...A } fragment A on Query { ...A }';
    expect((await query(url, itself)).errors?.[0]?.extensions['code']).toBe('GRAPHQL_VALIDATION_FAILED');
    const doubling = Array.from({ length: 60 }, (_, i) => `fragment F${i} on Query { ...F${i + 1} ...F${i + 1} }`);
    const bomb = `{ ...F0 } ${doubling.join(' ')} fragment F60 on Query { serverTime }`;
    expect((await query(url, bomb)).errors?.[0]?.extensions['code']).toBe('QUERY_TOO_COMPLEX');
  });

  test('is refused alike over WebSocket, alone, and as a subscription', async () => {
    const { url } = await testServer({ maxDepth: 1 });
    const client = await WireClient.connect(url);
    client.subscribe('a', 'subscription { trades { id } }');
    expect((await client.error('a')).extensions).toMatchObject({ code: 'QUERY_TOO_COMPLEX', limit: 1 });
    client.subscribe('b', TWO_DEEP);
    expect((await client.error('b')).extensions).toMatchObject({ code: 'QUERY_TOO_COMPLEX', limit: 1 });
    client.subscribe('c', '{ serverTime }');
    expect(await client.next('c')).toEqual({ serverTime: expect.any(String) });
  });

  test('that is over a limit is answered over HTTP with 400', async () => {
    const { url } = await testServer({ maxDepth: 1 });
    for (const accept of ['application/json', 'application/graphql-response+json']) {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept },
        body: JSON.stringify({ query: TWO_DEEP }),
      });
      expect(response.status).toBe(400);
    }
  });
});

describe('the cost of an operation', () => {
  const costOf = async (url: string, text: string, variables?: object) => {
    const answer = (await query(url, text, variables)) as { extensions?: { cost: object } };
    return answer.extensions?.cost;
  };

  test('is in the answer, over HTTP and over WebSocket alike', async () => {
    const { url } = await testServer({ maxComplexity: 500 });
    const cost = { complexity: 4, depth: 2, limits: { complexity: 500, depth: 12 } };
    const text = '{ serverTime systemStatus { id status } }';
    expect(await costOf(url, text)).toEqual(cost);
    const client = await WireClient.connect(url);
    client.subscribe('a', text);
    const { payload } = await client.take(({ id }) => id === 'a');
    expect(payload).toMatchObject({ extensions: { cost } });
  });

  test('is not in what a subscription delivers', async () => {
    const { url, bus } = await testServer();
    await bus.publishState(topics.prices, price('A', '1'));
    const client = await WireClient.connect(url);
    client.subscribe('a', 'subscription { prices { price } }');
    const { payload } = await client.take(({ id }) => id === 'a');
    expect(payload).toEqual({ data: { prices: { price: '1' } } });
  });

  test('grows with what is asked for: by literals, variables and defaults', async () => {
    const { url } = await testServer();
    const trades = 'query ($last: Int = 7) { recentTrades(symbol: "A", last: $last) { id price } }';
    expect(await costOf(url, trades)).toMatchObject({ complexity: 1 + 7 * 2 });
    expect(await costOf(url, trades, { last: 100 })).toMatchObject({ complexity: 1 + 100 * 2 });
    expect(await costOf(url, '{ recentTrades(symbol: "A") { id } }')).toMatchObject({ complexity: 1 + 50 });
    expect(await costOf(url, '{ orderbook(symbol: "A", depth: 1000) { bids { price size } } }')).toMatchObject({
      complexity: 1 + 2 * 1_000 + 1 + 2,
    });
    expect(await costOf(url, '{ prices(filter: {symbols: ["A", "B"], sources: ["x"]}) { id } }')).toMatchObject({
      complexity: 1 + 2,
    });
    expect(await costOf(url, '{ prices { id } }')).toMatchObject({ complexity: 1 + 100 });
  });

  test('of an entity asked for by its id is that of the entity', async () => {
    const { url } = await testServer();
    const book = Buffer.from('Orderbook:A|x|1000|FULL').toString('base64url');
    const market = Buffer.from('Market:A').toString('base64url');
    const nodes = 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }';
    expect(await costOf(url, nodes, { ids: [market, market] })).toMatchObject({ complexity: 2 + 2 });
    expect(await costOf(url, nodes, { ids: [book] })).toMatchObject({ complexity: 2_001 + 1 });
    const node = 'query ($id: ID!) { node(id: $id) { ... on Orderbook { bids { price } } } }';
    expect(await costOf(url, node, { id: book })).toMatchObject({ complexity: 2_001 + 2 });
  });

  test('over the limit is refused with both numbers, of a query and of a subscription', async () => {
    const server = await testServer({ maxComplexity: 100 });
    const { errors } = await query(server.url, '{ recentTrades(symbol: "A", last: 100) { id } }');
    expect(errors?.[0]).toMatchObject({
      message: expect.stringContaining('This one: 101.'),
      extensions: { code: 'QUERY_TOO_COMPLEX', limit: 100 },
    });
    const client = await WireClient.connect(server.url);
    client.subscribe('a', 'subscription { orderbook(symbol: "A", depth: 50) { id } }');
    expect((await client.error('a')).extensions).toMatchObject({ code: 'QUERY_TOO_COMPLEX', limit: 100 });
    client.subscribe('b', 'subscription { orderbook(symbol: "A", depth: 20) { id } }');
    await client.live('b');
    expect(await server.status()).toMatchObject({ refused: { complexity: 2 } });
  });
});

describe('variables', () => {
  const PRICES = 'query ($filter: PriceFilter) { prices(filter: $filter) { id } }';
  const nested = (levels: number): unknown => (levels === 0 ? 1 : [nested(levels - 1)]);

  test.each([
    [
      'a list that is too long',
      { filter: { symbols: Array(201).fill('A') } },
      'variables.filter.symbols',
      '1 to 200 values',
    ],
    ['a list of things that are wrong', { filter: Array(5_000).fill({ a: 1 }) }, 'variables.filter', '1 to 200 values'],
    ['nesting that hardly ends', { filter: nested(1_000) }, 'variables.filter', 'at most 10 levels'],
    ['what nobody declared', { junk: nested(20) }, 'variables.junk', 'at most 10 levels'],
  ])('with %s are refused before anything is done with them', async (_what, variables, argument, allowed) => {
    const { url } = await testServer();
    const client = await WireClient.connect(url);
    client.subscribe('a', PRICES, variables);
    expect((await client.error('a')).extensions).toMatchObject({ code: 'BAD_USER_INPUT', argument, allowed });
    const { errors } = await query(url, PRICES, variables);
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', argument, allowed });
  });

  test('nested so deeply that nobody could write them back are refused, and the connection lives', async () => {
    const { url } = await testServer();
    const client = await WireClient.connect(url);
    const [open, close] = ['['.repeat(30_000), ']'.repeat(30_000)];
    client.socket.send(
      `{"id":"a","type":"subscribe","payload":{"query":"{ serverTime }","variables":{"x":${open}${close}}}}`,
    );
    expect((await client.error('a')).extensions).toMatchObject({ code: 'BAD_USER_INPUT', argument: 'variables.x' });
    client.subscribe('b', '{ serverTime }');
    await client.next('b');
  });

  test('with a thousand things wrong are told of fifty', async () => {
    const { url } = await testServer();
    const filter = Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [`x${i}`, i]));
    const client = await WireClient.connect(url);
    client.subscribe('a', PRICES, { filter });
    const { payload } = await client.take(({ id, type }) => id === 'a' && type === 'error');
    expect((payload as unknown[]).length).toBeLessThan(60);
  });
});

describe('documents not seen before', () => {
  const fresh = (name: string) => `query ${name} { serverTime }`;

  test('are so many of a connection; one that is known is free, and what is refused may be tried again', async () => {
    const clock = new FakeClock();
    const server = await testServer({ clock, newDocumentsPerSecond: 1 });
    const client = await WireClient.connect(server.url);
    for (let i = 0; i < 20; i++) {
      client.subscribe(`${i}`, fresh(`Q${i}`));
      await client.next(`${i}`);
    }
    client.subscribe('new', fresh('New'));
    expect(await client.error('new')).toMatchObject({
      message: expect.stringContaining('1 a second'),
      extensions: { code: 'RATE_LIMITED', limit: 1, retryAfterMs: 1_000 },
    });
    client.subscribe('known', fresh('Q7'));
    await client.next('known');
    const neighbour = await WireClient.connect(server.url);
    neighbour.subscribe('new', fresh('New'));
    await neighbour.next('new');
    await clock.advance(1_000);
    client.subscribe('new', fresh('Newer'));
    await client.next('new');
    expect(await server.status()).toMatchObject({ refused: { newDocuments: 1 } });
  });

  test('of an address over HTTP are answered with 429 and Retry-After; of another they run', async () => {
    const clock = new FakeClock();
    const server = await testServer({ clock, newDocumentsPerSecond: 1, trustedProxies: ['127.0.0.1'] });
    const ask = (name: string, address: string) =>
      fetch(`${server.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json', 'x-forwarded-for': address },
        body: JSON.stringify({ query: fresh(name) }),
      });
    for (let i = 0; i < 50; i++) expect((await ask(`Q${i}`, '198.51.100.1')).status).toBe(200);
    const refused = await ask('New', '198.51.100.1');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1']);
    expect(await refused.json()).toMatchObject({
      errors: [{ extensions: { code: 'RATE_LIMITED', retryAfterMs: 200 } }],
    });
    expect((await ask('Q7', '198.51.100.1')).status).toBe(200);
    expect((await ask('New', '198.51.100.2')).status).toBe(200);
  });

  test('that are long count as several', async () => {
    const { url } = await testServer({ clock: new FakeClock(), newDocumentsPerSecond: 1, maxRootFields: 2_000 });
    const client = await WireClient.connect(url);
    // 1,250 tokens and more count as six: of twenty there are three.
    const long = (name: string) => `query ${name} { ${'serverTime '.repeat(1_300)} }`;
    for (const name of ['A', 'B', 'C']) {
      client.subscribe(name, long(name));
      await client.next(name);
    }
    client.subscribe('D', long('D'));
    expect((await client.error('D')).extensions).toMatchObject({ code: 'RATE_LIMITED', limit: 1 });
  });

  test('of a whole process are so many', async () => {
    const server = await testServer({ clock: new FakeClock(), newDocumentsPerSecondPerProcess: 2 });
    const clients = [await WireClient.connect(server.url), await WireClient.connect(server.url)];
    for (let i = 0; i < 8; i++) {
      clients[i % 2]?.subscribe(`${i}`, fresh(`Q${i}`));
      await clients[i % 2]?.next(`${i}`);
    }
    clients[0]?.subscribe('new', fresh('New'));
    expect((await clients[0]?.error('new'))?.extensions).toMatchObject({ code: 'RATE_LIMITED', limit: 2 });
  });
});
