import type { Address, Identity } from '../../src/model/identity.ts';
import { subscriptionContract } from '../contracts/subscription.ts';
import type { Asking, SubscriptionFixture } from '../contracts/subscription-fixtures.ts';
import { ALICE, ALICE_TOO, BOB, balance, balances, note, notes, ownerSchema, user } from '../support/owner-schema.ts';

/** Another's data under the same keys lies beside what is asked for in every part of the exam. */
const OTHERS = [BOB] as const;

const ofAlice = (numbers: Asking['passes']): Asking[] => [
  {
    inline: '',
    declared: '$filter: NoteFilter',
    args: 'filter: $filter',
    variables: { filter: null },
    passes: () => true,
  },
  {
    inline: `filter: {owner: "${ALICE}", books: ["A"]}`,
    declared: '$owner: Address!',
    args: 'filter: {owner: $owner, books: ["A"]}',
    variables: { owner: ALICE.toLowerCase() },
    passes: ({ key }) => key === 'A',
  },
  {
    inline: 'filter: {least: 5}',
    declared: '$least: Int',
    args: 'filter: {least: $least}',
    variables: { least: 5 },
    passes: numbers,
  },
];

function notesOfOwner(owner: Address, identity: Identity): SubscriptionFixture {
  const [first, ...rest] = ofAlice(({ number }) => number >= 5);
  if (!first) throw new Error('one at least');
  return {
    topic: notes,
    owner,
    seams: { schema: ownerSchema, identityOf: () => identity },
    keys: () => ['A', 'B'],
    publish: async (bus, { key, number }) => {
      for (const other of OTHERS) await bus.publishEvent(notes, note(other, number, { book: key }));
      return bus.publishEvent(notes, note(owner, number, { book: key }));
    },
    selection: 'owner book number',
    read: ({ owner: whose, book, number }) => {
      if (whose !== owner) throw new Error(`a note of ${String(whose)} was delivered`);
      return { key: String(book), number: Number(number) };
    },
    askings: [first, ...rest],
  };
}

const balancesOfAlice: SubscriptionFixture = {
  topic: balances,
  seams: { schema: ownerSchema, identityOf: () => user('alice', [ALICE]) },
  keys: () => ['A', 'B'],
  publish: async (bus, { key, number }) => {
    for (const other of OTHERS) await bus.publishState(balances, balance(other, number, key));
    return bus.publishState(balances, balance(ALICE, number, key));
  },
  selection: 'owner asset amount',
  read: ({ owner: whose, asset, amount }) => {
    if (whose !== ALICE) throw new Error(`a balance of ${String(whose)} was delivered`);
    return { key: String(asset), number: Number(amount) };
  },
  askings: [
    {
      inline: '',
      declared: '$filter: OwnerFilter',
      args: 'filter: $filter',
      variables: {},
      passes: () => true,
    },
    {
      inline: `filter: {owner: "${ALICE.toLowerCase()}"}, delivery: {minIntervalMs: 0}`,
      declared: '$owner: Address',
      args: 'filter: {owner: $owner}',
      variables: { owner: ALICE },
      passes: () => true,
    },
  ],
};

subscriptionContract('notes', notesOfOwner(ALICE, user('alice', [ALICE])));
subscriptionContract('balances', balancesOfAlice);
// The whole exam over a subscription of two streams, of which one stays quiet.
subscriptionContract('notes', notesOfOwner(ALICE, user('alice', [ALICE, ALICE_TOO])));
