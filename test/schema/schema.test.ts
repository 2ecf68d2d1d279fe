import {
  type GraphQLArgument,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isObjectType,
  parse,
  validate,
} from 'graphql';
import { describe, expect, test } from 'vitest';
import { topics } from '../../src/bus/topics.ts';
import { schema } from '../../src/schema/index.ts';
import { EXAMPLES } from '../../src/server/graphiql.ts';
import { book, instrument, price, trade } from '../support/market.ts';
import { query, testServer } from '../support/server.ts';
import { WireClient } from '../support/wire-client.ts';

describe('the schema', () => {
  test('describes every type, field, argument and value', () => {
    const bare: string[] = [];
    for (const type of Object.values(schema.getTypeMap())) {
      if (type.name.startsWith('__') || ['String', 'Boolean', 'Int', 'Float', 'ID'].includes(type.name)) continue;
      if (!type.description) bare.push(type.name);
      if (isEnumType(type))
        bare.push(...type.getValues().flatMap((value) => (value.description ? [] : `${type.name}.${value.name}`)));
      if (!isObjectType(type) && !isInterfaceType(type) && !isInputObjectType(type)) continue;
      for (const field of Object.values(type.getFields())) {
        if (!field.description) bare.push(`${type.name}.${field.name}`);
        if ('args' in field)
          bare.push(
            ...field.args.flatMap((arg: GraphQLArgument) =>
              arg.description ? [] : `${type.name}.${field.name}(${arg.name})`,
            ),
          );
      }
    }
    expect(bare).toEqual([]);
  });

  test('says of every field that gives as much as it is asked for what that costs, and means it', () => {
    const silent: string[] = [];
    const amounts = new Set(['first', 'last', 'depth', 'ids']);
    for (const type of Object.values(schema.getTypeMap())) {
      if (!isObjectType(type) || type.name.startsWith('__')) continue;
      for (const field of Object.values(type.getFields())) {
        const isRootList = type === schema.getQueryType() && isListType(getNullableType(field.type));
        if (!isRootList && !field.args.some(({ name }) => amounts.has(name))) continue;
        const { complexity } = field.extensions as { readonly complexity?: unknown };
        const isOwn = typeof complexity === 'function' || (typeof complexity === 'object' && field.args.length === 0);
        if (!isOwn || !/\bCosts\b/.test(field.description ?? '')) silent.push(`${type.name}.${field.name}`);
      }
    }
    expect(silent).toEqual([]);
  });

  test('has the operations that GraphiQL opens with', () => {
    for (const { query: text } of EXAMPLES) expect(validate(schema, parse(text))).toEqual([]);
  });
});

describe('a query', () => {
  test('gives the same entity under the same id as a subscription and as node(id)', async () => {
    const { url, bus } = await testServer();
    await bus.publishState(topics.instruments, instrument('BTCUSDT'));
    await bus.publishState(topics.prices, price('BTCUSDT', '61000.5'));
    await bus.publishState(topics.orderbook, book('BTCUSDT', [['10', '1']], [['11', '2']]));
    await bus.publishEvent(topics.trades, trade('BTCUSDT', 7));
    const client = await WireClient.connect(url);
    const asked = {
      price: ['price(symbol: "BTCUSDT")', 'prices', '... on Price { __typename id price source stale }'],
      book: [
        'orderbook(symbol: "BTCUSDT", depth: 5)',
        'orderbook(symbol: "BTCUSDT", depth: 5)',
        '... on Orderbook { __typename id checksum bids { price size } }',
      ],
      trade: [
        'recentTrades(symbol: "BTCUSDT", last: 1)',
        'trades(last: 1)',
        '... on Trade { __typename id tradeId side }',
      ],
      status: ['systemStatus', 'systemStatus', '... on SystemStatus { __typename id }'],
    };
    for (const [name, [now, live, fields]] of Object.entries(asked)) {
      const { data, errors } = await query<{ it: { id: string } | [{ id: string }] }>(
        url,
        `{ it: ${now} { ${fields} } }`,
      );
      expect(errors).toBeUndefined();
      const entity = Array.isArray(data?.it) ? data.it[0] : data?.it;
      client.subscribe(name, `subscription { it: ${live} { ${fields} } }`);
      expect(await client.next(name)).toEqual({ it: entity });
      const { data: byId } = await query(url, `query ($id: ID!) { it: node(id: $id) { ${fields} } }`, {
        id: entity?.id,
      });
      expect(byId).toEqual({ it: entity });
      expect(entity?.id).toMatch(/^[A-Za-z0-9_-]+$/);
    }
  });

  test('of what is not there is null, and of many keeps the order', async () => {
    const { url, bus } = await testServer();
    await bus.publishState(topics.prices, price('A', '1'));
    const gone = Buffer.from('Price:B|test').toString('base64url');
    const here = Buffer.from('Price:A|test').toString('base64url');
    const { data } = await query(
      url,
      'query ($ids: [ID!]!, $gone: ID!) { node(id: $gone) { id } nodes(ids: $ids) { id } orderbook(symbol: "A") { id } price(symbol: "B") { id } instrument(symbol: "Z") { id } }',
      {
        ids: [gone, here],
        gone,
      },
    );
    expect(data).toEqual({ node: null, nodes: [null, { id: here }], orderbook: null, price: null, instrument: null });
  });

  test('with an id that is none of ours is refused, not failed', async () => {
    const { url } = await testServer();
    for (const id of ['', 'x', Buffer.from('Nothing:1').toString('base64url'), 'A'.repeat(10_000)]) {
      const { errors } = await query(url, 'query ($id: ID!) { node(id: $id) { id } }', { id });
      expect([id.slice(0, 20), errors?.[0]?.extensions['code']]).toEqual([id.slice(0, 20), 'BAD_USER_INPUT']);
    }
  });
});

