import type { Decimal } from '../../lib/decimal.ts';
import type { Book, BookChange } from '../../model/book.ts';
import type { Address } from '../../model/identity.ts';
import type { Instrument } from '../../model/instrument.ts';
import type { Amendment, Execution, Order, OrderUpdate, Rejection } from '../../model/order.ts';
import type { OwnerLimits } from '../../model/owner-limits.ts';
import type { Trade } from '../../model/trade.ts';
import type { TradingAccount } from '../../model/trading-account.ts';

/** What the paper venue hears. Times in milliseconds since the Unix epoch; `now` is our clock's. */
export type PaperEvent =
  | { readonly kind: 'instrument'; readonly instrument: Instrument }
  /** A whole book: the first, after a hole, or as a feed gives it. */
  | { readonly kind: 'book'; readonly book: Book }
  | { readonly kind: 'book-change'; readonly change: BookChange }
  | { readonly kind: 'trade'; readonly trade: Trade }
  /** The best price of a symbol: what holdings are worth. */
  | { readonly kind: 'price'; readonly symbol: string; readonly price: Decimal; readonly stale: boolean }
  /** As they were stored: taken up again. Accounts before orders. */
  | { readonly kind: 'account'; readonly account: TradingAccount }
  | { readonly kind: 'order'; readonly order: Order }
  | { readonly kind: 'limits'; readonly limits: OwnerLimits }
  | { readonly kind: 'place'; readonly order: Order; readonly now: number }
  | { readonly kind: 'amend'; readonly orderId: string; readonly amendment: Amendment; readonly now: number }
  | { readonly kind: 'cancel'; readonly orderId: string; readonly now: number }
  | {
      readonly kind: 'cancel-all';
      readonly owner: Address;
      readonly symbol: string | null;
      readonly botId: string | null;
      readonly now: number;
    };

export type PaperOutput =
  /** An order after a change. */
  | { readonly kind: 'order'; readonly update: OrderUpdate }
  /** A fill. The order's update follows it. */
  | { readonly kind: 'execution'; readonly execution: Execution }
  /** What was asked of an order that cannot be any more: it has ended, or is not there. */
  | { readonly kind: 'refused'; readonly orderId: string; readonly rejection: Rejection };
