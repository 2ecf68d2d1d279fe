import { topics } from '../bus/topics.ts';
import type { Predicate } from '../cohorts/predicate.ts';
import { canonicalJson } from '../cohorts/question.ts';
import { subscribeEvents } from '../cohorts/request.ts';
import type { EventFrame } from '../cohorts/update.ts';
import type {
  LiquidationWarning,
  POSITION_EVENT_TYPES,
  PositionAdjusted,
  PositionClosed,
  PositionEvent,
  PositionLiquidated,
  PositionOpened,
} from '../model/position-event.ts';
import { builder } from './builder.ts';
import { HistoryOrder, pageSize } from './connections.ts';
import { perItem } from './cost.ts';
import { DeliveredRef, StreamEventRef } from './delivered.ts';
import { BEGINNING, beginningOf, chosen, EVENT_START, startCost } from './delivery-arguments.ts';
import { eventPage, LIVE_CURSOR, PAGE_COST } from './event-history.ts';
import { globalId } from './ids.ts';
import { MarketRef } from './market.ts';
import { PositionRef, positionChoice } from './position.ts';
import { PositionSideEnum } from './position-kinds.ts';

const PositionEventTypeEnum = builder.enumType('PositionEventType', {
  description: 'What happened to a position.',
  values: {
    OPENED: { description: 'It began.' },
    ADJUSTED: { description: 'Its size, collateral, debt or deposit changed.' },
    CLOSED: { description: 'Its owner ended it.' },
    LIQUIDATED: { description: 'Somebody else ended it, because too little stood for it.' },
    LIQUIDATION_WARNING: { description: 'Its health factor fell below a warning threshold.' },
  } satisfies Record<(typeof POSITION_EVENT_TYPES)[number], object>,
});

const TYPENAMES: Record<PositionEvent['type'], string> = {
  OPENED: 'PositionOpened',
  ADJUSTED: 'PositionAdjusted',
  CLOSED: 'PositionClosed',
  LIQUIDATED: 'PositionLiquidated',
  LIQUIDATION_WARNING: 'LiquidationWarning',
};

/** Each implementing type says it again: it would have that of every event else, which none has. */
const EVENT_ID = {
  description: 'The event: made of what it tells.',
  resolve: ({ value }: EventFrame<PositionEvent>) => globalId(TYPENAMES[value.type], value.id),
};

const PositionEventRef = builder.interfaceRef<EventFrame<PositionEvent>>('PositionEvent').implement({
  description: 'Something that happened to a position: a record with an id of its own.',
  interfaces: [DeliveredRef, StreamEventRef],
  resolveType: ({ value }) => TYPENAMES[value.type],
  fields: (t) => ({
    id: t.id(EVENT_ID),
    type: t.field({ type: PositionEventTypeEnum, description: 'What happened.', resolve: ({ value }) => value.type }),
    owner: t.field({ type: 'Address', description: 'Whose position.', resolve: ({ value }) => value.owner }),
    positionId: t.id({ description: 'The position.', resolve: ({ value }) => globalId('Position', value.positionId) }),
    position: t.field({
      type: PositionRef,
      nullable: true,
      description: 'The position as it stood after the event. Never null here.',
      resolve: ({ value }) => ({ position: value.position, figures: null }),
    }),
    market: t.field({
      type: MarketRef,
      description: 'The market that it is known by.',
      resolve: ({ value }, _args, { instruments }) => instruments.describe(value.symbol, ''),
    }),
    transactionHash: t.field({
      type: 'Hash',
      nullable: true,
      description: 'Null where it happened on no chain.',
      resolve: ({ value }) => value.transactionHash,
    }),
  }),
});

const shared = { interfaces: [PositionEventRef, DeliveredRef, StreamEventRef] };

builder.objectRef<EventFrame<PositionOpened>>('PositionOpened').implement({
  ...shared,
  description: 'A position began.',
  fields: (t) => ({
    id: t.id(EVENT_ID),
    side: t.field({
      type: PositionSideEnum,
      nullable: true,
      description: 'Null for what has no side.',
      resolve: ({ value }) => value.side,
    }),
    size: t.field({ type: 'Decimal', description: 'As in `Position.size`.', resolve: ({ value }) => value.size }),
    collateral: t.field({
      type: 'Decimal',
      nullable: true,
      description: 'Margin of a perpetual, dollars. Null for all others.',
      resolve: ({ value }) => value.collateral,
    }),
    leverage: t.field({
      type: 'Decimal',
      nullable: true,
      description: 'Notional over margin at the beginning. Null for what has no margin.',
      resolve: ({ value }) => value.leverage,
    }),
    entryPrice: t.field({
      type: 'Decimal',
      nullable: true,
      description: 'Null for what has no single one.',
      resolve: ({ value }) => value.entryPrice,
    }),
  }),
});

builder.objectRef<EventFrame<PositionAdjusted>>('PositionAdjusted').implement({
  ...shared,
  description: 'Size, collateral, debt or deposit changed.',
  fields: (t) => ({
    id: t.id(EVENT_ID),
    side: t.field({
      type: PositionSideEnum,
      nullable: true,
      description: 'Null for what has no side.',
      resolve: ({ value }) => value.side,
    }),
    size: t.field({ type: 'Decimal', description: 'After the change.', resolve: ({ value }) => value.size }),
    collateral: t.field({
      type: 'Decimal',
      nullable: true,
      description: 'Margin of a perpetual after the change, dollars. Null for all others.',
      resolve: ({ value }) => value.collateral,
    }),
    realizedPnl: t.field({
      type: 'Decimal',
      description: 'Booked by this change, net of its fees, dollars.',
      resolve: ({ value }) => value.realizedPnl,
    }),
  }),
});

