import type { Alert } from '../model/alert.ts';
import type { ArbitrageTransactionTold, PoolMev } from '../model/arbitrage-transaction.ts';
import { applyBookChange, type Book, type BookChange } from '../model/book.ts';
import type { Bot } from '../model/bot.ts';
import { type Candle, candleKey, seriesOfKey } from '../model/candle.ts';
import type { ChainStatus } from '../model/chain.ts';
import type { ComponentReport, SystemHealth } from '../model/component.ts';
import type { ContractEvent } from '../model/contract-event.ts';
import type { DeliveryReport } from '../model/delivery-report.ts';
import type { Address } from '../model/identity.ts';
import { type Instrument, sourceKey, symbolOfKey } from '../model/instrument.ts';
import type { Interruption } from '../model/interruption.ts';
import type { FundingRate, MarketStats } from '../model/market-stats.ts';
import type { Nudge } from '../model/nudge.ts';
import type { OpportunityTold } from '../model/opportunity.ts';
import type { Execution, OrderUpdate } from '../model/order.ts';
import { ownerKey, ownerOfKey } from '../model/owner.ts';
import { type PoolState, poolKey } from '../model/pool.ts';
import type { Portfolio } from '../model/portfolio.ts';
import type { PositionEvent } from '../model/position-event.ts';
import type { Price } from '../model/price.ts';
import type { Revocation } from '../model/revocation.ts';
import type {
  MarketLiquidations,
  OwnerPositions,
  PositionValue,
  RiskUpdate,
  ShareOfLiquidations,
} from '../model/risk.ts';
import type { SessionReport } from '../model/session-report.ts';
import type { Signal } from '../model/signal.ts';
import { tokenKey } from '../model/token.ts';
import type { Trade } from '../model/trade.ts';
import type { Wired } from '../model/wired.ts';

/** Where a topic's values are made and heard. */
export type TopicReach =
  /** Through the shared bus, by every process. */
  | 'shared'
  /** Inside one process: each has its own. */
  | 'process';

interface Row<V> {
  readonly name: string;
  readonly reach: TopicReach;
  /** The key of a value: what "latest of" and "ordered per" mean for this topic. At most 200 bytes, no line breaks. */
  readonly keyOf: (value: V) => string;
  /** The part of a key that subscribers choose by, where it is not the whole key: a price is chosen by symbol. */
  readonly routeOf?: (key: string) => string;
  /**
   * Root arguments, as paths, that only choose which frames a subscriber gets, and so stay out of the cohort's key.
   * An argument that is not listed shapes what a payload says, and is in the key.
   */
  readonly predicates: readonly string[];
  /**
   * Of what belongs to somebody: whose it is. An event topic with it is one stream an owner, each numbered and kept by
   * itself; the key of a state topic with it leads to the owner (`keyOf` and `routeOf` by model/owner.ts). Nobody is
   * given any of it without saying whose eyes see it.
   */
  readonly ownerOf?: (value: V) => Address;
}

/**
 * Only the latest value of a key matters. `C` is what the bus carries instead of the whole value where that is large;
 * `fold` makes the next value of the last one and a change.
 */
export interface StateTopic<V, C = V> extends Row<V> {
  readonly kind: 'state';
  readonly fold?: (value: V, change: C) => V;
  /** Keys of it end: after the last value of one it is dropped from the bus, and then from every process. */
  readonly keysEnd?: true;
}

/** Every event matters: numbered densely in its stream, kept for a while, resumable by cursor. */
export interface EventTopic<V> extends Row<V> {
  readonly kind: 'event';
  /** Identity of an event at its producer: publishing the same one again changes nothing within the retention. */
  readonly idOf: (value: V) => string;
  /** Kept in PostgreSQL as well, and resumable from there for as long as the archive goes back. */
  readonly durable?: true;
  /** Events kept for catching up, where the operator's retention setting is not smaller. */
  readonly retentionEvents: number;
}

/** A topic to whoever does not touch its values; of an event topic of owners, the stream of one of them. */
export interface TopicRef {
  readonly kind: 'state' | 'event';
  readonly name: string;
  /** Whose stream it is, where the topic is one an owner. */
  readonly owner?: Address;
}

/** The stream of an event topic: all of it, or of a topic that is one stream an owner, this owner's. */
export function streamOf(topic: TopicRef, owner: Address | null): TopicRef {
  return owner === null ? topic : { kind: topic.kind, name: topic.name, owner };
}

const state = <V, C = V>(row: Omit<StateTopic<V, C>, 'kind'>): StateTopic<V, C> => ({ kind: 'state', ...row });
const event = <V>(row: Omit<EventTopic<V>, 'kind'>): EventTopic<V> => ({ kind: 'event', ...row });

