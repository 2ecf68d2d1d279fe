import { type ConstValueNode, GraphQLError, GraphQLScalarType, Kind, type ValueNode } from 'graphql';
import { getAddress, isAddress } from 'viem/utils';
import { ApiError, badInput } from '../lib/errors.ts';
import type { Address } from '../model/identity.ts';
import { type Owners, ownerRoute } from '../model/owner.ts';
import { NOBODY } from '../model/signal.ts';
import { builder } from './builder.ts';
import type { Context } from './context.ts';
import { may, refusal } from './scopes.ts';

/**
 * Inside, an address is in EIP-55 notation already: one with capitals in it goes out as it is. To make it so is a hash, half
 * the time of a whole event.
 */
const IN_TWO_CASES = /^0x(?=.*[A-F])[0-9a-fA-F]{40}$/;

builder.addScalarType(
  'Address',
  new GraphQLScalarType<Address, string>({
    name: 'Address',
    description:
      'An Ethereum address: 0x and 40 hexadecimal digits. Output is in EIP-55 notation; input in any case, its checksum is not demanded.',
    serialize: (value) => (typeof value === 'string' && IN_TWO_CASES.test(value) ? value : asAddress(value)),
    parseValue: asAddress,
    parseLiteral: (node: ValueNode | ConstValueNode) => asAddress(node.kind === Kind.STRING ? node.value : null),
  }),
);

function asAddress(value: unknown): Address {
  if (typeof value !== 'string' || !isAddress(value, { strict: false }))
    throw new GraphQLError('An Address is 0x and 40 hexadecimal digits.');
  return getAddress(value);
}

/** The filter of what belongs to somebody and can be narrowed by nothing else. */
export const OwnerFilter = builder.inputType('OwnerFilter', {
  description: 'Whose. It narrows what you may see, it never widens it.',
  fields: (t) => ({
    owner: t.field({
      type: 'Address',
      required: false,
      description:
        'Only what belongs to this address. It must be one of yours; an operator may name any. Left out: all of yours.',
    }),
  }),
});

/**
 * Whose data an operation is about: all of the caller's own addresses, or the one that is named.
 * @param owner of the filter.
 * @throws ApiError `UNAUTHENTICATED` for a caller without identity, `FORBIDDEN` for an owner that is not the caller's.
 */
export function ownersOf(owner: Address | null | undefined, context: Context, argument = 'filter.owner'): Owners {
  const { identity } = context;
  if (!identity) throw refusal(context);
  const covered = [...new Set(identity.addresses.map((address) => getAddress(address)))].sort();
  if (owner === null || owner === undefined) return { asked: covered, covered };
  const named = getAddress(owner);
  if (covered.includes(named)) return { asked: [named], covered };
  if (!may(context, 'operator'))
    throw new ApiError('FORBIDDEN', 'This owner is none of your addresses.', { argument, allowed: covered });
  return { asked: [named], covered: [named] };
}

/** Whose streams somebody is given of what is public and owned alike: nobody's, and the caller's own. */
export function ownersAndNobody(context: Context): Owners {
  const own = may(context, 'read') ? (context.identity?.addresses ?? []) : [];
  const all = [...new Set([NOBODY, ...own.map((address) => getAddress(address))])].sort();
  return { asked: all, covered: all };
}

/** Whether a caller may see what belongs to an owner. */
export function maySee(owner: Address, context: Context): boolean {
  const own = context.identity?.addresses.some((address) => ownerRoute(address) === ownerRoute(owner)) ?? false;
  return (own && may(context, 'read')) || may(context, 'operator');
}

/**
 * What was found by an id, if the caller may see it.
 * @throws ApiError `NOT_FOUND`, the same whether there is none or it is another's: an id tells nobody what exists;
 * `UNAUTHENTICATED` for a caller without identity.
 */
function ownFound<T>(
  found: T | null | undefined,
  ownerOf: (found: T) => Address,
  context: Context,
  argument = 'id',
): T {
  if (!context.identity) throw refusal(context);
  if (found !== null && found !== undefined && maySee(ownerOf(found), context)) return found;
  throw new ApiError('NOT_FOUND', 'There is nothing of yours with this id.', { argument });
}

/**
 * The `loadOne` of an entity that belongs to somebody: `node(id)` gives it to who may see it, and says `NOT_FOUND` to
 * everybody else.
 */
export function ownedNode<T extends object>(
  load: (id: string, context: Context) => Promise<T | null | undefined>,
  ownerOf: (found: T) => Address,
): (id: string, context: Context) => Promise<T> {
  return async (id, context) => {
    // Asked for before anything is read: who has not said who it is learns nothing, not even by the time it takes.
    if (!context.identity) throw refusal(context);
    return ownFound(await load(id, context), ownerOf, context);
  };
}

/**
 * The owner that something new is of.
 * @throws ApiError `BAD_USER_INPUT` where the caller has several addresses, or none, and names none.
 */
export function oneOwner(named: string | null | undefined, context: Context, argument = 'input.owner'): string {
  const { asked } = ownersOf(named, context, argument);
  const [owner] = asked;
  if (owner !== undefined && asked.length === 1) return owner;
  throw badInput(
    argument,
    asked.length === 0 ? 'You have no address to own anything.' : 'Say which of your addresses it is of.',
    context.identity?.addresses ?? [],
  );
}
