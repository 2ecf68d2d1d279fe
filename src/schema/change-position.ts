import { type Decimal, decimal, ZERO } from '../lib/decimal.ts';
import { ApiError, badInput } from '../lib/errors.ts';
import { fixed } from '../lib/fixed.ts';
import { applyChange } from '../model/ledger/ledger.ts';
import { isCash, type Position } from '../model/position.ts';
import type { PositionChange } from '../model/position-change.ts';
import { amountOrZero, fraction, positiveAmount, signedAmount } from './amounts.ts';
import { builder, type SchemaTypes } from './builder.ts';
import type { Context } from './context.ts';
import { pricesOf } from './known-prices.ts';
import { ownPosition, type PositionShape } from './position.ts';
import { idempotencyKeyOf, PositionPayload } from './position-change-payload.ts';
import { valuedNow } from './under-prices.ts';

type Fields = PothosSchemaTypes.InputFieldBuilder<PothosSchemaTypes.ExtendDefaultTypes<SchemaTypes>, 'InputObject'>;

/** What every change has. */
const common = (t: Fields) => ({
  positionId: t.id({ required: true, description: 'The position, one that you track.' }),
  price: t.field({
    type: 'Decimal',
    required: false,
    description: 'Of its market, at which this was done. Left out: the price of now.',
  }),
  fee: t.field({ type: 'Decimal', required: false, description: 'Trading and gas fees, dollars. Left out: 0.' }),
  transactionHash: t.field({ type: 'Hash', required: false, description: 'Left out: it happened on no chain.' }),
  idempotencyKey: t.string({
    required: false,
    description: 'Yours, at most 100 characters: the same one again changes nothing and answers the same.',
  }),
});

const LegChangeInput = builder.inputType('LegChangeInput', {
  description: 'A collateral or debt of a loan that changes.',
  fields: (t) => ({
    symbol: t.string({ required: true, description: 'Which.' }),
    amount: t.field({
      type: 'Decimal',
      required: true,
      description: 'In whole tokens: supplied or borrowed where positive, withdrawn or repaid where negative.',
    }),
  }),
});

const DepositInput = builder.inputType('DepositInput', {
  description: 'Tokens added to a share of a pool.',
  fields: (t) => ({
    amount0: t.field({ type: 'Decimal', required: true, description: 'Of the first token.' }),
    amount1: t.field({ type: 'Decimal', required: true, description: 'Of the second token.' }),
  }),
});

const AdjustPositionInput = builder.inputType('AdjustPositionInput', {
  description: 'What changes: exactly one of `sizeChange`, `collateral`, `debt`, `deposit` and `withdrawFraction`.',
  fields: (t) => ({
    ...common(t),
    sizeChange: t.field({
      type: 'Decimal',
      required: false,
      description: 'PERP and SPOT, base currency: positive enlarges, negative reduces.',
    }),
    collateral: t.field({ type: LegChangeInput, required: false, description: 'LENDING.' }),
    debt: t.field({ type: LegChangeInput, required: false, description: 'LENDING.' }),
    deposit: t.field({ type: DepositInput, required: false, description: 'LP and CONCENTRATED_LP.' }),
    withdrawFraction: t.field({
      type: 'Decimal',
      required: false,
      description: 'LP and CONCENTRATED_LP: the part that is taken out, above 0 and below 1.',
    }),
  }),
});

const AddCollateralInput = builder.inputType('AddCollateralInput', {
  description: 'Collateral for a PERP or LENDING.',
  fields: (t) => ({
    ...common(t),
    amount: t.field({ type: 'Decimal', required: true, description: 'PERP: dollars. LENDING: whole tokens.' }),
    symbol: t.string({ required: false, description: 'LENDING: of which collateral. Left out: its first.' }),
  }),
});

const ClosePositionInput = builder.inputType('ClosePositionInput', {
  description: 'A position that ends.',
  fields: (t) => ({ ...common(t) }),
});

builder.mutationFields((t) => ({
  adjustPosition: t.field({
    type: PositionPayload,
    authScopes: { owner: true },
    description: 'Changes the size, the legs or the deposit of a position that you track.',
    args: { input: t.arg({ type: AdjustPositionInput, required: true, description: 'What changes.' }) },
    resolve: (_root, { input }, context) => change(input, () => adjustmentOf(input), context, adjustedIn(input)),
  }),
  addCollateral: t.field({
    type: PositionPayload,
    authScopes: { owner: true },
    description: 'Adds collateral to a PERP or LENDING that you track.',
    args: { input: t.arg({ type: AddCollateralInput, required: true, description: 'How much.' }) },
    resolve: (_root, { input }, context) =>
      change(
        input,
        (position): Changing => {
          const amount = positiveAmount(input.amount, 'input.amount');
          if (position.kind === 'PERP') return { type: 'MARGIN', amount };
          if (position.kind !== 'LENDING')
            throw badInput('input.positionId', `A ${position.kind} has no collateral.`, 'a PERP or LENDING');
          const symbol = input.symbol ?? position.collaterals[0]?.symbol ?? '';
          return { type: 'COLLATERAL', symbol, amount };
        },
        context,
      ),
  }),
  closePosition: t.field({
    type: PositionPayload,
    authScopes: { owner: true },
    description: 'Ends a position that you track. `CONFLICT` for one that has ended.',
    args: { input: t.arg({ type: ClosePositionInput, required: true, description: 'Which.' }) },
    resolve: (_root, { input }, context) => change(input, () => ({ type: 'CLOSE' }), context),
  }),
}));

