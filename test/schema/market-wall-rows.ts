import type { Bus } from '../../src/bus/bus.ts';
import { topics } from '../../src/bus/topics.ts';
import { systemClock } from '../../src/lib/clock.ts';
import type { Identity } from '../../src/model/identity.ts';
import { ownerKey } from '../../src/model/owner.ts';
import { NOBODY, type Signal } from '../../src/model/signal.ts';
import { globalId } from '../../src/schema/ids.ts';
import { ArchiveWriter } from '../../src/store/archive/archive-writer.ts';
import { Bots } from '../../src/store/bots.ts';
import type { Database } from '../../src/store/database.ts';
import type { MixedRow } from '../contracts/mixed-wall.ts';
import type { OwnedRow, WallRows } from '../contracts/wall.ts';
import { bot } from '../support/bots.ts';
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

const botId = ({ userId }: Identity) => `wall-${userId}`;

const botRow: OwnedRow = {
  make: async (bus, identity) => {
    const one = bot(botId(identity), address(identity), { version: ++made });
    await new Bots(database).put([one]);
    await bus.publishState(topics.botStatus, one);
  },
  selection: '{ owner version }',
  ownerOf: ({ owner }) => owner,
  isOf: address,
};

const naming = (owner: string) => `filter: {owner: "${owner}"}`;

export const botRows: WallRows['owned'] = {
  'Query.bots': { ...botRow, naming },
  'Query.bot': { ...botRow, args: (identity) => `id: "${globalId('Bot', botId(identity))}"` },
  'Subscription.botStatus': { ...botRow, naming, selection: '{ owner bot { version } }' },
};

const mutationRow = { make: async () => undefined, ownerOf: () => null, isOf: () => null };
const changeRow: OwnedRow = {
  ...mutationRow,
  args: `input: {botId: "${globalId('Bot', 'none')}"}`,
  selection: '{ bot { id } }',
};

export const marketMutations: WallRows['owned'] = {
  'Mutation.createBot': {
    ...mutationRow,
    args: 'input: {name: "b", symbol: "BTCUSDT", plan: {dca: {amount: "1", intervalSeconds: 60}}}',
    selection: '{ bot { id } }',
  },
  'Mutation.startBot': changeRow,
  'Mutation.pauseBot': changeRow,
  'Mutation.stopBot': changeRow,
  'Mutation.publishSignal': {
    ...mutationRow,
    args: 'input: {strategy: "s", signalType: BUY, symbol: "BTCUSDT", price: "1", confidence: 1}',
    selection: '{ signalId }',
  },
};

export const marketNodes: WallRows['ownedNodes'] = {
  Signal: { make: ownSignal, missing: (identity) => ownerKey(address(identity), 'wall-none') },
  Bot: { make: (bus, identity) => botRow.make(bus, identity).then(() => botId(identity)), missing: () => 'wall-none' },
  BotStatus: {
    make: async (bus, identity) => {
      await botRow.make(bus, identity);
      return ownerKey(address(identity), botId(identity));
    },
    missing: (identity) => ownerKey(address(identity), 'none'),
  },
};
