import type { Decimal } from '../../lib/decimal.ts';
import type { Book, BookChange } from '../../model/book.ts';
import type { Address } from '../../model/identity.ts';
import type { Instrument } from '../../model/instrument.ts';
import type { Amendment, Execution, Order, OrderUpdate, Rejection } from '../../model/order.ts';
import type { OwnerLimits } from '../../model/owner-limits.ts';
import type { Trade } from '../../model/trade.ts';
import type { TradingAccount } from '../../model/trading-account.ts';
import type { VenueBalances, VenueOrder } from '../../model/venue-order.ts';

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
    }
  /** What a real venue says of an account that is followed there. */
  | { readonly kind: 'venue-order'; readonly owner: Address; readonly order: VenueOrder }
  | { readonly kind: 'venue-balances'; readonly owner: Address; readonly balances: VenueBalances }
  /** Nothing is heard of it for now. */
  | { readonly kind: 'venue-lost'; readonly owner: Address };

export type PaperOutput =
  /** An order after a change. */
  | { readonly kind: 'order'; readonly update: OrderUpdate }
  /** A fill. The order's update follows it. */
  | { readonly kind: 'execution'; readonly execution: Execution }
  /** What was asked of an order that cannot be any more: it has ended, or is not there. */
  | { readonly kind: 'refused'; readonly orderId: string; readonly rejection: Rejection }
  /** Something of a real account was missed: its venue is to be asked. */
  | { readonly kind: 'missed'; readonly owner: Address };
