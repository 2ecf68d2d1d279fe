import { randomUUID } from 'node:crypto';
import { topics } from '../bus/topics.ts';
import { decimal, ZERO } from '../lib/decimal.ts';
import { ApiError, badInput } from '../lib/errors.ts';
import type { AlertRule } from '../model/alert.ts';
import type { Position } from '../model/position.ts';
import { AlertSeverityEnum } from './alert-kinds.ts';
import { amountOrZero } from './amounts.ts';
import { builder } from './builder.ts';
import type { Context } from './context.ts';
import { globalId } from './ids.ts';
import { ownPosition } from './position.ts';

/** Longest interruption, milliseconds: longer ones are as long as what they stop can tell. */
const MOST_STALE_MS = 600_000;

/** Who liquidates on purpose: nobody's address. */
const LIQUIDATOR = '0x000000000000000000000000000000000000dEaD';

/** Below every value that a position can have. */
const BELOW_ALL = decimal(`-1${'0'.repeat(30)}`);

const SimulatedLiquidationInput = builder.inputType('SimulatedLiquidationInput', {
  description: 'A liquidation of one of your positions, whatever its health.',
  fields: (t) => ({
    positionId: t.id({ required: true, description: 'A PERP or LENDING of yours.' }),
    fee: t.field({ type: 'Decimal', required: false, description: "The liquidator's, dollars. Left out: 0." }),
  }),
});

const SimulatedAlertInput = builder.inputType('SimulatedAlertInput', {
  description: 'An alert about one of your positions: a rule that it breaks by what it is worth.',
  fields: (t) => ({
    positionId: t.id({ required: true, description: 'A position of yours.' }),
    severity: t.field({ type: AlertSeverityEnum, required: true, description: 'Of the alert.' }),
  }),
});

const SimulatedStaleFeedInput = builder.inputType('SimulatedStaleFeedInput', {
  description: 'A feed that is deaf for a while: what hangs on it goes stale, for everybody.',
  fields: (t) => ({
    source: t.string({ required: true, description: 'Which: "simulated".' }),
    forMs: t.int({ required: true, description: `How long, milliseconds: 1 to ${MOST_STALE_MS}.` }),
  }),
});

const SimulateInput = builder.inputType('SimulateInput', {
  description: 'What is to happen: exactly one.',
  isOneOf: true,
  fields: (t) => ({
    liquidation: t.field({ type: SimulatedLiquidationInput, description: 'A position is liquidated.' }),
    alert: t.field({ type: SimulatedAlertInput, description: 'An alert is raised.' }),
    staleFeed: t.field({ type: SimulatedStaleFeedInput, description: 'A feed goes stale.' }),
  }),
});

interface Simulated {
  readonly positionId: string | null;
  readonly alertRuleId: string | null;
}

const SimulatePayload = builder.objectRef<Simulated>('SimulatePayload').implement({
  description: 'What is under way. It comes by the subscriptions that it is about, as what happens by itself does.',
  fields: (t) => ({
    positionId: t.id({
      nullable: true,
      description: 'The position that it is about.',
      resolve: ({ positionId }) => (positionId === null ? null : globalId('Position', positionId)),
    }),
    alertRuleId: t.id({
      nullable: true,
      description: 'The rule behind the alert: `deleteAlertRule` ends both.',
      resolve: ({ alertRuleId }) => (alertRuleId === null ? null : globalId('AlertRule', alertRuleId)),
    }),
  }),
});

builder.mutationField('simulate', (t) =>
  t.field({
    type: SimulatePayload,
    authScopes: { owner: true },
    description:
      'Brings about by hand what a front end has to be tried against. It goes through the engines and topics as what happens by itself. `FORBIDDEN` in production.',
    args: { input: t.arg({ type: SimulateInput, required: true, description: 'What is to happen.' }) },
    resolve: async (_root, { input }, context): Promise<Simulated> => {
      const { simulations } = context;
      if (!simulations) throw new ApiError('FORBIDDEN', '`simulate` is for development, and this is production.');
      const { liquidation, alert, staleFeed } = input;
      if (liquidation) return liquidate(liquidation, context);
      if (alert) return raise(alert, context);
      const { source = '', forMs = 0 } = staleFeed ?? {};
      if (!(forMs >= 1 && forMs <= MOST_STALE_MS))
        throw badInput('input.staleFeed.forMs', `forMs is ${forMs}.`, `1 to ${MOST_STALE_MS}`);
      const sources = await sourcesOf(context);
      if (!sources.includes(source)) throw badInput('input.staleFeed.source', `There is no feed ${source}.`, sources);
      await simulations.staleFeed(source, forMs);
      return { positionId: null, alertRuleId: null };
    },
  }),
);

async function sourcesOf({ latest }: Context): Promise<readonly string[]> {
  const reports = await latest.all(topics.components);
  return reports.flatMap(({ value }) => (value.name.startsWith('feed:') ? [value.name.slice('feed:'.length)] : []));
}

async function liquidate(input: typeof SimulatedLiquidationInput.$inferInput, context: Context): Promise<Simulated> {
  const position = await openPosition(input.positionId, 'input.liquidation.positionId', context);
  if (position.kind !== 'PERP' && position.kind !== 'LENDING')
    throw badInput(
      'input.liquidation.positionId',
      `A ${position.kind} is liquidated by nobody.`,
      'a PERP or LENDING of yours',
    );
  const now = context.clock.now();
  const facts = { transactionHash: null, prices: {}, timestamp: now, receivedAt: now };
  const fee = amountOrZero(input.fee ?? ZERO, 'input.liquidation.fee');
  const change = { type: 'LIQUIDATE', positionId: position.id, liquidatorAddress: LIQUIDATOR, fee, ...facts } as const;
  await context.commands.risk(position.owner, { type: 'change', change }, null);
  return { positionId: position.id, alertRuleId: null };
}

async function raise(input: typeof SimulatedAlertInput.$inferInput, context: Context): Promise<Simulated> {
  const { alerts, clock, commands } = context;
  const { id: positionId, owner } = await openPosition(input.positionId, 'input.alert.positionId', context);
  const now = clock.now();
  const rule: AlertRule = {
    id: `simulated-${randomUUID()}`,
    owner,
    version: 1,
    metric: 'VALUE_USD',
    comparison: 'ABOVE',
    threshold: BELOW_ALL,
    hysteresis: ZERO,
    dwellMs: 0,
    coolDownMs: 0,
    severity: input.severity,
    positionId,
    enabled: true,
    createdAt: now,
    updatedAt: now,
  };
  await alerts.addRules([rule]);
  await commands.risk(owner, { type: 'rule', rule }, null);
  return { positionId, alertRuleId: rule.id };
}

async function openPosition(id: string, argument: string, context: Context): Promise<Position> {
  const position = await ownPosition(id, argument, context);
  if (position.status === 'OPEN') return position;
  throw new ApiError('CONFLICT', `The position is ${position.status.toLowerCase()}.`, { argument });
}
