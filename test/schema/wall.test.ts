import { buildSchema, type GraphQLObjectType, isObjectType } from 'graphql';
import { describe, expect, test } from 'vitest';
import { SCOPED } from '../../src/cohorts/question.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { globalId } from '../../src/schema/ids.ts';
import { schema } from '../../src/schema/index.ts';
import { scopesOf, walled } from '../../src/schema/wall.ts';
import { newSecret } from '../../src/server/identity/api-keys.ts';
import { Accounts } from '../../src/store/accounts.ts';
import { freshDatabase } from '../support/postgres.ts';
import { query, testServer } from '../support/server.ts';
import { WireClient } from '../support/wire-client.ts';

const ROOTS = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].filter((type) => !!type);

const rootFields = ROOTS.flatMap((type) => Object.values(type.getFields()).map((field) => ({ type, field })));

/** Everything that anybody may use. A field that is added is not public by being forgotten here: it must be put here. */
const PUBLIC = new Set([
  ...['node', 'nodes', 'instruments', 'instrument', 'serverTime', 'systemStatus', 'price', 'prices'],
  ...['orderbook', 'recentTrades', 'viewer'],
  ...['createSignInNonce', 'signInWithEthereum', 'renewSession'],
  ...['prices', 'trades', 'orderbook', 'systemStatus', 'deliveryStats', 'session'],
]);

/** How each field that is not public is asked for, by a caller who has no right to it. */
const ASKED: Readonly<Record<string, string>> = {
  'Query.apiKeys': '{ apiKeys { id } }',
  'Mutation.createApiKey': 'mutation { createApiKey(input: {name: "k"}) { secret } }',
  'Mutation.revokeApiKey': `mutation { revokeApiKey(input: {id: "${globalId('ApiKey', 'x')}"}) { apiKey { id } } }`,
  'Mutation.signOut': 'mutation { signOut { signedOut } }',
};

const A = '0x52908400098527886E0F7030069857D2E4169EE7';
const B = '0x8617E340B3D01FA5F11F306F4090FD50E238070D';

/** Two users with a key each. */
async function twoOwners() {
  const database = await freshDatabase();
  const server = await testServer({ database });
  const accounts = new Accounts(database, systemClock);
  const user = async (address: string, permissions: readonly ('read' | 'write')[]) => {
    const { userId } = await accounts.signedIn(address, null);
    const { secret, prefix, hash } = newSecret();
    const key = await accounts.addKey({ userId, name: address, prefix, hash, permissions, expiresAt: null });
    return { secret, key, userId };
  };
  return { server, accounts, alice: await user(A, ['read', 'write']), bob: await user(B, ['read']) };
}

describe('the wall', () => {
  test.each(rootFields.map(({ type, field }) => [`${type.name}.${field.name}`, field] as const))(
    '%s says who may use it, and is public only where it is listed',
    (_name, field) => {
      const scopes = scopesOf(field);
      expect(scopes).not.toBeNull();
      const shared = scopes?.every((scope) => scope === 'open' || scope === 'anybody') ?? false;
      expect(shared).toBe(PUBLIC.has(field.name));
      expect(field.extensions[SCOPED] === true).toBe(!shared);
    },
  );

  test('keeps a schema from being built that has a root field which does not say', () => {
    expect(() => walled(buildSchema('type Query { forgotten: Int }'))).toThrow(
      'Query.forgotten does not say who may use it',
    );
  });

  test('marks a field below as depending on who asks', () => {
    const built = buildSchema('type Query { a: A } type A { secret: String }');
    const fields = (name: string) => (built.getType(name) as GraphQLObjectType).getFields();
    const declare = (type: string, name: string, authScopes: object) => {
      const field = fields(type)[name];
      if (field) field.extensions = { pothosOptions: { authScopes } };
    };
    declare('Query', 'a', { anybody: true });
    declare('A', 'secret', { identified: true });
    walled(built);
    expect(fields('A')['secret']?.extensions[SCOPED]).toBe(true);
    expect(fields('Query')['a']?.extensions[SCOPED]).toBeUndefined();
  });

  test('has a row for every field that is not public', () => {
    const guarded = rootFields.filter(({ field }) => !PUBLIC.has(field.name));
    expect(guarded.map(({ type, field }) => `${type.name}.${field.name}`).sort()).toEqual(Object.keys(ASKED).sort());
  });

  test('is told to whoever reads the types: no type of a public field has a field that depends on who asks', () => {
    const reached = new Set<string>();
    for (const type of Object.values(schema.getTypeMap())) {
      if (!isObjectType(type) || ROOTS.includes(type) || type.name.startsWith('__')) continue;
      for (const field of Object.values(type.getFields())) if (field.extensions[SCOPED]) reached.add(type.name);
    }
    expect([...reached]).toEqual([]);
  });
});

