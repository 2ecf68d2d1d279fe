import type { Bus, Position } from '../../src/bus/bus.ts';
import { type TopicRef, topics } from '../../src/bus/topics.ts';
import { decimal } from '../../src/lib/decimal.ts';
import type { Address } from '../../src/model/identity.ts';
import type { ServerSeams } from '../../src/server/server.ts';
import type { BookFrame } from '../support/delta-book.ts';
import { DeltaBook } from '../support/delta-book.ts';
import { book, bookChange, funding, nearLiquidation, price, stats, trade } from '../support/market.ts';
import { chainFixtures } from './chain-fixtures.ts';
import { madeFixtures } from './made-fixtures.ts';
import { positionFixtures } from './position-fixtures.ts';
import { tradingFixtures } from './trading-fixtures.ts';

/** What a published value is known by again in what is delivered. */
export interface Shown {
  readonly key: string;
  readonly number: number;
}

/** One way to ask a field, in literals and in variables. */
export interface Asking {
  /** Arguments as literals; empty for none. */
  readonly inline: string;
  /** The same arguments in variables. */
  readonly declared: string;
  readonly args: string;
  readonly variables: object;
  readonly passes: (shown: Shown) => boolean;
  /** Selected beside the fixture's own fields. */
  readonly selection?: string;
  /** Of an answer in changes, which is never folded: throws when the payloads do not lead to what was published. */
  readonly prove?: (payloads: readonly object[]) => void;
}

/** How the values of a subscription field are made, published and known again. */
export interface SubscriptionFixture {
  /** The row of the topic table that the field delivers. */
  readonly topic: TopicRef;
  /** Whose stream its values are published to, where the topic is one an owner. */
  readonly owner?: Address;
  /** What the server is started with in the place of the real thing. */
  readonly seams?: ServerSeams;
  /** Keys to publish: two where there can be two. A connection's own has its session for a key. */
  keys(sessionId: string): readonly string[];
  /** The value of a key with this number, from 1. */
  publish(bus: Bus, shown: Shown): Promise<Position>;
  /** Of events that are changes of things: the number that a thing had before it had this one; null for its first. */
  readonly before?: (number: number) => number | null;
  /** Beside `id`, which all select, as a client with a cache does. */
  readonly selection: string;
  /** Null for a value that the server published by itself. */
  read(payload: Readonly<Record<string, unknown>>): Shown | null;
  /** The first lets every number of every key pass that it is asked about, or of one key. */
  readonly askings: readonly [Asking, ...Asking[]];
}

const SYMBOLS = ['A', 'B'] as const;

const DELIVERY_LEFT_OUT: Asking = {
  inline: '',
  declared: '$delivery: Delivery',
  args: 'delivery: $delivery',
  variables: { delivery: null },
  passes: () => true,
};

const bySymbol = (type: string, more: string): Asking => ({
  inline: `filter: {symbols: ["A"]${more}}`,
  declared: `$filter: ${type}`,
  args: 'filter: $filter',
  variables: { filter: { symbols: ['A'] } },
  passes: ({ key }) => key === 'A',
});

const prices: SubscriptionFixture = {
  topic: topics.prices,
  keys: () => SYMBOLS,
  // Every fourth is not the primary one of its symbol: it leaves the filters that name no sources.
  publish: (bus, { key, number }) =>
    bus.publishState(topics.prices, price(key, String(number), { primary: number % 4 !== 0 })),
  selection: 'symbol price',
  read: ({ symbol, price: text }) => ({ key: String(symbol), number: Number(text) }),
  askings: [
    {
      inline: 'filter: {sources: ["test"]}',
      declared: '$sources: [String!]',
      args: 'filter: {sources: $sources}',
      variables: { sources: ['test', 'test'] },
      passes: () => true,
    },
    {
      inline: '',
      declared: '$filter: PriceFilter',
      args: 'filter: $filter',
      variables: { filter: null },
      passes: ({ number }) => number % 4 !== 0,
    },
    {
      ...bySymbol('PriceFilter', ', sources: null'),
      passes: ({ key, number }) => key === 'A' && number % 4 !== 0,
    },
    {
      // None of these prices is a token's.
      inline: 'filter: {chainIds: [56, 1]}',
      declared: '$chainIds: [Int!]',
      args: 'filter: {chainIds: $chainIds}',
      variables: { chainIds: [1, 56] },
      passes: () => false,
    },
    {
      inline: 'filter: {symbols: ["B", "A"], sources: ["elsewhere"]}, delivery: {minIntervalMs: 0}',
      declared: '$symbols: [String!]!, $delivery: Delivery',
      args: 'filter: {symbols: $symbols, sources: ["elsewhere"]}, delivery: $delivery',
      variables: { symbols: ['A', 'B'], delivery: { minIntervalMs: 0 } },
      passes: () => false,
    },
  ],
};

