import { topics } from '../../src/bus/topics.ts';
import { systemClock } from '../../src/lib/clock.ts';
import type { Identity } from '../../src/model/identity.ts';
import { ownerKey } from '../../src/model/owner.ts';
import { globalId } from '../../src/schema/ids.ts';
import { Alerts } from '../../src/store/alerts.ts';
import { ArchiveWriter } from '../../src/store/archive/archive-writer.ts';
import type { Database } from '../../src/store/database.ts';
import { Positions } from '../../src/store/positions.ts';
import type { OwnedNodeRow, OwnedRow, WallRows } from '../contracts/wall.ts';
import {
  alert,
  alertRule,
  ownerPositions,
  positionClosed,
  positionValue,
  riskUpdate,
  spotPosition,
} from '../support/positions.ts';
import { silentLog } from '../support/server.ts';

let made = 0;

let database: Database;

/** Where these rows keep what they make. */
export function keepPositions(kept: Database): void {
  database = kept;
}

const address = ({ addresses: [first = ''] }: Identity) => first;

const mutationRow: OwnedRow = {
  make: async () => undefined,
  selection: '',
  ownerOf: () => null,
  isOf: () => null,
};

const idOf = ({ userId }: Identity) => `wall-${userId}`;
const positionOf = (identity: Identity) => spotPosition(idOf(identity), address(identity));
const storePosition = async (identity: Identity) => {
  await new Positions(database).put([{ position: positionOf(identity), warningLevel: 0 }]);
};
const byPosition = (identity: Identity) => `positionId: "${globalId('Position', idOf(identity))}"`;

/** Of a page: the one owner of all that is in it. */
const ownerOfEdges = ({ edges }: Readonly<Record<string, unknown>>) => {
  const owners = new Set((edges as { node: { owner: string } }[]).map(({ node }) => node.owner));
  return owners.size === 1 ? [...owners][0] : [...owners];
};

const filtered = (owner: string) => `filter: {owner: "${owner}"}`;

const positionsRow: OwnedRow = {
  make: (bus, identity) => bus.publishState(topics.positions, ownerPositions(address(identity), String(++made))),
  naming: filtered,
  selection: '{ owner totalValueUsd }',
  ownerOf: ({ owner }) => owner,
  isOf: address,
};

const positionValueRow: OwnedRow = {
  make: async (bus, identity) => {
    await storePosition(identity);
    await bus.publishState(topics.positionValue, positionValue(positionOf(identity), String(++made)));
  },
  naming: filtered,
  selection: '{ currentValueUsd position { owner } }',
  ownerOf: ({ position }) => (position as { owner: string }).owner,
  isOf: address,
};

const riskRow: OwnedRow = {
  make: async (bus, identity) => {
    await storePosition(identity);
    const score = { overallRiskScore: (++made % 100) / 128 };
    await bus.publishState(topics.riskUpdates, riskUpdate(idOf(identity), address(identity), score));
  },
  naming: filtered,
  selection: '{ owner metrics { overallRiskScore } }',
  ownerOf: ({ owner }) => owner,
  isOf: address,
};

const positionEventsRow: OwnedRow = {
  make: async (bus, identity) => {
    const event = positionClosed(address(identity), idOf(identity), ++made);
    const writer = new ArchiveWriter(database, systemClock, silentLog);
    writer.append(topics.positionEvents, event, await bus.publishEvent(topics.positionEvents, event));
    await writer.close();
  },
  naming: filtered,
  selection: '{ owner type cursor }',
  ownerOf: ({ owner }) => owner,
  isOf: address,
};

const alertsRow: OwnedRow = {
  make: async (bus, identity) => {
    const one = alert(`wall-${identity.userId}`, address(identity), ++made);
    await new Alerts(database).put([one]);
    await bus.publishEvent(topics.alerts, one);
  },
  naming: filtered,
  selection: '{ owner severity cursor }',
  ownerOf: ({ owner }) => owner,
  isOf: address,
};

const rulesRow: OwnedRow = {
  make: (_bus, identity) => new Alerts(database).addRules([alertRule(`wall-${identity.userId}`, address(identity))]),
  naming: filtered,
  selection: '{ owner }',
  ownerOf: ({ owner }) => owner,
  isOf: address,
};

const onePosition: OwnedRow = {
  make: (_bus, identity) => storePosition(identity),
  selection: '{ owner }',
  ownerOf: ({ owner }) => owner,
  isOf: address,
};

/** Points of a position, by its value, which tells whose it is. */
const historyRow: OwnedRow = {
  make: async (_bus, identity) => {
    await storePosition(identity);
    const valueUsd = identity.userId === 'alice' ? '1' : '2';
    const point = {
      positionId: idOf(identity),
      at: Date.now(),
      valueUsd,
      pnlUsd: '0',
      healthFactor: null,
      riskScore: null,
    };
    await new Positions(database).addPoints([point]);
  },
  args: byPosition,
  selection: '{ edges { node { valueUsd } } }',
  ownerOf: ({ edges }) =>
    [...new Set((edges as { node: { valueUsd: string } }[]).map(({ node }) => node.valueUsd))].join(),
  isOf: ({ userId }) => (userId === 'alice' ? '1' : '2'),
};

