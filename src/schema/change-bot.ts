import { compareDecimals, type Decimal, decimalPlaces, ZERO } from '../lib/decimal.ts';
import { ApiError, badInput } from '../lib/errors.ts';
import { fixed, fixedText, multiply } from '../lib/fixed.ts';
import { uuid7 } from '../lib/uuid7.ts';
import { type Bot, type BotPlan, newBot } from '../model/bot.ts';
import { gridCost, gridPrice } from '../model/grid.ts';
import { type TradingRules, tradingRules } from '../model/trading-rules.ts';
import { BotRef } from './bot.ts';
import { builder } from './builder.ts';
import type { Context } from './context.ts';
import { ownBot } from './own-bot.ts';
import { oneOwner } from './owner.ts';

const MAX_NAME = 100;
const MAX_STEPS = 100;
const MIN_INTERVAL_SECONDS = 10;
const MAX_INTERVAL_SECONDS = 31_536_000;
const MAX_PLACES = 18;
/** Bots of one owner: each hears every price of its symbol. */
const MAX_BOTS = 50;

const DcaInput = builder.inputType('DcaBotInput', {
  description: 'Buys for the same amount again and again.',
  fields: (t) => ({
    amount: t.field({
      type: 'Decimal',
      required: true,
      description: 'Of each purchase, in the quote currency; above 0.',
    }),
    intervalSeconds: t.int({
      required: true,
      description: `Between two, ${MIN_INTERVAL_SECONDS} to ${MAX_INTERVAL_SECONDS}. The first comes at once; one that was missed is not made up for.`,
    }),
  }),
});

const GridInput = builder.inputType('GridBotInput', {
  description:
    'Divides a range of prices into equal steps; buys at the bottom of each below the price, sells at its top.',
  fields: (t) => ({
    lower: t.field({ type: 'Decimal', required: true, description: 'Bottom of the range; above 0.' }),
    upper: t.field({ type: 'Decimal', required: true, description: 'Top of the range; above `lower`.' }),
    steps: t.int({ required: true, description: `How many steps, 1 to ${MAX_STEPS}.` }),
    quantity: t.field({
      type: 'Decimal',
      required: true,
      description: 'Of each order, in the base currency; above 0.',
    }),
    budget: t.field({
      type: 'Decimal',
      required: true,
      description: 'What all steps may cost together, in the quote currency. A grid that could cost more is refused.',
    }),
  }),
});

const SignalBotInput = builder.inputType('SignalBotInput', {
  description: 'Buys on BUY while it holds nothing, and sells what it holds on SELL.',
  fields: (t) => ({
    amount: t.field({ type: 'Decimal', required: true, description: 'Of a purchase, in the quote currency; above 0.' }),
    strategies: t.stringList({
      required: false,
      description: 'Only of these strategies, built-in or your own; 1 to 20. Left out: of all.',
    }),
    minConfidence: t.float({ required: false, defaultValue: 0, description: 'Only with at least this, 0 to 1.' }),
  }),
});

const PlanInput = builder.inputType('BotPlanInput', {
  description: 'What the bot does: one of these.',
  isOneOf: true,
  fields: (t) => ({
    dca: t.field({ type: DcaInput, description: 'Buys again and again.' }),
    grid: t.field({ type: GridInput, description: 'Buys low and sells a step higher.' }),
    signal: t.field({ type: SignalBotInput, description: 'Follows signals.' }),
  }),
});

const CreateBotInput = builder.inputType('CreateBotInput', {
  description: 'A new bot. It is made STOPPED.',
  fields: (t) => ({
    owner: t.field({
      type: 'Address',
      required: false,
      description: 'Whose it is, one of your addresses. Needed only where you have several.',
    }),
    name: t.string({ required: true, description: `What you call it; 1 to ${MAX_NAME} characters.` }),
    symbol: t.string({ required: true, description: 'What it trades, as in `instruments`.' }),
    plan: t.field({ type: PlanInput, required: true, description: 'What it does.' }),
    maxOrders: t.int({ required: false, description: 'Orders in all; 1 or more. Left out: no limit.' }),
    maxPosition: t.field({
      type: 'Decimal',
      required: false,
      description: 'Largest position, in the base currency; above 0. Left out: no limit.',
    }),
    maxLoss: t.field({
      type: 'Decimal',
      required: false,
      description: 'Most that it may lose, in the quote currency; above 0. Left out: no limit.',
    }),
    idempotencyKey: t.string({
      required: false,
      description: `The same one again makes nothing and answers with the first; 1 to ${MAX_NAME} characters.`,
    }),
  }),
});

