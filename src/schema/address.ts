import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from 'graphql';
import { getAddress, isAddress } from 'viem';
import type { Address } from '../model/identity.ts';
import { builder } from './builder.ts';

builder.addScalarType(
  'Address',
  new GraphQLScalarType<Address, string>({
    name: 'Address',
    description:
      'An Ethereum address: 0x and 40 hexadecimal digits. Given in the notation of EIP-55; taken in any case, and a checksum is not demanded.',
    serialize: (value) => value as string,
    parseValue: addressOf,
    parseLiteral: (node: ValueNode) => addressOf(node.kind === Kind.STRING ? node.value : null),
  }),
);

function addressOf(value: unknown): Address {
  if (typeof value === 'string' && isAddress(value, { strict: false })) return getAddress(value);
  throw new GraphQLError('An Address is 0x and 40 hexadecimal digits.');
}