export const positionRows: WallRows['owned'] = {
  'Query.positions': positionsRow,
  'Subscription.positions': positionsRow,
  'Query.position': { ...onePosition, args: (identity) => `id: "${globalId('Position', idOf(identity))}"` },
  'Query.positionList': {
    ...onePosition,
    naming: filtered,
    selection: '{ edges { node { owner } } }',
    ownerOf: ownerOfEdges,
  },
  'Query.positionValue': { ...without(positionValueRow), args: byPosition },
  'Subscription.positionValue': positionValueRow,
  'Query.risk': { ...without(riskRow), args: byPosition },
  'Subscription.riskUpdates': riskRow,
  'Query.whatIf': {
    ...onePosition,
    args: (identity) => `${byPosition(identity)}, shocks: []`,
    selection: '{ before { owner } }',
    ownerOf: ({ before }) => (before as { owner: string }).owner,
  },
  'Query.positionValueHistory': historyRow,
  'Query.riskHistory': {
    ...historyRow,
    args: (identity) => `${byPosition(identity)}, bucket: DAY`,
    selection: '{ valueClose }',
    ownerOf: ({ valueClose }) => valueClose,
  },
  'Query.positionEvents': { ...positionEventsRow, selection: '{ edges { node { owner } } }', ownerOf: ownerOfEdges },
  'Subscription.positionEvents': { ...positionEventsRow, resumes: true },
  'Query.alerts': { ...alertsRow, selection: '{ edges { node { owner } } }', ownerOf: ownerOfEdges },
  'Subscription.alerts': { ...alertsRow, resumes: true },
  'Query.alertRules': rulesRow,
};

const someId = (type: string) => globalId(type, 'none');

export const positionMutations: WallRows['owned'] = {
  'Mutation.trackPosition': {
    ...mutationRow,
    args: 'input: {spot: {symbol: "BTCUSDT", size: "1", entryPrice: "1"}}',
    selection: '{ position { id } }',
  },
  'Mutation.adjustPosition': {
    ...mutationRow,
    args: `input: {positionId: "${someId('Position')}", sizeChange: "1"}`,
    selection: '{ position { id } }',
  },
  'Mutation.addCollateral': {
    ...mutationRow,
    args: `input: {positionId: "${someId('Position')}", amount: "1"}`,
    selection: '{ position { id } }',
  },
  'Mutation.closePosition': {
    ...mutationRow,
    args: `input: {positionId: "${someId('Position')}"}`,
    selection: '{ position { id } }',
  },
  'Mutation.simulate': {
    ...mutationRow,
    args: `input: {liquidation: {positionId: "${someId('Position')}"}}`,
    selection: '{ positionId }',
  },
  'Mutation.acknowledgeAlert': {
    ...mutationRow,
    args: `input: {id: "${someId('Alert')}"}`,
    selection: '{ alert { id } }',
  },
  'Mutation.resolveAlert': { ...mutationRow, args: `input: {id: "${someId('Alert')}"}`, selection: '{ alert { id } }' },
  'Mutation.createAlertRule': {
    ...mutationRow,
    args: 'input: {metric: VALUE_USD, comparison: BELOW, threshold: "1", severity: LOW}',
    selection: '{ alertRule { id } }',
  },
  'Mutation.updateAlertRule': {
    ...mutationRow,
    args: `input: {id: "${someId('AlertRule')}"}`,
    selection: '{ alertRule { id } }',
  },
  'Mutation.deleteAlertRule': {
    ...mutationRow,
    args: `input: {id: "${someId('AlertRule')}"}`,
    selection: '{ alertRule { id } }',
  },
};

/** Of a field that takes an id and no owner. */
function without({ naming: _, ...row }: OwnedRow): OwnedRow {
  return row;
}

const nodeBy = (row: OwnedRow, key: (identity: Identity) => string): OwnedNodeRow => ({
  make: async (bus, identity) => {
    await row.make(bus, identity);
    return key(identity);
  },
  missing: (identity) => `${key(identity)}-none`,
});

const keyed = (identity: Identity) => ownerKey(address(identity), idOf(identity));

export const positionNodes: WallRows['ownedNodes'] = {
  Position: nodeBy(onePosition, idOf),
  OwnerPositions: nodeBy(positionsRow, (identity) => ownerKey(address(identity))),
  PositionValue: nodeBy(positionValueRow, keyed),
  RiskUpdate: nodeBy(riskRow, keyed),
  Alert: nodeBy(alertsRow, idOf),
  AlertRule: nodeBy(rulesRow, idOf),
};
