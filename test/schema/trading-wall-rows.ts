import { createMemoryBus } from '../../src/bus/memory-bus.ts';
import { topics } from '../../src/bus/topics.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { decimal, ZERO } from '../../src/lib/decimal.ts';
import type { Identity } from '../../src/model/identity.ts';
import { ownerKey } from '../../src/model/owner.ts';
import { globalId } from '../../src/schema/ids.ts';
import type { Database } from '../../src/store/database.ts';
import { Trading } from '../../src/store/trading.ts';
import { TradingDesk } from '../../src/store/trading-desk.ts';
import type { OwnedNodeRow, OwnedRow, WallRows } from '../contracts/wall.ts';
import { silentLog } from '../support/server.ts';
import { execution, order, orderUpdate, portfolio } from '../support/trading.ts';

let made = 1;

let database: Database;

/** Where these rows keep what they make. */
export function keepTrading(kept: Database): void {
  database = kept;
}

const address = ({ addresses: [first = ''] }: Identity) => first;
const idOf = ({ userId }: Identity) => `wall-${userId}`;
const orderOf = (identity: Identity) => order(idOf(identity), address(identity), { version: ++made });
const filtered = (owner: string) => `filter: {owner: "${owner}"}`;

const shared = { naming: filtered, ownerOf: ({ owner }: Readonly<Record<string, unknown>>) => owner, isOf: address };

async function keep(identity: Identity): Promise<ReturnType<typeof orderOf>> {
  const one = orderOf(identity);
  await new Trading(database).commit({
    orders: [one],
    executions: [execution(one, 1)],
    accounts: [],
    events: [],
    done: [],
    published: [],
    now: 0,
  });
  return one;
}

const ordersRow: OwnedRow = {
  ...shared,
  make: async (bus, identity) => bus.publishEvent(topics.orderUpdates, orderUpdate(await keep(identity))),
  selection: '{ cursor order { owner } }',
  ownerOf: ({ order: of }) => (of as { owner: string }).owner,
};

const executionsRow: OwnedRow = {
  ...shared,
  make: async (bus, identity) => bus.publishEvent(topics.tradeExecutions, execution(await keep(identity), ++made)),
  selection: '{ owner cursor quantity }',
};

const portfolioRow: OwnedRow = {
  ...shared,
  make: (bus, identity) => bus.publishState(topics.portfolio, portfolio(address(identity), String(++made))),
  selection: '{ owner equity }',
};

const named = (owner: string) => `owner: "${owner}"`;

const ownerOfEdges = ({ edges }: Readonly<Record<string, unknown>>) => {
  const owners = new Set((edges as { node: { owner: string } }[]).map(({ node }) => node.owner));
  return owners.size === 1 ? [...owners][0] : [...owners];
};

const page = { selection: '{ edges { node { owner } } }', ownerOf: ownerOfEdges };

const mutationRow: OwnedRow = {
  make: async () => undefined,
  selection: '{ order { id } }',
  ownerOf: () => null,
  isOf: () => null,
};

const someOrder = globalId('Order', 'none');

/** Points tell whose they are by their equity. */
const equityOf = ({ userId }: Identity) => (userId === 'alice' ? '1' : '2');

const desk = () =>
  new TradingDesk(database, createMemoryBus({ clock: systemClock, log: silentLog }), systemClock, silentLog);

export const tradingRows: WallRows['owned'] = {
  'Subscription.orderUpdates': { ...ordersRow, resumes: true },
  'Query.orders': { ...ordersRow, ...page },
  'Query.order': {
    make: (_bus, identity) => keep(identity),
    args: (identity) => `id: "${globalId('Order', idOf(identity))}"`,
    selection: '{ owner }',
    ownerOf: ({ owner }) => owner,
    isOf: address,
  },
  'Subscription.tradeExecutions': { ...executionsRow, resumes: true },
  'Query.tradeExecutions': { ...executionsRow, ...page },
  'Subscription.portfolio': portfolioRow,
  'Query.portfolio': { ...portfolioRow, naming: named },
  'Query.equityCurve': {
    naming: named,
    make: (_bus, identity) =>
      new Trading(database).addPoints([
        {
          owner: address(identity),
          at: Date.now(),
          equity: decimal(equityOf(identity)),
          totalPnl: ZERO,
          realizedPnl: ZERO,
          unrealizedPnl: ZERO,
        },
      ]),
    selection: '{ equity }',
    ownerOf: ({ equity }) => equity,
    isOf: equityOf,
  },
  'Query.ownerLimits': {
    ...shared,
    make: (_bus, identity) =>
      desk().limit({ owner: address(identity), maxPositionUsd: null, maxExposureUsd: null, maxLossUsd: null }),
    selection: '{ owner version }',
  },
  'Mutation.placeOrder': {
    ...mutationRow,
    args: 'input: {symbol: "BTCUSDT", side: BUY, type: MARKET, quantity: "1"}',
  },
  'Mutation.amendOrder': { ...mutationRow, args: `input: {orderId: "${someOrder}", quantity: "1"}` },
  'Mutation.cancelOrder': { ...mutationRow, args: `input: {orderId: "${someOrder}"}` },
  'Mutation.cancelAllOrders': { ...mutationRow, args: 'input: {}', selection: '{ orders { id } }' },
  'Mutation.setOwnerLimits': { ...mutationRow, args: 'input: {}', selection: '{ limits { version } }' },
};

export const tradingNodes: Readonly<Record<string, OwnedNodeRow>> = {
  Order: {
    make: async (_bus, identity) => (await keep(identity)).id,
    missing: (identity) => `${idOf(identity)}-none`,
  },
  TradeExecution: {
    make: async (_bus, identity) => {
      await keep(identity);
      return `${idOf(identity)}|1`;
    },
    missing: (identity) => `${idOf(identity)}|none`,
  },
  Portfolio: {
    make: async (bus, identity) => {
      await portfolioRow.make(bus, identity);
      return ownerKey(address(identity));
    },
    missing: (identity) => `${ownerKey(address(identity))}-none`,
  },
};
