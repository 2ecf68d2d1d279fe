import { topics } from '../bus/topics.ts';
import { ApiError } from '../lib/errors.ts';
import type { Owners } from '../model/owner.ts';
import { ownerKey } from '../model/owner.ts';
import type { Collateral, Debt, Position } from '../model/position.ts';
import { entryPriceOf, sizeOf } from '../model/position-measures.ts';
import type { ConfidenceBand, PositionFigures, Unavailable } from '../model/risk.ts';
import { builder, idIn } from './builder.ts';
import type { Context } from './context.ts';
import { perItem, priceNode } from './cost.ts';
import { FeedGapRef } from './delivered.ts';
import { MarketRef } from './market.ts';
import { maySee, ownedNode, ownersOf } from './owner.ts';
import {
  MarginModeEnum,
  PositionKindEnum,
  PositionSideEnum,
  PositionStatusEnum,
  ProvenanceEnum,
} from './position-kinds.ts';
import { may, refusal } from './scopes.ts';

/** A position, and its numbers where they are known already; else they are looked up. */
export interface PositionShape {
  readonly position: Position;
  readonly figures: PositionFigures | null;
}

export const UnavailableRef = builder.objectRef<Unavailable>('Unavailable').implement({
  description: 'A figure that cannot be given, and why.',
  fields: (t) => ({
    field: t.exposeString('field', { description: 'The name of the field that is null.' }),
    reason: t.exposeString('reason', { description: 'Why, in words.' }),
  }),
});

const ConfidenceBandRef = builder.objectRef<ConfidenceBand>('ConfidenceBand').implement({
  description: "A figure within the oracle's confidence interval.",
  fields: (t) => ({
    low: t.expose('low', { type: 'Decimal', description: 'With every price at the end that hurts most.' }),
    mid: t.expose('mid', { type: 'Decimal', description: 'With prices as they are.' }),
    high: t.expose('high', { type: 'Decimal', description: 'With every price at the end that helps most.' }),
  }),
});

const CollateralRef = builder.objectRef<Collateral>('Collateral').implement({
  description: 'A collateral of a loan.',
  fields: (t) => ({
    symbol: t.exposeString('symbol', { description: 'Whose price it has.' }),
    amount: t.expose('amount', { type: 'Decimal', description: 'With interest, in whole tokens.' }),
    liquidationThreshold: t.expose('liquidationThreshold', {
      type: 'Decimal',
      description: 'The part of its value that counts against the debt: 0.825.',
    }),
    liquidationBonus: t.expose('liquidationBonus', {
      type: 'Decimal',
      description: 'What a liquidator gets on top: 0.05.',
    }),
  }),
});

const DebtRef = builder.objectRef<Debt>('Debt').implement({
  description: 'A debt of a loan.',
  fields: (t) => ({
    symbol: t.exposeString('symbol', { description: 'Whose price it has.' }),
    amount: t.expose('amount', { type: 'Decimal', description: 'With interest, in whole tokens.' }),
  }),
});

export const PositionRef = builder.objectRef<PositionShape>('Position');

/** The numbers of a position: those it came with, or the latest that were told of it; null before the first. */
async function figuresOf({ position, figures }: PositionShape, { latest }: Context): Promise<PositionFigures | null> {
  if (figures) return figures;
  const key = ownerKey(position.owner, position.id);
  return (await latest.get(topics.positionValue, key))?.value.figures ?? null;
}

type Figure = keyof Omit<PositionFigures, 'unavailable' | 'stale' | 'timestamp' | 'receivedAt'>;

/** Answered at once where the numbers came with it: an answer that waits costs nearly twice as much. */
function figure<F extends Figure>(name: F) {
  return (
    shape: PositionShape,
    _args: object,
    context: Context,
  ): PositionFigures[F] | null | Promise<PositionFigures[F] | null> =>
    shape.figures ? shape.figures[name] : figuresOf(shape, context).then((figures) => figures?.[name] ?? null);
}

const UNPRICED = 'Null where a price is missing';

