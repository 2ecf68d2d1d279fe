import { randomUUID } from 'node:crypto';
import { compareDecimals, type Decimal, decimal, decimalPlaces, ZERO } from '../lib/decimal.ts';
import { ApiError, badInput } from '../lib/errors.ts';
import { FIXED_PLACES } from '../lib/fixed.ts';
import { type AlertMetric, type AlertRule, isOfOwner } from '../model/alert.ts';
import { AlertMetricEnum, AlertSeverityEnum, ComparisonEnum } from './alert-kinds.ts';
import { builder, idIn } from './builder.ts';
import type { Context } from './context.ts';
import { perItem } from './cost.ts';
import { globalId } from './ids.ts';
import { maySee, OwnerFilter, oneOwner, ownedNode, ownersOf } from './owner.ts';
import { ownPosition } from './position.ts';

const AlertRuleRef = builder.objectRef<AlertRule>('AlertRule');

/** Rules of one owner: nobody has use for more, and each is looked at with every price. */
const MAX_RULES = 50;

/** Longest dwell and cool-down, milliseconds: a day. */
const MAX_WAIT_MS = 86_400_000;

builder.node(AlertRuleRef, {
  description:
    'What an owner wants to be told of. A new owner has some by default; they can be changed and switched off.',
  id: { resolve: ({ id }) => id, description: 'The rule.' },
  loadOne: ownedNode(
    (id, { alerts }) => alerts.rule(id),
    ({ owner }) => owner,
  ),
  fields: (t) => ({
    version: t.exposeInt('version', { description: 'Grows with every change.' }),
    owner: t.expose('owner', { type: 'Address', description: 'Whose.' }),
    metric: t.field({ type: AlertMetricEnum, description: 'What is looked at.', resolve: ({ metric }) => metric }),
    comparison: t.field({
      type: ComparisonEnum,
      description: 'On which side.',
      resolve: ({ comparison }) => comparison,
    }),
    threshold: t.expose('threshold', { type: 'Decimal', description: "In the metric's unit." }),
    hysteresis: t.expose('hysteresis', {
      type: 'Decimal',
      description: 'How far beyond the threshold the value must come back before an alert ends.',
    }),
    dwellMs: t.exposeInt('dwellMs', {
      description: 'How long the condition must last before it is told, milliseconds.',
    }),
    coolDownMs: t.exposeInt('coolDownMs', {
      description: 'After an alert has ended, how long the same is not told again, milliseconds.',
    }),
    severity: t.field({ type: AlertSeverityEnum, description: 'Of its alerts.', resolve: ({ severity }) => severity }),
    positionId: t.id({
      nullable: true,
      description: 'Only this position. Null for all of the owner.',
      resolve: ({ positionId }) => (positionId === null ? null : globalId('Position', positionId)),
    }),
    enabled: t.exposeBoolean('enabled', { description: 'Whether it is looked at.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When it was last changed.' }),
  }),
});

builder.queryField('alertRules', (t) =>
  t.field({
    authScopes: { owner: true },
    type: [AlertRuleRef],
    description: `Your rules, the oldest first, switched-off ones as well. Costs 1, and what is selected ${MAX_RULES} times.`,
    complexity: () => perItem(MAX_RULES),
    args: { filter: t.arg({ type: OwnerFilter, required: false, description: 'Left out: all of yours.' }) },
    resolve: (_root, { filter }, context) => context.alerts.rules(ownersOf(filter?.owner, context).asked),
  }),
);

const TERMS = {
  threshold: "In the metric's unit: dollars, per cent, a factor, or a score from 0 to 1.",
  hysteresis:
    'How far beyond the threshold the value must come back before an alert ends, same unit, not negative. Left out: 0.',
  dwellMs: 'How long the condition must last before it is told, milliseconds, up to a day. Left out: 0.',
  coolDownMs:
    'After an alert has ended, how long the same is not told again, milliseconds, up to a day. Left out: 60,000.',
};

