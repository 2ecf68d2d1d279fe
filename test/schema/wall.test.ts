import { buildSchema, graphql } from 'graphql';
import { beforeAll, describe, expect, test } from 'vitest';
import { createMemoryBus } from '../../src/bus/memory-bus.ts';
import { topics } from '../../src/bus/topics.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { ApiError } from '../../src/lib/errors.ts';
import type { Identity } from '../../src/model/identity.ts';
import { ownerKey } from '../../src/model/owner.ts';
import { globalId } from '../../src/schema/ids.ts';
import { schema } from '../../src/schema/index.ts';
import { maySee, ownersOf } from '../../src/schema/owner.ts';
import { scopeOf } from '../../src/schema/scopes.ts';
import { walled } from '../../src/schema/wall.ts';
import { newSecret } from '../../src/server/identity/api-keys.ts';
import { Accounts } from '../../src/store/accounts.ts';
import { Alerts } from '../../src/store/alerts.ts';
import { ArchiveWriter } from '../../src/store/archive/archive-writer.ts';
import type { Database } from '../../src/store/database.ts';
import { Positions } from '../../src/store/positions.ts';
import { type OwnedNodeRow, type OwnedRow, type WallRows, wallContract } from '../contracts/wall.ts';
import { contextOf, keepAccounts, keepDatabase } from '../support/direct-delivery.ts';
import { ALICE, ALICE_TOO, BOB, balance, balances, note, notes, ownerSchema, user } from '../support/owner-schema.ts';
import {
  alert,
  alertRule,
  ownerPositions,
  positionClosed,
  positionValue,
  riskUpdate,
  spotPosition,
} from '../support/positions.ts';
import { fileDatabase } from '../support/postgres.ts';
import { silentLog } from '../support/server.ts';

let made = 0;

const address = ({ addresses: [first = ''] }: Identity) => first;

const notesRow: OwnedRow = {
  make: (bus, identity) => bus.publishEvent(notes, note(address(identity), ++made)),
  naming: (owner) => `filter: {owner: "${owner}"}`,
  selection: '{ owner number cursor }',
  ownerOf: ({ owner }) => owner,
  isOf: address,
};

const balancesRow: OwnedRow = {
  ...notesRow,
  make: (bus, identity) => bus.publishState(balances, balance(address(identity), ++made)),
  selection: '{ owner amount }',
};

const mutationRow: OwnedRow = {
  make: async () => undefined,
  selection: '',
  ownerOf: () => null,
  isOf: () => null,
};

const noteNode: OwnedNodeRow = {
  make: async (bus, identity) => {
    const one = note(address(identity), ++made);
    await bus.publishEvent(notes, one);
    return notes.idOf(one);
  },
  missing: (identity) => notes.idOf(note(address(identity), 0)),
};

const balanceNode: OwnedNodeRow = {
  make: async (bus, identity) => {
    const one = balance(address(identity), ++made);
    await bus.publishState(balances, one);
    return balances.keyOf(one);
  },
  missing: (identity) => balances.keyOf(balance(address(identity), 0, 'nothing')),
};

let accounts: Accounts;
let database: Database;

beforeAll(async () => {
  database = await fileDatabase();
  accounts = new Accounts(database, systemClock);
  keepAccounts(accounts);
  keepDatabase(database);
});

async function keyOf({ userId }: Identity): Promise<string> {
  await accounts.ensure({ userId, addresses: [] });
  const { prefix, hash } = newSecret();
  const { id } = await accounts.addKey({ userId, name: userId, prefix, hash, permissions: ['read'], expiresAt: null });
  return id;
}

/** Keys belong to a user, not to an address; the name of one made here is its user. */
const keysRow: OwnedRow = {
  make: (_bus, identity) => keyOf(identity),
  selection: '{ name }',
  ownerOf: ({ name }) => name,
  isOf: ({ userId }) => userId,
};