type Create = typeof CreateBotInput.$inferInput;

/** @throws ApiError `BAD_USER_INPUT`. */
function planOf({ dca, grid, signal }: Create['plan'], rules: TradingRules): BotPlan {
  if (dca) {
    const { amount, intervalSeconds } = dca;
    if (intervalSeconds < MIN_INTERVAL_SECONDS || intervalSeconds > MAX_INTERVAL_SECONDS)
      throw badInput(
        'input.plan.dca.intervalSeconds',
        `intervalSeconds is ${intervalSeconds}.`,
        `${MIN_INTERVAL_SECONDS} to ${MAX_INTERVAL_SECONDS}`,
      );
    return { kind: 'DCA', amount: enough(amount, 'input.plan.dca.amount', rules), intervalMs: intervalSeconds * 1_000 };
  }
  if (grid) return gridOf(grid, rules);
  const { amount = ZERO, strategies, minConfidence } = signal ?? {};
  if (strategies && (strategies.length < 1 || strategies.length > 20))
    throw badInput('input.plan.signal.strategies', `There are ${strategies.length} strategies.`, '1 to 20');
  const least = minConfidence ?? 0;
  if (!(least >= 0 && least <= 1))
    throw badInput('input.plan.signal.minConfidence', `minConfidence is ${least}.`, '0 to 1');
  return {
    kind: 'SIGNAL',
    amount: enough(amount, 'input.plan.signal.amount', rules),
    strategies: strategies ?? null,
    minConfidence: least,
  };
}

function gridOf(grid: NonNullable<Create['plan']['grid']>, rules: TradingRules): BotPlan {
  const at = 'input.plan.grid';
  const tick = fixedText(rules.tick);
  const [lower, upper] = [positive(grid.lower, `${at}.lower`), positive(grid.upper, `${at}.upper`)];
  const quantity = positive(grid.quantity, `${at}.quantity`);
  const budget = positive(grid.budget, `${at}.budget`);
  const { steps } = grid;
  if (steps < 1 || steps > MAX_STEPS) throw badInput(`${at}.steps`, `steps is ${steps}.`, `1 to ${MAX_STEPS}`);
  if (compareDecimals(lower, upper) >= 0)
    throw badInput(`${at}.upper`, '`upper` is not above `lower`.', `above ${lower}`);
  const plan = { kind: 'GRID', lower, upper, steps, quantity, budget } as const;
  if (fixed(quantity) % rules.step !== 0n)
    throw badInput(
      `${at}.quantity`,
      `QUANTITY_STEP: ${quantity} is off the step.`,
      `a multiple of ${fixedText(rules.step)} above 0`,
    );
  const bottom = gridPrice(plan, 0, tick);
  if (bottom === ZERO || bottom === gridPrice(plan, 1, tick))
    throw badInput(
      `${at}.steps`,
      'The steps are smaller than a price can tell apart.',
      'fewer steps, or a wider range',
    );
  enough(fixedText(multiply(fixed(bottom), fixed(quantity))), `${at}.quantity`, rules);
  const cost = gridCost(plan, tick);
  if (compareDecimals(cost, budget) > 0)
    throw badInput(`${at}.budget`, `All its steps cost ${cost} together, more than its budget.`, `at least ${cost}`);
  return plan;
}

/** @throws ApiError `BAD_USER_INPUT` for what is not above zero, or has more places than are reckoned with. */
function positive(value: string, argument: string): Decimal {
  if (value.startsWith('-') || value === ZERO) throw badInput(argument, `${argument} is ${value}.`, 'above 0');
  if (decimalPlaces(value) > MAX_PLACES)
    throw badInput(argument, `${argument} has more than ${MAX_PLACES} places.`, `${MAX_PLACES} places at most`);
  return value as Decimal;
}

/** @throws ApiError `BAD_USER_INPUT` for less than an order may be worth. */
function enough(value: string, argument: string, { minNotional }: TradingRules): Decimal {
  const amount = positive(value, argument);
  if (fixed(amount) >= minNotional) return amount;
  const least = `orders worth ${fixedText(minNotional)} or more`;
  throw badInput(argument, `MIN_NOTIONAL: an order of ${value} would be refused.`, least);
}

