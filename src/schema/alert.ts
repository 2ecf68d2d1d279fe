import { topics } from '../bus/topics.ts';
import { encodeCursor } from '../cohorts/cursor.ts';
import type { Predicate } from '../cohorts/predicate.ts';
import { canonicalJson } from '../cohorts/question.ts';
import { subscribeEvents } from '../cohorts/request.ts';
import type { EventFrame } from '../cohorts/update.ts';
import { ApiError } from '../lib/errors.ts';
import {
  type ALERT_STATES,
  type ALERT_TYPES,
  type Alert,
  type AlertState,
  isLimitRule,
  stateBefore,
} from '../model/alert.ts';
import type { AlertChoice } from '../store/alerts.ts';
import type { CreationPlace } from '../store/creation-page.ts';
import { AlertMetricEnum, AlertSeverityEnum } from './alert-kinds.ts';
import { builder, idIn } from './builder.ts';
import { HistoryOrder, type PageRequest, pageSize } from './connections.ts';
import type { Context } from './context.ts';
import { perItem } from './cost.ts';
import { DeliveredRef, StreamEventRef } from './delivered.ts';
import { BEGINNING, beginningOf, chosen, EVENT_START, startCost } from './delivery-arguments.ts';
import { LIVE_CURSOR, PAGE_COST, standingPage } from './event-history.ts';
import { BEFORE_ALL } from './facts.ts';
import { globalId } from './ids.ts';
import { maySee, ownedNode } from './owner.ts';
import { PositionRef, positionChoice } from './position.ts';
import { refusal } from './scopes.ts';

const AlertStateEnum = builder.enumType('AlertState', {
  description: 'How far the life of an alert has come.',
  values: {
    OPEN: { description: 'Its condition holds, and nobody has said that they know.' },
    ACKNOWLEDGED: { description: 'Its condition holds, and its owner knows.' },
    RESOLVED: { description: 'Its condition has ended, or its owner ended it.' },
  } satisfies Record<(typeof ALERT_STATES)[number], object>,
});

const AlertTypeEnum = builder.enumType('AlertType', {
  description: 'What kind of danger it is about.',
  values: {
    IMPERMANENT_LOSS: { description: 'A share of a pool is worth less than its deposit would be.' },
    LIQUIDATION_RISK: { description: 'A position is near liquidation.' },
    POSITION_LIMIT_EXCEEDED: { description: 'A position, or all together, is larger than its owner wants.' },
    LOSS_LIMIT_EXCEEDED: { description: 'More has been lost than its owner wants.' },
    OTHER: { description: 'Something else that its owner asked to be told of.' },
  } satisfies Record<(typeof ALERT_TYPES)[number], object>,
});

const AlertRef = builder.objectRef<EventFrame<Alert>>('Alert');

/** An alert as it is stored, as the answer to a query. It has no place in a stream: its cursor is the stream's beginning. */
function stored(alert: Alert): EventFrame<Alert> {
  const cursor = encodeCursor(topics.alerts.name, BEFORE_ALL, alert.owner);
  return { value: alert, ...BEFORE_ALL, cursor, matches: true, replayed: true };
}

