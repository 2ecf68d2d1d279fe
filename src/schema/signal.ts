import { randomUUID } from 'node:crypto';
import { topics } from '../bus/topics.ts';
import type { Predicate } from '../cohorts/predicate.ts';
import { canonicalJson } from '../cohorts/question.ts';
import { subscribeEvents } from '../cohorts/request.ts';
import type { EventFrame } from '../cohorts/update.ts';
import { type Decimal, ZERO } from '../lib/decimal.ts';
import { badInput } from '../lib/errors.ts';
import { ownerKey, ownerOfKey } from '../model/owner.ts';
import { NOBODY, type SIGNAL_TYPES, type Signal } from '../model/signal.ts';
import { builder } from './builder.ts';
import { CandleIntervalEnum } from './candle-interval.ts';
import { HistoryOrder, pageSize } from './connections.ts';
import type { Context } from './context.ts';
import { perItem } from './cost.ts';
import { DeliveredRef, StreamEventRef } from './delivered.ts';
import { BEGINNING, beginningOf, chosen, EVENT_START, startCost } from './delivery-arguments.ts';
import { eventPage, LIVE_CURSOR, PAGE_COST } from './event-history.ts';
import { recalled } from './facts.ts';
import { MarketRef } from './market.ts';
import { oneOwner, ownedNode, ownersAndNobody } from './owner.ts';

const SignalTypeEnum = builder.enumType('SignalType', {
  description: 'What a strategy would do.',
  values: {
    BUY: { description: 'It would buy.' },
    SELL: { description: 'It would sell.' },
    HOLD: { description: 'What it said last holds no longer, and the opposite does not hold either.' },
  } satisfies Record<(typeof SIGNAL_TYPES)[number], object>,
});

const SignalValueRef = builder.objectRef<Signal['values'][number]>('SignalValue').implement({
  description: 'A figure that a strategy looked at.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'What it is: "rsi". docs/SIGNALS.md says how it is reckoned.' }),
    value: t.exposeFloat('value', { description: 'A statistic, in the unit of its strategy.' }),
  }),
});

const SignalRef = builder.objectRef<EventFrame<Signal>>('Signal');

builder.node(SignalRef, {
  description: 'What a strategy thinks of a symbol, at one moment. It never changes. It is no advice.',
  interfaces: [DeliveredRef, StreamEventRef],
  id: { resolve: ({ value }) => value.id, description: 'One for each signal.' },
  loadOne: async (id, context) => {
    const owner = ownerOfKey(id);
    if (owner.startsWith('0x'))
      return ownedNode(
        (key) => found(key, owner, context),
        ({ value }) => value.owner,
      )(id, context);
    return found(id, NOBODY, context);
  },
  fields: (t) => ({
    owner: t.field({
      type: 'Address',
      nullable: true,
      description: 'Who published it. Null for a built-in strategy, whose signals are for everybody.',
      resolve: ({ value }) => (value.owner === NOBODY ? null : value.owner),
    }),
    strategy: t.string({
      description: 'Which strategy: "EMA_CROSS", "RSI_REVERSAL", "BREAKOUT", or what its publisher calls it.',
      resolve: ({ value }) => value.strategy,
    }),
    interval: t.field({
      type: CandleIntervalEnum,
      nullable: true,
      description: 'Of the bars that it came from. Null for one that was published.',
      resolve: ({ value }) => value.interval,
    }),
    signalType: t.field({
      type: SignalTypeEnum,
      description: 'What it would do.',
      resolve: ({ value }) => value.signalType,
    }),
    symbol: t.string({ description: 'The instrument\'s symbol: "AAPL".', resolve: ({ value }) => value.symbol }),
    market: t.field({
      type: MarketRef,
      description: 'The instrument.',
      resolve: ({ value }, _args, { instruments }) => instruments.describe(value.symbol, ''),
    }),
    price: t.field({
      type: 'Decimal',
      description: 'At which it was said, in the quote currency: the close of the bar.',
      resolve: ({ value }) => value.price,
    }),
    quantity: t.field({
      type: 'Decimal',
      description:
        'Suggested, in the base currency: what 1,000 of the quote currency buys, rounded down. Zero with HOLD.',
      resolve: ({ value }) => value.quantity,
    }),
    confidence: t.float({
      description:
        '0 to 1. Of a built-in strategy how clearly its condition is met: 0.5 only just, 0.75 by its full measure, towards 1 beyond. No probability of a gain.',
      resolve: ({ value }) => value.confidence,
    }),
    values: t.field({
      type: [SignalValueRef],
      description: 'What led to it.',
      resolve: ({ value }) => [...value.values],
    }),
  }),
});

