import { randomUUID } from 'node:crypto';
import { topics } from '../bus/topics.ts';
import { compareDecimals, type Decimal, decimal, ZERO } from '../lib/decimal.ts';
import { ApiError, badInput } from '../lib/errors.ts';
import { constantProductLiquidity, rangeLiquidity, rootPrice } from '../lib/finance/pool.ts';
import { divide, fixed, fixedText, multiply, ONE, quotientText, squareRoot } from '../lib/fixed.ts';
import { sourceKey } from '../model/instrument.ts';
import { isCash, type Position, type PositionFacts } from '../model/position.ts';
import { amountOrZero, fraction, positiveAmount } from './amounts.ts';
import { builder, type SchemaTypes } from './builder.ts';
import type { Context } from './context.ts';
import { oneOwner } from './owner.ts';
import { idempotencyKeyOf, MAX_KEY_LENGTH, PositionPayload } from './position-change-payload.ts';
import { MarginModeEnum, PositionSideEnum } from './position-kinds.ts';
import { valuedNow } from './under-prices.ts';

/** Leverage beyond which a perpetual is a typing error. */
const MOST_LEVERAGE = decimal('1000');

/** Maintenance margin where nobody says, as a fraction of the notional: what venues ask at fifty times. */
const USUAL_MAINTENANCE = '0.01';

/** Collaterals, or debts, of one loan. */
const MOST_LEGS = 20;

type Fields = PothosSchemaTypes.InputFieldBuilder<PothosSchemaTypes.ExtendDefaultTypes<SchemaTypes>, 'InputObject'>;

/** What every kind of position has. */
const common = (t: Fields) => ({
  owner: t.field({ type: 'Address', required: false, description: 'Whose. Left out: your only address.' }),
  protocol: t.string({
    required: false,
    description:
      'Where it is held: "hyperliquid", "aave-v3", "uniswap-v3"; a part of its risk score comes by it. One of the risk table, which the refusal of any other names. Left out: "wallet".',
  }),
  chainId: t.int({ required: false, description: 'Left out: a venue that is no chain.' }),
  transactionHash: t.field({ type: 'Hash', required: false, description: 'Left out: it happened on no chain.' }),
  idempotencyKey: t.string({
    required: false,
    description: `Yours, at most ${MAX_KEY_LENGTH} characters: the same one again changes nothing and answers the same.`,
  }),
});

const SYMBOL = 'As in `instruments`: "BTC-PERP", "ETHUSDT".';

const TrackPerpInput = builder.inputType('TrackPerpInput', {
  description: 'A perpetual future.',
  fields: (t) => ({
    ...common(t),
    symbol: t.string({ required: true, description: SYMBOL }),
    side: t.field({ type: PositionSideEnum, required: true, description: 'Which way.' }),
    size: t.field({ type: 'Decimal', required: true, description: 'In the base currency.' }),
    entryPrice: t.field({ type: 'Decimal', required: true, description: 'Average price, in the quote currency.' }),
    collateral: t.field({ type: 'Decimal', required: true, description: 'Its margin, dollars.' }),
    marginMode: t.field({ type: MarginModeEnum, required: false, description: 'Left out: ISOLATED.' }),
    maintenanceMarginRate: t.field({
      type: 'Decimal',
      required: false,
      description: `A fraction of the notional. Left out: ${USUAL_MAINTENANCE}.`,
    }),
  }),
});

const TrackSpotInput = builder.inputType('TrackSpotInput', {
  description: 'Something held.',
  fields: (t) => ({
    ...common(t),
    symbol: t.string({ required: true, description: SYMBOL }),
    size: t.field({ type: 'Decimal', required: true, description: 'In the base currency.' }),
    entryPrice: t.field({ type: 'Decimal', required: true, description: 'Average price, in the quote currency.' }),
  }),
});

const CollateralInput = builder.inputType('CollateralInput', {
  description: 'A collateral of a loan.',
  fields: (t) => ({
    symbol: t.string({ required: true, description: 'Whose price it has: "ETHUSDT"; dollars by "USDC".' }),
    amount: t.field({ type: 'Decimal', required: true, description: 'In whole tokens.' }),
    entryPrice: t.field({ type: 'Decimal', required: false, description: 'Left out: the price of now.' }),
    liquidationThreshold: t.field({
      type: 'Decimal',
      required: true,
      description: 'The part of its value that counts against the debt: 0.825.',
    }),
    liquidationBonus: t.field({
      type: 'Decimal',
      required: false,
      description: 'What a liquidator gets on top. Left out: 0.05.',
    }),
  }),
});