builder.node(PositionRef, {
  description: 'A position, as it stands. Of two versions the higher one is true.',
  id: { resolve: ({ position }) => position.id, description: 'The position.' },
  loadOne: ownedNode(
    async (id, context) => {
      const position = await context.positions.find(id);
      return position && { position, figures: null };
    },
    ({ position }) => position.owner,
  ),
  fields: (t) => ({
    version: t.int({ description: 'Grows with every change.', resolve: ({ position }) => position.version }),
    kind: t.field({ type: PositionKindEnum, description: 'What it is.', resolve: ({ position }) => position.kind }),
    owner: t.field({ type: 'Address', description: 'Whose.', resolve: ({ position }) => position.owner }),
    market: t.field({
      type: MarketRef,
      description: 'The market that it is known by: whose price `currentPrice` is.',
      resolve: ({ position }, _args, { instruments }) => instruments.describe(position.symbol, ''),
    }),
    protocol: t.string({ description: '"hyperliquid", "aave-v3".', resolve: ({ position }) => position.protocol }),
    chainId: t.int({
      nullable: true,
      description: 'Null at a venue that is no chain.',
      resolve: ({ position }) => position.chainId,
    }),
    provenance: t.field({
      type: ProvenanceEnum,
      description: 'Who may know of it.',
      resolve: ({ position }) => position.provenance,
    }),
    status: t.field({
      type: PositionStatusEnum,
      description: 'Whether it lives.',
      resolve: ({ position }) => position.status,
    }),
    openedAt: t.field({
      type: 'DateTime',
      description: 'Its beginning.',
      resolve: ({ position }) => position.openedAt,
    }),
    updatedAt: t.field({
      type: 'DateTime',
      description: 'When it was last changed, by its owner or its venue.',
      resolve: ({ position }) => position.updatedAt,
    }),
    closedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'Its end. Null while it is open.',
      resolve: ({ position }) => position.closedAt,
    }),
    side: t.field({
      type: PositionSideEnum,
      nullable: true,
      description: 'Null for what has no side: all but perpetuals.',
      resolve: ({ position }) => (position.kind === 'PERP' ? position.side : null),
    }),
    size: t.field({
      type: 'Decimal',
      description:
        "PERP and SPOT: base currency. LP and CONCENTRATED_LP: liquidity. LENDING: amount of the market's token.",
      resolve: ({ position }) => sizeOf(position),
    }),
    entryPrice: t.field({
      type: 'Decimal',
      nullable: true,
      description: 'Average price of what is held. Null for loans and shares of pools, which have no single one.',
      resolve: ({ position }) => entryPriceOf(position),
    }),
    marginMode: t.field({
      type: MarginModeEnum,
      nullable: true,
      description: 'Null for all but perpetuals.',
      resolve: ({ position }) => (position.kind === 'PERP' ? position.marginMode : null),
    }),
    collateral: t.field({
      type: 'Decimal',
      nullable: true,
      description: 'Margin of a perpetual, dollars. Null for all others.',
      resolve: ({ position }) => (position.kind === 'PERP' ? position.collateral : null),
    }),
    collaterals: t.field({
      type: [CollateralRef],
      complexity: perItem(4),
      description: 'Of a loan; empty for all others.',
      resolve: ({ position }) => (position.kind === 'LENDING' ? position.collaterals : []),
    }),
    debts: t.field({
      type: [DebtRef],
      complexity: perItem(4),
      description: 'Of a loan; empty for all others.',
      resolve: ({ position }) => (position.kind === 'LENDING' ? position.debts : []),
    }),
    lowerPrice: t.field({
      type: 'Decimal',
      nullable: true,
      description: 'Lower end of the range, token0 in token1. Null for all but CONCENTRATED_LP.',
      resolve: ({ position }) => (position.kind === 'CONCENTRATED_LP' ? position.lowerPrice : null),
    }),
    upperPrice: t.field({
      type: 'Decimal',
      nullable: true,
      description: 'Upper end of the range, token0 in token1. Null for all but CONCENTRATED_LP.',
      resolve: ({ position }) => (position.kind === 'CONCENTRATED_LP' ? position.upperPrice : null),
    }),
    realizedPnl: t.field({
      type: 'Decimal',
      description: 'Booked so far, net of funding and fees, dollars.',
      resolve: ({ position }) => position.realizedPnl,
    }),
    fundingPaid: t.field({
      type: 'Decimal',
      description: 'Funding paid so far, negative where more was received, dollars.',
      resolve: ({ position }) => position.fundingPaid,
    }),
    fundingGap: t.field({
      type: FeedGapRef,
      nullable: true,
      description:
        'A stretch of which settlements of funding are not known: `fundingPaid` lacks them. Null where none is missing, and for what pays none.',
      resolve: ({ position }) => (position.kind === 'PERP' ? (position.fundingGap ?? null) : null),
    }),
    feesPaid: t.field({
      type: 'Decimal',
      description: 'Fees paid so far, dollars.',
      resolve: ({ position }) => position.feesPaid,
    }),
    currentPrice: t.field({
      type: 'Decimal',
      nullable: true,
      description: `Price of its market. ${UNPRICED}.`,
      resolve: figure('currentPrice'),
    }),
    currentValueUsd: t.field({
      type: 'Decimal',
      nullable: true,
      description: `What would be left if it were closed now, before fees. ${UNPRICED}.`,
      resolve: figure('currentValueUsd'),
    }),
    exposureUsd: t.field({
      type: 'Decimal',
      nullable: true,
      description: `Gross size in the market. ${UNPRICED}.`,
      resolve: figure('exposureUsd'),
    }),
    unrealizedPnl: t.field({
      type: 'Decimal',
      nullable: true,
      description: `Gain on what is held, dollars. ${UNPRICED}.`,
      resolve: figure('unrealizedPnl'),
    }),
    pnlUsd: t.field({
      type: 'Decimal',
      nullable: true,
      description: `Realised and unrealised. ${UNPRICED}.`,
      resolve: figure('pnlUsd'),
    }),
    healthFactor: t.field({
      type: 'Decimal',
      nullable: true,
      description:
        'LENDING: sum of collateral times threshold over debt. PERP: equity over maintenance margin. Liquidation below 1. Null where nothing is owed, or a price is missing.',
      resolve: figure('healthFactor'),
    }),
    liquidationPrice: t.field({
      type: 'Decimal',
      nullable: true,
      description: 'Price of its market at which it is liquidated, all others as they are. Null where none does.',
      resolve: figure('liquidationPrice'),
    }),
    marginRatioPct: t.float({
      nullable: true,
      description:
        'What must be covered in per cent of what covers it: liquidation at 100. Null where nothing is owed.',
      resolve: figure('marginRatioPct'),
    }),
    bufferPct: t.float({
      nullable: true,
      description: 'How much of what covers it may be lost before liquidation, per cent. Null where nothing is owed.',
      resolve: figure('bufferPct'),
    }),
    liquidationDistancePct: t.float({
      nullable: true,
      description: 'From the price to the liquidation price, per cent of the price. Null where there is none.',
      resolve: figure('liquidationDistancePct'),
    }),
    leverage: t.field({
      type: 'Decimal',
      nullable: true,
      description: 'Exposure over value. Null for what has none, or no value left.',
      resolve: figure('leverage'),
    }),
    isAtRisk: t.boolean({
      description: 'Health factor below 1.2 (a setting of the server).',
      resolve: (shape, _args, context) =>
        shape.figures ? shape.figures.isAtRisk : figuresOf(shape, context).then((known) => known?.isAtRisk ?? false),
    }),
    impermanentLossPct: t.float({
      nullable: true,
      description:
        'What a share of a pool is worth less than its deposit would be, held: per cent of the latter, positive is a loss, fees not in it. Null for all others.',
      resolve: figure('impermanentLossPct'),
    }),
    impermanentLossUsd: t.field({
      type: 'Decimal',
      nullable: true,
      description: 'The same in dollars. Null for what is no share of a pool.',
      resolve: figure('impermanentLossUsd'),
    }),
    inRange: t.boolean({
      nullable: true,
      description: 'Whether the price lies within the range. Null for all but CONCENTRATED_LP.',
      resolve: figure('inRange'),
    }),
    healthFactorBand: t.field({
      type: ConfidenceBandRef,
      nullable: true,
      description: "Health factor within the oracle's confidence interval. Null where the oracle gives none.",
      resolve: figure('healthFactorBand'),
    }),
    pnlBand: t.field({
      type: ConfidenceBandRef,
      nullable: true,
      description: "`pnlUsd` within the oracle's confidence interval. Null where the oracle gives none.",
      resolve: figure('pnlBand'),
    }),
    warningInsideBand: t.boolean({
      nullable: true,
      description:
        'Whether the interval reaches over a warning threshold: a warning may be noise. Null without a band.',
      resolve: figure('warningInsideBand'),
    }),
    unavailable: t.field({
      type: [UnavailableRef],
      complexity: perItem(10),
      description: 'Which of the figures are null, and why.',
      resolve: (shape, _args, context) =>
        shape.figures ? shape.figures.unavailable : figuresOf(shape, context).then((known) => known?.unavailable ?? []),
    }),
  }),
});

