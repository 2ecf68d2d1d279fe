import { topics } from '../bus/topics.ts';
import { subscribeState } from '../cohorts/request.ts';
import type { StateFrame } from '../cohorts/update.ts';
import type { ComponentReport, SystemHealth } from '../model/component.ts';
import { builder } from './builder.ts';
import type { Context } from './context.ts';
import { DeliveredRef, StateUpdateRef } from './delivered.ts';
import { DeliveryInput, intervalOf } from './delivery-arguments.ts';
import { queried } from './facts.ts';
import { HealthStatusEnum } from './health-status.ts';

const ComponentStatusRef = builder.objectRef<ComponentReport>('ComponentStatus').implement({
  description: 'One part of the system: a feed, a store, this server.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Which: "feed:binance", "bus", "api".' }),
    status: t.expose('status', { type: HealthStatusEnum, description: 'How well it works.' }),
    message: t.exposeString('message', {
      description: 'What is wrong and what is being done; empty when all is well.',
    }),
    startedAt: t.expose('startedAt', { type: 'DateTime', description: 'When it started.' }),
    lastUpdate: t.expose('lastUpdate', {
      type: 'DateTime',
      nullable: true,
      description: 'When it last did what it is for (a feed: last data). Null before the first time.',
    }),
    errorCount: t.exposeInt('errorCount', { description: 'Errors since it started.' }),
    recoveries: t.exposeInt('recoveries', { description: 'How often it came back after it had been down or stale.' }),
  }),
});

const SystemStatusRef = builder.objectRef<StateFrame<SystemHealth>>('SystemStatus');

builder.node(SystemStatusRef, {
  description: 'The state of the system, as this server sees it.',
  interfaces: [DeliveredRef, StateUpdateRef],
  id: { resolve: () => 'system', description: 'There is one.' },
  loadOne: (_id, context) => current(context),
  fields: (t) => ({
    status: t.field({
      type: HealthStatusEnum,
      description: 'DOWN when nothing is heard any more, DEGRADED when a part of it does not work well.',
      resolve: ({ value }) => value.status,
    }),
    message: t.string({ description: 'One sentence for a status line.', resolve: ({ value }) => value.message }),
    components: t.field({
      type: [ComponentStatusRef],
      description: 'Its parts, by name.',
      resolve: ({ value }) => value.components,
    }),
  }),
});

async function current({ ownLatest }: Context): Promise<StateFrame<SystemHealth>> {
  const found = await ownLatest.get(topics.systemStatus, 'system');
  if (!found) throw new Error('the system status is published before the server listens');
  return queried(found);
}

builder.queryFields((t) => ({
  systemStatus: t.field({
    authScopes: { public: true },
    type: SystemStatusRef,
    description: 'The state of the system now.',
    resolve: (_root, _args, context) => current(context),
  }),
  serverTime: t.field({
    authScopes: { public: true },
    type: 'DateTime',
    description: "This server's clock: compare your own with it before you judge how old a value is.",
    resolve: (_root, _args, { clock }) => clock.now(),
  }),
}));

builder.subscriptionField('systemStatus', (t) =>
  t.field({
    authScopes: { public: true },
    type: SystemStatusRef,
    description: 'The state of the system: as it stands, then at each change. One snapshot always comes.',
    args: { delivery: t.arg({ type: DeliveryInput, required: false, description: 'Left out: every update.' }) },
    subscribe: (_root, { delivery }) => subscribeState(topics.systemStatus, { minIntervalMs: intervalOf(delivery) }),
    resolve: (frame) => frame,
  }),
);