const DebtInput = builder.inputType('DebtInput', {
  description: 'A debt of a loan.',
  fields: (t) => ({
    symbol: t.string({ required: true, description: 'Whose price it has: "ETHUSDT"; dollars by "USDC".' }),
    amount: t.field({ type: 'Decimal', required: true, description: 'In whole tokens.' }),
    entryPrice: t.field({ type: 'Decimal', required: false, description: 'Left out: the price of now.' }),
  }),
});

const TrackLendingInput = builder.inputType('TrackLendingInput', {
  description: 'A loan against collateral.',
  fields: (t) => ({
    ...common(t),
    collaterals: t.field({ type: [CollateralInput], required: true, description: `1 to ${MOST_LEGS}.` }),
    debts: t.field({ type: [DebtInput], required: true, description: `Up to ${MOST_LEGS}; may be empty.` }),
    closeFactor: t.field({
      type: 'Decimal',
      required: false,
      description: 'The largest part of the debt that one liquidation repays. Left out: 0.5.',
    }),
  }),
});

const poolFields = (t: Fields) => ({
  symbol0: t.string({ required: true, description: 'Whose price the first token has: "ETHUSDT".' }),
  symbol1: t.string({ required: true, description: 'Whose price the second token has: "USDC".' }),
  amount0: t.field({ type: 'Decimal', required: true, description: 'Deposited, in whole tokens.' }),
  amount1: t.field({ type: 'Decimal', required: true, description: 'Deposited, in whole tokens.' }),
  entryPrice0: t.field({ type: 'Decimal', required: false, description: 'Dollars. Left out: the price of now.' }),
  entryPrice1: t.field({ type: 'Decimal', required: false, description: 'Dollars. Left out: the price of now.' }),
  poolAddress: t.field({ type: 'Address', required: false, description: 'Left out: its MEV score is not known.' }),
});

const TrackLpInput = builder.inputType('TrackLpInput', {
  description: 'A share of a constant-product pool.',
  fields: (t) => ({ ...common(t), ...poolFields(t) }),
});

const TrackConcentratedLpInput = builder.inputType('TrackConcentratedLpInput', {
  description: 'A share of a pool within a range of prices.',
  fields: (t) => ({
    ...common(t),
    ...poolFields(t),
    lowerPrice: t.field({ type: 'Decimal', required: true, description: 'Lower end: token0 in token1.' }),
    upperPrice: t.field({ type: 'Decimal', required: true, description: 'Upper end: token0 in token1.' }),
  }),
});

const TrackPositionInput = builder.inputType('TrackPositionInput', {
  description: 'A position of yours to follow: exactly one member.',
  isOneOf: true,
  fields: (t) => ({
    perp: t.field({ type: TrackPerpInput, required: false, description: 'A perpetual future.' }),
    lending: t.field({ type: TrackLendingInput, required: false, description: 'A loan against collateral.' }),
    lp: t.field({ type: TrackLpInput, required: false, description: 'A share of a constant-product pool.' }),
    concentratedLp: t.field({
      type: TrackConcentratedLpInput,
      required: false,
      description: 'A share of a pool within a range.',
    }),
    spot: t.field({ type: TrackSpotInput, required: false, description: 'Something held.' }),
  }),
});

builder.mutationField('trackPosition', (t) =>
  t.field({
    type: PositionPayload,
    authScopes: { owner: true },
    description:
      'Follows a position of yours. It is private: nobody else sees it, and it stands in no public list. It is told live within a second.',
    args: { input: t.arg({ type: TrackPositionInput, required: true, description: 'The position.' }) },
    resolve: async (_root, { input }, context) => {
      const { position, given } = await tracked(input, context);
      const transactionHash = given.transactionHash ?? null;
      const counts = await context.commands.risk(
        position.owner,
        { type: 'open', position, transactionHash },
        idempotencyKeyOf(given),
      );
      if (counts.type !== 'open')
        throw new ApiError('CONFLICT', 'This key has been used for something else.', {
          argument: 'input.idempotencyKey',
        });
      // At once, so that it can be asked for before its worker has taken it.
      await context.positions.put([{ position: counts.position, warningLevel: 0 }]);
      return valuedNow(counts.position, context);
    },
  }),
);

type Input = typeof TrackPositionInput.$inferInput;

