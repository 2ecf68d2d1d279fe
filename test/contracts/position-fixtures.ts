import { topics } from '../../src/bus/topics.ts';
import { ALICE, user } from '../support/owner-schema.ts';
import {
  alert,
  ownerPositions,
  positionClosed,
  positionValue,
  riskUpdate,
  spotPosition,
} from '../support/positions.ts';
import type { Asking, SubscriptionFixture } from './subscription-fixtures.ts';

const SYMBOLS = ['A', 'B'] as const;

const DELIVERY_LEFT_OUT: Asking = {
  inline: '',
  declared: '$delivery: Delivery',
  args: 'delivery: $delivery',
  variables: { delivery: null },
  passes: () => true,
};

/** Of whoever the exam's connections are taken for. */
const OF_ALICE = { owner: ALICE, seams: { identityOf: () => user('alice', [ALICE]) } } as const;

const byOwner = (type: string): Asking => ({
  inline: `filter: {owner: "${ALICE}"}`,
  declared: `$filter: ${type}`,
  args: 'filter: $filter',
  variables: { filter: { owner: ALICE.toLowerCase() } },
  passes: () => true,
});

const positions: SubscriptionFixture = {
  seams: OF_ALICE.seams,
  topic: topics.positions,
  keys: () => [ALICE],
  publish: (bus, { key, number }) => bus.publishState(topics.positions, ownerPositions(key, String(number))),
  selection: 'owner totalValueUsd',
  read: ({ owner, totalValueUsd }) => ({ key: String(owner), number: Number(totalValueUsd) }),
  askings: [DELIVERY_LEFT_OUT, byOwner('OwnerFilter')],
};

const positionValueOf: SubscriptionFixture = {
  seams: OF_ALICE.seams,
  topic: topics.positionValue,
  keys: () => SYMBOLS,
  publish: (bus, { key, number }) =>
    bus.publishState(topics.positionValue, positionValue(spotPosition(key, ALICE, { symbol: key }), String(number))),
  selection: 'position { market { symbol } } currentValueUsd',
  read: ({ position, currentValueUsd }) => ({
    key: (position as { market: { symbol: string } }).market.symbol,
    number: Number(currentValueUsd),
  }),
  askings: [DELIVERY_LEFT_OUT, byOwner('PositionFilter')],
};

/** Scores of an exam go from 0 to 1 in steps that a double holds exactly. */
const SCORES = 2 ** 20;

const riskUpdates: SubscriptionFixture = {
  seams: OF_ALICE.seams,
  topic: topics.riskUpdates,
  keys: () => SYMBOLS,
  publish: (bus, { key, number }) =>
    bus.publishState(topics.riskUpdates, riskUpdate(key, ALICE, { overallRiskScore: number / SCORES })),
  selection: 'positionId metrics { overallRiskScore }',
  read: ({ positionId, metrics }) => ({
    key: keyOfId(positionId),
    number: (metrics as { overallRiskScore: number }).overallRiskScore * SCORES,
  }),
  askings: [
    DELIVERY_LEFT_OUT,
    byOwner('RiskFilter'),
    {
      inline: 'filter: {minOverallRiskScore: 1}',
      declared: '$least: Float',
      args: 'filter: {minOverallRiskScore: $least}',
      variables: { least: 1 },
      passes: () => false,
    },
  ],
};

const positionEvents: SubscriptionFixture = {
  ...OF_ALICE,
  topic: topics.positionEvents,
  keys: () => SYMBOLS,
  publish: (bus, { key, number }) => bus.publishEvent(topics.positionEvents, positionClosed(ALICE, key, number)),
  selection: 'positionId ... on PositionClosed { realizedPnl }',
  read: ({ positionId, realizedPnl }) => ({ key: keyOfId(positionId), number: Number(realizedPnl) }),
  askings: [
    byOwner('PositionEventFilter'),
    {
      inline: 'filter: {types: [OPENED]}',
      declared: '$types: [PositionEventType!]',
      args: 'filter: {types: $types}',
      variables: { types: ['OPENED'] },
      passes: () => false,
    },
  ],
};

/** The life of an alert. */
const STATES = ['OPEN', 'ACKNOWLEDGED', 'RESOLVED'] as const;

const alerts: SubscriptionFixture = {
  ...OF_ALICE,
  topic: topics.alerts,
  keys: () => SYMBOLS,
  publish: (bus, { key, number }) => {
    const [life, at] = [Math.floor((number - 1) / STATES.length), (number - 1) % STATES.length];
    const severity = life % 2 === 0 ? 'CRITICAL' : 'LOW';
    const change = { version: at + 1, state: STATES[at] ?? 'OPEN', acknowledgedAt: at > 0 ? number : null };
    return bus.publishEvent(topics.alerts, alert(`${key}|${life}`, ALICE, number, { severity, ...change }));
  },
  before: (number) => ((number - 1) % STATES.length === 0 ? null : number - 1),
  selection: 'ruleId version severity currentValue',
  read: ({ id, currentValue }) => ({ key: keyOfId(id).split('|')[0] ?? '', number: Number(currentValue) }),
  askings: [
    byOwner('AlertFilter'),
    {
      inline: 'filter: {severities: [LOW, MEDIUM]}',
      declared: '$severities: [AlertSeverity!]',
      args: 'filter: {severities: $severities}',
      variables: { severities: ['LOW', 'MEDIUM'] },
      passes: ({ number }) => Math.floor((number - 1) / STATES.length) % 2 === 1,
    },
    {
      inline: 'filter: {states: [OPEN]}',
      declared: '$states: [AlertState!]',
      args: 'filter: {states: $states}',
      variables: { states: ['OPEN'] },
      passes: ({ number }) => (number - 1) % STATES.length === 0,
    },
  ],
};

function keyOfId(id: unknown): string {
  return Buffer.from(String(id), 'base64url').toString().split(':').slice(1).join(':');
}

/** Of what belongs to owners. */
export const positionFixtures: Readonly<Record<string, SubscriptionFixture>> = {
  positions,
  positionValue: positionValueOf,
  riskUpdates,
  positionEvents,
  alerts,
};
