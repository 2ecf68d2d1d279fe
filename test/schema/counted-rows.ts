import type { Bus } from '../../src/bus/bus.ts';
import { type EventTopic, topics } from '../../src/bus/topics.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { decimal, ZERO } from '../../src/lib/decimal.ts';
import type { Observed } from '../../src/model/observed.ts';
import { globalId } from '../../src/schema/ids.ts';
import { Alerts } from '../../src/store/alerts.ts';
import { ChainLedger } from '../../src/store/arbitrage/chain-ledger.ts';
import { ArchiveWriter } from '../../src/store/archive/archive-writer.ts';
import { Bots } from '../../src/store/bots.ts';
import { Candles } from '../../src/store/candles.ts';
import type { Database } from '../../src/store/database.ts';
import { MarketHistory } from '../../src/store/market-history.ts';
import { Positions } from '../../src/store/positions.ts';
import { Trading } from '../../src/store/trading.ts';
import { opportunity, transaction } from '../support/arbitrage.ts';
import { bot } from '../support/bots.ts';
import { candle, funding, nearLiquidation, price, signal, stats } from '../support/market.ts';
import { ALICE } from '../support/owner-schema.ts';
import { alert, alertRule, ownerPositions, positionClosed, positionValue, spotPosition } from '../support/positions.ts';
import { silentLog } from '../support/server.ts';
import { execution, order } from '../support/trading.ts';

interface Stores {
  readonly bus: Bus;
  readonly database: Database;
}

/** How nodes of one root field are made, and asked for. */
export interface CountedRow {
  /** The field, where the row is called otherwise. */
  readonly field?: string;
  /** The one type that is asked for, of a field that gives several. */
  readonly type?: string;
  /** Makes the nodes from one number up to another, which is not made. */
  readonly make: (stores: Stores, from: number, to: number) => Promise<unknown>;
  /** To be given so many nodes. */
  readonly args?: (count: number) => string;
}

const MINUTE_MS = 60_000;

const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, place) => from + place);

/** Live positions: stored, and valued on the bus. */
async function keepPositions({ bus, database }: Stores, from: number, to: number, prefix: string): Promise<void> {
  for (const number of numbers(from, to)) {
    const position = spotPosition(`${prefix}-${number}`, ALICE);
    await new Positions(database).put([{ position, warningLevel: 0 }]);
    await bus.publishState(topics.positionValue, positionValue(position, String(number)));
  }
}

async function archive<V extends Observed>(
  { bus, database }: Stores,
  topic: EventTopic<V>,
  events: readonly V[],
): Promise<void> {
  const writer = new ArchiveWriter(database, systemClock, silentLog);
  for (const event of events) writer.append(topic, event, await bus.publishEvent(topic, event));
  await writer.close();
}

async function trade({ database }: Stores, from: number, to: number, prefix: string): Promise<void> {
  const orders = numbers(from, to).map((number) => order(`${prefix}-${number}`, ALICE, { botId: `${prefix}-bot` }));
  const executions = orders.map((one) => execution(one, 1));
  await new Trading(database).commit({ orders, executions, accounts: [], events: [], done: [], published: [], now: 0 });
}

async function chain({ database }: Stores, write: (ledger: ChainLedger) => void): Promise<void> {
  const ledger = new ChainLedger(database, systemClock, silentLog);
  write(ledger);
  await ledger.close();
}

const ids = (type: string, prefix: string) => (count: number) =>
  `ids: [${numbers(0, count)
    .map((number) => `"${globalId(type, `${prefix}-${number}`)}"`)
    .join(', ')}]`;

