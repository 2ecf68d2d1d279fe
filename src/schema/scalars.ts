import { type ConstValueNode, GraphQLError, GraphQLScalarType, Kind, type ValueNode } from 'graphql';
import { GraphQLDateTimeISO, GraphQLSafeInt } from 'graphql-scalars';
import { type Decimal, decimal, MAX_DECIMAL_DIGITS } from '../lib/decimal.ts';
import { messageOf } from '../lib/errors.ts';
import { builder } from './builder.ts';

/** graphql-scalars has no decimal that is exact: this one is text from end to end. */
const decimalScalar = new GraphQLScalarType<Decimal, string>({
  name: 'Decimal',
  description: `An exact decimal number as canonical text: no exponent, no trailing zeros, never -0 ("61737.63"). Input takes a string, an integer or a float literal of at most ${MAX_DECIMAL_DIGITS} digits, exactly as written. Never parse it into a floating point number to calculate with money.`,
  serialize: (value) => value as string,
  parseValue: (value) => {
    if (typeof value === 'string' || typeof value === 'number') return parsed(String(value));
    throw new GraphQLError('A Decimal is a string or a number.');
  },
  parseLiteral: (node: ValueNode | ConstValueNode) => {
    if (node.kind === Kind.STRING || node.kind === Kind.INT || node.kind === Kind.FLOAT) return parsed(node.value);
    throw new GraphQLError('A Decimal is a string or a number.', { nodes: node });
  },
});

function parsed(text: string): Decimal {
  try {
    return decimal(text);
  } catch (error) {
    throw new GraphQLError(messageOf(error));
  }
}

/** Longest cursor taken: of one stream it has some 80 characters, of an owner 140 for each address. */
const MAX_CURSOR_LENGTH = 8_000;

const cursorScalar = new GraphQLScalarType<string, string>({
  name: 'Cursor',
  description:
    'A position in a stream of events, opaque. Keep the newest one (of an event, or of `progress` in a ping) and hand it back as `after`: what follows comes without loss or repetition, under any filter. Not a page cursor.',
  serialize: (value) => value as string,
  parseValue: asCursor,
  parseLiteral: (node: ValueNode | ConstValueNode) => asCursor(node.kind === Kind.STRING ? node.value : null),
});

function asCursor(value: unknown): string {
  if (typeof value !== 'string' || value.length > MAX_CURSOR_LENGTH)
    throw new GraphQLError('A Cursor is a string that this API gave out.');
  return value;
}

const HASH = /^0x[0-9a-f]{64}$/i;

const hashScalar = new GraphQLScalarType<string, string>({
  name: 'Hash',
  description: 'Of a transaction: 0x and 64 hexadecimal digits, in small letters.',
  serialize: (value) => String(value).toLowerCase(),
  parseValue: asHash,
  parseLiteral: (node: ValueNode | ConstValueNode) => asHash(node.kind === Kind.STRING ? node.value : null),
});

function asHash(value: unknown): string {
  if (typeof value !== 'string' || !HASH.test(value)) throw new GraphQLError('A Hash is 0x and 64 hexadecimal digits.');
  return value.toLowerCase();
}

builder.addScalarType(
  'BigInt',
  new GraphQLScalarType<string, string>({
    name: 'BigInt',
    description:
      'A whole number of any size, as a string: raw amounts on a chain, in the smallest unit of their token.',
    serialize: (value) => String(value),
  }),
);
builder.addScalarType('Hash', hashScalar);
builder.addScalarType('Decimal', decimalScalar);
builder.addScalarType('Cursor', cursorScalar);
builder.addScalarType(
  'SafeInt',
  new GraphQLScalarType({
    ...GraphQLSafeInt.toConfig(),
    description: 'A whole number up to 2^53 - 1, as a JSON number: larger than Int, still exact in JavaScript.',
  }),
);
builder.addScalarType(
  'DateTime',
  new GraphQLScalarType<number, string>({
    name: 'DateTime',
    description: 'A moment by RFC 3339, in UTC with milliseconds: "2026-01-01T00:00:00.000Z".',
    // Inside, a moment is a count of milliseconds; the text is made at the edge only.
    serialize: (value) => new Date(value as number).toISOString(),
    parseValue: (value) => new Date(GraphQLDateTimeISO.parseValue(value)).getTime(),
    parseLiteral: (node, variables) => new Date(GraphQLDateTimeISO.parseLiteral(node, variables)).getTime(),
  }),
);
