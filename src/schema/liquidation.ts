import { topics } from '../bus/topics.ts';
import type { Predicate } from '../cohorts/predicate.ts';
import { canonicalJson } from '../cohorts/question.ts';
import { subscribeState } from '../cohorts/request.ts';
import type { StateFrame } from '../cohorts/update.ts';
import { atLeast, compareDecimals, type Decimal, decimal } from '../lib/decimal.ts';
import { badInput } from '../lib/errors.ts';
import type { LiquidationCandidate, MarketLiquidations } from '../model/risk.ts';
import { builder } from './builder.ts';
import type { Context } from './context.ts';
import { perItem, UNBOUNDED } from './cost.ts';
import { DeliveredRef, StateUpdateRef } from './delivered.ts';
import { chosen, DeliveryInput, intervalOf } from './delivery-arguments.ts';
import { queried } from './facts.ts';
import { globalId } from './ids.ts';
import { MarketRef } from './market.ts';

/** Which candidates a list shows: part of what it is. */
interface Shown {
  readonly maxHealthFactor: Decimal;
  readonly minRewardUsd: Decimal | null;
}

interface View extends StateFrame<MarketLiquidations> {
  readonly shown: Shown;
}

/** Health factor below which candidates are watched: nobody can ask for more. */
const MOST_HEALTH = decimal('2');

const DEFAULT_HEALTH = '1.2';

const CandidateRef = builder.objectRef<LiquidationCandidate>('LiquidationCandidate').implement({
  description: 'A public position that is near liquidation.',
  fields: (t) => ({
    positionId: t.id({ description: 'The position.', resolve: ({ positionId }) => globalId('Position', positionId) }),
    owner: t.expose('owner', { type: 'Address', description: 'Whose.' }),
    market: t.field({
      type: MarketRef,
      description: 'The market that it is known by.',
      resolve: ({ symbol }, _args, { instruments }) => instruments.describe(symbol, ''),
    }),
    healthFactor: t.expose('healthFactor', { type: 'Decimal', description: 'Liquidation below 1.' }),
    liquidationPrice: t.expose('liquidationPrice', {
      type: 'Decimal',
      nullable: true,
      description: 'Null where no price liquidates it.',
    }),
    currentPrice: t.expose('currentPrice', { type: 'Decimal', description: 'Of its market.' }),
    potentialReward: t.expose('potentialReward', {
      type: 'Decimal',
      nullable: true,
      description: 'What a liquidator would gain, dollars. Null where the venue pays none or does not say.',
    }),
    liquidatable: t.exposeBoolean('liquidatable', { description: 'Health factor below 1.' }),
  }),
});

const LiquidationsRef = builder.objectRef<View>('Liquidations');

function candidatesOf({ value, shown: { maxHealthFactor, minRewardUsd } }: View): readonly LiquidationCandidate[] {
  const enough = minRewardUsd === null ? null : atLeast(minRewardUsd);
  return value.candidates.filter(
    ({ healthFactor, potentialReward }) =>
      compareDecimals(healthFactor, maxHealthFactor) < 0 &&
      (enough === null || (potentialReward !== null && enough(potentialReward))),
  );
}

builder.node(LiquidationsRef, {
  description: 'The public positions of one market that are near liquidation, least healthy first.',
  interfaces: [DeliveredRef, StateUpdateRef],
  id: {
    resolve: ({ value, shown }) => `${value.symbol}|${shown.maxHealthFactor}|${shown.minRewardUsd ?? ''}`,
    description: 'One for each market and each pair of thresholds.',
  },
  loadOne: async (id, { latest }) => {
    const [symbol = '', most = '', least = ''] = id.split('|');
    const found = await latest.get(topics.liquidations, symbol);
    const shown = shownBy({ maxHealthFactor: most || null, minRewardUsd: least || null });
    return found && { ...queried(found), shown };
  },
  fields: (t) => ({
    market: t.field({
      type: MarketRef,
      description: 'The market.',
      resolve: ({ value }, _args, { instruments }) => instruments.describe(value.symbol, ''),
    }),
    count: t.int({
      description: 'Candidates in the list. Of a market in free fall the 500 least healthy are looked at.',
      resolve: (view) => candidatesOf(view).length,
    }),
    candidates: t.field({
      type: [CandidateRef],
      complexity: perItem(UNBOUNDED / 5),
      description: `Least healthy first. Counted as ${UNBOUNDED / 5}.`,
      resolve: candidatesOf,
    }),
  }),
});