builder.node(AlertRef, {
  description:
    'An alert, as it stands after a change: one for as long as its condition lasts. Of two versions the higher one is true.',
  interfaces: [DeliveredRef, StreamEventRef],
  id: { resolve: ({ value }) => value.id, description: 'The alert: it comes several times, once for each change.' },
  loadOne: ownedNode(
    async (id, { alerts }) => {
      const alert = await alerts.find(id);
      return alert && stored(alert);
    },
    ({ value }) => value.owner,
  ),
  fields: (t) => ({
    version: t.int({ description: 'Grows with every change.', resolve: ({ value }) => value.version }),
    owner: t.field({ type: 'Address', description: 'Who is told.', resolve: ({ value }) => value.owner }),
    alertType: t.field({
      type: AlertTypeEnum,
      description: 'What kind of danger.',
      resolve: ({ value }) => value.alertType,
    }),
    metric: t.field({ type: AlertMetricEnum, description: 'What was measured.', resolve: ({ value }) => value.metric }),
    severity: t.field({ type: AlertSeverityEnum, description: 'How urgent.', resolve: ({ value }) => value.severity }),
    title: t.string({ description: 'In a few words.', resolve: ({ value }) => value.title }),
    message: t.string({ description: 'In a sentence.', resolve: ({ value }) => value.message }),
    ruleId: t.id({
      description: 'The rule that raised it; the rule may be gone since.',
      resolve: ({ value }) => globalId('AlertRule', value.ruleId),
    }),
    riskScore: t.float({
      nullable: true,
      description: "The position's score of then, 0 to 1. Null for an alert of no position, or before the first score.",
      resolve: ({ value }) => value.riskScore,
    }),
    currentValue: t.field({
      type: 'Decimal',
      nullable: true,
      description: 'The metric at this change, in its unit. Null where it could not be told any more.',
      resolve: ({ value }) => value.currentValue,
    }),
    thresholdValue: t.field({
      type: 'Decimal',
      nullable: true,
      description: 'The threshold of the rule. Never null here.',
      resolve: ({ value }) => value.thresholdValue,
    }),
    state: t.field({ type: AlertStateEnum, description: 'How far it has come.', resolve: ({ value }) => value.state }),
    isResolved: t.boolean({ description: 'Whether it has ended.', resolve: ({ value }) => value.state === 'RESOLVED' }),
    positionId: t.id({
      nullable: true,
      description: 'Null for what concerns everything of an owner.',
      resolve: ({ value }) => (value.positionId === null ? null : globalId('Position', value.positionId)),
    }),
    position: t.field({
      type: PositionRef,
      nullable: true,
      description:
        'The position as it stands. Null for what concerns everything of an owner, or once it has ended for long.',
      resolve: async ({ value }, _args, { latest }) => {
        if (value.positionId === null) return null;
        const found = await latest.get(topics.positionValue, `${value.owner.toLowerCase()}|${value.positionId}`);
        return found && { position: found.value.position, figures: found.value.figures };
      },
    }),
    createdAt: t.field({
      type: 'DateTime',
      description: 'When it was raised.',
      resolve: ({ value }) => value.createdAt,
    }),
    acknowledgedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'Null while nobody has said that they know.',
      resolve: ({ value }) => value.acknowledgedAt,
    }),
    resolvedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'Null while it lasts.',
      resolve: ({ value }) => value.resolvedAt,
    }),
  }),
});

const AlertFilter = builder.inputType('AlertFilter', {
  description: 'Which alerts. Members are ANDed, the values of a list ORed; a member left out or null does not narrow.',
  fields: (t) => ({
    owner: t.field({
      type: 'Address',
      required: false,
      description: 'Only of this address, one of yours; an operator may name any. Left out: all of yours.',
    }),
    severities: t.field({ type: [AlertSeverityEnum], required: false, description: 'Only of these. Left out: all.' }),
    types: t.field({ type: [AlertTypeEnum], required: false, description: 'Only of these. Left out: all.' }),
    positionId: t.id({ required: false, description: 'Only of this position. `NOT_FOUND` where it is none of yours.' }),
    states: t.field({ type: [AlertStateEnum], required: false, description: 'Only in these. Left out: all.' }),
  }),
});

type Filter = typeof AlertFilter.$inferInput;

/** @throws ApiError `BAD_USER_INPUT` for an empty list. */
function choiceOf(filter: Filter | null | undefined, positionId: string | null): AlertChoice {
  return {
    severities: chosen(filter?.severities, 'filter.severities') as AlertChoice['severities'],
    types: chosen(filter?.types, 'filter.types') as AlertChoice['types'],
    states: chosen(filter?.states, 'filter.states') as AlertChoice['states'],
    positionId,
  };
}

function predicateOf(choice: AlertChoice): Predicate<Alert> {
  const { severities, types, states, positionId } = choice;
  const concerns = (alert: Alert, state: AlertState) =>
    (severities?.includes(alert.severity) ?? true) &&
    (types?.includes(alert.alertType) ?? true) &&
    (states?.includes(state) ?? true) &&
    (positionId === null || alert.positionId === positionId);
  return {
    id: canonicalJson({ ...choice }),
    routes: null,
    test: (alert) => concerns(alert, alert.state),
    left: (alert) => {
      const before = stateBefore(alert);
      return before !== null && concerns(alert, before);
    },
  };
}

const FILTER = { type: AlertFilter, required: false, description: 'Left out: all of yours.' } as const;

