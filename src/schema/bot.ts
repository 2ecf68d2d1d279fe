import { topics } from '../bus/topics.ts';
import { canonicalJson } from '../cohorts/question.ts';
import { subscribeState } from '../cohorts/request.ts';
import type { StateFrame } from '../cohorts/update.ts';
import { fixedText } from '../lib/fixed.ts';
import { type BOT_STATES, type Bot, botPnl, tradesOn } from '../model/bot.ts';
import { ownerKey } from '../model/owner.ts';
import { builder } from './builder.ts';
import { perItem } from './cost.ts';
import { DeliveredRef, StateUpdateRef } from './delivered.ts';
import { DeliveryInput, intervalOf } from './delivery-arguments.ts';
import { queried } from './facts.ts';
import { globalId } from './ids.ts';
import { ownBot } from './own-bot.ts';
import { OwnerFilter, ownedNode, ownersOf } from './owner.ts';

const BotStateEnum = builder.enumType('BotState', {
  description: 'Whether a bot works.',
  values: {
    RUNNING: { description: 'It decides by itself.' },
    PAUSED: { description: 'It decides nothing; its orders stand.' },
    STOPPED: { description: 'It decides nothing, and its orders are cancelled. As it is made.' },
    FAILED: {
      description: 'It reached a limit, or an order was refused: `lastError` says why. Its orders are cancelled.',
    },
  } satisfies Record<(typeof BOT_STATES)[number], object>,
});

const BotKindEnum = builder.enumType('BotKind', {
  description: 'What a bot does.',
  values: {
    DCA: { description: 'Buys for the same amount again and again.' },
    GRID: { description: 'Buys at steps below the price and sells each one step higher.' },
    SIGNAL: { description: 'Buys on BUY, and sells what it has on SELL.' },
  } satisfies Record<Bot['plan']['kind'], object>,
});

export const BotRef = builder.objectRef<Bot>('Bot');