const trades: SubscriptionFixture = {
  topic: topics.trades,
  keys: () => SYMBOLS,
  publish: (bus, { key, number }) =>
    bus.publishEvent(topics.trades, trade(key, number, { quantity: decimal(String((number % 5) + 1)) })),
  selection: 'symbol tradeId',
  read: ({ symbol, tradeId }) => ({ key: String(symbol), number: Number(tradeId) }),
  askings: [
    {
      inline: '',
      declared: '$filter: TradeFilter',
      args: 'filter: $filter',
      variables: {},
      passes: () => true,
    },
    bySymbol('TradeFilter', ''),
    {
      inline: 'filter: {symbols: ["B"], minQuantity: "4"}',
      declared: '$symbol: String!, $least: Decimal',
      args: 'filter: {symbols: [$symbol], minQuantity: $least}',
      variables: { symbol: 'B', least: 4 },
      passes: ({ key, number }) => key === 'B' && number % 5 >= 3,
    },
    {
      inline: 'filter: {symbols: ["Z"]}',
      declared: '$filter: TradeFilter',
      args: 'filter: $filter',
      variables: { filter: { symbols: ['Z'] } },
      passes: () => false,
    },
  ],
};

/** A book with one bid, whose size says which it is, and one ask that comes and goes. */
function numberedBook(symbol: string, number: number) {
  const bids = [['10', String(number)]] as const;
  const asks = number % 2 === 0 ? ([['11', '1']] as const) : [];
  return book(symbol, bids, asks, { venueUpdateId: String(number) });
}

const askBook = (symbol: string): Asking => ({
  inline: `symbol: "${symbol}", source: "test", depth: 5`,
  declared: '$symbol: String!, $source: String, $depth: Int',
  args: 'symbol: $symbol, source: $source, depth: $depth, delivery: null',
  variables: { symbol, source: 'test', depth: 5 },
  passes: ({ key }) => key === symbol,
});

const orderbook: SubscriptionFixture = {
  topic: topics.orderbook,
  keys: () => SYMBOLS,
  publish: (bus, { key, number }) => {
    const after = numberedBook(key, number);
    const asks = [['11', number % 2 === 0 ? '1' : '0']] as const;
    return bus.publishState(topics.orderbook, after, bookChange(after, [['10', String(number)]], asks));
  },
  selection: 'symbol venueUpdateId',
  read: ({ symbol, venueUpdateId }) => ({ key: String(symbol), number: Number(venueUpdateId) }),
  askings: [
    askBook('A'),
    askBook('B'),
    {
      inline: 'symbol: "A", source: "test", format: DELTA',
      declared: '$format: OrderbookFormat',
      args: 'symbol: "A", source: "test", format: $format',
      variables: { format: 'DELTA' },
      passes: ({ key }) => key === 'A',
      selection: 'bids { price size } asks { price size } previousSequence checksum',
      prove: (payloads) => {
        const kept = new DeltaBook();
        for (const payload of payloads) kept.apply(payload as BookFrame);
      },
    },
  ],
};

const systemStatus: SubscriptionFixture = {
  topic: topics.systemStatus,
  keys: () => ['system'],
  publish: (bus, { number }) =>
    bus.publishState(topics.systemStatus, {
      status: 'DEGRADED',
      message: `exam ${number}`,
      components: [],
      stale: false,
      timestamp: 0,
      receivedAt: 0,
    }),
  selection: 'message',
  read: ({ message }) => {
    const number = /^exam (\d+)$/.exec(String(message))?.[1];
    return number === undefined ? null : { key: 'system', number: Number(number) };
  },
  askings: [DELIVERY_LEFT_OUT],
};

/** More bytes than a connection of an exam ever queues. */
const UNREAL_BYTES = 1_000_000_000;

const deliveryStats: SubscriptionFixture = {
  topic: topics.deliveryStats,
  keys: (sessionId) => [sessionId],
  publish: (bus, { key, number }) =>
    bus.publishState(topics.deliveryStats, {
      connectionId: key,
      queuedBytes: UNREAL_BYTES + number,
      subscriptions: [],
      stale: false,
      timestamp: 0,
      receivedAt: 0,
    }),
  selection: 'queuedBytes',
  read: ({ id, queuedBytes }) => {
    const number = Number(queuedBytes) - UNREAL_BYTES;
    const [, key = ''] = Buffer.from(String(id), 'base64url').toString().split(':');
    return number < 0 ? null : { key, number };
  },
  askings: [DELIVERY_LEFT_OUT],
};

