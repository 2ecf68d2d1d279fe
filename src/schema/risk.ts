import { topics } from '../bus/topics.ts';
import type { Predicate } from '../cohorts/predicate.ts';
import { canonicalJson } from '../cohorts/question.ts';
import { subscribeState } from '../cohorts/request.ts';
import type { StateFrame } from '../cohorts/update.ts';
import { badInput } from '../lib/errors.ts';
import { ownerKey } from '../model/owner.ts';
import type { RISK_PARTS, RiskAttribution, RiskConventions, RiskMetrics, RiskUpdate, WhatIf } from '../model/risk.ts';
import { builder } from './builder.ts';

import { perItem } from './cost.ts';
import { DeliveredRef, StateUpdateRef } from './delivered.ts';
import { DeliveryInput, intervalOf } from './delivery-arguments.ts';
import { queried } from './facts.ts';
import { globalId } from './ids.ts';
import { ownedNode } from './owner.ts';
import { ownPosition, PositionRef, positionChoice, UnavailableRef } from './position.ts';
import { underPrices } from './under-prices.ts';

const RiskPartEnum = builder.enumType('RiskPart', {
  description: 'A part of the risk score.',
  values: {
    LIQUIDITY: { description: 'Size against what is quoted within 2 % of the price.' },
    VOLATILITY: { description: 'How much the value moves.' },
    PROTOCOL: { description: 'What the protocol has shown so far, from a table.' },
    MEV: { description: 'How many swaps of its pool somebody extracts value from.' },
    CROSS_CHAIN: { description: 'The chain, and the bridge that its assets came over.' },
  } satisfies Record<(typeof RISK_PARTS)[number], object>,
});

const RiskConventionsRef = builder.objectRef<RiskConventions>('RiskConventions').implement({
  description: 'By which conventions the statistics were made.',
  fields: (t) => ({
    sampleSeconds: t.float({ description: 'Time between two values.', resolve: ({ sampleMs }) => sampleMs / 1_000 }),
    samples: t.exposeInt('samples', { description: 'Returns in the series now.' }),
    periodsPerYear: t.exposeFloat('periodsPerYear', {
      description: 'What Sharpe ratio and volatility are annualised by.',
    }),
    horizonSeconds: t.float({
      description: 'What value at risk and expected shortfall are over, by the square root of time.',
      resolve: ({ horizonMs }) => horizonMs / 1_000,
    }),
    varMethod: t.exposeString('varMethod', {
      description: 'HISTORICAL_LINEAR: the quantile by linear interpolation between order statistics.',
    }),
  }),
});

const MISSING = 'Null where `unavailable` says why';

const RiskMetricsRef = builder.objectRef<RiskMetrics>('RiskMetrics').implement({
  description: 'How risky a position is. Scores run from 0 (no risk seen) to 1; what each number means: docs/RISK.md.',
  fields: (t) => ({
    overallRiskScore: t.exposeFloat('overallRiskScore', {
      description: 'The weighted parts that are known: the sum of the contributions, exactly.',
    }),
    liquidityRisk: t.exposeFloat('liquidityRisk', { nullable: true, description: `${MISSING}.` }),
    volatilityRisk: t.exposeFloat('volatilityRisk', { nullable: true, description: `${MISSING}.` }),
    protocolRisk: t.exposeFloat('protocolRisk', { nullable: true, description: `${MISSING}.` }),
    mevRiskScore: t.exposeFloat('mevRiskScore', { nullable: true, description: `${MISSING}.` }),
    crossChainRisk: t.exposeFloat('crossChainRisk', { nullable: true, description: `${MISSING}.` }),
    impermanentLossPct: t.exposeFloat('impermanentLossPct', {
      nullable: true,
      description: `Positive is a loss. ${MISSING}.`,
    }),
    currentIlUsd: t.expose('currentIlUsd', {
      type: 'Decimal',
      nullable: true,
      description: `The same in dollars. ${MISSING}.`,
    }),
    maxDrawdownPct: t.exposeFloat('maxDrawdownPct', {
      nullable: true,
      description: `Largest fall of the value from a peak, positive. ${MISSING}.`,
    }),
    sharpeRatio: t.exposeFloat('sharpeRatio', { nullable: true, description: `Annualised. ${MISSING}.` }),
    var95Pct: t.exposeFloat('var95Pct', {
      nullable: true,
      description: `Historical value at risk at 95 %, positive is a loss. ${MISSING}.`,
    }),
    parametricVar95Pct: t.exposeFloat('parametricVar95Pct', {
      nullable: true,
      description: `The same of a normal distribution. ${MISSING}.`,
    }),
    cvar95Pct: t.exposeFloat('cvar95Pct', {
      nullable: true,
      description: `Expected shortfall: the mean of what lies beyond value at risk. ${MISSING}.`,
    }),
    volatilityPct: t.exposeFloat('volatilityPct', {
      nullable: true,
      description: `Of the position's own value, annualised. ${MISSING}.`,
    }),
    conventions: t.field({
      type: RiskConventionsRef,
      description: 'By which conventions.',
      resolve: ({ conventions }) => conventions,
    }),
    unavailable: t.field({
      type: [UnavailableRef],
      complexity: perItem(10),
      description: 'Which of them are null, and why.',
      resolve: ({ unavailable }) => unavailable,
    }),
  }),
});

