import {
  type ExecutionResult,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  graphql,
  isCompositeType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  isUnionType,
} from 'graphql';
import { describe, expect, test } from 'vitest';
import type { Bus } from '../../src/bus/bus.ts';
import { createMemoryBus } from '../../src/bus/memory-bus.ts';
import { SCOPED } from '../../src/cohorts/question.ts';
import { systemClock } from '../../src/lib/clock.ts';
import type { Address, Identity } from '../../src/model/identity.ts';
import { globalId } from '../../src/schema/ids.ts';
import type { Scope } from '../../src/schema/scopes.ts';
import { contextOf, DirectReader, directDelivery } from '../support/direct-delivery.ts';
import { ALICE, BOB, user } from '../support/owner-schema.ts';
import { silentLog } from '../support/server.ts';
import { quietly } from '../support/until.ts';
import { type MixedRow, mixedWall } from './mixed-wall.ts';

/** How data of an owner is made, and asked for, of one root field that is declared the owner's. */
export interface OwnedRow {
  /** Makes something that belongs to this identity, each time something new. */
  readonly make: (bus: Bus, identity: Identity) => Promise<unknown>;
  /** Arguments that name no owner, such as `input: {...}`; empty for none. Of what has an id: the arguments for whoever's it is. */
  readonly args?: string | ((identity: Identity) => string);
  /** The same with an owner named; left out where the field has no owner filter. */
  readonly naming?: (owner: Address) => string;
  readonly selection: string;
  /** Whose something is that was given: an address, or a user's id where it belongs to the user. */
  readonly ownerOf: (given: Readonly<Record<string, unknown>>) => unknown;
  /** What `ownerOf` says of what belongs to this identity. */
  readonly isOf: (identity: Identity) => unknown;
  /** A subscription that takes `after`. */
  readonly resumes?: boolean;
}

/** How an entity that belongs to somebody is made. */
export interface OwnedNodeRow {
  /** Makes one of this identity, and gives the key of its id. */
  readonly make: (bus: Bus, identity: Identity) => Promise<string>;
  /** A key as it would be if there were one. */
  readonly missing: (identity: Identity) => string;
}

export interface WallRows {
  /** Root fields that everybody may use, as `Query.prices`. */
  readonly publicFields: readonly string[];
  /** Root fields that everybody may use even where an identity is required: what is needed to become somebody. */
  readonly openFields: readonly string[];
  /** Entities that everybody may have by their id. */
  readonly publicNodes: readonly string[];
  /** By root field. */
  readonly owned: Readonly<Record<string, OwnedRow>>;
  /** By root field: of what is public, and of what is the caller's beside it. */
  readonly mixed: Readonly<Record<string, MixedRow>>;
  /** By type. */
  readonly ownedNodes: Readonly<Record<string, OwnedNodeRow>>;
}

const [alice, bob] = [user('alice', [ALICE]), user('bob', [BOB])];
const operator = user('operator', [], ['operator']);
const reader = user('alice', [ALICE], ['read']);

export type Root = 'Query' | 'Mutation' | 'Subscription';
export type Field = GraphQLField<unknown, unknown>;

