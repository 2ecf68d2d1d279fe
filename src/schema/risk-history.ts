import { badInput } from '../lib/errors.ts';
import type { RiskPoint } from '../store/positions.ts';
import type { RiskBucket } from '../store/risk-buckets.ts';
import { builder } from './builder.ts';
import { pageOf, pageRequest, pageSize } from './connections.ts';
import { perItem } from './cost.ts';
import { PAGE_COST } from './event-history.ts';
import { ownPosition } from './position.ts';

const RiskPointRef = builder.objectRef<RiskPoint>('PositionValuePoint').implement({
  description: 'What a position was worth, and how safe it was, at one time.',
  fields: (t) => ({
    at: t.expose('at', { type: 'DateTime', description: 'When.' }),
    valueUsd: t.expose('valueUsd', { type: 'Decimal', description: 'Value.' }),
    pnlUsd: t.expose('pnlUsd', { type: 'Decimal', description: 'Realised and unrealised.' }),
    healthFactor: t.expose('healthFactor', {
      type: 'Decimal',
      nullable: true,
      description: 'Null where nothing was owed.',
    }),
    riskScore: t.exposeFloat('riskScore', { nullable: true, description: 'Null before its first score.' }),
  }),
});

const RiskBucketRef = builder.objectRef<RiskBucket>('RiskHistoryBucket').implement({
  description: 'A stretch of the history of a position, for a chart.',
  fields: (t) => ({
    from: t.expose('from', { type: 'DateTime', description: 'Its beginning.' }),
    points: t.exposeInt('points', { description: 'Points in it; there is no bucket without one.' }),
    valueOpen: t.expose('valueOpen', { type: 'Decimal', description: 'Value at its first point.' }),
    valueClose: t.expose('valueClose', { type: 'Decimal', description: 'Value at its last point.' }),
    valueHigh: t.expose('valueHigh', { type: 'Decimal', description: 'Highest value.' }),
    valueLow: t.expose('valueLow', { type: 'Decimal', description: 'Lowest value.' }),
    pnlClose: t.expose('pnlClose', { type: 'Decimal', description: 'Realised and unrealised, at its last point.' }),
    healthLow: t.expose('healthLow', {
      type: 'Decimal',
      nullable: true,
      description: 'Lowest health factor. Null where nothing was owed.',
    }),
    riskScoreHigh: t.exposeFloat('riskScoreHigh', { nullable: true, description: 'Highest score. Null without one.' }),
  }),
});

const BUCKETS = { MINUTE: 60_000, FIVE_MINUTES: 300_000, HOUR: 3_600_000, DAY: 86_400_000 } as const;

const RiskBucketSizeEnum = builder.enumType('RiskBucket', {
  description: 'How long a bucket is.',
  values: {
    MINUTE: { description: 'A minute.' },
    FIVE_MINUTES: { description: 'Five minutes.' },
    HOUR: { description: 'An hour.' },
    DAY: { description: 'A day, UTC.' },
  } satisfies Record<keyof typeof BUCKETS, object>,
});

/** Buckets that one answer may hold. */
const MAX_BUCKETS = 1_000;

interface PointPlace {
  readonly at: number;
}

builder.queryFields((t) => ({
  positionValueHistory: t.connection(
    {
      authScopes: { owner: true },
      type: RiskPointRef,
      description: `What one of your positions was worth, newest first. ${PAGE_COST}`,
      complexity: (args) => perItem(pageSize(args)),
      args: { positionId: t.arg.id({ required: true, description: 'The position.' }) },
      resolve: async (_root, { positionId, ...args }, context) => {
        const request = pageRequest<PointPlace>('positionValueHistory', args);
        if (request.backwards)
          throw badInput('last', 'This history is read from now backwards.', '`first` and `after`');
        const position = await ownPosition(positionId, 'positionId', context);
        const before = request.from?.at ?? context.clock.now() + 1;
        const found = await context.positions.points(position.id, before, request.limit + 1);
        const items = found.slice(0, request.limit).map((point) => ({ node: point, place: { at: point.at } }));
        return pageOf('positionValueHistory', request, items, { more: found.length > request.limit, end: null });
      },
    },
    { name: 'PositionValueConnection', description: 'A page of points.' },
    { name: 'PositionValueEdge', description: 'A point in a page.' },
  ),
  riskHistory: t.field({
    authScopes: { owner: true },
    type: [RiskBucketRef],
    description: `The history of one of your positions in buckets, oldest first; those without a point are absent. Costs 1, and what is selected 50 times.`,
    complexity: () => perItem(50),
    args: {
      positionId: t.arg.id({ required: true, description: 'The position.' }),
      bucket: t.arg({ type: RiskBucketSizeEnum, required: true, description: 'How long a bucket is.' }),
      from: t.arg({ type: 'DateTime', required: false, description: 'From then on. Left out: the last 100 buckets.' }),
      to: t.arg({ type: 'DateTime', required: false, description: 'Before then. Left out: now.' }),
    },
    resolve: async (_root, { positionId, bucket, from, to }, context) => {
      const bucketMs = BUCKETS[bucket];
      const end = to ?? context.clock.now();
      const begin = from ?? end - 100 * bucketMs;
      if (!(begin < end)) throw badInput('from', '`from` is not before `to`.');
      if ((end - begin) / bucketMs > MAX_BUCKETS)
        throw badInput(
          'from',
          'That are too many buckets.',
          `at most ${MAX_BUCKETS}: a shorter time, or longer buckets`,
        );
      const position = await ownPosition(positionId, 'positionId', context);
      return [...(await context.positions.buckets(position.id, begin, end, bucketMs))];
    },
  }),
}));