/** No token of an exam is to be renewed at such a time: it tells an exam's reports from the server's own. */
const UNREAL_TIME = Date.UTC(3000, 0, 1);

const session: SubscriptionFixture = {
  topic: topics.session,
  keys: (sessionId) => [sessionId],
  publish: (bus, { key, number }) =>
    bus.publishState(topics.session, {
      connectionId: key,
      identity: null,
      renewBefore: UNREAL_TIME + number,
      stale: false,
      timestamp: 0,
      receivedAt: 0,
    }),
  selection: 'renewBefore',
  read: ({ id, renewBefore }) => {
    const [, key = ''] = Buffer.from(String(id), 'base64url').toString().split(':');
    return renewBefore === null ? null : { key, number: Date.parse(String(renewBefore)) - UNREAL_TIME };
  },
  askings: [DELIVERY_LEFT_OUT],
};

const marketStats: SubscriptionFixture = {
  topic: topics.marketStats,
  keys: () => SYMBOLS,
  publish: (bus, { key, number }) => bus.publishState(topics.marketStats, stats(key, String(number))),
  selection: 'market { symbol } currentPrice',
  read: ({ market, currentPrice }) => ({ key: (market as { symbol: string }).symbol, number: Number(currentPrice) }),
  askings: [
    DELIVERY_LEFT_OUT,
    {
      inline: 'filter: {markets: ["A"]}',
      declared: '$markets: [String!]',
      args: 'filter: {markets: $markets}',
      variables: { markets: ['A'] },
      passes: ({ key }) => key === 'A',
    },
  ],
};

const fundingRates: SubscriptionFixture = {
  topic: topics.fundingRates,
  keys: () => SYMBOLS,
  publish: (bus, { key, number }) => bus.publishEvent(topics.fundingRates, funding(key, number)),
  selection: 'market { symbol } fundingRate',
  read: ({ market, fundingRate }) => ({ key: (market as { symbol: string }).symbol, number: Number(fundingRate) }),
  askings: [
    { inline: '', declared: '$filter: MarketFilter', args: 'filter: $filter', variables: {}, passes: () => true },
    {
      inline: 'filter: {markets: ["A"]}',
      declared: '$filter: MarketFilter',
      args: 'filter: $filter',
      variables: { filter: { markets: ['A'] } },
      passes: ({ key }) => key === 'A',
    },
  ],
};

const liquidations: SubscriptionFixture = {
  topic: topics.liquidations,
  keys: () => SYMBOLS,
  publish: (bus, { key, number }) => bus.publishState(topics.liquidations, nearLiquidation(key, number)),
  selection: 'market { symbol } candidates { currentPrice }',
  read: ({ market, candidates }) => ({
    key: (market as { symbol: string }).symbol,
    number: Number((candidates as { currentPrice: string }[])[0]?.currentPrice),
  }),
  askings: [
    DELIVERY_LEFT_OUT,
    {
      inline: 'filter: {markets: ["A"], maxHealthFactor: "1.5"}',
      declared: '$filter: LiquidationFilter',
      args: 'filter: $filter',
      variables: { filter: { markets: ['A'], maxHealthFactor: '1.5' } },
      passes: ({ key }) => key === 'A',
    },
  ],
};

/** By subscription field. One that is not here fails its exam. */
export const fixtures: Readonly<Record<string, SubscriptionFixture>> = {
  prices,
  trades,
  orderbook,
  systemStatus,
  deliveryStats,
  session,
  marketStats,
  fundingRates,
  liquidations,
  ...madeFixtures,
  ...positionFixtures,
  ...chainFixtures,
  ...tradingFixtures,
};

/** Rows of the topic table that no field delivers, and what they are for. */
export const INTERNAL_TOPICS: Readonly<Record<string, string>> = {
  instruments: 'each process holds the list of instruments, to check symbols and to describe markets',
  components: 'what `systemStatus` is made of',
  liquidationShares: '`liquidations` is put together of them, where owners are shared out',
  pools: '`pools` shows them when asked',
  poolMev: 'a part of the risk score is made of it',
  interruptions: 'a feed is made deaf for a while, by hand',
  nudges: 'a worker looks at once for what waits in the database',
  revocations: 'each process ends what a revoked credential let in',
};
