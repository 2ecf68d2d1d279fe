import { topics } from '../bus/topics.ts';
import { subscribeState } from '../cohorts/request.ts';
import type { StateFrame } from '../cohorts/update.ts';
import { badInput } from '../lib/errors.ts';
import type { DeliveryReport, SubscriptionReport } from '../model/delivery-report.ts';
import { builder } from './builder.ts';
import { DeliveredRef, StateUpdateRef } from './delivered.ts';
import { DeliveryInput, intervalOf } from './delivery-arguments.ts';
import { queried } from './facts.ts';

const LagRef = builder.objectRef<SubscriptionReport['lagMs']>('Lag').implement({
  description:
    'From hearing an update in this server to handing it to the socket, milliseconds: upper bounds, sampled.',
  fields: (t) => ({
    p50: t.exposeFloat('p50', { description: 'Half of the deliveries were not slower.' }),
    p99: t.exposeFloat('p99', { description: '99 % of the deliveries were not slower.' }),
  }),
});

const SubscriptionStatsRef = builder.objectRef<SubscriptionReport>('SubscriptionStats').implement({
  description: 'What one subscription of this connection has been given.',
  fields: (t) => ({
    operationId: t.exposeString('operationId', { description: 'Its id on the wire, as the client named it.' }),
    field: t.exposeString('field', { description: 'The field it subscribes to.' }),
    delivered: t.expose('delivered', {
      type: 'SafeInt',
      description: 'Frames written, snapshots and replays included.',
    }),
    conflated: t.expose('conflated', { type: 'SafeInt', description: 'Updates that were folded into later ones.' }),
    queuedBytes: t.exposeInt('queuedBytes', {
      description: 'What it would be given if its reader took everything now, in bytes, estimated by its last frame.',
    }),
    lagMs: t.expose('lagMs', { type: LagRef, description: 'How long updates took through this server.' }),
  }),
});

const DeliveryStatsRef = builder.objectRef<StateFrame<DeliveryReport>>('DeliveryStats');

builder.node(DeliveryStatsRef, {
  description:
    'How delivery goes over one connection: what was written, what was folded, what waits, how long it took.',
  interfaces: [DeliveredRef, StateUpdateRef],
  id: { resolve: ({ value }) => value.connectionId, description: 'One for each connection.' },
  loadOne: async (connectionId, { connection, ownLatest }) => {
    // A connection sees itself and no other.
    const found = connection?.id === connectionId ? await ownLatest.get(topics.deliveryStats, connectionId) : null;
    return found && queried(found);
  },
  fields: (t) => ({
    queuedBytes: t.int({
      description: 'Bytes written to this connection that the client has not answered for.',
      resolve: ({ value }) => value.queuedBytes,
    }),
    subscriptions: t.field({
      type: [SubscriptionStatsRef],
      description: 'The subscriptions of this connection, this one among them.',
      resolve: ({ value }) => value.subscriptions,
    }),
  }),
});

builder.subscriptionField('deliveryStats', (t) =>
  t.field({
    authScopes: { public: true },
    type: DeliveryStatsRef,
    description: 'How delivery goes over your own connection: once a second while you are subscribed. WebSocket only.',
    args: { delivery: t.arg({ type: DeliveryInput, required: false, description: 'Left out: every second.' }) },
    subscribe: async (_root, { delivery }, { connection }) => {
      const minIntervalMs = intervalOf(delivery);
      if (!connection)
        throw badInput('deliveryStats', 'A stream over HTTP has no statistics of its own.', 'a WebSocket');
      await connection.watch();
      return subscribeState(topics.deliveryStats, {
        predicate: { id: connection.id, routes: [connection.id], test: null },
        minIntervalMs,
      });
    },
    resolve: (frame) => frame,
  }),
);
