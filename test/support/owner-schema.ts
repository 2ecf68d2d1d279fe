import type { EventTopic, StateTopic } from '../../src/bus/topics.ts';
import { subscribeEvents, subscribeState } from '../../src/cohorts/request.ts';
import type { EventFrame, StateFrame } from '../../src/cohorts/update.ts';
import type { Address, Identity, Permission } from '../../src/model/identity.ts';
import type { Observed, Perishable } from '../../src/model/observed.ts';
import { ownerKey, ownerOfKey, ownerRoute } from '../../src/model/owner.ts';
import type { FeedGap } from '../../src/model/trade.ts';
import { builder } from '../../src/schema/builder.ts';
import { DeliveredRef, StateUpdateRef, StreamEventRef } from '../../src/schema/delivered.ts';
import { beginningOf, DeliveryInput, intervalOf } from '../../src/schema/delivery-arguments.ts';
import { queried, recalled } from '../../src/schema/facts.ts';
import { answerIdsAtOnce } from '../../src/schema/ids.ts';
import '../../src/schema/index.ts';
import { OwnerFilter, ownedNode, ownersOf } from '../../src/schema/owner.ts';
import { walled } from '../../src/schema/wall.ts';

/** An event of an owner: something written in one of its books. */
export interface Note extends Observed {
  readonly owner: Address;
  readonly book: string;
  readonly number: number;
  readonly gapBefore: FeedGap | null;
}

export const notes: EventTopic<Note> = {
  kind: 'event',
  name: 'notes',
  reach: 'shared',
  keyOf: (note) => note.book,
  idOf: (note) => `${ownerRoute(note.owner)}|${note.book}|${note.number}`,
  ownerOf: (note) => note.owner,
  predicates: ['filter', 'after', 'last'],
  retentionEvents: 100_000,
};

/** A state of an owner: what it has of something. */
export interface Balance extends Perishable {
  readonly owner: Address;
  readonly asset: string;
  readonly amount: number;
}

export const balances: StateTopic<Balance> = {
  kind: 'state',
  name: 'balances',
  reach: 'shared',
  keyOf: (balance) => ownerKey(balance.owner, balance.asset),
  routeOf: ownerOfKey,
  ownerOf: (balance) => balance.owner,
  predicates: ['filter', 'delivery'],
};

export const note = (owner: Address, number: number, more: Partial<Note> = {}): Note => ({
  owner,
  book: 'A',
  number,
  gapBefore: null,
  timestamp: number,
  receivedAt: number,
  ...more,
});

export const balance = (owner: Address, amount: number, asset = 'A'): Balance => ({
  owner,
  asset,
  amount,
  stale: false,
  timestamp: amount,
  receivedAt: amount,
});

/** A user who may read and write what belongs to these addresses. */
export function user(
  userId: string,
  addresses: readonly Address[],
  permissions: readonly Permission[] = ['read', 'write'],
): Identity {
  return { userId, addresses, permissions, credential: { kind: 'token', id: userId }, expiresAt: null };
}

/** Addresses in EIP-55 notation, one of which is the same in any case. */
export const ALICE = '0x52908400098527886E0F7030069857D2E4169EE7';
export const ALICE_TOO = '0x27b1fdb04752bbc536007a920d24acb045561c26';
export const BOB = '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed';

const NoteRef = builder.objectRef<EventFrame<Note>>('Note');
builder.node(NoteRef, {
  description: 'A note.',
  interfaces: [DeliveredRef, StreamEventRef],
  id: { resolve: ({ value }) => notes.idOf(value), description: 'Of a note.' },
  loadOne: ownedNode(
    async (id, { recent }) => {
      const [owner = ''] = id.split('|');
      const isIt = (one: Note) => notes.idOf(one) === id;
      if (!/^0x[0-9a-f]{40}$/.test(owner)) return null;
      const [found] = await recent.newest(notes, { routes: null, test: isIt, owner }, 1);
      return found && recalled(notes.name, found, owner);
    },
    ({ value }) => value.owner,
  ),
  fields: (t) => ({
    owner: t.field({ type: 'Address', description: 'Whose.', resolve: ({ value }) => value.owner }),
    book: t.string({ description: 'Where.', resolve: ({ value }) => value.book }),
    number: t.int({ description: 'Which.', resolve: ({ value }) => value.number }),
  }),
});

