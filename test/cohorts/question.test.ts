import { type FragmentDefinitionNode, Kind, type OperationDefinitionNode, parse, print, validate } from 'graphql';
import { describe, expect, test } from 'vitest';
import { topics } from '../../src/bus/topics.ts';
import { type Question, questionOf } from '../../src/cohorts/question.ts';
import { rootField } from '../../src/cohorts/root-field.ts';
import { schema } from '../../src/schema/index.ts';

function ask(text: string, variables = {}, predicates: readonly string[] = topics.prices.predicates): Question {
  const document = parse(text);
  expect(validate(schema, document)).toEqual([]);
  const operation = document.definitions.find(
    (node): node is OperationDefinitionNode => node.kind === Kind.OPERATION_DEFINITION,
  );
  if (!operation) throw new Error('no operation');
  return questionOf(schema, operation, fragmentsIn(text), variables, predicates);
}

function fragmentsIn(text: string) {
  const found = parse(text).definitions.filter(
    (node): node is FragmentDefinitionNode => node.kind === Kind.FRAGMENT_DEFINITION,
  );
  return new Map(found.map((fragment) => [fragment.name.value, fragment]));
}

const book = (text: string, variables = {}) => ask(text, variables, topics.orderbook.predicates).key;

describe('one question', () => {
  test('is asked whatever the predicates say, as literals or as variables', () => {
    const plain = ask('subscription { prices { id price } }').key;
    for (const [text, variables] of [
      ['subscription A { prices(filter: {symbols: ["BTCUSDT"]}) { id price } }', {}],
      ['subscription B($s: [String!]) { prices(filter: {symbols: $s}) { id price } }', { s: ['BTCUSDT'] }],
      [
        'subscription C($f: PriceFilter, $d: Delivery) { prices(filter: $f, delivery: $d) { id price } }',
        { f: {}, d: null },
      ],
      ['subscription D($f: PriceFilter = {minChangePct: 2}) { prices(filter: $f) { id price } }', {}],
    ] as const)
      expect(ask(text, variables).key).toBe(plain);
  });

  test('is asked by a literal, a variable and a default alike', () => {
    const literal = book('subscription { orderbook(symbol: "BTCUSDT", depth: 20) { id } }');
    expect(book('subscription ($s: String!) { orderbook(symbol: $s) { id } }', { s: 'BTCUSDT' })).toBe(literal);
    expect(book('subscription { orderbook(format: FULL, symbol: "BTCUSDT") { id } }')).toBe(literal);
    expect(
      book('subscription ($f: OrderbookFormat) { orderbook(symbol: "BTCUSDT", format: $f) { id } }', { f: 'FULL' }),
    ).toBe(literal);
    expect(book('subscription { orderbook(symbol: "BTCUSDT", source: null) { id } }')).toBe(literal);
  });

  test('is asked with fragments as without', () => {
    const plain = ask('subscription { prices { ... on Price { id price } } }').key;
    expect(ask('subscription { prices { ...F } } fragment F on Price { id price }').key).toBe(plain);
  });
});

describe('another question', () => {
  test('is asked by another selection, alias, symbol, depth or format', () => {
    const texts = [
      'subscription { orderbook(symbol: "BTCUSDT") { id } }',
      'subscription { orderbook(symbol: "BTCUSDT") { id stale } }',
      'subscription { book: orderbook(symbol: "BTCUSDT") { id } }',
      'subscription { orderbook(symbol: "ETHUSDT") { id } }',
      'subscription { orderbook(symbol: "BTCUSDT", depth: 5) { id } }',
      'subscription { orderbook(symbol: "BTCUSDT", format: DELTA) { id } }',
    ];
    const keys = texts.map((text) => book(text));
    expect(new Set(keys).size).toBe(texts.length);
  });

  test('is asked by a variable that is used outside the predicates, directives included', () => {
    const text =
      'subscription ($x: Boolean!, $s: [String!]) { prices(filter: {symbols: $s}) { id price @include(if: $x) } }';
    expect(ask(text, { x: true }).key).not.toBe(ask(text, { x: false }).key);
    expect(ask(text, { x: true, s: ['A'] }).key).toBe(ask(text, { x: true, s: ['B'] }).key);
  });

  test('is asked by an argument that nobody declared a predicate, and by members of a filter that are none', () => {
    const text = 'subscription { prices(filter: {symbols: ["A"], minChangePct: 1}) { id } }';
    const other = 'subscription { prices(filter: {symbols: ["B"], minChangePct: 1}) { id } }';
    expect(ask(text, {}, []).key).not.toBe(ask(other, {}, []).key);
    expect(ask(text, {}, ['filter.symbols']).key).toBe(ask(other, {}, ['filter.symbols']).key);
    expect(ask(text, {}, ['filter.minChangePct']).key).not.toBe(ask(other, {}, ['filter.minChangePct']).key);
  });
});

describe('the document that is executed', () => {
  test('has no variables, no fragments and no predicates, and keeps what shapes the answer', () => {
    const { document } = ask(
      `subscription ($d: Int, $f: Delivery, $deep: Boolean = false) {
        b: orderbook(symbol: "X", depth: $d, delivery: $f) { ...F asks { price } stale @skip(if: $deep) }
      } fragment F on Orderbook { bids { price } }`,
      { d: 5, f: { minIntervalMs: 10 } },
      topics.orderbook.predicates,
    );
    expect(validate(schema, document)).toEqual([]);
    expect(print(document).replace(/\s+/g, ' ')).toBe(
      'subscription { b: orderbook(symbol: "X", depth: 5) { ... on Orderbook { bids { price } } asks { price } stale @skip(if: false) } }',
    );
  });

  test('tells which facts of a delivery can show', () => {
    expect(ask('subscription { prices { id } }')).toMatchObject({ variants: 0, showsConflated: false });
    expect(ask('subscription { prices { snapshot ... on StateUpdate { matches conflated } } }')).toMatchObject({
      variants: 3,
      showsConflated: true,
    });
  });
});

describe('the root field', () => {
  const root = (text: string) => {
    const [operation] = parse(text).definitions;
    return rootField(operation as OperationDefinitionNode, fragmentsIn(text));
  };

  test('is found through aliases and fragments, also when it stands there twice', () => {
    expect(root('subscription { a: prices { id } }').name).toBe('prices');
    expect(root('subscription { ...F } fragment F on Subscription { prices { id } }').name).toBe('prices');
    expect(root('subscription { ... on Subscription { prices { id } } prices { price } }').nodes).toHaveLength(2);
    expect(root('subscription { prices { __typename } }').name).toBe('prices');
  });

  test.each([
    'subscription { prices { id } trades { id } }',
    'subscription { a: prices { id } b: prices { id } }',
    'subscription { __typename }',
    'subscription { prices { id } __typename }',
    'subscription { prices @skip(if: true) { id } }',
    'subscription { prices @include(if: true) { id } }',
    'subscription { ...F @include(if: true) } fragment F on Subscription { prices { id } }',
    'subscription { ...F } fragment F on Subscription { ...F }',
  ])('is refused by rule: %s', (text) => {
    expect(() => root(text)).toThrow(expect.objectContaining({ code: 'GRAPHQL_VALIDATION_FAILED' }));
  });
});