/** By root field, or by what is asked for. */
export const COUNTED: Readonly<Record<string, CountedRow>> = {
  positionList: { make: (stores, from, to) => keepPositions(stores, from, to, 'list') },
  positionEvents: {
    make: async (stores, from, to) => {
      await keepPositions(stores, from, to, 'event');
      const events = numbers(from, to).map((number) => positionClosed(ALICE, `event-${number}`, number));
      await archive(stores, topics.positionEvents, events);
    },
  },
  alerts: {
    make: async (stores, from, to) => {
      await keepPositions(stores, from, to, 'alert');
      await new Alerts(stores.database).put(
        numbers(from, to).map((number) => alert(`alert-${number}`, ALICE, 1, { positionId: `alert-${number}` })),
      );
    },
  },
  alertRules: {
    make: ({ database }, from, to) =>
      new Alerts(database).addRules(numbers(from, to).map((number) => alertRule(`rule-${number}`, ALICE))),
  },
  positions: {
    make: ({ bus }, _from, to) => {
      const positions = numbers(0, to).map((number) => spotPosition(`open-${number}`, ALICE));
      return bus.publishState(topics.positions, ownerPositions(ALICE, '1', positions));
    },
  },
  riskHistory: {
    make: (stores, from, to) => points(stores, from, to, 'buckets'),
    args: () =>
      `positionId: "${globalId('Position', 'buckets-0')}", bucket: MINUTE, from: "1970-01-01T00:00:00Z", to: "1970-01-01T01:00:00Z"`,
  },
  positionValueHistory: {
    make: (stores, from, to) => points(stores, from, to, 'values'),
    args: () => `positionId: "${globalId('Position', 'values-0')}"`,
  },
  liquidations: {
    make: ({ bus }, from, to) =>
      Promise.all(
        numbers(from, to).map((number) => bus.publishState(topics.liquidations, nearLiquidation(`M${number}`, 1))),
      ),
  },
  marketStats: {
    make: ({ bus }, from, to) =>
      Promise.all(numbers(from, to).map((number) => bus.publishState(topics.marketStats, stats(`S${number}`, '1')))),
  },
  prices: {
    make: ({ bus }, from, to) =>
      Promise.all(numbers(from, to).map((number) => bus.publishState(topics.prices, price(`P${number}`, '1')))),
  },
  priceHistory: {
    make: ({ database }, from, to) =>
      new MarketHistory(database).addPrices(
        numbers(from, to).map((number) => ({ symbol: 'P', source: '', at: number * MINUTE_MS, price: decimal('1') })),
      ),
    args: () => 'symbol: "P"',
  },
  marketStatsHistory: {
    make: ({ database }, from, to) =>
      new MarketHistory(database).addStats(
        numbers(from, to).map((number) => {
          const { currentPrice, longOpenInterest, shortOpenInterest, totalOpenInterest, volume24h, fundingRate } =
            stats('S', '1');
          const figures = {
            currentPrice,
            longOpenInterest,
            shortOpenInterest,
            totalOpenInterest,
            volume24h,
            fundingRate,
          };
          return { symbol: 'S', source: '', at: number * MINUTE_MS, ...figures };
        }),
      ),
    args: () => 'market: "S"',
  },
  fundingRates: {
    make: (stores, from, to) =>
      archive(
        stores,
        topics.fundingRates,
        numbers(from, to).map((number) => funding('F', number)),
      ),
  },
  signals: {
    make: (stores, from, to) =>
      archive(
        stores,
        topics.signals,
        numbers(from, to).map((number) => signal('A', number)),
      ),
  },
  candles: {
    make: ({ database }, from, to) =>
      new Candles(database).put(
        numbers(from, to).map((number) => candle('C', number * MINUTE_MS, { interval: 'M1', closed: true })),
      ),
    args: () => 'symbol: "C", interval: M1',
  },
  opportunities: {
    make: (stores, from, to) =>
      chain(stores, (ledger) => {
        for (const number of numbers(from, to)) ledger.opportunity(opportunity(56, number + 1));
      }),
  },
  transactions: {
    make: (stores, from, to) =>
      chain(stores, (ledger) => {
        for (const number of numbers(from, to)) ledger.transaction(transaction(56, number + 1));
      }),
  },
  orders: {
    make: (stores, from, to) => trade(stores, from, to, 'orders'),
    args: () => `filter: {botId: "${globalId('Bot', 'orders-bot')}"}`,
  },
  tradeExecutions: { make: (stores, from, to) => trade(stores, from, to, 'fills') },
  bots: {
    make: ({ database }, from, to) =>
      new Bots(database).put(numbers(from, to).map((number) => bot(`bot-${number}`, ALICE))),
  },
  'nodes of positions': {
    field: 'nodes',
    make: (stores, from, to) => keepPositions(stores, from, to, 'node'),
    type: 'Position',
    args: ids('Position', 'node'),
  },
  'nodes of alerts': {
    field: 'nodes',
    make: async (stores, from, to) => {
      await keepPositions(stores, from, to, 'told');
      await new Alerts(stores.database).put(
        numbers(from, to).map((number) => alert(`told-${number}`, ALICE, 1, { positionId: `told-${number}` })),
      );
    },
    type: 'Alert',
    args: ids('Alert', 'told'),
  },
  'nodes of rules': {
    field: 'nodes',
    make: ({ database }, from, to) =>
      new Alerts(database).addRules(numbers(from, to).map((number) => alertRule(`ruled-${number}`, ALICE))),
    type: 'AlertRule',
    args: ids('AlertRule', 'ruled'),
  },
  'nodes of orders': {
    field: 'nodes',
    make: (stores, from, to) => trade(stores, from, to, 'named'),
    type: 'Order',
    args: ids('Order', 'named'),
  },
};

async function points(stores: Stores, from: number, to: number, prefix: string): Promise<void> {
  if (from === 0) await keepPositions(stores, 0, 1, prefix);
  await new Positions(stores.database).addPoints(
    numbers(from, to).map((number) => ({
      positionId: `${prefix}-0`,
      at: number * MINUTE_MS,
      valueUsd: '1',
      pnlUsd: ZERO,
      healthFactor: null,
      riskScore: null,
    })),
  );
}

/** So many statements and readings, one after the other. */
export const counted = {
  read: async (bus: Bus, database: Database, times: number): Promise<void> => {
    for (let time = 0; time < times; time++) {
      await database.run((client) => client.$queryRaw`SELECT 1`);
      await bus.latest(topics.prices);
    }
  },
};