const RiskAttributionRef = builder.objectRef<RiskAttribution>('RiskAttribution').implement({
  description: 'What one part adds to the score. All are multiples of 2^-20: they sum exactly, in any order.',
  fields: (t) => ({
    part: t.field({ type: RiskPartEnum, description: 'Which.', resolve: ({ part }) => part }),
    contribution: t.exposeFloat('contribution', { description: 'Of the score now.' }),
    change: t.exposeFloat('change', {
      description: 'Since the update of sequence `changeSince`. Whoever holds another one uses the contributions.',
    }),
  }),
});

const RiskUpdateRef = builder.objectRef<StateFrame<RiskUpdate>>('RiskUpdate');

builder.node(RiskUpdateRef, {
  description: 'How risky one position is, and what moved it.',
  interfaces: [DeliveredRef, StateUpdateRef],
  id: { resolve: ({ value }) => topics.riskUpdates.keyOf(value), description: 'One for each position.' },
  loadOne: ownedNode(
    async (key, { latest }) => {
      const found = await latest.get(topics.riskUpdates, key);
      return found && queried(found);
    },
    ({ value }) => value.owner,
  ),
  fields: (t) => ({
    positionId: t.id({ description: 'The position.', resolve: ({ value }) => globalId('Position', value.positionId) }),
    owner: t.field({ type: 'Address', description: 'Whose.', resolve: ({ value }) => value.owner }),
    metrics: t.field({ type: RiskMetricsRef, description: 'The numbers.', resolve: ({ value }) => value.metrics }),
    attribution: t.field({
      type: [RiskAttributionRef],
      complexity: perItem(5),
      description: 'What each part adds to the score, and how that changed.',
      resolve: ({ value }) => value.attribution,
    }),
    changeSince: t.field({
      type: 'SafeInt',
      nullable: true,
      description: 'Sequence of the update before, which `change` is since. Null for the first.',
      resolve: ({ value, sequence }) => (value.hasPrevious && sequence > 1 ? sequence - 1 : null),
    }),
  }),
});

const RiskFilter = builder.inputType('RiskFilter', {
  description: 'Which positions. Members are ANDed; a member left out or null does not narrow.',
  fields: (t) => ({
    owner: t.field({
      type: 'Address',
      required: false,
      description: 'Only of this address, one of yours; an operator may name any. Left out: all of yours.',
    }),
    positionId: t.id({ required: false, description: 'Only this one. `NOT_FOUND` where it is none of yours.' }),
    minOverallRiskScore: t.float({ required: false, description: 'Only with at least this score, 0 to 1.' }),
  }),
});

function predicateOf(positionId: string | null, least: number | null): Predicate<RiskUpdate> {
  if (least !== null && !(least >= 0 && least <= 1))
    throw badInput('filter.minOverallRiskScore', `minOverallRiskScore is ${least}.`, '0 to 1');
  const narrows = positionId !== null || least !== null;
  return {
    id: canonicalJson({ positionId, least }),
    routes: null,
    test: narrows
      ? (update) =>
          (positionId === null || update.positionId === positionId) &&
          (least === null || update.metrics.overallRiskScore >= least)
      : null,
  };
}

