import { buildSchema } from 'graphql';
import { expect, test } from 'vitest';
import { schemaChanges, schemaText } from '../../tools/schema-changes.ts';

const BEFORE = `
  type Query { price(symbol: String!): Price }
  type Price { symbol: String! price: String! side: Side }
  enum Side { BUY SELL }
`;

test('a field taken away is breaking, an enum value more is dangerous, a field more is safe', async () => {
  const after = BEFORE.replace('price: String! side', 'volume: String side').replace('BUY SELL', 'BUY SELL UNKNOWN');
  expect(await schemaChanges(BEFORE, after)).toEqual([
    { severity: 'breaking', message: "Field 'price' was removed from object type 'Price'" },
    { severity: 'dangerous', message: "Enum value 'UNKNOWN' was added to enum 'Side'" },
    { severity: 'safe', message: "Field 'volume' was added to object type 'Price'" },
  ]);
});

test('a required argument more, and a field that may now be null, are breaking', async () => {
  const after = BEFORE.replace('symbol: String!): Price', 'symbol: String!, source: String!): Price').replace(
    'price: String!',
    'price: String',
  );
  expect((await schemaChanges(BEFORE, after)).map(({ severity }) => severity)).toEqual(['breaking', 'breaking']);
});

test('the order in which types and fields are written is no change', async () => {
  const shuffled = `
    enum Side { SELL BUY }
    type Price { side: Side price: String! symbol: String! }
    type Query { price(symbol: String!): Price }
  `;
  expect(schemaText(buildSchema(shuffled))).toBe(schemaText(buildSchema(BEFORE)));
  expect(await schemaChanges(BEFORE, shuffled)).toEqual([]);
});