const keyNode: OwnedNodeRow = {
  make: (_bus, identity) => keyOf(identity),
  missing: () => '01a1fc43-69bb-74a6-8503-92e57b1e5687',
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

const positionRows: WallRows['owned'] = {
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

const positionMutations: WallRows['owned'] = {
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

const positionNodes: WallRows['ownedNodes'] = {
  Position: nodeBy(onePosition, idOf),
  OwnerPositions: nodeBy(positionsRow, (identity) => ownerKey(address(identity))),
  PositionValue: nodeBy(positionValueRow, keyed),
  RiskUpdate: nodeBy(riskRow, keyed),
  Alert: nodeBy(alertsRow, idOf),
  AlertRule: nodeBy(rulesRow, idOf),
};

/**
 * The product's own nouns. A root field that is not listed here is either the owner's and has its row, or an operator's; an
 * entity is listed, or has its row.
 */
const product: WallRows = {
  publicFields: [
    'Query.node',
    'Query.nodes',
    'Query.instrument',
    'Query.instruments',
    'Query.orderbook',
    'Query.price',
    'Query.prices',
    'Query.recentTrades',
    'Query.serverTime',
    'Query.systemStatus',
    'Query.marketStats',
    'Query.fundingRates',
    'Query.liquidations',
    'Subscription.marketStats',
    'Subscription.fundingRates',
    'Subscription.liquidations',
    'Subscription.orderbook',
    'Subscription.prices',
    'Subscription.systemStatus',
    'Subscription.trades',
    // Its stream is chosen by the connection that asks: test/server/websocket.test.ts.
    'Subscription.deliveryStats',
  ],
  openFields: [
    'Query.viewer',
    // Its stream is chosen by the connection that asks: test/server/identity/long-sockets.test.ts.
    'Subscription.session',
    'Mutation.createSignInNonce',
    'Mutation.signInWithEthereum',
    'Mutation.renewSession',
    'Mutation.signOut',
  ],
  // `DeliveryStats` and `Session` are given to its own connection alone.
  publicNodes: [
    'DeliveryStats',
    'Session',
    'Market',
    'Orderbook',
    'Price',
    'SystemStatus',
    'Trade',
    'MarketStats',
    'FundingRate',
    'Liquidations',
  ],
  owned: {
    ...positionRows,
    ...positionMutations,
    'Query.apiKeys': keysRow,
    'Mutation.createApiKey': { ...mutationRow, args: 'input: {name: "k"}', selection: '{ secret }' },
    'Mutation.revokeApiKey': {
      ...mutationRow,
      args: `input: {id: "${globalId('ApiKey', 'none')}"}`,
      selection: '{ apiKey { id } }',
    },
  },
  ownedNodes: { ApiKey: keyNode, ...positionNodes },
};

wallContract('the product', schema, product);
wallContract('nouns of owners', ownerSchema, {
  ...product,
  owned: {
    ...product.owned,
    'Query.notes': notesRow,
    'Query.balances': balancesRow,
    'Mutation.note': mutationRow,
    'Subscription.notes': { ...notesRow, resumes: true },
    'Subscription.balances': balancesRow,
  },
  ownedNodes: { ...product.ownedNodes, Note: noteNode, Balance: balanceNode },
});

describe('a schema', () => {
  test.each([
    ['type Query { open: Int }', 'Query.open'],
    ['type Query { __typename_: Int } type Mutation { open: Int }', 'Query.__typename_'],
  ])('with a field of a root type that does not declare whose it is does not come to be: %s', (text, at) => {
    expect(() => walled(buildSchema(text, { assumeValid: true }))).toThrow(at);
  });

  test.each([
    [{ public: true, owner: true }],
    [{ public: false }],
    [{ $any: { owner: true } }],
    [{ nobody: true }],
    [() => ({ owner: true })],
    [{}],
  ])('does not come to be with a declaration that leaves room: %o', (authScopes) => {
    const one = buildSchema('type Query { open: Int }');
    const { open } = one.getQueryType()?.getFields() ?? {};
    if (open) open.extensions = { pothosOptions: { authScopes } };
    expect(() => walled(one)).toThrow('Query.open must declare');
  });
});

describe('the owners of an operation', () => {
  const bus = createMemoryBus({ clock: systemClock, log: silentLog });
  const of = (identity: Identity | null) => contextOf(bus, identity);
  const codeOf = (run: () => unknown) => {
    try {
      run();
    } catch (error) {
      return error instanceof ApiError ? [error.code, error.details.argument] : error;
    }
    return null;
  };

  test('are all of the caller’s addresses, or the one of them that is named, in any case', () => {
    const both = [ALICE_TOO, ALICE];
    const context = of(user('alice', [ALICE, ALICE_TOO.toUpperCase().replace('X', 'x'), ALICE.toLowerCase()]));
    expect(ownersOf(null, context)).toEqual({ asked: both, covered: both });
    expect(ownersOf(undefined, context)).toEqual({ asked: both, covered: both });
    expect(ownersOf(ALICE.toLowerCase(), context)).toEqual({ asked: [ALICE], covered: both });
  });

  test('are nobody else’s, except for an operator', () => {
    expect(codeOf(() => ownersOf(BOB, of(user('alice', [ALICE]))))).toEqual(['FORBIDDEN', 'filter.owner']);
    expect(codeOf(() => ownersOf(BOB, of(null)))).toEqual(['UNAUTHENTICATED', undefined]);
    expect(codeOf(() => ownersOf(null, of(null)))).toEqual(['UNAUTHENTICATED', undefined]);
    const operator = of(user('operator', [ALICE], ['operator']));
    expect(ownersOf(BOB, operator)).toEqual({ asked: [BOB], covered: [BOB] });
    expect(ownersOf(null, operator)).toEqual({ asked: [ALICE], covered: [ALICE] });
  });

  test('see what is theirs as long as they may read', () => {
    expect(maySee(ALICE.toLowerCase(), of(user('alice', [ALICE])))).toBe(true);
    expect(maySee(BOB, of(user('alice', [ALICE])))).toBe(false);
    expect(maySee(ALICE, of(user('alice', [ALICE], ['write'])))).toBe(false);
    expect(maySee(ALICE, of(user('operator', [], ['operator'])))).toBe(true);
    expect(maySee(ALICE, of(null))).toBe(false);
  });
});

describe('the scope of a caller', () => {
  const bus = createMemoryBus({ clock: systemClock, log: silentLog });
  const scope = (identity: Identity | null) => scopeOf(contextOf(bus, identity));

  test('is the same text for the same rights, however they are listed, and nobody’s is empty', () => {
    const one = user('alice', [ALICE, ALICE_TOO], ['read', 'write']);
    expect(scope(one)).toBe(scope(user('alice', [ALICE_TOO, ALICE.toLowerCase()], ['write', 'read'])));
    const others = [
      user('bob', [ALICE, ALICE_TOO], ['read', 'write']),
      user('alice', [ALICE], ['read', 'write']),
      user('alice', [ALICE, ALICE_TOO], ['read']),
      user('alice', [ALICE, BOB], ['read', 'write']),
    ];
    expect(new Set([one, ...others].map(scope)).size).toBe(5);
    expect(scope(null)).toBe('');
  });
});

describe('an address', () => {
  const bus = createMemoryBus({ clock: systemClock, log: silentLog });
  const named = (literal: string) =>
    graphql({
      schema: ownerSchema,
      source: `{ notes(filter: {owner: ${literal}}) { owner } }`,
      contextValue: contextOf(bus, user('alice', [ALICE])),
    });

  test('is taken in any case, whatever its checksum, and given in one', async () => {
    await bus.publishEvent(notes, note(ALICE.toLowerCase(), 1));
    for (const text of [ALICE, ALICE.toLowerCase(), `0x${ALICE.slice(2).toUpperCase()}`, ALICE.replace('E7', 'e7')])
      expect(await named(`"${text}"`)).toEqual({ data: { notes: [{ owner: ALICE }] } });
  });

  test.each(['"0x12"', '"alice.eth"', `"${ALICE}0"`, `"${ALICE.slice(2)}"`, '12', '""', '["0x12"]'])(
    'is not %s',
    async (literal) => {
      const { errors } = await named(literal);
      expect(errors?.[0]?.message).toMatch(/Address/);
    },
  );
});