/** @throws ApiError `BAD_USER_INPUT` for what nobody trades; `UNAVAILABLE` while no instrument is known. */
function rulesOf(symbol: string, { instruments }: Context): TradingRules {
  instruments.checkForCommand(symbol, 'input.symbol');
  const instrument = instruments.get(symbol);
  if (!instrument) throw new ApiError('UNAVAILABLE', 'No instrument is known yet; try again.');
  const rules = tradingRules(instrument);
  if (rules) return rules;
  throw badInput('input.symbol', `Orders in ${symbol} are not taken.`, 'an instrument that is priced in dollars');
}

function text(value: string, argument: string): string {
  if (value.length < 1 || value.length > MAX_NAME)
    throw badInput(argument, `${argument} has ${value.length} characters.`, `1 to ${MAX_NAME} characters`);
  return value;
}

function limitsOf({ maxOrders, maxPosition, maxLoss }: Create): Bot['limits'] {
  if (maxOrders != null && maxOrders < 1) throw badInput('input.maxOrders', `maxOrders is ${maxOrders}.`, '1 or more');
  return {
    maxOrders: maxOrders ?? null,
    maxPosition: maxPosition == null ? null : positive(maxPosition, 'input.maxPosition'),
    maxLoss: maxLoss == null ? null : positive(maxLoss, 'input.maxLoss'),
  };
}

const BotPayload = builder.objectRef<Bot>('BotPayload').implement({
  description: 'A bot whose change is under way: the change itself comes by `botStatus`.',
  fields: (t) => ({ bot: t.field({ type: BotRef, description: 'As it stood.', resolve: (bot) => bot }) }),
});

const BotInput = builder.inputType('BotInput', {
  description: 'A bot.',
  fields: (t) => ({ botId: t.id({ required: true, description: 'Its `id`.' }) }),
});

const CHANGES = {
  startBot: ['start', 'Lets a bot work. One that failed is started again as well.'],
  pauseBot: ['pause', 'Lets a bot decide nothing more; its orders stand.'],
  stopBot: ['stop', 'Lets a bot decide nothing more, and cancels its orders. What it holds it holds.'],
} as const;

builder.mutationField('createBot', (t) =>
  t.field({
    type: BotPayload,
    authScopes: { owner: true },
    description: `Makes a bot, which does nothing before it is started. At most ${MAX_BOTS} an owner.`,
    args: { input: t.arg({ type: CreateBotInput, required: true, description: 'What it is.' }) },
    resolve: (_root, { input }, context) => create(input, context),
  }),
);

builder.mutationFields((t) =>
  Object.fromEntries(
    Object.entries(CHANGES).map(([name, [type, description]]) => [
      name,
      t.field({
        type: BotPayload,
        authScopes: { owner: true },
        description,
        args: { input: t.arg({ type: BotInput, required: true, description: 'Which.' }) },
        resolve: async (_root, { input }, context) => {
          const bot = await ownBot(input.botId, 'input.botId', context);
          await context.commands.bot(bot.owner, { type, botId: bot.id }, null);
          return bot;
        },
      }),
    ]),
  ),
);

async function create(input: Create, context: Context): Promise<Bot> {
  const owner = oneOwner(input.owner, context);
  const rules = rulesOf(input.symbol, context);
  const plan = planOf(input.plan, rules);
  const limits = limitsOf(input);
  const name = text(input.name, 'input.name');
  const key = input.idempotencyKey == null ? null : text(input.idempotencyKey, 'input.idempotencyKey');
  if ((await context.bots.list([owner])).length >= MAX_BOTS)
    throw badInput('input.owner', `This owner has ${MAX_BOTS} bots already.`, `at most ${MAX_BOTS}`);
  const now = context.clock.now();
  const given = { id: uuid7(now), owner, name, symbol: input.symbol, plan, limits, price: null };
  const bot = newBot(given, rules, now);
  const counts = await context.commands.bot(owner, { type: 'create', bot }, key);
  const made = counts.type === 'create' ? counts.bot : bot;
  // There at once for whoever starts it next; the worker finds it, whichever comes first.
  await context.bots.put([made]);
  return made;
}