/** What a schema promises of who may see what, found by walking all of it: what is added later is examined too. */
export function wallContract(name: string, schema: GraphQLSchema, rows: WallRows): void {
  const roots = {
    Query: schema.getQueryType(),
    Mutation: schema.getMutationType(),
    Subscription: schema.getSubscriptionType(),
  };
  const fields = Object.entries(roots).flatMap(([root, type]) =>
    Object.values(type?.getFields() ?? {}).map((field) => ({
      root: root as Root,
      field,
      at: `${root}.${field.name}`,
      scope: scopeOf(field),
    })),
  );
  const of = (scope: Scope) => fields.filter((one) => one.scope === scope);
  const node = schema.getType('Node');
  const entities = isInterfaceType(node) ? schema.getImplementations(node).objects.map((type) => type.name) : [];

  const newBus = () => createMemoryBus({ clock: systemClock, log: silentLog });

  /** Asks once. Of a subscription: what comes of being made, as far as it is refused. */
  const ask = async (
    bus: Bus,
    root: Root,
    text: string,
    identity: Identity | null,
    identityRequired = false,
  ): Promise<ExecutionResult> => {
    const contextValue = contextOf(bus, identity, identityRequired);
    if (root !== 'Subscription') return graphql({ schema, source: text, contextValue });
    try {
      const made = await new DirectReader().subscribe(directDelivery(bus, schema), contextValue, text);
      made.end();
      return {};
    } catch (error) {
      return { errors: [error as never] };
    }
  };

  const codes = ({ errors = [] }: ExecutionResult) => errors.map((error) => error.extensions?.['code']);

  const documentOf = (root: Root, field: Field, args: string, selection: string) =>
    `${root.toLowerCase()} { ${field.name}${args && `(${args})`} ${selection} }`;

  const anyhow = (root: Root, field: Field, row?: OwnedRow) =>
    documentOf(
      root,
      field,
      row?.args === undefined ? sampleArgs(field) : argsOf(row, alice),
      isCompositeType(getNamedType(field.type)) ? '{ __typename }' : '',
    );

  describe(`the wall around ${name}`, () => {
    test('knows of each field of a root type whose it is', () => {
      const width = Math.max(...fields.map(({ at }) => at.length));
      process.stdout.write(`${fields.map(({ at, scope }) => `${at.padEnd(width)}  ${scope}`).join('\n')}\n`);
      expect(
        of('public')
          .map(({ at }) => at)
          .sort(),
      ).toEqual([...rows.publicFields].sort());
      expect(
        of('open')
          .map(({ at }) => at)
          .sort(),
      ).toEqual([...rows.openFields].sort());
      expect(
        of('mixed')
          .map(({ at }) => at)
          .sort(),
      ).toEqual(Object.keys(rows.mixed).sort());
      expect(
        of('owner')
          .map(({ at }) => at)
          .sort(),
      ).toEqual(Object.keys(rows.owned).sort());
    });

    test('knows of each entity whose it is', () => {
      expect([...rows.publicNodes, ...Object.keys(rows.ownedNodes)].sort()).toEqual([...entities].sort());
    });

    test('has nothing that depends on who asks behind a public field', () => {
      const found: string[] = [];
      for (const { field, at } of [...of('public'), ...of('open')]) {
        if (getNamedType(field.type) === node) continue;
        for (const type of reachable(schema, getNamedType(field.type))) {
          if (type.name in rows.ownedNodes) found.push(`${at} reaches ${type.name}`);
          if (!isObjectType(type) && !isInterfaceType(type)) continue;
          for (const one of Object.values(type.getFields()))
            if (one.extensions[SCOPED]) found.push(`${at} reaches ${type.name}.${one.name}`);
        }
      }
      expect(found).toEqual([]);
    });

    test('keeps the answers of every other field of a root type apart by who asks', () => {
      for (const { field, at, scope } of fields)
        expect([at, field.extensions[SCOPED] === true]).toEqual([at, scope !== 'public' && scope !== 'open']);
    });

    test.each(of('public').map((one) => [one.at, one] as const))(
      'lets everybody use %s, and where identity is required only who has one',
      async (_at, { root, field }) => {
        const refused = ['UNAUTHENTICATED', 'FORBIDDEN'];
        const code = async (...by: [Identity | null, boolean]) =>
          codes(await ask(newBus(), root, anyhow(root, field), ...by)).find((one) => refused.includes(String(one)));
        expect(await code(null, false)).toBeUndefined();
        expect(await code(null, true)).toBe('UNAUTHENTICATED');
        expect(await code(alice, true)).toBeUndefined();
      },
    );

    test.each(of('operator').map((one) => [one.at, one] as const))(
      'keeps %s for operators',
      async (_at, { root, field }) => {
        const text = anyhow(root, field);
        expect(codes(await ask(newBus(), root, text, null))).toEqual(['UNAUTHENTICATED']);
        expect(codes(await ask(newBus(), root, text, alice))).toEqual(['FORBIDDEN']);
        expect(codes(await ask(newBus(), root, text, operator))).not.toContain('FORBIDDEN');
      },
    );

    mixedWall(of('mixed'), rows.mixed, { schema, ask, codes, documentOf, newBus });

    describe.each(of('owner').map((one) => [one.at, one] as const))('around %s', (at, { root, field }) => {
      const row = rows.owned[at];
      if (!row) return test('has a row that says how data of an owner is made', () => expect(row).toBeDefined());
      const text = (args = argsOf(row, alice)) => documentOf(root, field, args, row.selection);

      test('lets nobody in who has not said who it is, nor anybody without the permission', async () => {
        expect(codes(await ask(newBus(), root, text(), null))).toEqual(['UNAUTHENTICATED']);
        expect(codes(await ask(newBus(), root, text(), user('alice', [ALICE], [])))).toEqual(['FORBIDDEN']);
        const readsOnly = codes(await ask(newBus(), root, text(), reader));
        expect(readsOnly.includes('FORBIDDEN')).toBe(root === 'Mutation');
      });

      test.runIf(row.naming)('does not widen: another owner is refused, an operator may name any', async () => {
        const named = text(row.naming?.(BOB));
        expect(codes(await ask(newBus(), root, named, alice))).toEqual(['FORBIDDEN']);
        expect(codes(await ask(newBus(), root, named, operator))).toEqual([]);
        expect(codes(await ask(newBus(), root, text(row.naming?.(ALICE)), alice))).toEqual([]);
      });

      test.runIf(root === 'Query')('gives to each what is its own and nothing else', async () => {
        const bus = newBus();
        for (const identity of [alice, bob, alice]) await row.make(bus, identity);
        for (const identity of [alice, bob]) {
          const { data, errors } = await ask(bus, root, text(argsOf(row, identity)), identity);
          expect(errors).toBeUndefined();
          const given = [data?.[field.name]].flat() as Record<string, unknown>[];
          expect(given.length).toBeGreaterThan(0);
          for (const one of given) expect(row.ownerOf(one)).toEqual(row.isOf(identity));
        }
      });

      test.runIf(root !== 'Mutation' && typeof row.args === 'function')(
        'is not there for anybody else, by the very id',
        async () => {
          const bus = newBus();
          await row.make(bus, bob);
          expect(codes(await ask(bus, root, text(argsOf(row, bob)), alice))).toEqual(['NOT_FOUND']);
        },
      );

      const follow = (bus: Bus, identity: Identity, args?: string, delivery = directDelivery(bus, schema)) =>
        new DirectReader().subscribe(delivery, contextOf(bus, identity), text(args));

      test.runIf(root === 'Subscription')(
        'gives to each what is its own and nothing else, from one process, by one document',
        async () => {
          const bus = newBus();
          for (const identity of [alice, bob]) await row.make(bus, identity);
          const delivery = directDelivery(bus, schema);
          const readers = [await follow(bus, alice, undefined, delivery), await follow(bus, bob, undefined, delivery)];
          for (const one of readers) one.blocked = true;
          for (const identity of [alice, bob, bob, alice]) await row.make(bus, identity);
          for (const one of readers) one.resume();
          for (const identity of [alice, bob]) await row.make(bus, identity);
          await quietly();
          for (const [one, identity] of [
            [readers[0], alice],
            [readers[1], bob],
          ] as const) {
            expect(one?.frames.length).toBeGreaterThan(0);
            for (const frame of one?.frames ?? []) expect(row.ownerOf(frame)).toEqual(row.isOf(identity));
          }
        },
      );

      test.runIf(root === 'Subscription' && row.resumes)(
        'refuses the cursor of another, and one’s own when the right to it is lost',
        async () => {
          const bus = newBus();
          const before = await follow(bus, bob);
          await row.make(bus, bob);
          await quietly();
          const both = user('bob', [ALICE, BOB]);
          for (const cursor of [before.cursors[0], before.progress, (await follow(bus, both)).progress]) {
            expect(cursor).toEqual(expect.any(String));
            await expect(follow(bus, alice, `after: "${cursor}"`)).rejects.toMatchObject({ code: 'FORBIDDEN' });
          }
          const [cursor] = before.cursors;
          await expect(follow(bus, user('bob', []), `after: "${cursor}"`)).rejects.toMatchObject({ code: 'FORBIDDEN' });
          await expect(follow(bus, both, `after: "${cursor}"`)).resolves.toBeInstanceOf(DirectReader);
        },
      );
    });

    describe.each(Object.entries(rows.ownedNodes))('around the entity %s', (type, row) => {
      const byId = (bus: Bus, id: string, identity: Identity | null) =>
        graphql({
          schema,
          source: 'query ($id: ID!) { node(id: $id) { __typename id } }',
          variableValues: { id },
          contextValue: contextOf(bus, identity),
        });

      test('gives it to its owner and to operators; to everybody else it is not there', async () => {
        const bus = newBus();
        const [of, none] = [globalId(type, await row.make(bus, bob)), globalId(type, row.missing(bob))];
        for (const identity of [bob, operator])
          expect(await byId(bus, of, identity)).toEqual({ data: { node: { __typename: type, id: of } } });
        const [others, nothing] = [await byId(bus, of, alice), await byId(bus, none, alice)];
        expect(codes(others)).toEqual(['NOT_FOUND']);
        // Word for word: whether it exists is not told either.
        expect(JSON.stringify(others)).toBe(JSON.stringify(nothing));
        expect(codes(await byId(bus, of, null))).toEqual(['UNAUTHENTICATED']);
        expect(codes(await byId(bus, of, user('bob', [BOB], [])))).toEqual(['NOT_FOUND']);
      });

      test('gives it no more by a list of ids', async () => {
        const bus = newBus();
        const ids = [globalId(type, await row.make(bus, bob)), globalId(type, await row.make(bus, alice))];
        const source = 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }';
        const result = await graphql({ schema, source, variableValues: { ids }, contextValue: contextOf(bus, alice) });
        expect(codes(result)).toContain('NOT_FOUND');
        expect(JSON.stringify(result)).not.toContain(ids[0]);
      });
    });
  });
}

