import { readFileSync } from 'node:fs';
import { buildSchema, parse, validate } from 'graphql';
import { describe, expect, test } from 'vitest';
import { resumable } from '../../src/client/resumable.ts';

const schema = buildSchema(readFileSync('schema.graphql', 'utf8'));

/** What is sent must be what the server takes. */
function valid(query: string): string {
  expect(validate(schema, parse(query))).toEqual([]);
  return query;
}

describe('an operation of an event field is completed so that it can be resumed', () => {
  test.each([
    [
      'subscription { trades { price } }',
      'subscription($tidewireAfter: Cursor) { trades(after: $tidewireAfter) { cursor price } }',
    ],
    [
      'subscription Tape($symbols: [String!]) { trades(filter: {symbols: $symbols}) @include(if: true) { price } }',
      'subscription Tape($tidewireAfter: Cursor $symbols: [String!]) { trades(after: $tidewireAfter filter: {symbols: $symbols}) @include(if: true) { cursor price } }',
    ],
    [
      'subscription($s: [String!] = ["}"]) { trades(filter: {symbols: $s}) { ...F } } fragment F on Trade { cursor price }',
      'subscription($tidewireAfter: Cursor $s: [String!] = ["}"]) { trades(after: $tidewireAfter filter: {symbols: $s}) { cursor ...F } } fragment F on Trade { cursor price }',
    ],
  ])('%s', (query, expected) => {
    const { query: sent, ...plan } = resumable(query);
    if (!query.includes('@include')) valid(sent);
    expect(sent).toBe(expected);
    expect(plan).toMatchObject({
      isEvent: true,
      key: 'trades',
      cursorKey: 'cursor',
      after: 'tidewireAfter',
      last: null,
    });
  });

  test('and left as it is where it can be already', () => {
    const query = 'subscription ($at: Cursor, $n: Int) { trades(after: $at, last: $n) { price c: cursor } }';
    expect(resumable(query)).toMatchObject({ query, after: 'at', last: 'n', cursorKey: 'c', variables: {} });
  });

  test('with literals taken out into variables', () => {
    const plan = resumable('subscription { t: trades(last: 10 after: "abc") { price } }');
    valid(plan.query);
    expect(plan).toMatchObject({
      key: 't',
      variables: { tidewireLast: 10, tidewireAfter: 'abc' },
      query:
        'subscription($tidewireLast: Int $tidewireAfter: Cursor) { t: trades(last: $tidewireLast after: $tidewireAfter) { cursor price } }',
    });
  });

  test('and `last` may become null', () => {
    const plan = resumable('subscription ($n: Int!) { trades(last: $n) { price } }');
    expect(valid(plan.query)).toContain('$n: Int)');
  });

  test('whatever stands in comments, strings and other operations', () => {
    const plan = resumable(
      `# subscription { no }
      query Q($x: ID = "subscription {") { node(id: $x) { id } }
      subscription S { trades(filter: {symbols: ["a) { cursor", """b " {"""]}) { # cursor
        price market { id } } }`,
      'S',
    );
    valid(plan.query);
    expect(plan).toMatchObject({ kind: 'subscription', key: 'trades', isEvent: true, cursorKey: 'cursor' });
  });

  test('a cursor that is selected of something else is not the cursor', () => {
    const plan = resumable('subscription { trades { gapBefore { cursor: reason } cursor: tradeId } }');
    expect(plan.cursorKey).toBe('tidewireCursor');
    expect(valid(plan.query)).toContain('trades(after: $tidewireAfter) { tidewireCursor: cursor gapBefore');
  });
});

describe('others are sent as they are', () => {
  test.each([
    ['subscription { prices { price } }', 'subscription', 'prices'],
    ['{ serverTime }', 'query', ''],
    ['query A { serverTime }', 'query', ''],
    ['mutation M { signOut { signedOut } }', 'mutation', ''],
    ['subscription { ...F } fragment F on Subscription { trades { price } }', 'subscription', ''],
    ['not GraphQL ~', 'query', ''],
    ['', 'query', ''],
  ])('%s', (query, kind, key) => {
    expect(resumable(query)).toMatchObject({ query, kind, key, isEvent: false, after: null, last: null });
  });
});