builder.subscriptionField('riskUpdates', (t) =>
  t.field({
    authScopes: { owner: true },
    type: RiskUpdateRef,
    description:
      'How risky positions are: a snapshot of each that passes the filter, then the latest at each change, with what moved it.',
    args: {
      filter: t.arg({ type: RiskFilter, required: false, description: 'Left out: all of yours.' }),
      delivery: t.arg({ type: DeliveryInput, required: false, description: 'Left out: every update.' }),
    },
    subscribe: async (_root, { filter, delivery }, context) => {
      const minIntervalMs = intervalOf(delivery);
      predicateOf(null, filter?.minOverallRiskScore ?? null);
      const { owners, positionId } = await positionChoice(filter, context);
      const predicate = predicateOf(positionId, filter?.minOverallRiskScore ?? null);
      return subscribeState(topics.riskUpdates, { owners, predicate, minIntervalMs });
    },
    resolve: (frame) => frame,
  }),
);

const PriceShockInput = builder.inputType('PriceShock', {
  description: 'A price moved by a part of itself.',
  fields: (t) => ({
    symbol: t.string({ required: true, description: 'Whose price: "BTCUSDT".' }),
    changePct: t.float({ required: true, description: 'In per cent, -100 to 10,000: -20 is a fifth down.' }),
  }),
});

const WhatIfRef = builder.objectRef<WhatIf>('WhatIf').implement({
  description: 'A position as it is, and as it would be under shocks. Amounts, margins and all other prices stay.',
  fields: (t) => ({
    before: t.field({
      type: PositionRef,
      description: 'With the prices of now.',
      resolve: ({ position, before }) => ({ position, figures: before }),
    }),
    after: t.field({
      type: PositionRef,
      description:
        'With the shocks. Its id is its own, made of the position and the shocks, so that no cache takes it for the position; nothing is found by it.',
      resolve: ({ position, shocks, after }) => ({
        position: { ...position, id: `${position.id}|${canonicalJson(shocks)}` },
        figures: after,
      }),
    }),
    wouldBeLiquidated: t.exposeBoolean('wouldBeLiquidated', {
      nullable: true,
      description: 'Whether its health factor would be below 1. Null where it has none.',
    }),
  }),
});

/** Shocks that one question may hold. */
const MAX_SHOCKS = 50;

builder.queryFields((t) => ({
  risk: t.field({
    authScopes: { owner: true },
    type: RiskUpdateRef,
    nullable: true,
    description: 'How risky one of your positions is now. Null before its first numbers, and some time after its end.',
    args: { positionId: t.arg.id({ required: true, description: 'The position.' }) },
    resolve: async (_root, { positionId }, context) => {
      const position = await ownPosition(positionId, 'positionId', context);
      const found = await context.latest.get(topics.riskUpdates, ownerKey(position.owner, position.id));
      return found && queried(found);
    },
  }),
  whatIf: t.field({
    authScopes: { owner: true },
    type: WhatIfRef,
    description: 'What one of your open positions would be under price shocks. Costs 10.',
    complexity: { field: 10, multiplier: 1 },
    args: {
      positionId: t.arg.id({ required: true, description: 'The position.' }),
      shocks: t.arg({
        type: [PriceShockInput],
        required: true,
        description: `Up to ${MAX_SHOCKS}; several of one symbol follow one another.`,
      }),
    },
    resolve: async (_root, { positionId, shocks }, context) => {
      if (shocks.length > MAX_SHOCKS)
        throw badInput('shocks', `There are ${shocks.length} shocks.`, `at most ${MAX_SHOCKS}`);
      for (const [at, { changePct }] of shocks.entries())
        if (!(changePct >= -100 && changePct <= 10_000))
          throw badInput(`shocks.${at}.changePct`, `changePct is ${changePct}.`, '-100 to 10,000, in per cent');
      const position = await ownPosition(positionId, 'positionId', context);
      return underPrices(position, shocks, context);
    },
  }),
}));
