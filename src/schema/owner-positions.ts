import { topics } from '../bus/topics.ts';
import { subscribeState } from '../cohorts/request.ts';
import type { StateFrame } from '../cohorts/update.ts';
import { badInput } from '../lib/errors.ts';
import { ownerKey } from '../model/owner.ts';
import type { OwnerPositions } from '../model/risk.ts';
import type { PositionPlace } from '../store/positions.ts';
import { builder } from './builder.ts';
import { HistoryOrder, pageOf, pageRequest, pageSize } from './connections.ts';
import type { Context } from './context.ts';
import { perItem } from './cost.ts';
import { DeliveredRef, StateUpdateRef } from './delivered.ts';
import { DeliveryInput, intervalOf } from './delivery-arguments.ts';
import { PAGE_COST } from './event-history.ts';
import { queried } from './facts.ts';
import { OwnerFilter, ownedNode, ownersOf } from './owner.ts';
import { ownPosition, PositionRef } from './position.ts';
import { PositionStatusEnum } from './position-kinds.ts';

const OwnerPositionsRef = builder.objectRef<StateFrame<OwnerPositions>>('OwnerPositions');

/** Positions of one owner that a question is priced for. */
const USUAL_POSITIONS = 20;

/** Addresses of a caller that a question is priced for. */
const USUAL_OWNERS = 3;

const ownerNode = async (key: string, { latest }: Context) => {
  const found = await latest.get(topics.positions, key);
  return found && queried(found);
};

builder.node(OwnerPositionsRef, {
  description: 'Everything open of one owner.',
  interfaces: [DeliveredRef, StateUpdateRef],
  id: { resolve: ({ value }) => topics.positions.keyOf(value), description: 'One for each owner.' },
  loadOne: ownedNode(ownerNode, ({ value }) => value.owner),
  fields: (t) => ({
    owner: t.field({ type: 'Address', description: 'Whose.', resolve: ({ value }) => value.owner }),
    positions: t.field({
      type: [PositionRef],
      complexity: perItem(USUAL_POSITIONS),
      description: `The open ones, the oldest first. Counted as ${USUAL_POSITIONS}.`,
      resolve: ({ value }) => value.positions,
    }),
    totalUnrealizedPnl: t.field({
      type: 'Decimal',
      description: 'Of the positions whose prices are known, dollars.',
      resolve: ({ value }) => value.totalUnrealizedPnl,
    }),
    totalValueUsd: t.field({
      type: 'Decimal',
      description: 'Of the positions whose prices are known, dollars.',
      resolve: ({ value }) => value.totalValueUsd,
    }),
  }),
});

builder.queryFields((t) => ({
  positions: t.field({
    authScopes: { owner: true },
    type: [OwnerPositionsRef],
    description: `What is open, an entry for each of the owners; none for one that never had a position. Costs 1, and what is selected once where an owner is named, else ${USUAL_OWNERS} times.`,
    complexity: ({ filter }) => perItem(filter?.owner == null ? USUAL_OWNERS : 1),
    args: { filter: t.arg({ type: OwnerFilter, required: false, description: 'Left out: all of yours.' }) },
    resolve: async (_root, { filter }, context) => {
      const { asked } = ownersOf(filter?.owner, context);
      const found = await context.latest.all(
        topics.positions,
        asked.map((owner) => ownerKey(owner)),
      );
      return found.map((one) => queried(one)).sort((a, b) => (a.value.owner < b.value.owner ? -1 : 1));
    },
  }),
  position: t.field({
    authScopes: { owner: true },
    type: PositionRef,
    description: 'One of your positions, open or ended. `NOT_FOUND` for any other.',
    args: { id: t.arg.id({ required: true, description: 'Its `id`.' }) },
    resolve: async (_root, { id }, context) => ({ position: await ownPosition(id, 'id', context), figures: null }),
  }),
  positionList: t.connection(
    {
      authScopes: { owner: true },
      type: PositionRef,
      description: `Your positions, open and ended, by when they were opened. ${PAGE_COST}`,
      complexity: (args) => perItem(pageSize(args)),
      args: {
        filter: t.arg({ type: OwnerFilter, required: false, description: 'Left out: all of yours.' }),
        statuses: t.arg({
          type: [PositionStatusEnum],
          required: false,
          description: 'Only of these states. Left out: all.',
        }),
        orderBy: t.arg({ type: HistoryOrder, required: false, description: 'Left out: the newest first.' }),
      },
      resolve: async (_root, { filter, statuses, orderBy, ...args }, context) => {
        const owners = ownersOf(filter?.owner, context);
        if (statuses?.length === 0)
          throw badInput('statuses', 'statuses is empty, which would match nothing.', 'one or more, or leave it out');
        const request = pageRequest<PositionPlace>('positionList', args);
        const newestFirst = (orderBy !== 'OLDEST_FIRST') !== request.backwards;
        const { from, limit } = request;
        const found = await context.positions.page(owners.asked, {
          from,
          newestFirst,
          limit: limit + 1,
          statuses: statuses ?? null,
        });
        const items = found.slice(0, limit).map((position) => ({
          node: { position, figures: null },
          place: { openedAt: position.openedAt, id: position.id },
        }));
        return pageOf('positionList', request, items, { more: found.length > limit, end: null });
      },
    },
    { name: 'PositionConnection', description: 'A page of positions.' },
    { name: 'PositionEdge', description: 'A position in a page.' },
  ),
}));

builder.subscriptionField('positions', (t) =>
  t.field({
    authScopes: { owner: true },
    type: OwnerPositionsRef,
    description:
      'Everything open of each of your owners, with what it is worth and how safe it is: a snapshot, then the latest at each change.',
    args: {
      filter: t.arg({ type: OwnerFilter, required: false, description: 'Left out: all of yours.' }),
      delivery: t.arg({ type: DeliveryInput, required: false, description: 'Left out: every update.' }),
    },
    subscribe: (_root, { filter, delivery }, context) =>
      subscribeState(topics.positions, {
        owners: ownersOf(filter?.owner, context),
        minIntervalMs: intervalOf(delivery),
      }),
    resolve: (frame) => frame,
  }),
);
