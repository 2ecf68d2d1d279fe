import type { Decimal } from '../../lib/decimal.ts';
import { divide, type Fixed, fixed, fixedText, quotientText } from '../../lib/fixed.ts';
import type { Instrument } from '../../model/instrument.ts';
import type { Execution, Liquidity, Order } from '../../model/order.ts';

interface FillFacts {
  readonly price: Decimal;
  readonly quantity: Fixed;
  /** Price times quantity. */
  readonly value: Fixed;
  readonly fee: Fixed;
  readonly liquidity: Liquidity;
  readonly realized: Fixed;
  readonly tradeId: string | null;
  readonly at: number;
}

/** A fill, with the order as it stands after it. Its id is made of both: the same fill has the same, whoever tells it. */
export function executionOf(before: Order, { quote }: Instrument, facts: FillFacts): Execution {
  const { price, quantity, value, fee, liquidity, realized, tradeId, at } = facts;
  const filled = fixed(before.filledQuantity) + quantity;
  const filledValue = fixed(before.filledValue) + value;
  const order: Order = {
    ...before,
    version: before.version + 1,
    status: filled >= fixed(before.quantity) ? 'FILLED' : 'PARTIALLY_FILLED',
    filledQuantity: fixedText(filled),
    filledValue: fixedText(filledValue),
    averagePrice: quotientText(divide(filledValue, filled)),
    fees: fixedText(fixed(before.fees) + fee),
    updatedAt: at,
  };
  const { id, owner, symbol, side } = order;
  return {
    id: `${id}|${order.version}`,
    owner,
    order,
    symbol,
    side,
    quantity: fixedText(quantity),
    price,
    fee: fixedText(fee),
    feeCurrency: quote,
    liquidity,
    realizedPnl: fixedText(realized),
    tradeId,
    timestamp: at,
    receivedAt: at,
  };
}