const CreateAlertRuleInput = builder.inputType('CreateAlertRuleInput', {
  description: 'A new rule.',
  fields: (t) => ({
    owner: t.field({ type: 'Address', required: false, description: 'Whose. Left out: your only address.' }),
    metric: t.field({ type: AlertMetricEnum, required: true, description: 'What to look at.' }),
    comparison: t.field({ type: ComparisonEnum, required: true, description: 'On which side.' }),
    threshold: t.field({ type: 'Decimal', required: true, description: TERMS.threshold }),
    hysteresis: t.field({ type: 'Decimal', required: false, description: TERMS.hysteresis }),
    dwellMs: t.int({ required: false, description: TERMS.dwellMs }),
    coolDownMs: t.int({ required: false, description: TERMS.coolDownMs }),
    severity: t.field({ type: AlertSeverityEnum, required: true, description: 'Of its alerts.' }),
    positionId: t.id({ required: false, description: 'Only this position. Left out: all of the owner.' }),
  }),
});

const UpdateAlertRuleInput = builder.inputType('UpdateAlertRuleInput', {
  description: 'What is to change of a rule; what is left out stays.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'The rule.' }),
    threshold: t.field({ type: 'Decimal', required: false, description: TERMS.threshold }),
    hysteresis: t.field({ type: 'Decimal', required: false, description: TERMS.hysteresis }),
    dwellMs: t.int({ required: false, description: TERMS.dwellMs }),
    coolDownMs: t.int({ required: false, description: TERMS.coolDownMs }),
    severity: t.field({ type: AlertSeverityEnum, required: false, description: 'Of its alerts.' }),
    enabled: t.boolean({ required: false, description: 'Whether it is looked at.' }),
  }),
});

const DeleteAlertRuleInput = builder.inputType('DeleteAlertRuleInput', {
  description: 'A rule to delete.',
  fields: (t) => ({ id: t.id({ required: true, description: 'The rule.' }) }),
});

const AlertRulePayload = builder.objectRef<AlertRule>('AlertRulePayload').implement({
  description: 'A rule.',
  fields: (t) => ({
    alertRule: t.field({ type: AlertRuleRef, description: 'As it is now.', resolve: (rule) => rule }),
  }),
});

builder.mutationFields((t) => ({
  createAlertRule: t.field({
    type: AlertRulePayload,
    authScopes: { owner: true },
    description: `Makes a rule: it is looked at within a second. An owner has at most ${MAX_RULES}.`,
    args: { input: t.arg({ type: CreateAlertRuleInput, required: true, description: 'The rule.' }) },
    resolve: async (_root, { input }, context) => {
      const owner = oneOwner(input.owner, context);
      const { alerts, clock, commands } = context;
      const position =
        input.positionId == null ? null : await ownPosition(input.positionId, 'input.positionId', context);
      if (position && isOfOwner(input.metric))
        throw badInput('input.positionId', `${input.metric} is of all positions together.`, 'leave it out');
      const now = clock.now();
      const rule: AlertRule = checked({
        id: randomUUID(),
        owner: position?.owner ?? owner,
        version: 1,
        metric: input.metric,
        comparison: input.comparison,
        threshold: input.threshold as Decimal,
        hysteresis: (input.hysteresis ?? ZERO) as Decimal,
        dwellMs: input.dwellMs ?? 0,
        coolDownMs: input.coolDownMs ?? 60_000,
        severity: input.severity,
        positionId: position?.id ?? null,
        enabled: true,
        createdAt: now,
        updatedAt: now,
      });
      if ((await alerts.rules([rule.owner])).length >= MAX_RULES)
        throw new ApiError('CONFLICT', `This owner has ${MAX_RULES} rules already.`, { limit: MAX_RULES });
      await alerts.addRules([rule]);
      await commands.risk(rule.owner, { type: 'rule', rule }, null);
      return rule;
    },
  }),
  updateAlertRule: t.field({
    type: AlertRulePayload,
    authScopes: { owner: true },
    description:
      'Changes a rule. Alerts that it raised before are resolved; it raises new ones by its new terms. `CONFLICT` when somebody else has changed it meanwhile.',
    args: { input: t.arg({ type: UpdateAlertRuleInput, required: true, description: 'What is to change.' }) },
    resolve: async (_root, { input }, context) => {
      const before = await ownRule(input.id, context);
      const rule = checked({
        ...before,
        version: before.version + 1,
        threshold: (input.threshold ?? before.threshold) as Decimal,
        hysteresis: (input.hysteresis ?? before.hysteresis) as Decimal,
        dwellMs: input.dwellMs ?? before.dwellMs,
        coolDownMs: input.coolDownMs ?? before.coolDownMs,
        severity: input.severity ?? before.severity,
        enabled: input.enabled ?? before.enabled,
        updatedAt: context.clock.now(),
      });
      if (!(await context.alerts.changeRule(rule)))
        throw new ApiError('CONFLICT', 'The rule has been changed meanwhile: read it again.', { argument: 'input.id' });
      await context.commands.risk(rule.owner, { type: 'rule', rule }, null);
      return rule;
    },
  }),
  deleteAlertRule: t.field({
    type: AlertRulePayload,
    authScopes: { owner: true },
    description:
      'Deletes a rule and resolves its alerts. A default rule is switched off instead, and can be switched on again.',
    args: { input: t.arg({ type: DeleteAlertRuleInput, required: true, description: 'Which.' }) },
    resolve: async (_root, { input }, context) => {
      const { alerts, clock, commands } = context;
      const before = await ownRule(input.id, context);
      const rule: AlertRule = { ...before, version: before.version + 1, enabled: false, updatedAt: clock.now() };
      if (before.id.startsWith('default-')) await alerts.changeRule(rule);
      else await alerts.deleteRule(rule.id);
      await commands.risk(rule.owner, { type: 'rule-removed', ruleId: rule.id }, null);
      return rule;
    },
  }),
}));