builder.queryField('alerts', (t) =>
  t.connection(
    {
      authScopes: { owner: true },
      type: AlertRef,
      description: `Your alerts as they stand, by when they were raised; with \`states: [OPEN]\` those of now. ${PAGE_COST}`,
      complexity: (args) => perItem(pageSize(args)),
      args: {
        filter: t.arg(FILTER),
        orderBy: t.arg({ type: HistoryOrder, required: false, description: 'Left out: the newest first.' }),
      },
      resolve: async (_root, { filter, orderBy, ...args }, context) => {
        const { owners, positionId } = await positionChoice(filter, context);
        const choice = choiceOf(filter, positionId);
        return standingPage(
          'alerts',
          topics.alerts,
          owners,
          args,
          context,
          async (request: PageRequest<CreationPlace>) => {
            const newestFirst = (orderBy !== 'OLDEST_FIRST') !== request.backwards;
            const found = await context.alerts.page(owners.asked, choice, { ...request, newestFirst });
            return found.map((alert) => ({ node: stored(alert), place: { createdAt: alert.createdAt, id: alert.id } }));
          },
        );
      },
    },
    {
      name: 'AlertConnection',
      description: 'A page of alerts.',
      fields: (c) => ({ liveCursor: c.expose('liveCursor', LIVE_CURSOR) }),
    },
    { name: 'AlertEdge', description: 'An alert in a page.' },
  ),
);

builder.subscriptionField('alerts', (t) =>
  t.field({
    authScopes: { owner: true },
    type: AlertRef,
    description: `Every change of your alerts: raised, acknowledged, resolved. One that leaves the filter comes once more, with \`matches: false\`. ${EVENT_START}`,
    complexity: startCost,
    args: { filter: t.arg(FILTER), ...BEGINNING },
    subscribe: async (_root, { filter, ...args }, context) => {
      const beginning = beginningOf(args);
      choiceOf(filter, null);
      const { owners, positionId } = await positionChoice(filter, context);
      return subscribeEvents(topics.alerts, {
        owners,
        predicate: predicateOf(choiceOf(filter, positionId)),
        ...beginning,
      });
    },
    resolve: (frame) => frame,
  }),
);

/** @throws ApiError `NOT_FOUND` for an alert that is not there or not the caller's. */
async function ownAlert(id: string, context: Context): Promise<Alert> {
  const key = idIn('Alert', id, 'input.id');
  if (!context.identity) throw refusal(context);
  const alert = await context.alerts.find(key);
  if (alert && maySee(alert.owner, context)) return alert;
  throw new ApiError('NOT_FOUND', 'There is nothing of yours with this id.', { argument: 'input.id' });
}

const AlertInput = builder.inputType('AlertInput', {
  description: 'An alert.',
  fields: (t) => ({ id: t.id({ required: true, description: 'Its `id`.' }) }),
});

const AlertPayload = builder.objectRef<Alert>('AlertPayload').implement({
  description: 'An alert whose change is under way: the change itself comes by `alerts`.',
  fields: (t) => ({ alert: t.field({ type: AlertRef, description: 'As it stood.', resolve: stored }) }),
});

builder.mutationFields((t) => ({
  acknowledgeAlert: t.field({
    type: AlertPayload,
    authScopes: { owner: true },
    description:
      'Says that you know of an alert. It lasts on until its condition ends. `CONFLICT` for one that has ended.',
    args: { input: t.arg({ type: AlertInput, required: true, description: 'Which.' }) },
    resolve: (_root, { input }, context) => command('acknowledge', input.id, context),
  }),
  resolveAlert: t.field({
    type: AlertPayload,
    authScopes: { owner: true },
    description:
      'Ends an alert: it is not raised again before its condition has ended once. `CONFLICT` for one that has ended.',
    args: { input: t.arg({ type: AlertInput, required: true, description: 'Which.' }) },
    resolve: (_root, { input }, context) => command('resolve', input.id, context),
  }),
}));

async function command(type: 'acknowledge' | 'resolve', id: string, context: Context): Promise<Alert> {
  const alert = await ownAlert(id, context);
  if (alert.state === 'RESOLVED')
    throw new ApiError('CONFLICT', 'The alert has ended already.', { argument: 'input.id' });
  // The worker that raised it is the one that changes it.
  if (isLimitRule(alert.ruleId)) await context.tradingDesk.alert(alert.owner, type, alert.id);
  else await context.commands.risk(alert.owner, { type, alertId: alert.id }, null);
  return alert;
}
