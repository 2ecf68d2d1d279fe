import { topics } from '../bus/topics.ts';
import { canonicalJson } from '../cohorts/question.ts';
import { subscribeState } from '../cohorts/request.ts';
import type { StateFrame } from '../cohorts/update.ts';
import { ownerKey } from '../model/owner.ts';
import type { PositionValue } from '../model/risk.ts';
import { builder } from './builder.ts';
import { DeliveredRef, StateUpdateRef } from './delivered.ts';
import { DeliveryInput, intervalOf } from './delivery-arguments.ts';
import { queried } from './facts.ts';
import { globalId } from './ids.ts';
import { ownedNode } from './owner.ts';
import { ownPosition, PositionFilter, PositionRef, positionChoice } from './position.ts';

const PositionValueRef = builder.objectRef<StateFrame<PositionValue>>('PositionValue');

builder.node(PositionValueRef, {
  description: 'What one position is worth. Sent once more, with `position.status`, when it has ended.',
  interfaces: [DeliveredRef, StateUpdateRef],
  id: { resolve: ({ value }) => topics.positionValue.keyOf(value), description: 'One for each position.' },
  loadOne: ownedNode(
    async (key, { latest }) => {
      const found = await latest.get(topics.positionValue, key);
      return found && queried(found);
    },
    ({ value }) => value.position.owner,
  ),
  fields: (t) => ({
    positionId: t.id({ description: 'The position.', resolve: ({ value }) => globalId('Position', value.position.id) }),
    position: t.field({ type: PositionRef, description: 'The position.', resolve: ({ value }) => value }),
    currentValueUsd: t.field({
      type: 'Decimal',
      description:
        'What would be left if it were closed now, before fees. Nothing is sent before its prices are known.',
      resolve: ({ value }) => value.valueUsd,
    }),
    pnlUsd: t.field({
      type: 'Decimal',
      description: 'Realised and unrealised, net of funding and fees.',
      resolve: ({ value }) => value.pnlUsd,
    }),
    impermanentLossPct: t.float({
      nullable: true,
      description:
        'Per cent of what the deposit would be worth, held; positive is a loss. Null for what is no share of a pool.',
      resolve: ({ value }) => value.figures.impermanentLossPct,
    }),
  }),
});

builder.queryField('positionValue', (t) =>
  t.field({
    authScopes: { owner: true },
    type: PositionValueRef,
    nullable: true,
    description:
      'What one of your positions is worth now. Null before its prices are known, and some time after its end.',
    args: { positionId: t.arg.id({ required: true, description: 'The position.' }) },
    resolve: async (_root, { positionId }, context) => {
      const position = await ownPosition(positionId, 'positionId', context);
      const found = await context.latest.get(topics.positionValue, ownerKey(position.owner, position.id));
      return found && queried(found);
    },
  }),
);

builder.subscriptionField('positionValue', (t) =>
  t.field({
    authScopes: { owner: true },
    type: PositionValueRef,
    description: 'What positions are worth: a snapshot of each that passes the filter, then the latest at each change.',
    args: {
      filter: t.arg({ type: PositionFilter, required: false, description: 'Left out: all of yours.' }),
      delivery: t.arg({ type: DeliveryInput, required: false, description: 'Left out: every update.' }),
    },
    subscribe: async (_root, { filter, delivery }, context) => {
      const minIntervalMs = intervalOf(delivery);
      const { owners, positionId } = await positionChoice(filter, context);
      return subscribeState(topics.positionValue, {
        owners,
        predicate: {
          id: canonicalJson({ positionId }),
          routes: null,
          test: positionId === null ? null : ({ position }) => position.id === positionId,
        },
        minIntervalMs,
      });
    },
    resolve: (frame) => frame,
  }),
);