/** What is particular to a change. */
type Changing = PositionChange extends infer C
  ? C extends PositionChange
    ? Omit<C, 'positionId' | 'transactionHash' | 'prices' | 'fee' | 'timestamp' | 'receivedAt'>
    : never
  : never;

function adjustmentOf(input: typeof AdjustPositionInput.$inferInput): Changing {
  const { sizeChange, collateral, debt, deposit, withdrawFraction } = input;
  const given = [sizeChange, collateral, debt, deposit, withdrawFraction].filter((member) => member != null);
  if (given.length !== 1)
    throw badInput(
      'input',
      `${given.length} changes are named.`,
      'exactly one of sizeChange, collateral, debt, deposit, withdrawFraction',
    );
  if (sizeChange != null) return { type: 'RESIZE', amount: signedAmount(sizeChange, 'input.sizeChange') };
  if (withdrawFraction != null)
    return { type: 'WITHDRAW', fraction: fraction(withdrawFraction, 'input.withdrawFraction') };
  if (deposit != null)
    return {
      type: 'DEPOSIT',
      amount0: amountOrZero(deposit.amount0, 'input.deposit.amount0'),
      amount1: amountOrZero(deposit.amount1, 'input.deposit.amount1'),
    };
  const [type, leg, name] =
    collateral != null ? (['COLLATERAL', collateral, 'collateral'] as const) : (['DEBT', debt, 'debt'] as const);
  return { type, symbol: leg?.symbol ?? '', amount: signedAmount(leg?.amount ?? ZERO, `input.${name}.amount`) };
}

/** Where the input of an adjustment has what a change calls otherwise, by the name in the change. */
function adjustedIn(input: typeof AdjustPositionInput.$inferInput): Readonly<Record<string, string>> {
  const members = ['sizeChange', 'collateral', 'debt', 'deposit', 'withdrawFraction'] as const;
  const member = members.find((one) => input[one] != null) ?? '';
  const amount = member === 'sizeChange' ? member : `${member}.amount`;
  const inDeposit = { amount0: 'deposit.amount0', amount1: 'deposit.amount1' };
  return { ...inDeposit, amount, symbol: `${member}.symbol`, fraction: member, type: member };
}

interface ChangeInput {
  readonly positionId: string;
  readonly price?: string | null | undefined;
  readonly fee?: string | null | undefined;
  readonly transactionHash?: string | null | undefined;
  readonly idempotencyKey?: string | null | undefined;
}

/**
 * Tries a change on the position as it is stored, says what is wrong with it, and hands it to the worker, which does the same on the
 * position as it is then.
 */
async function change(
  input: ChangeInput,
  changingOf: (position: Position) => Changing,
  context: Context,
  names: Readonly<Record<string, string>> = { type: 'positionId' },
): Promise<PositionShape> {
  const position = await ownPosition(input.positionId, 'input.positionId', context);
  if (position.provenance !== 'PRIVATE')
    throw new ApiError('FORBIDDEN', 'This position is what its venue says: it is changed there.', {
      argument: 'input.positionId',
    });
  const now = context.clock.now();
  const price = input.price == null ? null : positiveAmount(input.price, 'input.price');
  const asked = {
    ...changingOf(position),
    positionId: position.id,
    transactionHash: input.transactionHash ?? null,
    prices: price === null ? {} : { [position.symbol]: price },
    fee: amountOrZero(input.fee ?? '0', 'input.fee'),
    timestamp: now,
    receivedAt: now,
  } as PositionChange;
  const prices = await pricesOf([position], context);
  const known = (symbol: string): Decimal | null => prices.get(symbol)?.price ?? (isCash(symbol) ? decimal('1') : null);
  const priceOf = (symbol: string) => {
    const text = known(symbol);
    return text === null ? null : fixed(text);
  };
  const after = tried(position, asked, priceOf, names);
  const counts = await context.commands.risk(
    position.owner,
    { type: 'change', change: asked },
    idempotencyKeyOf(input),
  );
  // The same key again: what it did has happened, or is about to.
  if (counts.type !== 'change' || counts.change.timestamp !== now) return { position, figures: null };
  return valuedNow(after, context);
}

/** @param names what its input calls an argument of the change, where it has another name there. */
function tried(
  position: Position,
  asked: PositionChange,
  priceOf: Parameters<typeof applyChange>[2],
  names: Readonly<Record<string, string>>,
): Position {
  try {
    return applyChange(position, asked, priceOf);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const { argument, ...details } = error.details;
    throw new ApiError(error.code, error.message, {
      ...details,
      argument: `input.${names[argument ?? ''] ?? argument ?? 'positionId'}`,
    });
  }
}