function argsOf({ args = '' }: OwnedRow, identity: Identity): string {
  return typeof args === 'string' ? args : args(identity);
}

/** As it was declared; null for what must not be. */
function scopeOf(field: Field): Scope | null {
  const { pothosOptions } = field.extensions as { pothosOptions?: { authScopes?: Partial<Record<Scope, boolean>> } };
  const [scope] = Object.keys(pothosOptions?.authScopes ?? {});
  return (scope as Scope | undefined) ?? null;
}

/** Arguments without which the field cannot be asked. */
function sampleArgs(field: Field): string {
  const samples: Readonly<Record<string, string>> = {
    String: '"A"',
    Int: '1',
    ID: JSON.stringify(globalId('Price', 'A|test')),
    Address: JSON.stringify(ALICE),
    CandleInterval: 'M1',
  };
  return field.args
    .filter(isRequiredArgument)
    .map(({ name, type }) => {
      const sample = samples[getNamedType(type).name];
      if (sample === undefined) throw new Error(`${field.name}(${name}) needs a sample of ${getNamedType(type).name}`);
      const inner = isNonNullType(type) ? type.ofType : type;
      return `${name}: ${isListType(inner) ? `[${sample}]` : sample}`;
    })
    .join(', ');
}

/** A type and every type that can be reached from it. */
function reachable(schema: GraphQLSchema, from: GraphQLNamedType): ReadonlySet<GraphQLNamedType> {
  const seen = new Set<GraphQLNamedType>();
  const walk = (type: GraphQLNamedType) => {
    if (seen.has(type)) return;
    seen.add(type);
    if (isInterfaceType(type) || isUnionType(type))
      for (const possible of schema.getPossibleTypes(type)) walk(possible);
    if (isObjectType(type) || isInterfaceType(type))
      for (const field of Object.values(type.getFields())) walk(getNamedType(field.type));
  };
  walk(from);
  return seen;
}
