import { topics } from '../bus/topics.ts';
import { subscribeState } from '../cohorts/request.ts';
import type { StateFrame } from '../cohorts/update.ts';
import { badInput } from '../lib/errors.ts';
import type { Identity, Permission } from '../model/identity.ts';
import type { SessionReport } from '../model/session-report.ts';
import { builder, caller } from './builder.ts';
import { DeliveredRef, StateUpdateRef } from './delivered.ts';
import { DeliveryInput, intervalOf } from './delivery-arguments.ts';
import { queried } from './facts.ts';

export const PermissionRef = builder.enumType('Permission', {
  description: 'What a credential may be used for.',
  values: {
    READ: { value: 'read' as Permission, description: "See the user's own data." },
    WRITE: { value: 'write' as Permission, description: "Change the user's own data." },
    OPERATOR: { value: 'operator' as Permission, description: "See every owner's data, and manage keys." },
  },
});

export const ViewerRef = builder.objectRef<Identity>('Viewer').implement({
  description: 'Who this server takes you for.',
  fields: (t) => ({
    userId: t.exposeString('userId', { description: 'The user, as the credential names it.' }),
    addresses: t.field({
      type: ['Address'],
      description: 'The owner addresses that are yours.',
      resolve: ({ addresses }) => addresses,
    }),
    permissions: t.field({
      type: [PermissionRef],
      description: 'What your credential may be used for.',
      resolve: ({ permissions }) => permissions,
    }),
    expiresAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When your credential ends. Null: it does not end by itself.',
      resolve: ({ expiresAt }) => expiresAt,
    }),
    isDemo: t.boolean({
      description: 'True for everybody without a credential where the operator wants a demonstration.',
      resolve: ({ credential }) => credential.kind === 'demo',
    }),
  }),
});

builder.queryField('viewer', (t) =>
  t.field({
    type: ViewerRef,
    nullable: true,
    authScopes: { open: true },
    description: 'Who you are. Null: nobody; what is public is yours all the same.',
    resolve: (_root, _args, { identity }) => identity,
  }),
);

const SessionRef = builder.objectRef<StateFrame<SessionReport>>('Session');

builder.node(SessionRef, {
  description: 'Who your connection is taken for, and until when.',
  interfaces: [DeliveredRef, StateUpdateRef],
  id: { resolve: ({ value }) => value.connectionId, description: 'One for each connection.' },
  loadOne: async (connectionId, { connection, ownLatest }) => {
    // A connection sees itself and no other.
    const found = connection?.id === connectionId ? await ownLatest.get(topics.session, connectionId) : null;
    return found && queried(found);
  },
  fields: (t) => ({
    viewer: t.field({
      type: ViewerRef,
      nullable: true,
      description: 'Null: nobody, or nobody any more.',
      resolve: ({ value }) => value.identity,
    }),
    expiresAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the connection is closed (4403) unless it is renewed. Null: not by itself.',
      resolve: ({ value }) => value.identity?.expiresAt ?? null,
    }),
    renewBefore: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'From then on send `renewSession`. Null: there is nothing to renew.',
      resolve: ({ value }) => value.renewBefore,
    }),
  }),
});

builder.subscriptionField('session', (t) =>
  t.field({
    type: SessionRef,
    authScopes: { open: true },
    description:
      'Who your own connection is taken for: at once, and at each change (a renewal, a sign-out, a revocation). WebSocket only.',
    args: { delivery: t.arg({ type: DeliveryInput, required: false, description: 'Left out: every change.' }) },
    subscribe: async (_root, { delivery }, { connection, identities }) => {
      const minIntervalMs = intervalOf(delivery);
      if (!connection) throw badInput('session', 'A stream over HTTP has no session of its own.', 'a WebSocket');
      await identities.watch(connection);
      return subscribeState(topics.session, {
        predicate: { id: connection.id, routes: [connection.id], test: null },
        minIntervalMs,
      });
    },
    resolve: (frame) => frame,
  }),
);

const RenewSessionInput = builder.inputType('RenewSessionInput', {
  description: 'A newer token of the same user.',
  fields: (t) => ({ token: t.string({ required: true, description: 'The token, without "Bearer".' }) }),
});

const RenewSessionPayload = builder.objectRef<Identity>('RenewSessionPayload').implement({
  description: 'Who the connection is taken for now.',
  fields: (t) => ({
    viewer: t.field({ type: ViewerRef, description: 'As the new token says.', resolve: (identity) => identity }),
  }),
});

builder.mutationField('renewSession', (t) =>
  t.field({
    type: RenewSessionPayload,
    authScopes: { open: true },
    description:
      'Takes up a newer token on the connection that this comes over: subscriptions and cursors stay as they are. `FORBIDDEN` for a token of another user. WebSocket only.',
    args: { input: t.arg({ type: RenewSessionInput, required: true, description: 'The newer token.' }) },
    resolve: (_root, { input }, { connection, identities }) => {
      if (!connection) throw badInput('renewSession', 'Over HTTP each request sends its own token.', 'a WebSocket');
      return identities.renew(connection, input.token);
    },
  }),
);

const SignOutPayload = builder.objectRef<{ readonly signedOut: true }>('SignOutPayload').implement({
  description: 'The end of a credential.',
  fields: (t) => ({ signedOut: t.exposeBoolean('signedOut', { description: 'Always true.' }) }),
});

builder.mutationField('signOut', (t) =>
  t.field({
    type: SignOutPayload,
    // Whoever has a credential may give it up, though it may change nothing else.
    authScopes: { open: true },
    description:
      'Ends the credential that this is sent with, everywhere: it is good no longer, and owner subscriptions that it opened end with `UNAUTHENTICATED`.',
    resolve: async (_root, _args, context) => {
      await context.identities.signOut(caller(context));
      return { signedOut: true as const };
    },
  }),
);
