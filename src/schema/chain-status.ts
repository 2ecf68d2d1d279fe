import { topics } from '../bus/topics.ts';
import { canonicalJson } from '../cohorts/question.ts';
import { subscribeState } from '../cohorts/request.ts';
import type { StateFrame } from '../cohorts/update.ts';
import type { ChainStatus } from '../model/chain.ts';
import { builder } from './builder.ts';
import { chainsIn } from './chain-ids.ts';
import { perItem } from './cost.ts';
import { DeliveredRef, StateUpdateRef } from './delivered.ts';
import { DeliveryInput, intervalOf } from './delivery-arguments.ts';
import { queried } from './facts.ts';
import { HealthStatusEnum } from './health-status.ts';

const ChainStatusRef = builder.objectRef<StateFrame<ChainStatus>>('ChainStatus');

/** Chains that a question is priced for. */
const USUAL_CHAINS = 5;

builder.node(ChainStatusRef, {
  description: 'How a chain is being followed.',
  interfaces: [DeliveredRef, StateUpdateRef],
  id: { resolve: ({ value }) => topics.chainStatus.keyOf(value), description: 'One for each chain.' },
  loadOne: async (id, { latest }) => {
    const found = await latest.get(topics.chainStatus, id);
    return found && queried(found);
  },
  fields: (t) => ({
    chainId: t.int({ description: '56, 137, 1.', resolve: ({ value }) => value.chainId }),
    name: t.string({ description: 'The name of the chain.', resolve: ({ value }) => value.name }),
    status: t.field({ type: HealthStatusEnum, description: 'How it is.', resolve: ({ value }) => value.status }),
    message: t.string({
      description: 'What is wrong and what is being done; empty when all is well.',
      resolve: ({ value }) => value.message,
    }),
    head: t.field({
      type: 'SafeInt',
      nullable: true,
      description: 'The newest block taken in. Null before the first.',
      resolve: ({ value }) => value.head,
    }),
    headHash: t.field({
      type: 'Hash',
      nullable: true,
      description: 'Its hash. Null before the first.',
      resolve: ({ value }) => value.headHash,
    }),
    lagMs: t.float({
      nullable: true,
      description: 'How long after its own time the head was heard; two clocks are compared. Null before the first.',
      resolve: ({ value }) => value.lagMs,
    }),
    reorgs: t.int({ description: 'Reorganisations since the start.', resolve: ({ value }) => value.reorgs }),
    lastReorgDepth: t.int({
      nullable: true,
      description: 'Blocks that the last one removed. Null before the first.',
      resolve: ({ value }) => value.lastReorgDepth,
    }),
    errorCount: t.int({ description: 'Errors since the start.', resolve: ({ value }) => value.errorCount }),
    poolCount: t.int({ description: 'Pools that are watched.', resolve: ({ value }) => value.poolCount }),
  }),
});

const ChainFilter = builder.inputType('ChainFilter', {
  description: 'Which chains.',
  fields: (t) => ({
    chainIds: t.intList({ required: false, description: 'Only these. Left out: all.' }),
  }),
});

builder.queryField('chainStatus', (t) =>
  t.field({
    authScopes: { public: true },
    type: [ChainStatusRef],
    description: `How chains are being followed, by chain id. Costs 1, and what is selected ${USUAL_CHAINS} times.`,
    complexity: () => perItem(USUAL_CHAINS),
    args: { filter: t.arg({ type: ChainFilter, required: false, description: 'Left out: every chain.' }) },
    resolve: async (_root, { filter }, context) => {
      const chainIds = await chainsIn(filter?.chainIds, 'filter.chainIds', context);
      const found = await context.latest.all(topics.chainStatus, chainIds?.map(String));
      return found.map((one) => queried(one)).sort((a, b) => a.value.chainId - b.value.chainId);
    },
  }),
);

builder.subscriptionField('chainStatus', (t) =>
  t.field({
    authScopes: { public: true },
    type: ChainStatusRef,
    description: 'How chains are being followed: a snapshot of each, then the latest at each block or change.',
    args: {
      filter: t.arg({ type: ChainFilter, required: false, description: 'Left out: every chain.' }),
      delivery: t.arg({ type: DeliveryInput, required: false, description: 'Left out: every update.' }),
    },
    subscribe: async (_root, { filter, delivery }, context) => {
      const minIntervalMs = intervalOf(delivery);
      const chainIds = await chainsIn(filter?.chainIds, 'filter.chainIds', context);
      const routes = chainIds?.map(String) ?? null;
      return subscribeState(topics.chainStatus, {
        predicate: { id: canonicalJson({ chainIds }), routes, test: null },
        minIntervalMs,
      });
    },
    resolve: (frame) => frame,
  }),
);