describe('a caller without an identity', () => {
  test.each(Object.entries(ASKED))('is refused %s', async (_name, text) => {
    const { errors, data } = await query((await testServer()).url, text);
    expect(errors?.[0]?.extensions['code']).toBe('UNAUTHENTICATED');
    expect(data ?? null).toBeNull();
  });

  test('is let in to nothing but the door where an identity is required', async () => {
    const server = await testServer({ requireIdentity: true });
    const asked = await query(server.url, '{ prices { id } }');
    expect(asked.errors?.[0]?.extensions['code']).toBe('UNAUTHENTICATED');
    expect((await query(server.url, '{ viewer { userId } }')).data).toEqual({ viewer: null });
    const client = await WireClient.open(server.url);
    client.send({ type: 'connection_init' });
    expect((await client.closed).code).toBe(4403);
    const stream = await fetch(`${server.url}/graphql?query=subscription{prices{id}}`, {
      headers: { accept: 'text/event-stream' },
    });
    expect(await stream.text()).toContain('UNAUTHENTICATED');
  });
});

describe("another owner's", () => {
  test('keys are not seen: not in a list, not by id, not to be revoked', async () => {
    const { server, accounts, alice, bob } = await twoOwners();
    const as = (secret: string, text: string) =>
      query(server.url, text, undefined, { authorization: `Bearer ${secret}` });
    const id = globalId('ApiKey', alice.key.id);
    const list = await as(bob.secret, '{ apiKeys { name } }');
    expect(list.data).toEqual({ apiKeys: [{ name: B }] });
    expect((await as(bob.secret, `{ node(id: "${id}") { id } }`)).data).toEqual({ node: null });
    expect((await as(alice.secret, `{ node(id: "${id}") { id } }`)).data).toEqual({ node: { id } });
    const { secret, prefix, hash } = newSecret();
    const { userId } = bob;
    await accounts.addKey({ userId, name: 'w', prefix, hash, permissions: ['read', 'write'], expiresAt: null });
    const revoked = await as(secret, `mutation { revokeApiKey(input: {id: "${id}"}) { apiKey { id } } }`);
    expect(revoked.errors?.[0]?.extensions['code']).toBe('NOT_FOUND');
    expect((await accounts.key(alice.key.id, null))?.revokedAt).toBeNull();
  });

  test('permissions are not gained: a key that may read makes none, and none makes more than it is', async () => {
    const { server, alice, bob } = await twoOwners();
    const create = (secret: string, permissions: string) =>
      query(
        server.url,
        `mutation { createApiKey(input: {name: "k", permissions: [${permissions}]}) { secret } }`,
        undefined,
        {
          authorization: `Bearer ${secret}`,
        },
      );
    expect((await create(bob.secret, 'READ')).errors?.[0]?.extensions['code']).toBe('FORBIDDEN');
    expect((await create(alice.secret, 'OPERATOR')).errors?.[0]?.extensions).toMatchObject({
      code: 'FORBIDDEN',
      argument: 'input.permissions',
    });
    expect((await create(alice.secret, 'READ')).errors).toBeUndefined();
  });
});
