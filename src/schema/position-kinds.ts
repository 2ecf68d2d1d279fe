import {
  type MARGIN_MODES,
  POSITION_KINDS,
  type POSITION_SIDES,
  type POSITION_STATUSES,
  type PositionKind,
  type PROVENANCES,
} from '../model/position.ts';
import { builder } from './builder.ts';

const KINDS: Record<PositionKind, string> = {
  PERP: 'A perpetual future, with isolated or cross margin.',
  LENDING: 'A loan against collateral: several collaterals, several debts.',
  LP: 'A share of a constant-product pool.',
  CONCENTRATED_LP: 'A share of a pool within a range of prices.',
  SPOT: 'Something held.',
};

export const PositionKindEnum = builder.enumType('PositionKind', {
  description: 'What kind of position it is.',
  values: Object.fromEntries(POSITION_KINDS.map((kind) => [kind, { description: KINDS[kind] }])) as Record<
    PositionKind,
    { description: string }
  >,
});

export const PositionSideEnum = builder.enumType('PositionSide', {
  description: 'Which way a perpetual goes.',
  values: {
    LONG: { description: 'Gains when the price rises.' },
    SHORT: { description: 'Gains when the price falls.' },
  } satisfies Record<(typeof POSITION_SIDES)[number], object>,
});

export const PositionStatusEnum = builder.enumType('PositionStatus', {
  description: 'How far the life of a position has come.',
  values: {
    OPEN: { description: 'It lives.' },
    CLOSED: { description: 'Ended by its owner.' },
    LIQUIDATED: { description: 'Ended by somebody else, because too little stood for it.' },
  } satisfies Record<(typeof POSITION_STATUSES)[number], object>,
});

export const MarginModeEnum = builder.enumType('MarginMode', {
  description: 'What stands for a perpetual.',
  values: {
    ISOLATED: { description: 'Its own margin alone.' },
    CROSS: { description: 'Everything of its owner with cross margin at the same protocol.' },
  } satisfies Record<(typeof MARGIN_MODES)[number], object>,
});

export const ProvenanceEnum = builder.enumType('PositionProvenance', {
  description: 'Who may know of a position.',
  values: {
    PUBLIC: { description: 'A venue, a chain or the simulation shows it to anybody: it may stand in public lists.' },
    PRIVATE: { description: 'Its owner told us: only its owner sees it.' },
  } satisfies Record<(typeof PROVENANCES)[number], object>,
});