/** The table of contents of the product: one row for everything that a worker publishes and a subscriber can hear. */
export const topics = {
  prices: state<Price>({
    name: 'prices',
    reach: 'shared',
    keyOf: ({ symbol, source, token }) => tokenKey(sourceKey(symbol, source), token),
    routeOf: symbolOfKey,
    predicates: ['filter', 'delivery'],
  }),
  trades: event<Trade>({
    name: 'trades',
    reach: 'shared',
    keyOf: (trade) => trade.symbol,
    idOf: (trade) => `${sourceKey(trade.symbol, trade.source)}|${trade.tradeId}`,
    predicates: ['filter', 'after', 'last'],
    // Trades are the one firehose: a million are ten minutes of a busy venue.
    retentionEvents: 1_000_000,
  }),
  orderbook: state<Book, BookChange>({
    name: 'orderbook',
    reach: 'shared',
    keyOf: (book) => sourceKey(book.symbol, book.source),
    fold: applyBookChange,
    predicates: ['delivery'],
  }),
  candles: state<Candle>({
    name: 'candles',
    reach: 'shared',
    // Each bar is a key of its own, so that folding never swallows a closed one.
    keyOf: candleKey,
    routeOf: seriesOfKey,
    keysEnd: true,
    // Arguments that must be given are part of the question.
    predicates: ['delivery'],
  }),
  signals: event<Signal>({
    name: 'signals',
    reach: 'shared',
    keyOf: ({ symbol }) => symbol,
    idOf: ({ id }) => id,
    // Those of the built-in strategies are nobody's, and everybody is given nobody's stream.
    ownerOf: ({ owner }) => owner,
    predicates: ['filter', 'after', 'last'],
    durable: true,
    retentionEvents: 100_000,
  }),
  botStatus: state<Bot>({
    name: 'botStatus',
    reach: 'shared',
    keyOf: ({ owner, id }) => ownerKey(owner, id),
    routeOf: ownerOfKey,
    ownerOf: ({ owner }) => owner,
    predicates: ['filter', 'delivery'],
  }),
  marketStats: state<MarketStats>({
    name: 'marketStats',
    reach: 'shared',
    keyOf: ({ symbol }) => symbol,
    predicates: ['filter', 'delivery'],
  }),
  fundingRates: event<FundingRate>({
    name: 'fundingRates',
    reach: 'shared',
    keyOf: ({ symbol }) => symbol,
    idOf: ({ symbol, source, timestamp }) => `${sourceKey(symbol, source)}|${timestamp}`,
    predicates: ['filter', 'after', 'last'],
    durable: true,
    retentionEvents: 100_000,
  }),
  positions: state<OwnerPositions>({
    name: 'positions',
    reach: 'shared',
    keyOf: ({ owner }) => ownerKey(owner),
    routeOf: ownerOfKey,
    ownerOf: ({ owner }) => owner,
    predicates: ['filter', 'delivery'],
  }),
  positionValue: state<PositionValue>({
    name: 'positionValue',
    reach: 'shared',
    keyOf: ({ position }) => ownerKey(position.owner, position.id),
    routeOf: ownerOfKey,
    ownerOf: ({ position }) => position.owner,
    keysEnd: true,
    predicates: ['filter', 'delivery'],
  }),
  riskUpdates: state<RiskUpdate>({
    name: 'riskUpdates',
    reach: 'shared',
    keyOf: ({ owner, positionId }) => ownerKey(owner, positionId),
    routeOf: ownerOfKey,
    ownerOf: ({ owner }) => owner,
    keysEnd: true,
    predicates: ['filter', 'delivery'],
  }),
  liquidations: state<MarketLiquidations>({
    name: 'liquidations',
    reach: 'shared',
    keyOf: ({ symbol }) => symbol,
    // The other members of the filter choose which candidates a list shows: they are in its question.
    predicates: ['filter.markets', 'delivery'],
  }),
  liquidationShares: state<ShareOfLiquidations>({
    name: 'liquidationShares',
    reach: 'shared',
    keyOf: ({ number, liquidations: { symbol } }) => `${symbol}|${number}`,
    predicates: [],
  }),
  positionEvents: event<PositionEvent>({
    name: 'positionEvents',
    reach: 'shared',
    keyOf: ({ positionId }) => positionId,
    idOf: ({ id }) => id,
    ownerOf: ({ owner }) => owner,
    predicates: ['filter', 'after', 'last'],
    durable: true,
    retentionEvents: 100_000,
  }),
  alerts: event<Alert>({
    name: 'alerts',
    reach: 'shared',
    keyOf: ({ id }) => id,
    idOf: ({ id, version }) => `${id}|${version}`,
    ownerOf: ({ owner }) => owner,
    predicates: ['filter', 'after', 'last'],
    durable: true,
    retentionEvents: 100_000,
  }),
  orderUpdates: event<OrderUpdate>({
    name: 'orderUpdates',
    reach: 'shared',
    keyOf: ({ order }) => order.symbol,
    idOf: ({ id }) => id,
    ownerOf: ({ owner }) => owner,
    predicates: ['filter', 'after', 'last'],
    durable: true,
    retentionEvents: 100_000,
  }),
  tradeExecutions: event<Execution>({
    name: 'tradeExecutions',
    reach: 'shared',
    keyOf: ({ symbol }) => symbol,
    idOf: ({ id }) => id,
    ownerOf: ({ owner }) => owner,
    predicates: ['filter', 'after', 'last'],
    durable: true,
    retentionEvents: 100_000,
  }),
  portfolio: state<Portfolio>({
    name: 'portfolio',
    reach: 'shared',
    keyOf: ({ owner }) => ownerKey(owner),
    routeOf: ownerOfKey,
    ownerOf: ({ owner }) => owner,
    // Which symbols a payload shows is in its question.
    predicates: ['filter.owner', 'delivery'],
  }),
  opportunities: event<OpportunityTold>({
    name: 'opportunities',
    reach: 'shared',
    keyOf: ({ chainId }) => String(chainId),
    idOf: ({ id, version }) => `${id}|${version}`,
    predicates: ['filter', 'after', 'last'],
    durable: true,
    retentionEvents: 100_000,
  }),
  transactions: event<ArbitrageTransactionTold>({
    name: 'transactions',
    reach: 'shared',
    keyOf: ({ chainId }) => String(chainId),
    idOf: ({ id, version }) => `${id}|${version}`,
    predicates: ['filter', 'after', 'last'],
    durable: true,
    retentionEvents: 100_000,
  }),
  chainStatus: state<ChainStatus>({
    name: 'chainStatus',
    reach: 'shared',
    keyOf: ({ chainId }) => String(chainId),
    predicates: ['filter', 'delivery'],
  }),
  chainEvents: event<ContractEvent>({
    name: 'chainEvents',
    reach: 'shared',
    keyOf: ({ chainId }) => String(chainId),
    idOf: ({ id, version }) => `${id}|${version}`,
    predicates: ['filter', 'after', 'last'],
    retentionEvents: 100_000,
  }),
  pools: state<Wired<PoolState>>({
    name: 'pools',
    reach: 'shared',
    keyOf: ({ pool }) => poolKey(pool),
    predicates: [],
  }),
  poolMev: state<PoolMev>({
    name: 'poolMev',
    reach: 'shared',
    keyOf: ({ chainId, pool: address }) => poolKey({ chainId, address }),
    predicates: [],
  }),
  interruptions: event<Interruption>({
    name: 'interruptions',
    reach: 'shared',
    keyOf: ({ source }) => source,
    idOf: ({ id }) => id,
    predicates: [],
    // Who was not there was not interrupted.
    retentionEvents: 10,
  }),
  nudges: event<Nudge>({
    name: 'nudges',
    reach: 'shared',
    keyOf: ({ about }) => about,
    idOf: ({ id }) => id,
    predicates: [],
    // Who was not there finds what is to be done in the database. They may carry what is an owner's.
    retentionEvents: 10,
  }),
  instruments: state<Instrument>({
    name: 'instruments',
    reach: 'shared',
    keyOf: (instrument) => instrument.symbol,
    predicates: [],
  }),
  components: state<ComponentReport>({
    name: 'components',
    reach: 'shared',
    keyOf: (component) => component.name,
    predicates: [],
  }),
  systemStatus: state<SystemHealth>({
    name: 'systemStatus',
    reach: 'process',
    keyOf: () => 'system',
    predicates: ['delivery'],
  }),
  deliveryStats: state<DeliveryReport>({
    name: 'deliveryStats',
    reach: 'process',
    keyOf: (report) => report.connectionId,
    predicates: ['delivery'],
  }),
  session: state<SessionReport>({
    name: 'session',
    reach: 'process',
    keyOf: (report) => report.connectionId,
    predicates: ['delivery'],
  }),
  revocations: event<Revocation>({
    name: 'revocations',
    reach: 'shared',
    keyOf: ({ kind }) => kind,
    idOf: ({ kind, id }) => `${kind}|${id}`,
    predicates: [],
    // Those who were not there read the database.
    retentionEvents: 10_000,
  }),
} as const;