builder.objectRef<EventFrame<PositionClosed>>('PositionClosed').implement({
  ...shared,
  description: 'Its owner ended a position.',
  fields: (t) => ({
    id: t.id(EVENT_ID),
    exitPrice: t.field({
      type: 'Decimal',
      nullable: true,
      description: 'Price of its market then. Null where it is not known.',
      resolve: ({ value }) => value.exitPrice,
    }),
    realizedPnl: t.field({
      type: 'Decimal',
      description: "Of the position's whole life, net of funding and fees, dollars.",
      resolve: ({ value }) => value.realizedPnl,
    }),
  }),
});

builder.objectRef<EventFrame<PositionLiquidated>>('PositionLiquidated').implement({
  ...shared,
  description: 'Somebody else ended a position.',
  fields: (t) => ({
    id: t.id(EVENT_ID),
    liquidatorAddress: t.field({
      type: 'Address',
      nullable: true,
      description: 'Null where the venue liquidates by itself.',
      resolve: ({ value }) => value.liquidatorAddress,
    }),
    liquidationPrice: t.field({
      type: 'Decimal',
      nullable: true,
      description: 'The price it was liquidated at. Null where it is not known.',
      resolve: ({ value }) => value.liquidationPrice,
    }),
    liquidationFee: t.field({
      type: 'Decimal',
      nullable: true,
      description: 'Dollars. Null where it is not known.',
      resolve: ({ value }) => value.liquidationFee,
    }),
  }),
});

builder.objectRef<EventFrame<LiquidationWarning>>('LiquidationWarning').implement({
  ...shared,
  description: 'A health factor fell below a warning threshold (1.2, then 1.05). Told once for each crossing.',
  fields: (t) => ({
    id: t.id(EVENT_ID),
    healthFactor: t.field({ type: 'Decimal', description: 'Then.', resolve: ({ value }) => value.healthFactor }),
    threshold: t.field({
      type: 'Decimal',
      description: 'The lowest threshold that it is below.',
      resolve: ({ value }) => value.threshold,
    }),
    liquidationPrice: t.field({
      type: 'Decimal',
      nullable: true,
      description: 'Null where no price liquidates it.',
      resolve: ({ value }) => value.liquidationPrice,
    }),
    insideBand: t.boolean({
      nullable: true,
      description:
        "Whether it may as well be above the threshold, within the oracle's confidence. Null where it gives none.",
      resolve: ({ value }) => value.insideBand,
    }),
    message: t.string({ description: 'The same in a sentence.', resolve: ({ value }) => value.message }),
  }),
});

const PositionEventFilter = builder.inputType('PositionEventFilter', {
  description: 'Which events. Members are ANDed, the values of a list ORed; a member left out or null does not narrow.',
  fields: (t) => ({
    owner: t.field({
      type: 'Address',
      required: false,
      description: 'Only of this address, one of yours; an operator may name any. Left out: all of yours.',
    }),
    positionId: t.id({ required: false, description: 'Only of this position. `NOT_FOUND` where it is none of yours.' }),
    types: t.field({
      type: [PositionEventTypeEnum],
      required: false,
      description: 'Only of these types. Left out: all.',
    }),
  }),
});

type Filter = typeof PositionEventFilter.$inferInput;

function predicateOf(filter: Filter | null | undefined, positionId: string | null): Predicate<PositionEvent> {
  const types = chosen(filter?.types, 'filter.types');
  const wanted = types && new Set(types);
  return {
    id: canonicalJson({ positionId, types }),
    routes: positionId === null ? null : [positionId],
    test: wanted && (({ type }) => wanted.has(type)),
  };
}

const FILTER = { type: PositionEventFilter, required: false, description: 'Left out: all of yours.' } as const;

builder.queryField('positionEvents', (t) =>
  t.connection(
    {
      authScopes: { owner: true },
      type: PositionEventRef,
      description: `What happened to your positions. ${PAGE_COST}`,
      complexity: (args) => perItem(pageSize(args)),
      args: {
        filter: t.arg(FILTER),
        orderBy: t.arg({ type: HistoryOrder, required: false, description: 'Left out: the newest first.' }),
      },
      resolve: async (_root, { filter, ...args }, context) => {
        const { owners, positionId } = await positionChoice(filter, context);
        return eventPage(topics.positionEvents, owners, predicateOf(filter, positionId), args, context);
      },
    },
    {
      name: 'PositionEventConnection',
      description: 'A page of events.',
      fields: (c) => ({ liveCursor: c.expose('liveCursor', LIVE_CURSOR) }),
    },
    { name: 'PositionEventEdge', description: 'An event in a page.' },
  ),
);

builder.subscriptionField('positionEvents', (t) =>
  t.field({
    authScopes: { owner: true },
    type: PositionEventRef,
    description: `Whatever happens to your positions. ${EVENT_START}`,
    complexity: startCost,
    args: { filter: t.arg(FILTER), ...BEGINNING },
    subscribe: async (_root, { filter, ...args }, context) => {
      const beginning = beginningOf(args);
      const { owners, positionId } = await positionChoice(filter, context);
      return subscribeEvents(topics.positionEvents, {
        owners,
        predicate: predicateOf(filter, positionId),
        ...beginning,
      });
    },
    resolve: (frame) => frame,
  }),
);