const LiquidationFilter = builder.inputType('LiquidationFilter', {
  description: 'Which markets, and which candidates in them.',
  fields: (t) => ({
    markets: t.stringList({ required: false, description: 'Only these symbols; 1 to 200. Left out: all.' }),
    minRewardUsd: t.field({
      type: 'Decimal',
      required: false,
      description: 'Only candidates with at least this reward, dollars.',
    }),
    maxHealthFactor: t.field({
      type: 'Decimal',
      required: false,
      defaultValue: DEFAULT_HEALTH,
      description: `Only candidates with a health factor below this: up to ${MOST_HEALTH}.`,
    }),
  }),
});

type Filter = typeof LiquidationFilter.$inferInput;

/** @throws ApiError `BAD_USER_INPUT`. */
function shownBy(filter: Pick<Filter, 'minRewardUsd' | 'maxHealthFactor'> | null | undefined): Shown {
  const maxHealthFactor = (filter?.maxHealthFactor ?? DEFAULT_HEALTH) as Decimal;
  const minRewardUsd = (filter?.minRewardUsd ?? null) as Decimal | null;
  if (compareDecimals(maxHealthFactor, decimal('0')) <= 0 || compareDecimals(maxHealthFactor, MOST_HEALTH) > 0)
    throw badInput(
      'filter.maxHealthFactor',
      `maxHealthFactor is ${maxHealthFactor}.`,
      `above 0, at most ${MOST_HEALTH}`,
    );
  if (minRewardUsd !== null && compareDecimals(minRewardUsd, decimal('0')) < 0)
    throw badInput('filter.minRewardUsd', `minRewardUsd is ${minRewardUsd}.`, '0 or more, in dollars');
  return { maxHealthFactor, minRewardUsd };
}

function predicateOf(filter: Filter | null | undefined, { instruments }: Context): Predicate<MarketLiquidations> {
  const markets = chosen(filter?.markets, 'filter.markets');
  if (markets) instruments.check(markets, 'filter.markets');
  shownBy(filter);
  return { id: canonicalJson({ markets }), routes: markets, test: null };
}

builder.queryField('liquidations', (t) =>
  t.field({
    authScopes: { public: true },
    type: [LiquidationsRef],
    description: `Public positions near liquidation, by market. Costs 1, and what is selected once for each market of the filter; without markets, ${UNBOUNDED / 5} times.`,
    complexity: ({ filter }) => perItem(filter?.markets?.length ?? UNBOUNDED / 5),
    args: { filter: t.arg({ type: LiquidationFilter, required: false, description: 'Left out: every market.' }) },
    resolve: async (_root, { filter }, context) => {
      const { routes } = predicateOf(filter, context);
      const shown = shownBy(filter);
      const found = await context.latest.all(topics.liquidations, routes ?? undefined);
      return found
        .map((one) => ({ ...queried(one), shown }))
        .sort((a, b) => (a.value.symbol < b.value.symbol ? -1 : 1));
    },
  }),
);

builder.subscriptionField('liquidations', (t) =>
  t.field({
    authScopes: { public: true },
    type: LiquidationsRef,
    description:
      'Public positions near liquidation (of venues, chains and the simulation; never what an owner tracks by hand), a list for each market: as it stands, then at each change.',
    args: {
      filter: t.arg({ type: LiquidationFilter, required: false, description: 'Left out: every market.' }),
      delivery: t.arg({ type: DeliveryInput, required: false, description: 'Left out: every update.' }),
    },
    subscribe: (_root, { filter, delivery }, context) =>
      subscribeState(topics.liquidations, {
        predicate: predicateOf(filter, context),
        minIntervalMs: intervalOf(delivery),
      }),
    resolve: (frame, { filter }): View => ({ ...frame, shown: shownBy(filter) }),
  }),
);