describe('a wrong argument', () => {
  test.each([
    ['orderbook(symbol: "A", depth: 0) { id }', 'depth', /5, 10, 20, 50, 100, 500 or 1000/],
    ['orderbook(symbol: "A", depth: 5000) { id }', 'depth', /1000/],
    ['orderbook(symbol: "A", depth: 20, format: DELTA) { id }', 'depth', /leave it out/],
    [
      'orderbook(symbol: "A", format: DELTA, delivery: {minIntervalMs: 5}) { id }',
      'delivery.minIntervalMs',
      /never folds/,
    ],
    ['prices(delivery: {minIntervalMs: -1}) { id }', 'delivery.minIntervalMs', /0 to 60000/],
    ['prices(delivery: {minIntervalMs: 60001}) { id }', 'delivery.minIntervalMs', /0 to 60000/],
    ['prices(filter: {symbols: []}) { id }', 'filter.symbols', /1 to 200/],
    [`prices(filter: {sources: [${'"x",'.repeat(201)}]}) { id }`, 'filter.sources', /1 to 200/],
    ['prices(filter: {minChangePct: -1}) { id }', 'filter.minChangePct', /0 or more/],
    ['trades(last: 0) { id }', 'last', /1 to 500/],
    ['trades(last: 501) { id }', 'last', /1 to 500/],
    ['trades(last: 5, after: "x") { id }', 'last', /one of the two/],
    ['trades(after: "x") { id }', 'after', /cursor/],
  ] as const)('%s is refused with what is allowed', async (field, argument, allowed) => {
    const { url } = await testServer();
    const client = await WireClient.connect(url);
    client.subscribe('a', `subscription { ${field} }`);
    const { message, extensions } = await client.error('a');
    expect(extensions).toMatchObject({
      code: 'BAD_USER_INPUT',
      argument,
      requestId: expect.any(String),
      timestamp: expect.any(String),
    });
    expect(`${message} ${String(extensions['allowed'])}`).toMatch(allowed);
  });

  test.each([
    ['subscription { trades(filter: {minQuantity: "much"}) { id } }', {}],
    ['subscription { prices(filter: {symbols: "A", minChangePct: "x"}) { id } }', {}],
    ['subscription { orderbook { id } }', {}],
    ['subscription ($d: Decimal) { trades(filter: {minQuantity: $d}) { id } }', { d: true }],
    ['subscription ($d: Decimal) { trades(filter: {minQuantity: $d}) { id } }', { d: '1'.repeat(79) }],
    ['subscription ($f: PriceFilter) { prices(filter: $f) { id } }', { f: { nothing: 1 } }],
  ])('of the wrong type is the caller’s error: %s', async (text, variables) => {
    const { url } = await testServer();
    const client = await WireClient.connect(url);
    client.subscribe('a', text, variables);
    expect((await client.error('a')).extensions['code']).toMatch(/BAD_USER_INPUT|GRAPHQL_VALIDATION_FAILED/);
  });

  test('that equals null counts as absent', async () => {
    const { url } = await testServer();
    const client = await WireClient.connect(url);
    client.subscribe(
      'a',
      'subscription { prices(filter: {symbols: null, minChangePct: null}, delivery: null) { id } }',
    );
    client.subscribe('b', 'subscription ($a: Cursor, $l: Int) { trades(filter: null, after: $a, last: $l) { id } }', {
      a: null,
      l: null,
    });
    await client.live('a');
    await client.live('b');
  });
});
