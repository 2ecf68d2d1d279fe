import SchemaBuilder from '@pothos/core';
import ComplexityPlugin from '@pothos/plugin-complexity';
import RelayPlugin from '@pothos/plugin-relay';
import ScopeAuthPlugin from '@pothos/plugin-scope-auth';
import { ApiError, badInput } from '../lib/errors.ts';
import type { Address, Identity } from '../model/identity.ts';
import type { Context } from './context.ts';
import { perNode } from './cost.ts';
import { globalId } from './ids.ts';

export interface SchemaTypes {
  Context: Context;
  DefaultFieldNullability: false;
  /** Who may use a field. Every root field says so: one that does not keeps the schema from being built. */
  AuthScopes: {
    /** Anybody at all: what is needed to become somebody. */
    open: boolean;
    /** What is public: anybody, unless the operator lets nobody in without an identity. */
    anybody: boolean;
    /** Whoever has said who they are. What they are given is their own. */
    identified: boolean;
    /** The same, with a credential that may change things. */
    writer: boolean;
    operator: boolean;
  };
  Scalars: {
    ID: { Input: string; Output: string };
    Address: { Input: Address; Output: Address };
    Decimal: { Input: string; Output: string };
    SafeInt: { Input: number; Output: number };
    /** Milliseconds since the Unix epoch. */
    DateTime: { Input: number; Output: number };
    Cursor: { Input: string; Output: string };
  };
}

/** Longest id taken: ours have less than 200 characters. */
const MAX_ID_LENGTH = 500;

/** What every schema file adds to. It defines no types. */
export const builder = new SchemaBuilder<SchemaTypes>({
  // The wall comes first: what a plugin after it would do is done only for those who may.
  plugins: [ScopeAuthPlugin, RelayPlugin, ComplexityPlugin],
  scopeAuth: {
    authScopes: ({ identity, requireIdentity }) => ({
      open: true,
      anybody: identity !== null || !requireIdentity,
      identified: identity?.permissions.includes('read') ?? false,
      writer: identity?.permissions.includes('write') ?? false,
      operator: identity?.permissions.includes('operator') ?? false,
    }),
    // Once, when it is asked for: an event is answered for many, without anybody's identity.
    authorizeOnSubscribe: true,
    unauthorizedError: (_parent, { identity }) =>
      identity === null
        ? new ApiError('UNAUTHENTICATED', 'Say who you are: send a token or an API key.')
        : new ApiError('FORBIDDEN', 'Your credential does not allow this.', { allowed: identity.permissions }),
  },
  defaultFieldNullability: false,
  complexity: {
    // Fields say what they cost; the server adds it up before it executes anything, on every transport alike.
    disabled: true,
  },
  relay: {
    encodeGlobalID: globalId,
    decodeGlobalID: (globalId) => decodedId(globalId, 'id'),
    idFieldOptions: { description: 'Opaque, unique over all types, stable for the life of the entity.' },
    nodeTypeOptions: { description: 'An entity: it has an `id` that is the same wherever it appears.' },
    pageInfoTypeOptions: { description: 'Where a page of a connection lies.' },
    // The connection counts its edges itself.
    edgesFieldOptions: { complexity: { field: 1, multiplier: 1 } },
    nodeQueryOptions: {
      authScopes: { anybody: true },
      description:
        'The entity with this id, as it is now. Null when there is none, or none any more (an event that is no longer kept). Costs 1; a book 2 for each level of its depth, an event that has to be looked for 500.',
      complexity: ({ id }) => ({ ...perNode([id]), multiplier: 1 }),
      args: { id: { description: 'The `id` of an entity.' } },
    },
    nodesQueryOptions: {
      authScopes: { anybody: true },
      description:
        'The entities with these ids, in their order; null in the place of one that is not there. Costs for each what `node` does.',
      complexity: ({ ids }) => perNode(ids),
      args: { ids: { description: 'Ids of entities.' } },
    },
  },
});

function decodedId(globalId: string, argument: string): { readonly typename: string; readonly id: string } {
  const text = globalId.length > MAX_ID_LENGTH ? '' : Buffer.from(globalId, 'base64url').toString();
  const colon = text.indexOf(':');
  if (colon < 1) throw badInput(argument, 'This is not an id of this API.', 'the `id` of any entity');
  return { typename: text.slice(0, colon), id: text.slice(colon + 1) };
}

/**
 * The key within an id that must be of one type.
 * @throws ApiError `BAD_USER_INPUT` for another type's id, or none.
 */
export function idIn(typename: string, globalId: string, argument: string): string {
  const decoded = decodedId(globalId, argument);
  if (decoded.typename !== typename) throw badInput(argument, `This is not the id of a ${typename}.`);
  return decoded.id;
}

/** Who calls a field that only the identified may use. */
export function caller({ identity }: Context): Identity {
  if (!identity) throw new ApiError('UNAUTHENTICATED', 'Say who you are: send a token or an API key.');
  return identity;
}

builder.queryType({ description: 'The present, and what is kept of the past.' });
builder.subscriptionType({
  description:
    'What happens from now on. State fields send a snapshot first and then the latest value at each change; event fields send every event, in order, and resume after a `cursor`. A subscription selects one field.',
});
builder.mutationType({
  description:
    'What a caller changes. Each takes one `input`. A mutation returns when what was wanted is stored; what becomes of it comes by subscription.',
});
