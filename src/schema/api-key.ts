import { ApiError, badInput } from '../lib/errors.ts';
import type { KeptKey } from '../store/accounts.ts';
import { builder, caller, idIn } from './builder.ts';
import { perItem, UNBOUNDED } from './cost.ts';
import { PermissionRef } from './session.ts';

const ApiKeyRef = builder.objectRef<KeptKey>('ApiKey');

builder.node(ApiKeyRef, {
  description: 'A key of a user, for programs. Its secret is shown once, when it is made.',
  id: { resolve: ({ id }) => id, description: 'Opaque, unique over all types, stable for the life of the entity.' },
  loadOne: async (id, context) => {
    const found = await context.identities.key(caller(context), id);
    // The same whether there is none or it is another's: an id tells nobody what exists.
    if (!found) throw new ApiError('NOT_FOUND', 'There is nothing of yours with this id.', { argument: 'id' });
    return found;
  },
  fields: (t) => ({
    name: t.exposeString('name', { description: 'As its owner called it.' }),
    prefix: t.exposeString('prefix', { description: 'The first characters of its secret, to tell it from others.' }),
    permissions: t.field({
      type: [PermissionRef],
      description: 'What it may be used for.',
      resolve: ({ permissions }) => permissions,
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it ends. Null: not by itself.',
    }),
    lastUsedAt: t.expose('lastUsedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was last used, to the minute. Null: never.',
    }),
    revokedAt: t.expose('revokedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was revoked. Null: it was not.',
    }),
  }),
});

builder.queryField('apiKeys', (t) =>
  t.field({
    type: [ApiKeyRef],
    authScopes: { owner: true },
    description: `Your API keys, newest first, revoked ones included; at most 200. Costs 1, and what is selected ${UNBOUNDED} times.`,
    complexity: perItem(UNBOUNDED),
    resolve: (_root, _args, context) => context.identities.keys(caller(context)),
  }),
);

/** Longest name of a key, characters. */
const MAX_NAME_LENGTH = 100;

const CreateApiKeyInput = builder.inputType('CreateApiKeyInput', {
  description: 'A new key.',
  fields: (t) => ({
    name: t.string({ required: true, description: `What to call it: 1 to ${MAX_NAME_LENGTH} characters.` }),
    permissions: t.field({
      type: [PermissionRef],
      required: false,
      description: 'What it may be used for: nothing that you may not do yourself. Left out: READ.',
    }),
    expiresAt: t.field({ type: 'DateTime', required: false, description: 'When it ends. Left out: not by itself.' }),
  }),
});

const CreateApiKeyPayload = builder
  .objectRef<{ readonly key: KeptKey; readonly secret: string }>('CreateApiKeyPayload')
  .implement({
    description: 'A new key with its secret.',
    fields: (t) => ({
      apiKey: t.field({ type: ApiKeyRef, description: 'The key.', resolve: ({ key }) => key }),
      secret: t.exposeString('secret', {
        description: 'Send it as `Authorization: Bearer`. Keep it now: it is not shown again, and not kept here.',
      }),
    }),
  });

builder.mutationField('createApiKey', (t) =>
  t.field({
    type: CreateApiKeyPayload,
    authScopes: { owner: true },
    description: 'Makes an API key for yourself.',
    args: { input: t.arg({ type: CreateApiKeyInput, required: true, description: 'The new key.' }) },
    resolve: (_root, { input }, context) => {
      const name = input.name.trim();
      if (name === '' || name.length > MAX_NAME_LENGTH)
        throw badInput('input.name', 'The name is empty or too long.', `1 to ${MAX_NAME_LENGTH} characters`);
      const expiresAt = input.expiresAt ?? null;
      if (expiresAt !== null && expiresAt <= context.clock.now())
        throw badInput('input.expiresAt', 'The key would have ended already.', 'a moment to come');
      const permissions = [...new Set(input.permissions ?? ['read' as const])];
      if (permissions.length === 0)
        throw badInput('input.permissions', 'A key without a permission is of no use.', 'one or more');
      return context.identities.createKey(caller(context), { name, permissions, expiresAt });
    },
  }),
);

const RevokeApiKeyInput = builder.inputType('RevokeApiKeyInput', {
  description: 'A key to revoke.',
  fields: (t) => ({ id: t.id({ required: true, description: 'The `id` of the key.' }) }),
});

const RevokeApiKeyPayload = builder.objectRef<KeptKey>('RevokeApiKeyPayload').implement({
  description: 'A key that is good no longer.',
  fields: (t) => ({ apiKey: t.field({ type: ApiKeyRef, description: 'The key.', resolve: (key) => key }) }),
});

builder.mutationField('revokeApiKey', (t) =>
  t.field({
    type: RevokeApiKeyPayload,
    authScopes: { owner: true },
    description:
      'Ends a key at once and everywhere: owner subscriptions that it opened end with `UNAUTHENTICATED` within a second.',
    args: { input: t.arg({ type: RevokeApiKeyInput, required: true, description: 'The key.' }) },
    resolve: (_root, { input }, context) =>
      context.identities.revokeKey(caller(context), idIn('ApiKey', input.id, 'input.id')),
  }),
);