priceNode('Position', () => 5);

/** The filter of what belongs to positions. */
export const PositionFilter = builder.inputType('PositionFilter', {
  description: 'Whose, and of which position. It narrows what you may see, it never widens it.',
  fields: (t) => ({
    owner: t.field({
      type: 'Address',
      required: false,
      description: 'Only of this address, one of yours; an operator may name any. Left out: all of yours.',
    }),
    positionId: t.id({ required: false, description: 'Only of this position. `NOT_FOUND` where it is none of yours.' }),
  }),
});

/**
 * A position of the caller's, by its id as clients know it.
 * @throws ApiError `BAD_USER_INPUT` for what is no id of a position, `NOT_FOUND` for one that is not there or not the caller's.
 */
export async function ownPosition(id: string, argument: string, context: Context): Promise<Position> {
  const key = idIn('Position', id, argument);
  if (!context.identity || !may(context, 'read')) throw refusal(context);
  // What is live is known without the database, and before it.
  const owners = context.identity.addresses.map((owner) => ownerKey(owner));
  for (const { value } of await context.latest.all(topics.positions, owners))
    for (const { position } of value.positions) if (position.id === key) return position;
  const position = await context.positions.find(key);
  if (position && maySee(position.owner, context)) return position;
  throw notFound(argument);
}

/** Which owners and which position a filter of positions means: the position's own where one is named. */
export async function positionChoice(
  filter:
    | { readonly owner?: string | null | undefined; readonly positionId?: string | null | undefined }
    | null
    | undefined,
  context: Context,
): Promise<{ readonly owners: Owners; readonly positionId: string | null }> {
  const owners = ownersOf(filter?.owner, context);
  if (filter?.positionId == null) return { owners, positionId: null };
  const position = await ownPosition(filter.positionId, 'filter.positionId', context);
  if (!owners.asked.includes(position.owner) && filter.owner != null) throw notFound('filter.positionId');
  return { owners: ownersOf(position.owner, context), positionId: position.id };
}

function notFound(argument: string) {
  return new ApiError('NOT_FOUND', 'There is nothing of yours with this id.', { argument });
}
