import { topics } from '../../src/bus/topics.ts';
import { decimal } from '../../src/lib/decimal.ts';
import { NOBODY } from '../../src/model/signal.ts';
import { bot } from '../support/bots.ts';
import { candle, signal } from '../support/market.ts';
import { ALICE, user } from '../support/owner-schema.ts';
import type { SubscriptionFixture } from './subscription-fixtures.ts';

const SYMBOLS = ['A', 'B'] as const;

/** Two bars of one series, by the second in which each begins; its close says which number it is. */
const candles: SubscriptionFixture = {
  topic: topics.candles,
  keys: () => ['0', '1'],
  publish: (bus, { key, number }) =>
    bus.publishState(topics.candles, candle('A', Number(key) * 1_000, { close: decimal(String(number)) })),
  selection: 'openTime close',
  read: ({ openTime, close }) => ({ key: String(Date.parse(String(openTime)) / 1_000), number: Number(close) }),
  askings: [
    {
      inline: 'symbol: "A", interval: S1',
      declared: '$symbol: String!, $interval: CandleInterval!, $delivery: Delivery',
      args: 'symbol: $symbol, interval: $interval, delivery: $delivery',
      variables: { symbol: 'A', interval: 'S1', delivery: null },
      passes: () => true,
    },
    {
      inline: 'symbol: "A", interval: M1',
      declared: '$interval: CandleInterval!',
      args: 'symbol: "A", interval: $interval',
      variables: { interval: 'M1' },
      passes: () => false,
    },
  ],
};

/** Of the built-in strategies: every second sells, every fourth is sure. */
const signals: SubscriptionFixture = {
  topic: topics.signals,
  owner: NOBODY,
  keys: () => SYMBOLS,
  publish: (bus, { key, number }) =>
    bus.publishEvent(
      topics.signals,
      signal(key, number, {
        signalType: number % 2 === 0 ? 'SELL' : 'BUY',
        confidence: number % 4 === 0 ? 0.7 : 0.5,
      }),
    ),
  selection: 'symbol price',
  read: ({ symbol, price: text }) => ({ key: String(symbol), number: Number(text) }),
  askings: [
    { inline: '', declared: '$filter: SignalFilter', args: 'filter: $filter', variables: {}, passes: () => true },
    {
      inline: 'filter: {symbols: ["A"], minConfidence: 0.7}',
      declared: '$filter: SignalFilter',
      args: 'filter: $filter',
      variables: { filter: { symbols: ['A'], minConfidence: 0.7 } },
      passes: ({ key, number }) => key === 'A' && number % 4 === 0,
    },
    {
      inline: 'filter: {types: [SELL], strategies: ["TEST"], intervals: [S1, M1]}',
      declared: '$types: [SignalType!], $intervals: [CandleInterval!]',
      args: 'filter: {types: $types, strategies: ["TEST"], intervals: $intervals}',
      variables: { types: ['SELL'], intervals: ['M1', 'S1'] },
      passes: ({ number }) => number % 2 === 0,
    },
  ],
};

/** A bot of each name; its position says which number it is. */
const botStatus: SubscriptionFixture = {
  topic: topics.botStatus,
  seams: { identityOf: () => user('alice', [ALICE]) },
  keys: () => SYMBOLS,
  publish: (bus, { key, number }) =>
    bus.publishState(topics.botStatus, bot(key, ALICE, { position: decimal(String(number)) })),
  selection: 'name bot { position }',
  read: ({ name, bot: one }) => ({ key: String(name), number: Number((one as { position: string }).position) }),
  askings: [
    {
      inline: '',
      declared: '$delivery: Delivery',
      args: 'delivery: $delivery',
      variables: { delivery: null },
      passes: () => true,
    },
    {
      inline: `filter: {owner: "${ALICE}"}`,
      declared: '$filter: BotFilter',
      args: 'filter: $filter',
      variables: { filter: { owner: ALICE.toLowerCase() } },
      passes: () => true,
    },
  ],
};

/** Of what is made out of what the feeds tell. */
export const madeFixtures: Readonly<Record<string, SubscriptionFixture>> = { candles, signals, botStatus };
