import type { OwnerLimits } from '../model/owner-limits.ts';
import { positiveAmount } from './amounts.ts';
import { builder } from './builder.ts';
import { perItem } from './cost.ts';
import { OwnerFilter, oneOwner, ownersOf } from './owner.ts';

/** Owners of one caller that a list is priced for. */
const USUAL_OWNERS = 10;

const OwnerLimitsRef = builder.objectRef<OwnerLimits>('OwnerLimits').implement({
  description:
    'How far an owner lets its trading go. Orders that would go beyond are refused; what goes beyond by itself, with the price, raises an alert.',
  fields: (t) => ({
    owner: t.expose('owner', { type: 'Address', description: 'Whose.' }),
    version: t.exposeInt('version', { description: 'Grows with every change.' }),
    maxPositionUsd: t.expose('maxPositionUsd', {
      type: 'Decimal',
      nullable: true,
      description: 'Most that one symbol may be worth, open orders included. Null: no limit.',
    }),
    maxExposureUsd: t.expose('maxExposureUsd', {
      type: 'Decimal',
      nullable: true,
      description: 'Most that all together may be worth, open orders included. Null: no limit.',
    }),
    maxLossUsd: t.expose('maxLossUsd', {
      type: 'Decimal',
      nullable: true,
      description: 'Most that may be lost, fees included: beyond it orders may only reduce. Null: no limit.',
    }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When it was last changed.' }),
  }),
});

const SetOwnerLimitsInput = builder.inputType('SetOwnerLimitsInput', {
  description: 'All limits of an owner: one that is left out or null is lifted. Dollars, above 0.',
  fields: (t) => ({
    owner: t.field({ type: 'Address', required: false, description: 'Whose. Left out: your only address.' }),
    maxPositionUsd: t.field({ type: 'Decimal', required: false, description: 'Of one symbol.' }),
    maxExposureUsd: t.field({ type: 'Decimal', required: false, description: 'Of all together.' }),
    maxLossUsd: t.field({ type: 'Decimal', required: false, description: 'Of what may be lost.' }),
  }),
});

const OwnerLimitsPayload = builder.objectRef<OwnerLimits>('OwnerLimitsPayload').implement({
  description: 'Limits that are in force within a second.',
  fields: (t) => ({
    limits: t.field({ type: OwnerLimitsRef, description: 'As stored.', resolve: (limits) => limits }),
  }),
});

builder.queryField('ownerLimits', (t) =>
  t.field({
    authScopes: { owner: true },
    type: [OwnerLimitsRef],
    description: `Limits that were set, an entry for each owner that has some. Costs 1, and what is selected ${USUAL_OWNERS} times.`,
    complexity: () => perItem(USUAL_OWNERS),
    args: { filter: t.arg({ type: OwnerFilter, required: false, description: 'Left out: all of yours.' }) },
    resolve: async (_root, { filter }, context) => [
      ...(await context.trading.limits(ownersOf(filter?.owner, context).asked)),
    ],
  }),
);

builder.mutationField('setOwnerLimits', (t) =>
  t.field({
    type: OwnerLimitsPayload,
    authScopes: { owner: true },
    description:
      'Sets how far an owner lets its trading go: a position limit raises alerts of type POSITION_LIMIT_EXCEEDED, a loss limit LOSS_LIMIT_EXCEEDED, each with the limit and the value of then.',
    args: { input: t.arg({ type: SetOwnerLimitsInput, required: true, description: 'The limits.' }) },
    resolve: (_root, { input }, context) => {
      const most = (name: 'maxPositionUsd' | 'maxExposureUsd' | 'maxLossUsd') => {
        const value = input[name];
        return value == null ? null : positiveAmount(value, `input.${name}`);
      };
      return context.tradingDesk.limit({
        owner: oneOwner(input.owner, context),
        maxPositionUsd: most('maxPositionUsd'),
        maxExposureUsd: most('maxExposureUsd'),
        maxLossUsd: most('maxLossUsd'),
      });
    },
  }),
);