interface Given {
  readonly owner?: string | null | undefined;
  readonly protocol?: string | null | undefined;
  readonly chainId?: number | null | undefined;
  readonly transactionHash?: string | null | undefined;
  readonly idempotencyKey?: string | null | undefined;
}

async function tracked(
  input: Input,
  context: Context,
): Promise<{ readonly position: Position; readonly given: Given }> {
  if (input.perp) return { position: perpOf(input.perp, context), given: input.perp };
  if (input.spot) return { position: spotOf(input.spot, context), given: input.spot };
  if (input.lending) return { position: await loanOf(input.lending, context), given: input.lending };
  if (input.lp) return { position: await poolOf(input.lp, null, 'lp', context), given: input.lp };
  if (input.concentratedLp) {
    const { lowerPrice, upperPrice } = input.concentratedLp;
    const range = { lowerPrice, upperPrice };
    return {
      position: await poolOf(input.concentratedLp, range, 'concentratedLp', context),
      given: input.concentratedLp,
    };
  }
  throw badInput('input', 'No kind of position is named.', 'perp, lending, lp, concentratedLp or spot');
}

function factsOf(given: Given, path: string, symbol: string, context: Context): PositionFacts {
  const protocol = given.protocol?.trim().toLowerCase() || 'wallet';
  if (!context.protocols.includes(protocol))
    throw badInput(`${path}.protocol`, `No protocol is called "${protocol.slice(0, 60)}".`, context.protocols);
  if (given.chainId != null && given.chainId < 1)
    throw badInput(`${path}.chainId`, `chainId is ${given.chainId}.`, 'a chain id, 1 or more');
  const now = context.clock.now();
  return {
    id: `own-${randomUUID()}`,
    version: 1,
    owner: oneOwner(given.owner, context, `${path}.owner`),
    symbol,
    protocol,
    chainId: given.chainId ?? null,
    bridge: null,
    provenance: 'PRIVATE',
    status: 'OPEN',
    openedAt: now,
    updatedAt: now,
    closedAt: null,
    realizedPnl: ZERO,
    fundingPaid: ZERO,
    feesPaid: ZERO,
  };
}

function perpOf(given: NonNullable<Input['perp']>, context: Context): Position {
  const path = 'input.perp';
  context.instruments.checkForCommand(given.symbol, `${path}.symbol`);
  const size = positiveAmount(given.size, `${path}.size`);
  const entryPrice = positiveAmount(given.entryPrice, `${path}.entryPrice`);
  const collateral = positiveAmount(given.collateral, `${path}.collateral`);
  const rate = fraction(given.maintenanceMarginRate ?? USUAL_MAINTENANCE, `${path}.maintenanceMarginRate`);
  const entryValue = times(size, entryPrice);
  const leverage = quotientText(divide(fixed(entryValue), fixed(collateral)));
  if (compareDecimals(leverage, MOST_LEVERAGE) > 0)
    throw badInput(`${path}.collateral`, `That would be ${leverage} times leverage.`, `at most ${MOST_LEVERAGE} times`);
  return {
    ...factsOf(given, path, given.symbol, context),
    kind: 'PERP',
    side: given.side,
    size,
    entryValue,
    marginMode: given.marginMode ?? 'ISOLATED',
    collateral,
    maintenance: [{ upTo: null, rate, deduction: ZERO }],
    liquidationFeeRate: null,
    accruesFunding: true,
  };
}

function spotOf(given: NonNullable<Input['spot']>, context: Context): Position {
  const path = 'input.spot';
  context.instruments.checkForCommand(given.symbol, `${path}.symbol`);
  const size = positiveAmount(given.size, `${path}.size`);
  const entryValue = times(size, positiveAmount(given.entryPrice, `${path}.entryPrice`));
  return { ...factsOf(given, path, given.symbol, context), kind: 'SPOT', size, entryValue };
}

