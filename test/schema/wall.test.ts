import { buildSchema, graphql } from 'graphql';
import { beforeAll, describe, expect, test } from 'vitest';
import { createMemoryBus } from '../../src/bus/memory-bus.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { ApiError } from '../../src/lib/errors.ts';
import type { Identity } from '../../src/model/identity.ts';
import { globalId } from '../../src/schema/ids.ts';
import { schema } from '../../src/schema/index.ts';
import { maySee, ownersOf } from '../../src/schema/owner.ts';
import { scopeOf } from '../../src/schema/scopes.ts';
import { walled } from '../../src/schema/wall.ts';
import { newSecret } from '../../src/server/identity/api-keys.ts';
import { Accounts } from '../../src/store/accounts.ts';
import { type OwnedNodeRow, type OwnedRow, type WallRows, wallContract } from '../contracts/wall.ts';
import { contextOf, keepAccounts, keepDatabase } from '../support/direct-delivery.ts';
import { ALICE, ALICE_TOO, BOB, balance, balances, note, notes, ownerSchema, user } from '../support/owner-schema.ts';
import { fileDatabase } from '../support/postgres.ts';
import { silentLog } from '../support/server.ts';
import { botRows, keepMarket, marketMutations, marketNodes, signalRows } from './market-wall-rows.ts';
import { keepPositions, positionMutations, positionNodes, positionRows } from './position-wall-rows.ts';
import { keepTrading, tradingNodes, tradingRows } from './trading-wall-rows.ts';

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

beforeAll(async () => {
  const database = await fileDatabase();
  accounts = new Accounts(database, systemClock);
  keepAccounts(accounts);
  keepDatabase(database);
  keepPositions(database);
  keepTrading(database);
  keepMarket(database);
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
    'Query.candles',
    'Query.marketStats',
    'Query.marketStatsHistory',
    'Query.priceHistory',
    'Query.fundingRates',
    'Query.liquidations',
    'Query.chainStatus',
    'Query.pools',
    'Query.opportunities',
    'Query.transactions',
    'Query.arbitrageTotals',
    'Query.arbitrageRoutes',
    'Subscription.chainStatus',
    'Subscription.chainEvents',
    'Subscription.opportunities',
    'Subscription.transactions',
    'Subscription.candles',
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
    'Candle',
    'MarketStats',
    'FundingRate',
    'Liquidations',
    'ChainStatus',
    'ChainEvent',
    'Pool',
    'Opportunity',
    'Transaction',
  ],
  mixed: signalRows,
  owned: {
    ...positionRows,
    ...botRows,
    ...marketMutations,
    ...positionMutations,
    ...tradingRows,
    'Query.apiKeys': keysRow,
    'Mutation.createApiKey': { ...mutationRow, args: 'input: {name: "k"}', selection: '{ secret }' },
    'Mutation.revokeApiKey': {
      ...mutationRow,
      args: `input: {id: "${globalId('ApiKey', 'none')}"}`,
      selection: '{ apiKey { id } }',
    },
  },
  ownedNodes: { ApiKey: keyNode, ...positionNodes, ...tradingNodes, ...marketNodes },
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
