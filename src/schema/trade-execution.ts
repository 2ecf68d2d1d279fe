import { topics } from '../bus/topics.ts';
import { encodeCursor } from '../cohorts/cursor.ts';
import { canonicalJson } from '../cohorts/question.ts';
import { subscribeEvents } from '../cohorts/request.ts';
import type { EventFrame } from '../cohorts/update.ts';
import type { Execution } from '../model/order.ts';
import type { ExecutionPlace } from '../store/trading.ts';
import { builder } from './builder.ts';
import { HistoryOrder, type PageRequest, pageSize } from './connections.ts';
import type { Context } from './context.ts';
import { perItem } from './cost.ts';
import { DeliveredRef, StreamEventRef } from './delivered.ts';
import { BEGINNING, beginningOf, chosen, EVENT_START, startCost } from './delivery-arguments.ts';
import { LIVE_CURSOR, PAGE_COST, standingPage } from './event-history.ts';
import { BEFORE_ALL } from './facts.ts';
import { OrderRef } from './order.ts';
import { LiquidityEnum } from './order-kinds.ts';
import { ownedNode, ownersOf } from './owner.ts';
import { SideEnum } from './side.ts';

const TradeExecutionRef = builder.objectRef<EventFrame<Execution>>('TradeExecution');

/** As it is stored, as the answer to a query: it has no place in a stream, its cursor is the stream's beginning. */
function stored(execution: Execution): EventFrame<Execution> {
  const cursor = encodeCursor(topics.tradeExecutions.name, BEFORE_ALL, execution.owner);
  return { value: execution, ...BEFORE_ALL, cursor, matches: true, replayed: true };
}

builder.node(TradeExecutionRef, {
  description: 'One fill of an order. It never changes.',
  interfaces: [DeliveredRef, StreamEventRef],
  id: { resolve: ({ value }) => value.id, description: 'The fill: two may share a trade of the venue.' },
  loadOne: ownedNode(
    async (id, { trading }) => {
      const found = await trading.execution(id);
      return found && stored(found);
    },
    ({ value }) => value.owner,
  ),
  fields: (t) => ({
    owner: t.field({ type: 'Address', description: 'Whose.', resolve: ({ value }) => value.owner }),
    order: t.field({
      type: OrderRef,
      description: 'The order, as it stood after this fill.',
      resolve: ({ value }) => value.order,
    }),
    symbol: t.string({ description: 'The instrument\'s symbol: "BTCUSDT".', resolve: ({ value }) => value.symbol }),
    side: t.field({ type: SideEnum, description: 'Bought or sold.', resolve: ({ value }) => value.side }),
    quantity: t.field({
      type: 'Decimal',
      description: 'In the base currency.',
      resolve: ({ value }) => value.quantity,
    }),
    price: t.field({ type: 'Decimal', description: 'In the quote currency.', resolve: ({ value }) => value.price }),
    fee: t.field({ type: 'Decimal', description: 'Paid for this fill.', resolve: ({ value }) => value.fee }),
    feeCurrency: t.string({ description: 'What the fee is paid in.', resolve: ({ value }) => value.feeCurrency }),
    liquidity: t.field({
      type: LiquidityEnum,
      description: 'Which side of the fill the order was.',
      resolve: ({ value }) => value.liquidity,
    }),
    realizedPnl: t.field({
      type: 'Decimal',
      description: 'Profit that it made real, by average cost, before its fee. 0 for one that enlarged a position.',
      resolve: ({ value }) => value.realizedPnl,
    }),
    tradeId: t.string({
      nullable: true,
      description: "The venue's own number of the trade that met it. Null where it met a quote.",
      resolve: ({ value }) => value.tradeId,
    }),
  }),
});

const ExecutionFilter = builder.inputType('ExecutionFilter', {
  description: 'Which fills. Members are ANDed; a member left out or null does not narrow.',
  fields: (t) => ({
    owner: t.field({
      type: 'Address',
      required: false,
      description: 'Only of this address, one of yours; an operator may name any. Left out: all of yours.',
    }),
    symbols: t.stringList({ required: false, description: 'Only these symbols; 1 to 200. Left out: all.' }),
  }),
});

type Filter = typeof ExecutionFilter.$inferInput;

/** @throws ApiError `BAD_USER_INPUT`. */
function symbolsOf(filter: Filter | null | undefined, { instruments }: Context): readonly string[] | null {
  const symbols = chosen(filter?.symbols, 'filter.symbols');
  if (symbols) instruments.check(symbols, 'filter.symbols');
  return symbols;
}

const FILTER = { type: ExecutionFilter, required: false, description: 'Left out: all of yours.' } as const;

builder.queryField('tradeExecutions', (t) =>
  t.connection(
    {
      authScopes: { owner: true },
      type: TradeExecutionRef,
      description: `Your fills, by their time. ${PAGE_COST}`,
      complexity: (args) => perItem(pageSize(args)),
      args: {
        filter: t.arg(FILTER),
        orderBy: t.arg({ type: HistoryOrder, required: false, description: 'Left out: the newest first.' }),
      },
      resolve: async (_root, { filter, orderBy, ...args }, context) => {
        const owners = ownersOf(filter?.owner, context);
        const symbols = symbolsOf(filter, context);
        const topic = topics.tradeExecutions;
        return standingPage(topic.name, topic, owners, args, context, async (request: PageRequest<ExecutionPlace>) => {
          const newestFirst = (orderBy !== 'OLDEST_FIRST') !== request.backwards;
          const found = await context.trading.executions(owners.asked, symbols, { ...request, newestFirst });
          return found.map((execution) => ({
            node: stored(execution),
            place: { at: execution.timestamp, id: execution.id },
          }));
        });
      },
    },
    {
      name: 'TradeExecutionConnection',
      description: 'A page of fills.',
      fields: (c) => ({ liveCursor: c.expose('liveCursor', LIVE_CURSOR) }),
    },
    { name: 'TradeExecutionEdge', description: 'A fill in a page.' },
  ),
);

builder.subscriptionField('tradeExecutions', (t) =>
  t.field({
    authScopes: { owner: true },
    type: TradeExecutionRef,
    description: `Every fill of your orders. ${EVENT_START}`,
    complexity: startCost,
    args: { filter: t.arg(FILTER), ...BEGINNING },
    subscribe: (_root, { filter, ...args }, context) => {
      const symbols = symbolsOf(filter, context);
      return subscribeEvents(topics.tradeExecutions, {
        owners: ownersOf(filter?.owner, context),
        predicate: { id: canonicalJson({ symbols }), routes: symbols, test: null },
        ...beginningOf(args),
      });
    },
    resolve: (frame) => frame,
  }),
);