builder.node(BotRef, {
  description: 'Something that trades by itself, on the paper venue, for its owner. It is no advice.',
  id: { resolve: ({ id }) => id, description: 'The bot.' },
  loadOne: ownedNode(
    (id, { bots }) => bots.find(id),
    ({ owner }) => owner,
  ),
  fields: (t) => ({
    version: t.exposeInt('version', { description: 'Grows with every change.' }),
    owner: t.expose('owner', { type: 'Address', description: 'Whose.' }),
    name: t.exposeString('name', { description: 'What its owner calls it.' }),
    symbol: t.exposeString('symbol', { description: 'What it trades.' }),
    kind: t.field({ type: BotKindEnum, description: 'What it does.', resolve: ({ plan }) => plan.kind }),
    status: t.field({ type: BotStateEnum, description: 'Whether it works.', resolve: ({ status }) => status }),
    maxOrders: t.int({
      nullable: true,
      description: 'Orders in all. Null: no limit.',
      resolve: ({ limits }) => limits.maxOrders,
    }),
    maxPosition: t.field({
      type: 'Decimal',
      nullable: true,
      description: 'Largest position, in the base currency. Null: no limit.',
      resolve: ({ limits }) => limits.maxPosition,
    }),
    maxLoss: t.field({
      type: 'Decimal',
      nullable: true,
      description: 'Most that it may lose, in the quote currency. Null: no limit.',
      resolve: ({ limits }) => limits.maxLoss,
    }),
    position: t.expose('position', { type: 'Decimal', description: 'What it holds, in the base currency.' }),
    orderCount: t.int({ description: 'Orders that it has decided on so far.', resolve: ({ step }) => step }),
    lastAction: t.exposeString('lastAction', {
      nullable: true,
      description: 'What it did last. Null before anything.',
    }),
    lastError: t.exposeString('lastError', { nullable: true, description: 'Why it failed. Null where it did not.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
  }),
});

const PerformanceRef = builder.objectRef<Bot>('BotPerformance').implement({
  description: 'How a bot does.',
  fields: (t) => ({
    totalPnl: t.field({
      type: 'Decimal',
      description: 'Realised and unrealised by average cost, after fees, in the quote currency.',
      resolve: (bot) => fixedText(botPnl(bot)),
    }),
    winRatePct: t.float({
      nullable: true,
      description: 'Of its sales, how many per cent made a gain before fees. Null before the first.',
      resolve: ({ sales, gains }) => (sales === 0 ? null : (gains / sales) * 100),
    }),
    tradesToday: t.int({
      description: 'Orders that ended with something filled since midnight, UTC.',
      resolve: (bot) => tradesOn(bot, bot.timestamp),
    }),
  }),
});

const BotStatusRef = builder.objectRef<StateFrame<Bot>>('BotStatus');

builder.node(BotStatusRef, {
  description: 'How a bot stands.',
  interfaces: [DeliveredRef, StateUpdateRef],
  id: { resolve: ({ value }) => ownerKey(value.owner, value.id), description: 'One for each bot.' },
  loadOne: ownedNode(
    async (key, { latest }) => {
      const found = await latest.get(topics.botStatus, key);
      return found && queried(found);
    },
    ({ value }) => value.owner,
  ),
  fields: (t) => ({
    botId: t.id({ description: 'The bot.', resolve: ({ value }) => globalId('Bot', value.id) }),
    bot: t.field({ type: BotRef, description: 'The bot.', resolve: ({ value }) => value }),
    owner: t.field({ type: 'Address', description: 'Whose.', resolve: ({ value }) => value.owner }),
    name: t.string({ description: 'What its owner calls it.', resolve: ({ value }) => value.name }),
    status: t.field({ type: BotStateEnum, description: 'Whether it works.', resolve: ({ value }) => value.status }),
    performance: t.field({ type: PerformanceRef, description: 'How it does.', resolve: ({ value }) => value }),
    lastAction: t.string({
      nullable: true,
      description: 'What it did last. Null before anything.',
      resolve: ({ value }) => value.lastAction,
    }),
    lastError: t.string({
      nullable: true,
      description: 'Why it failed. Null where it did not.',
      resolve: ({ value }) => value.lastError,
    }),
  }),
});

const BotFilter = builder.inputType('BotFilter', {
  description: 'Which bots.',
  fields: (t) => ({
    owner: t.field({
      type: 'Address',
      required: false,
      description: 'Only of this address, one of yours. Left out: all of yours.',
    }),
    botId: t.id({ required: false, description: 'Only this bot. `NOT_FOUND` where it is none of yours.' }),
  }),
});

/** Bots that one owner may have: more than that no list is made for. */
const USUAL_BOTS = 20;

builder.queryFields((t) => ({
  bots: t.field({
    authScopes: { owner: true },
    type: [BotRef],
    description: `Your bots, the oldest first. Costs 1, and what is selected ${USUAL_BOTS} times.`,
    complexity: () => perItem(USUAL_BOTS),
    args: { filter: t.arg({ type: OwnerFilter, required: false, description: 'Left out: all of yours.' }) },
    resolve: async (_root, { filter }, context) => [
      ...(await context.bots.list(ownersOf(filter?.owner, context).asked)),
    ],
  }),
  bot: t.field({
    authScopes: { owner: true },
    type: BotRef,
    description: 'One of your bots.',
    args: { id: t.arg.id({ required: true, description: 'Its `id`.' }) },
    resolve: (_root, { id }, context) => ownBot(id, 'id', context),
  }),
}));

builder.subscriptionField('botStatus', (t) =>
  t.field({
    authScopes: { owner: true },
    type: BotStatusRef,
    description:
      'How your bots stand: a snapshot of each, then the latest at each change, and every five seconds while one runs.',
    args: {
      filter: t.arg({ type: BotFilter, required: false, description: 'Left out: all of yours.' }),
      delivery: t.arg({ type: DeliveryInput, required: false, description: 'Left out: every update.' }),
    },
    subscribe: async (_root, { filter, delivery }, context) => {
      const minIntervalMs = intervalOf(delivery);
      const owners = ownersOf(filter?.owner, context);
      const botId = filter?.botId == null ? null : (await ownBot(filter.botId, 'filter.botId', context)).id;
      return subscribeState(topics.botStatus, {
        owners,
        predicate: {
          id: canonicalJson({ botId }),
          routes: null,
          test: botId === null ? null : ({ id }) => id === botId,
        },
        minIntervalMs,
      });
    },
    resolve: (frame) => frame,
  }),
);
