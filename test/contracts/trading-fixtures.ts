import { topics } from '../../src/bus/topics.ts';
import { decimal } from '../../src/lib/decimal.ts';
import { ALICE, user } from '../support/owner-schema.ts';
import { execution, order, orderUpdate, portfolio } from '../support/trading.ts';
import type { Asking, SubscriptionFixture } from './subscription-fixtures.ts';

const SYMBOLS = ['A', 'B'] as const;

/** Of whoever the exam's connections are taken for. */
const OF_ALICE = { owner: ALICE, seams: { identityOf: () => user('alice', [ALICE]) } } as const;

const byOwner = (type: string): Asking => ({
  inline: `filter: {owner: "${ALICE}"}`,
  declared: `$filter: ${type}`,
  args: 'filter: $filter',
  variables: { filter: { owner: ALICE.toLowerCase() } },
  passes: () => true,
});

const bySymbol = (type: string, more = ''): Asking => ({
  inline: `filter: {symbols: ["A"]${more}}`,
  declared: `$filter: ${type}`,
  args: 'filter: $filter',
  variables: { filter: { symbols: ['A'] } },
  passes: ({ key }) => key === 'A',
});

const orderUpdates: SubscriptionFixture = {
  ...OF_ALICE,
  topic: topics.orderUpdates,
  keys: () => SYMBOLS,
  publish: (bus, { key, number }) => {
    const one = order(`order-${key}`, ALICE, {
      symbol: key,
      version: number,
      quantity: decimal('1000000'),
      filledQuantity: decimal(String(number)),
      status: number % 3 === 0 ? 'PARTIALLY_FILLED' : 'NEW',
    });
    return bus.publishEvent(topics.orderUpdates, orderUpdate(one));
  },
  selection: 'order { symbol } filledQuantity',
  read: ({ order: of, filledQuantity }) => ({
    key: (of as { symbol: string }).symbol,
    number: Number(filledQuantity),
  }),
  askings: [
    byOwner('OrderFilter'),
    bySymbol('OrderFilter', ', botId: null'),
    {
      inline: 'filter: {statuses: [PARTIALLY_FILLED, FILLED]}',
      declared: '$statuses: [OrderStatus!]',
      args: 'filter: {statuses: $statuses}',
      variables: { statuses: ['FILLED', 'PARTIALLY_FILLED'] },
      passes: ({ number }) => number % 3 === 0,
    },
  ],
};

const tradeExecutions: SubscriptionFixture = {
  ...OF_ALICE,
  topic: topics.tradeExecutions,
  keys: () => SYMBOLS,
  publish: (bus, { key, number }) =>
    bus.publishEvent(topics.tradeExecutions, execution(order(`order-${key}`, ALICE, { symbol: key }), number)),
  selection: 'symbol quantity',
  read: ({ symbol, quantity }) => ({ key: String(symbol), number: Number(quantity) }),
  askings: [byOwner('ExecutionFilter'), bySymbol('ExecutionFilter')],
};

const portfolioOf: SubscriptionFixture = {
  seams: OF_ALICE.seams,
  topic: topics.portfolio,
  keys: () => [ALICE],
  publish: (bus, { key, number }) => bus.publishState(topics.portfolio, portfolio(key, String(number))),
  selection: 'owner equity',
  read: ({ owner, equity }) => ({ key: String(owner), number: Number(equity) }),
  askings: [
    byOwner('PortfolioFilter'),
    {
      inline: 'filter: {symbols: ["A"]}',
      declared: '$filter: PortfolioFilter',
      args: 'filter: $filter',
      variables: { filter: { symbols: ['A'] } },
      passes: () => true,
    },
  ],
};

export const tradingFixtures: Readonly<Record<string, SubscriptionFixture>> = {
  orderUpdates,
  tradeExecutions,
  portfolio: portfolioOf,
};
