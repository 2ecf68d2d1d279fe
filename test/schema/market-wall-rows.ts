import type { Bus } from '../../src/bus/bus.ts';
import { topics } from '../../src/bus/topics.ts';
import { systemClock } from '../../src/lib/clock.ts';
import type { Identity } from '../../src/model/identity.ts';
import { ownerKey } from '../../src/model/owner.ts';
import { NOBODY, type Signal } from '../../src/model/signal.ts';
import { ArchiveWriter } from '../../src/store/archive/archive-writer.ts';
import type { Database } from '../../src/store/database.ts';
import type { MixedRow } from '../contracts/mixed-wall.ts';
import type { WallRows } from '../contracts/wall.ts';
import { signal } from '../support/market.ts';
import { silentLog } from '../support/server.ts';

let made = 0;

let database: Database;

/** Where these rows keep what they make. */
export function keepMarket(kept: Database): void {
  database = kept;
}

const address = ({ addresses: [first = ''] }: Identity) => first;

async function publish(bus: Bus, one: Signal): Promise<string> {
  const writer = new ArchiveWriter(database, systemClock, silentLog);
  writer.append(topics.signals, one, await bus.publishEvent(topics.signals, one));
  await writer.close();
  return one.id;
}

const ownSignal = (bus: Bus, identity: Identity) =>
  publish(bus, signal('A', ++made, { id: ownerKey(address(identity), `wall-${made}`), owner: address(identity) }));

const signalRow: MixedRow = {
  make: ownSignal,
  makePublic: (bus) => publish(bus, signal('A', ++made)),
  selection: '{ owner cursor confidence }',
  ownerOf: ({ owner }) => owner ?? NOBODY,
  isOf: address,
  isPublic: NOBODY,
};

export const signalRows: WallRows['mixed'] = {
  'Subscription.signals': signalRow,
  'Query.signals': {
    ...signalRow,
    selection: '{ edges { node { owner } } liveCursor }',
    ownerOf: ({ edges }) => (edges as { node: { owner: string | null } }[]).map(({ node }) => node.owner ?? NOBODY),
  },
};

export const marketNodes: WallRows['ownedNodes'] = {
  Signal: { make: ownSignal, missing: (identity) => ownerKey(address(identity), 'wall-none') },
};

export const marketMutations: WallRows['owned'] = {
  'Mutation.publishSignal': {
    make: async () => undefined,
    args: 'input: {strategy: "s", signalType: BUY, symbol: "BTCUSDT", price: "1", confidence: 1}',
    selection: '{ signalId }',
    ownerOf: () => null,
    isOf: () => null,
  },
};