async function ownRule(id: string, context: Context): Promise<AlertRule> {
  const key = idIn('AlertRule', id, 'input.id');
  const rule = await context.alerts.rule(key);
  if (rule && maySee(rule.owner, context)) return rule;
  throw new ApiError('NOT_FOUND', 'There is nothing of yours with this id.', { argument: 'input.id' });
}

/** Metrics of which only a value that is not negative can be a threshold, and the most where there is one. */
const RANGES: Partial<Record<AlertMetric, { readonly most: string | null; readonly allowed: string }>> = {
  HEALTH_FACTOR: { most: '100', allowed: 'a factor, 1 at liquidation: from 0 to 100' },
  LIQUIDATION_DISTANCE_PCT: { most: null, allowed: 'per cent, 0 or more' },
  MARGIN_RATIO_PCT: { most: null, allowed: 'per cent, 0 or more' },
  EXPOSURE_USD: { most: null, allowed: 'dollars, 0 or more' },
  OWNER_EXPOSURE_USD: { most: null, allowed: 'dollars, 0 or more' },
  MAX_DRAWDOWN_PCT: { most: null, allowed: 'per cent, 0 or more: losses are positive' },
  VAR95_PCT: { most: null, allowed: 'per cent, 0 or more: losses are positive' },
  RISK_SCORE: { most: '1', allowed: 'a score from 0 to 1' },
};

/** @throws ApiError `BAD_USER_INPUT` for terms that no value could meet, or that say something else than they seem to. */
function checked(rule: AlertRule): AlertRule {
  const range = RANGES[rule.metric];
  const isBelow = range && compareDecimals(rule.threshold, ZERO) < 0;
  const isAbove = range?.most != null && compareDecimals(rule.threshold, decimal(range.most)) > 0;
  if (decimalPlaces(rule.threshold) > FIXED_PLACES || decimalPlaces(rule.hysteresis) > FIXED_PLACES)
    throw badInput('input.threshold', 'That are too many places.', `at most ${FIXED_PLACES}`);
  if (range && (isBelow || isAbove))
    throw badInput('input.threshold', `${rule.threshold} is no threshold of ${rule.metric}.`, range.allowed);
  if (compareDecimals(rule.hysteresis, ZERO) < 0)
    throw badInput('input.hysteresis', `hysteresis is ${rule.hysteresis}.`, '0 or more');
  for (const name of ['dwellMs', 'coolDownMs'] as const)
    if (rule[name] < 0 || rule[name] > MAX_WAIT_MS)
      throw badInput(`input.${name}`, `${name} is ${rule[name]}.`, `0 to ${MAX_WAIT_MS} milliseconds`);
  return rule;
}
