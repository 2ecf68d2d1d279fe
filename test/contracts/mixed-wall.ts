import type { ExecutionResult, GraphQLSchema } from 'graphql';
import { describe, expect, test } from 'vitest';
import type { Bus } from '../../src/bus/bus.ts';
import type { Identity } from '../../src/model/identity.ts';
import { contextOf, DirectReader, directDelivery } from '../support/direct-delivery.ts';
import { ALICE, BOB, user } from '../support/owner-schema.ts';
import { quietly } from '../support/until.ts';
import type { Field, OwnedRow, Root } from './wall.ts';

/** How what is public is made, beside what is somebody's, of a root field that gives both. */
export interface MixedRow extends OwnedRow {
  readonly makePublic: (bus: Bus) => Promise<unknown>;
  /** What `ownerOf` says of what is public. */
  readonly isPublic: unknown;
}

/** How the wall asks. */
interface Asking {
  readonly schema: GraphQLSchema;
  readonly ask: (
    bus: Bus,
    root: Root,
    text: string,
    identity: Identity | null,
    required?: boolean,
  ) => Promise<ExecutionResult>;
  readonly codes: (result: ExecutionResult) => readonly unknown[];
  readonly documentOf: (root: Root, field: Field, args: string, selection: string) => string;
  readonly newBus: () => Bus;
}

const [alice, bob] = [user('alice', [ALICE]), user('bob', [BOB])];

/** What is promised of root fields that give everybody what is public, and each caller what is its own with it. */
export function mixedWall(
  fields: readonly { readonly root: Root; readonly field: Field; readonly at: string }[],
  rows: Readonly<Record<string, MixedRow>>,
  { schema, ask, codes, documentOf, newBus }: Asking,
): void {
  describe.each(fields.map((one) => [one.at, one] as const))('around %s', (at, { root, field }) => {
    const row = rows[at];
    if (!row) return test('has a row that says how what it gives is made', () => expect(row).toBeDefined());
    const text = (args = '') => documentOf(root, field, args, row.selection);
    const owners = (given: readonly Record<string, unknown>[]) =>
      [...new Set(given.flatMap((one) => row.ownerOf(one)))].sort();
    const allowed = (identity: Identity | null) =>
      [row.isPublic, ...(identity === null ? [] : [row.isOf(identity)])].sort();
    const makeAll = async (bus: Bus) => {
      await row.makePublic(bus);
      for (const identity of [bob, alice, bob]) await row.make(bus, identity);
      await row.makePublic(bus);
    };

    test('is open to everybody, and where identity is required only to who has one', async () => {
      expect(codes(await ask(newBus(), root, text(), null))).toEqual([]);
      expect(codes(await ask(newBus(), root, text(), null, true))).toEqual(['UNAUTHENTICATED']);
      expect(codes(await ask(newBus(), root, text(), alice, true))).toEqual([]);
    });

    test.runIf(root === 'Query')('gives to each what is public and its own, and nothing of anybody else', async () => {
      const bus = newBus();
      await makeAll(bus);
      for (const identity of [alice, bob, null, alice]) {
        const { data, errors } = await ask(bus, root, text(), identity);
        expect(errors).toBeUndefined();
        expect(owners([data?.[field.name] as Record<string, unknown>])).toEqual(allowed(identity));
      }
      // Without the permission to read, one's own is not given either.
      const { data } = await ask(bus, root, text(), user('alice', [ALICE], []));
      expect(owners([data?.[field.name] as Record<string, unknown>])).toEqual(allowed(null));
    });

    test.runIf(root === 'Subscription')(
      'gives to each what is public and its own, live and out of the past, from one process, by one document',
      async () => {
        const bus = newBus();
        const delivery = directDelivery(bus, schema);
        const follow = (identity: Identity | null, args?: string) =>
          new DirectReader().subscribe(delivery, contextOf(bus, identity), text(args));
        const identities = [alice, bob, null] as const;
        const live = [];
        for (const identity of identities) live.push(await follow(identity));
        for (const one of live) one.blocked = true;
        await makeAll(bus);
        for (const one of live) one.resume();
        await makeAll(bus);
        await quietly();
        for (const [place, identity] of identities.entries()) {
          expect(owners(live[place]?.frames ?? [])).toEqual(allowed(identity));
          const past = await follow(identity, 'last: 500');
          await quietly();
          expect(owners(past.frames)).toEqual(allowed(identity));
          expect(past.frames.length).toBe(live[place]?.frames.length);
        }
        const cursors = live.map(({ progress }) => progress);
        await expect(follow(alice, `after: "${cursors[1]}"`)).rejects.toMatchObject({ code: 'FORBIDDEN' });
        await expect(follow(null, `after: "${cursors[0]}"`)).rejects.toMatchObject({ code: 'FORBIDDEN' });
        await expect(follow(alice, `after: "${cursors[2]}"`)).resolves.toBeInstanceOf(DirectReader);
      },
    );
  });
}
