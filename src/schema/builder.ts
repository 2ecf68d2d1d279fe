import SchemaBuilder from '@pothos/core';
import ComplexityPlugin from '@pothos/plugin-complexity';
import RelayPlugin from '@pothos/plugin-relay';
import ScopeAuthPlugin from '@pothos/plugin-scope-auth';
import { badInput } from '../lib/errors.ts';
import type { Identity } from '../model/identity.ts';
import type { Context } from './context.ts';
import { perNode } from './cost.ts';
import { globalId } from './ids.ts';
import { refusal, type Scopes, scopesOf } from './scopes.ts';

export interface SchemaTypes {
  Context: Context;
  DefaultFieldNullability: false;
  DefaultEdgesNullability: { list: false; items: false };
  DefaultNodeNullability: false;
  AuthScopes: Scopes;
  Scalars: {
    ID: { Input: string; Output: string };
    Decimal: { Input: string; Output: string };
    SafeInt: { Input: number; Output: number };
    /** Milliseconds since the Unix epoch. */
    DateTime: { Input: number; Output: number };
    Cursor: { Input: string; Output: string };
    Address: { Input: string; Output: string };
    Hash: { Input: string; Output: string };
    BigInt: { Input: string; Output: string };
  };
}

/** Longest id taken: ours have less than 200 characters. */
const MAX_ID_LENGTH = 500;

/** What every schema file adds to. It defines no types. */
export const builder = new SchemaBuilder<SchemaTypes>({
  plugins: [RelayPlugin, ScopeAuthPlugin, ComplexityPlugin],
  defaultFieldNullability: false,
  scopeAuth: {
    authScopes: scopesOf,
    // At the subscribing, and not again for each update: a right that is lost ends the subscription.
    authorizeOnSubscribe: true,
    unauthorizedError: (_parent, context) => refusal(context),
  },
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
    edgesFieldOptions: {
      description: 'What is in the page, in the order of the connection.',
      nullable: { list: false, items: false },
      complexity: { field: 1, multiplier: 1 },
    },
    nodeFieldOptions: { description: 'What it is.', nullable: false },
    cursorFieldOptions: { description: 'Its place in the connection: hand it back as `after` or `before`.' },
    pageInfoFieldOptions: { description: 'Where the page lies.' },
    hasNextPageFieldOptions: { description: 'Whether there may be more after `endCursor`.' },
    hasPreviousPageFieldOptions: { description: 'Whether there may be more before `startCursor`.' },
    startCursorFieldOptions: { description: 'Where the page begins. Null for an empty one.' },
    endCursorFieldOptions: {
      description:
        'Where the page ends. Null for an empty one that is the last. A page may hold fewer than were asked for where hardly anything matches: go on from here while there is a next page.',
    },
    firstArgOptions: { description: 'How many, 1 to 500. Left out: 50.' },
    afterArgOptions: { description: 'Goes on after this place: an `endCursor`. No cursor of an event.' },
    lastArgOptions: { description: 'How many, 1 to 500, before `before`. Not with `first`.' },
    beforeArgOptions: { description: 'Goes back before this place: a `startCursor`. No cursor of an event.' },
    nodeQueryOptions: {
      // Of what belongs to somebody, each type looks whose it is.
      authScopes: { public: true },
      description:
        'The entity with this id, as it is now. Null when there is none, or none any more (an event that is no longer kept). Costs 1; a book 2 for each level of its depth, an event that has to be looked for 500.',
      complexity: ({ id }) => ({ ...perNode([id]), multiplier: 1 }),
      args: { id: { description: 'The `id` of an entity.' } },
    },
    nodesQueryOptions: {
      authScopes: { public: true },
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
export function caller(context: Context): Identity {
  if (!context.identity) throw refusal(context);
  return context.identity;
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
