import { topics } from '../bus/topics.ts';
import type { Predicate } from '../cohorts/predicate.ts';
import { canonicalJson } from '../cohorts/question.ts';
import { subscribeState } from '../cohorts/request.ts';
import type { StateFrame } from '../cohorts/update.ts';
import type { ChainStatus } from '../model/chain.ts';
import { CHAIN_IDS, chosenChains } from './arbitrage-arguments.ts';
import { builder } from './builder.ts';
import type { Context } from './context.ts';
import { perItem, UNBOUNDED } from './cost.ts';
import { DeliveredRef, StateUpdateRef } from './delivered.ts';
import { DeliveryInput, intervalOf } from './delivery-arguments.ts';
import { queried } from './facts.ts';
import { HealthStatusEnum } from './health-status.ts';

const ChainSourceEnum = builder.enumType('ChainSource', {
  description: 'Who tells of a chain.',
  values: {
    EVM: { value: 'evm', description: 'A node.' },
    SIMULATED: { value: 'simulated', description: 'The simulation: it is nobody’s chain.' },
  } as const,
});

const ChainStatusRef = builder.objectRef<StateFrame<ChainStatus>>('ChainStatus');

/** Chains that a running system is taken to follow, to count what a list of them costs. */
const USUAL_CHAINS = UNBOUNDED / 10;

builder.node(ChainStatusRef, {
  description: 'How a chain is being followed.',
  interfaces: [DeliveredRef, StateUpdateRef],
  id: { resolve: ({ value }) => String(value.chainId), description: 'One for each chain.' },
  loadOne: async (key, { latest }) => {
    const found = await latest.get(topics.chainStatus, key);
    return found && queried(found);
  },
  fields: (t) => ({
    chainId: t.int({ description: 'EIP-155.', resolve: ({ value }) => value.chainId }),
    name: t.string({ description: 'Its name: "Polygon".', resolve: ({ value }) => value.name }),
    source: t.field({ type: ChainSourceEnum, description: 'Who tells of it.', resolve: ({ value }) => value.source }),
    status: t.field({
      type: HealthStatusEnum,
      description: 'DOWN without a connection; DEGRADED where blocks are late, or the node asks for fewer requests.',
      resolve: ({ value }) => value.status,
    }),
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
      description:
        'How long after its own time the head was heard, milliseconds; two clocks are compared, so it may be negative. Null before the first.',
      resolve: ({ value }) => value.lagMs,
    }),
    reorgs: t.int({
      description: 'Reorganisations since the worker started.',
      resolve: ({ value }) => value.reorgs,
    }),
    lastReorgDepth: t.int({
      nullable: true,
      description: 'How many blocks the last one took back. Null before the first.',
      resolve: ({ value }) => value.lastReorgDepth,
    }),
    errorCount: t.int({
      description: 'Connections lost, requests refused, answers not understood, since the worker started.',
      resolve: ({ value }) => value.errorCount,
    }),
    poolCount: t.int({ description: 'Pools that are watched.', resolve: ({ value }) => value.poolCount }),
  }),
});

const ChainFilter = builder.inputType('ChainFilter', {
  description: 'Which chains.',
  fields: (t) => ({ chainIds: t.intList(CHAIN_IDS) }),
});

/** @throws ApiError `BAD_USER_INPUT`. */
function chainsIn(filter: typeof ChainFilter.$inferInput | null | undefined, context: Context): Predicate<ChainStatus> {
  const chainIds = chosenChains(filter?.chainIds, 'filter.chainIds', context);
  return { id: canonicalJson({ chainIds }), routes: chainIds?.map(String) ?? null, test: null };
}

const FILTER = { type: ChainFilter, required: false, description: 'Left out: every chain.' } as const;

builder.queryField('chainStatus', (t) =>
  t.field({
    authScopes: { public: true },
    type: [ChainStatusRef],
    description: `The chains that are followed, by number. Costs 1, and what is selected once for each chain of the filter; without chains, ${USUAL_CHAINS} times.`,
    complexity: ({ filter }) => perItem(filter?.chainIds?.length ?? USUAL_CHAINS),
    args: { filter: t.arg(FILTER) },
    resolve: async (_root, { filter }, context) => {
      const { routes } = chainsIn(filter, context);
      const found = await context.latest.all(topics.chainStatus, routes ?? undefined);
      return found.map((status) => queried(status)).sort((a, b) => a.value.chainId - b.value.chainId);
    },
  }),
);

builder.subscriptionField('chainStatus', (t) =>
  t.field({
    authScopes: { public: true },
    type: ChainStatusRef,
    description:
      'How chains are being followed: a snapshot of each that passes the filter, then the latest at each block.',
    args: {
      filter: t.arg(FILTER),
      delivery: t.arg({ type: DeliveryInput, required: false, description: 'Left out: every update.' }),
    },
    subscribe: (_root, { filter, delivery }, context) =>
      subscribeState(topics.chainStatus, { predicate: chainsIn(filter, context), minIntervalMs: intervalOf(delivery) }),
    resolve: (frame) => frame,
  }),
);