async function found(key: string, owner: string, { history }: Context): Promise<EventFrame<Signal> | null> {
  const signal = await history.find(topics.signals, owner, key);
  return signal && recalled(topics.signals.name, signal, signal.value.owner);
}

const SignalFilter = builder.inputType('SignalFilter', {
  description:
    'Which signals. Members are ANDed, the values of a list ORed; a member left out or null does not narrow.',
  fields: (t) => ({
    symbols: t.stringList({ required: false, description: 'Only of these symbols; 1 to 200. Left out: all.' }),
    types: t.field({ type: [SignalTypeEnum], required: false, description: 'Only these. Left out: all.' }),
    strategies: t.stringList({ required: false, description: 'Only of these strategies; 1 to 200. Left out: all.' }),
    intervals: t.field({
      type: [CandleIntervalEnum],
      required: false,
      description: 'Only from bars of these. Left out: all, and those that came from no bars.',
    }),
    minConfidence: t.float({ required: false, description: 'Only with at least this confidence, 0 to 1.' }),
  }),
});

type Filter = typeof SignalFilter.$inferInput;

/** @throws ApiError `BAD_USER_INPUT`. */
function predicateOf(filter: Filter | null | undefined, { instruments }: Context): Predicate<Signal> {
  const symbols = chosen(filter?.symbols, 'filter.symbols');
  const types = chosen(filter?.types, 'filter.types');
  const strategies = chosen(filter?.strategies, 'filter.strategies');
  const intervals = chosen(filter?.intervals, 'filter.intervals');
  const least = filter?.minConfidence ?? null;
  if (least !== null) checkShare(least, 'filter.minConfidence');
  if (symbols) instruments.check(symbols, 'filter.symbols');
  return {
    id: canonicalJson({ symbols, types, strategies, intervals, least }),
    routes: symbols,
    test: ({ signalType, strategy, interval, confidence }) =>
      (types?.includes(signalType) ?? true) &&
      (strategies?.includes(strategy) ?? true) &&
      (intervals === null || (interval !== null && intervals.includes(interval))) &&
      (least === null || confidence >= least),
  };
}

function checkShare(value: number, argument: string): void {
  if (!(value >= 0 && value <= 1)) throw badInput(argument, `${argument} is ${value}.`, '0 to 1');
}

const FILTER = {
  type: SignalFilter,
  required: false,
  description: 'Left out: every signal that you may see.',
} as const;

builder.queryField('signals', (t) =>
  t.connection(
    {
      authScopes: { mixed: true },
      type: SignalRef,
      description: `Signals of the last days, of the built-in strategies and your own. ${PAGE_COST}`,
      complexity: (args) => perItem(pageSize(args)),
      args: {
        filter: t.arg(FILTER),
        orderBy: t.arg({ type: HistoryOrder, required: false, description: 'Left out: the newest first.' }),
      },
      resolve: (_root, { filter, ...args }, context) =>
        eventPage(topics.signals, ownersAndNobody(context), predicateOf(filter, context), args, context),
    },
    {
      name: 'SignalConnection',
      description: 'A page of signals.',
      fields: (c) => ({ liveCursor: c.expose('liveCursor', LIVE_CURSOR) }),
    },
    { name: 'SignalEdge', description: 'A signal in a page.' },
  ),
);