const BalanceRef = builder.objectRef<StateFrame<Balance>>('Balance');
builder.node(BalanceRef, {
  description: 'A balance.',
  interfaces: [DeliveredRef, StateUpdateRef],
  id: { resolve: ({ value }) => balances.keyOf(value), description: 'Of a balance.' },
  loadOne: ownedNode(
    async (id, { latest }) => {
      const found = await latest.get(balances, id);
      return found && queried(found);
    },
    ({ value }) => value.owner,
  ),
  fields: (t) => ({
    owner: t.field({ type: 'Address', description: 'Whose.', resolve: ({ value }) => value.owner }),
    asset: t.string({ description: 'Of what.', resolve: ({ value }) => value.asset }),
    amount: t.int({ description: 'How much.', resolve: ({ value }) => value.amount }),
  }),
});

const NoteFilter = builder.inputType('NoteFilter', {
  description: 'Which notes.',
  fields: (t) => ({
    owner: t.field({ type: 'Address', required: false, description: 'Whose.' }),
    books: t.stringList({ required: false, description: 'In which books.' }),
    least: t.int({ required: false, description: 'From which number on.' }),
  }),
});

builder.queryFields((t) => ({
  notes: t.field({
    authScopes: { owner: true },
    type: [NoteRef],
    description: 'The newest notes.',
    args: { filter: t.arg({ type: OwnerFilter, required: false, description: 'Whose.' }) },
    resolve: async (_root, { filter }, context) => {
      const { asked } = ownersOf(filter?.owner, context);
      const found = await context.recent.newestOf(notes, asked, { routes: null, test: null }, 10);
      return found.map((one) => recalled(notes.name, one, one.value.owner));
    },
  }),
  balances: t.field({
    authScopes: { owner: true },
    type: [BalanceRef],
    description: 'Balances.',
    args: { filter: t.arg({ type: OwnerFilter, required: false, description: 'Whose.' }) },
    resolve: async (_root, { filter }, context) => {
      const asked = new Set(ownersOf(filter?.owner, context).asked);
      const all = await context.latest.all(balances);
      return all.filter(({ value }) => asked.has(value.owner)).map((one) => queried(one));
    },
  }),
  everybody: t.int({ authScopes: { operator: true }, description: 'For operators.', resolve: () => 1 }),
}));

builder.mutationType({ description: 'Changes.' });
builder.mutationFields((t) => ({
  note: t.int({ authScopes: { owner: true }, description: 'Writes.', resolve: () => 1 }),
  manage: t.int({ authScopes: { operator: true }, description: 'Manages.', resolve: () => 1 }),
}));

builder.subscriptionFields((t) => ({
  notes: t.field({
    authScopes: { owner: true },
    type: NoteRef,
    description: 'Every note.',
    args: {
      filter: t.arg({ type: NoteFilter, required: false, description: 'Which.' }),
      after: t.arg({ type: 'Cursor', required: false, description: 'After what.' }),
      last: t.arg.int({ required: false, description: 'How many of the past.' }),
    },
    subscribe: (_root, { filter, ...args }, context) => {
      const books = filter?.books ? [...filter.books].sort() : null;
      const least = filter?.least ?? null;
      const test = least === null ? null : ({ number }: Note) => number >= least;
      const predicate = { id: JSON.stringify([books, least]), routes: books, test };
      return subscribeEvents(notes, { owners: ownersOf(filter?.owner, context), predicate, ...beginningOf(args) });
    },
    resolve: (frame) => frame,
  }),
  balances: t.field({
    authScopes: { owner: true },
    type: BalanceRef,
    description: 'Balances.',
    args: {
      filter: t.arg({ type: OwnerFilter, required: false, description: 'Whose.' }),
      delivery: t.arg({ type: DeliveryInput, required: false, description: 'How often.' }),
    },
    subscribe: (_root, { filter, delivery }, context) =>
      subscribeState(balances, { owners: ownersOf(filter?.owner, context), minIntervalMs: intervalOf(delivery) }),
    resolve: (frame) => frame,
  }),
}));

/** The product's schema with two nouns of owners more, one of each kind, as such nouns are written. */
export const ownerSchema = walled(answerIdsAtOnce(builder.toSchema()));