async function loanOf(given: NonNullable<Input['lending']>, context: Context): Promise<Position> {
  const path = 'input.lending';
  const { collaterals, debts } = given;
  const [first] = collaterals;
  if (!first || collaterals.length > MOST_LEGS)
    throw badInput(`${path}.collaterals`, `There are ${collaterals.length}.`, `1 to ${MOST_LEGS}`);
  if (debts.length > MOST_LEGS) throw badInput(`${path}.debts`, `There are ${debts.length}.`, `up to ${MOST_LEGS}`);
  const leg = async (one: (typeof debts)[number], at: string) => {
    const amount = positiveAmount(one.amount, `${at}.amount`);
    const price = await entryPriceOf(one.symbol, one.entryPrice, at, 'symbol', 'entryPrice', context);
    return { symbol: one.symbol, amount, entryValue: times(amount, price) };
  };
  return {
    ...factsOf(given, path, first.symbol, context),
    kind: 'LENDING',
    collaterals: await Promise.all(
      collaterals.map(async (one, at) => ({
        ...(await leg(one, `${path}.collaterals.${at}`)),
        liquidationThreshold: fraction(one.liquidationThreshold, `${path}.collaterals.${at}.liquidationThreshold`),
        liquidationBonus: amountOrZero(one.liquidationBonus ?? '0.05', `${path}.collaterals.${at}.liquidationBonus`),
      })),
    ),
    debts: await Promise.all(debts.map((one, at) => leg(one, `${path}.debts.${at}`))),
    closeFactor: positiveAmount(given.closeFactor ?? '0.5', `${path}.closeFactor`),
  };
}

async function poolOf(
  given: NonNullable<Input['lp']>,
  range: { readonly lowerPrice: string; readonly upperPrice: string } | null,
  member: string,
  context: Context,
): Promise<Position> {
  const path = `input.${member}`;
  const { symbol0, symbol1 } = given;
  const amount0 = amountOrZero(given.amount0, `${path}.amount0`);
  const amount1 = amountOrZero(given.amount1, `${path}.amount1`);
  const price0 = await entryPriceOf(symbol0, given.entryPrice0, path, 'symbol0', 'entryPrice0', context);
  const price1 = await entryPriceOf(symbol1, given.entryPrice1, path, 'symbol1', 'entryPrice1', context);
  const shared = {
    ...factsOf(given, path, symbol0, context),
    token0: { symbol: symbol0, amount: amount0, entryValue: times(amount0, price0) },
    token1: { symbol: symbol1, amount: amount1, entryValue: times(amount1, price1) },
    poolAddress: given.poolAddress ?? null,
    feesEarned: ZERO,
  };
  const amounts = { amount0: fixed(amount0), amount1: fixed(amount1) };
  let liquidity = constantProductLiquidity(amounts.amount0, amounts.amount1);
  if (range) {
    const lowerPrice = positiveAmount(range.lowerPrice, `${path}.lowerPrice`);
    const upperPrice = positiveAmount(range.upperPrice, `${path}.upperPrice`);
    if (compareDecimals(lowerPrice, upperPrice) >= 0)
      throw badInput(`${path}.upperPrice`, 'The range is empty.', 'above `lowerPrice`');
    const ends = { lower: squareRoot(fixed(lowerPrice)), upper: squareRoot(fixed(upperPrice)) };
    liquidity = rangeLiquidity(amounts, rootPrice(fixed(price0), fixed(price1)) ?? ONE, ends);
    refuseNothing(liquidity, path);
    return { ...shared, kind: 'CONCENTRATED_LP', lowerPrice, upperPrice, liquidity: fixedText(liquidity) };
  }
  refuseNothing(liquidity, path);
  return { ...shared, kind: 'LP', liquidity: fixedText(liquidity) };
}

function refuseNothing(liquidity: bigint, path: string): void {
  if (liquidity > 0n) return;
  throw badInput(
    `${path}.amount0`,
    'This deposit gives no liquidity at this price.',
    'both tokens; outside a range, the one that it takes there',
  );
}

/** A price at the beginning: the given one, or that of now. @throws ApiError `BAD_USER_INPUT` where there is none. */
async function entryPriceOf(
  symbol: string,
  given: string | null | undefined,
  path: string,
  symbolName: string,
  priceName: string,
  { instruments, latest }: Context,
): Promise<Decimal> {
  if (!isCash(symbol)) instruments.checkForCommand(symbol, `${path}.${symbolName}`);
  if (given != null) return positiveAmount(given, `${path}.${priceName}`);
  if (isCash(symbol)) return decimal('1');
  const source = instruments.get(symbol)?.primarySource;
  const found = source === undefined ? null : await latest.get(topics.prices, sourceKey(symbol, source));
  if (found) return found.value.price;
  throw badInput(`${path}.${priceName}`, `No price of ${symbol.slice(0, 40)} has been heard.`, 'say it yourself');
}

function times(amount: Decimal, price: Decimal): Decimal {
  return fixedText(multiply(fixed(amount), fixed(price)));
}