builder.subscriptionField('signals', (t) =>
  t.field({
    authScopes: { mixed: true },
    type: SignalRef,
    description: `Every signal of the built-in strategies, and those that you published yourself; nobody else's. ${EVENT_START}`,
    complexity: startCost,
    args: { filter: t.arg(FILTER), ...BEGINNING },
    subscribe: (_root, { filter, ...args }, context) =>
      subscribeEvents(topics.signals, {
        owners: ownersAndNobody(context),
        predicate: predicateOf(filter, context),
        ...beginningOf(args),
      }),
    resolve: (frame) => frame,
  }),
);

/** Longest name of a strategy, and of an idempotency key, characters. */
const MAX_NAME = 100;

const PublishSignalInput = builder.inputType('PublishSignalInput', {
  description: 'A signal of a strategy of yours.',
  fields: (t) => ({
    owner: t.field({
      type: 'Address',
      required: false,
      description: 'Whose it is, one of your addresses. Needed only where you have several.',
    }),
    strategy: t.string({ required: true, description: `What you call the strategy; 1 to ${MAX_NAME} characters.` }),
    signalType: t.field({ type: SignalTypeEnum, required: true, description: 'What it would do.' }),
    symbol: t.string({ required: true, description: 'As in `instruments`: "BTCUSDT".' }),
    price: t.field({ type: 'Decimal', required: true, description: 'In the quote currency; above 0.' }),
    quantity: t.field({
      type: 'Decimal',
      required: false,
      description: 'Suggested, in the base currency; 0 or more. Left out: 0.',
    }),
    confidence: t.float({ required: true, description: '0 to 1, by your own measure.' }),
    idempotencyKey: t.string({
      required: false,
      description: `The same one again publishes nothing and answers with the first; 1 to ${MAX_NAME} characters.`,
    }),
  }),
});

const PublishSignalPayload = builder.objectRef<Signal>('PublishSignalPayload').implement({
  description: 'A signal that will be told by `signals`.',
  fields: (t) => ({
    signalId: t.id({
      description: 'The `id` under which it will come.',
      resolve: ({ id }) => Buffer.from(`Signal:${id}`).toString('base64url'),
    }),
    signalType: t.field({ type: SignalTypeEnum, description: 'What it would do.', resolve: (one) => one.signalType }),
    symbol: t.exposeString('symbol', { description: 'The instrument.' }),
  }),
});

builder.mutationField('publishSignal', (t) =>
  t.field({
    type: PublishSignalPayload,
    authScopes: { owner: true },
    description: 'Publishes a signal on your own stream: nobody else sees it, and your bots may follow it.',
    args: { input: t.arg({ type: PublishSignalInput, required: true, description: 'What it says.' }) },
    resolve: (_root, { input }, context) => {
      const owner = oneOwner(input.owner, context);
      if (owner === NOBODY) throw badInput('input.owner', 'This address is nobody’s: nothing is published for it.');
      context.instruments.checkForCommand(input.symbol, 'input.symbol');
      checkShare(input.confidence, 'input.confidence');
      checkLength(input.strategy, 'input.strategy');
      if (input.idempotencyKey != null) checkLength(input.idempotencyKey, 'input.idempotencyKey');
      const quantity = input.quantity ?? ZERO;
      if (input.price.startsWith('-') || input.price === ZERO)
        throw badInput('input.price', `price is ${input.price}.`, 'above 0');
      if (quantity.startsWith('-')) throw badInput('input.quantity', `quantity is ${quantity}.`, '0 or more');
      const now = context.clock.now();
      const signal: Signal = {
        id: ownerKey(owner, randomUUID()),
        owner,
        strategy: input.strategy,
        interval: null,
        signalType: input.signalType,
        symbol: input.symbol,
        price: input.price as Decimal,
        quantity: quantity as Decimal,
        confidence: input.confidence,
        values: [],
        timestamp: now,
        receivedAt: now,
      };
      return context.commands.signal(owner, signal, input.idempotencyKey ?? null);
    },
  }),
);

function checkLength(text: string, argument: string): void {
  if (text.length < 1 || text.length > MAX_NAME)
    throw badInput(argument, `${argument} has ${text.length} characters.`, `1 to ${MAX_NAME} characters`);
}
