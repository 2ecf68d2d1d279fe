import { compareDecimals, decimal, ZERO } from '../../lib/decimal.ts';
import type { VenueBalances, VenueOrder } from '../../model/venue-order.ts';
import type { KnownOrders } from '../order-feed.ts';
import { mapAccountStatus, mapOrderRow, mapTradeRows, rows } from './user-mapper.ts';
import type { Parameters } from './user-session.ts';

/** Orders that one answer holds at most. */
const PAGE = 1_000;

/** Pages of one symbol at most: more orders than that nobody places while a connection is away. */
const MOST_PAGES = 20;

export interface Recovered {
  /** Of each symbol the oldest first. */
  readonly orders: readonly VenueOrder[];
  /** As of after the orders. */
  readonly balances: VenueBalances;
}

/** How a request is made: its method, its weight, what it says. */
export type Ask = (method: string, weight: number, parameters: Parameters) => Promise<unknown>;

/**
 * What the venue tells of an account to who asks: orders that live, what became of those that were known to live and of newer ones of
 * their symbols, the fills of each that are not known, and then the balances.
 * @throws RequestFailure; RangeError for an answer that cannot be read.
 */
export async function recover(known: readonly KnownOrders[], ask: Ask, now: () => number): Promise<Recovered> {
  const found = new Map<string, VenueOrder>();
  const put = (row: unknown): VenueOrder => {
    const order = mapOrderRow(row, now());
    found.set(`${order.symbol}|${order.orderId}`, order);
    return order;
  };
  for (const row of rows(await ask('openOrders.status', 80, {}))) put(row);
  for (const { symbol, fromOrderId } of known) {
    let orderId: string | null = fromOrderId;
    for (let pages = 0; orderId !== null && pages < MOST_PAGES; pages++) {
      const page = rows(await ask('allOrders', 20, { symbol, orderId: Number(orderId), limit: PAGE }));
      const last: VenueOrder | undefined = page.map(put).at(-1);
      orderId = last && page.length === PAGE ? last.orderId : null;
    }
  }
  const orders: VenueOrder[] = [];
  const byNumber = [...found.values()].sort((a, b) => Number(a.orderId) - Number(b.orderId));
  for (const order of byNumber) {
    const { symbol, orderId, filledQuantity } = order;
    const filled = known.find((one) => one.symbol === symbol)?.filled.get(orderId) ?? ZERO;
    const isBehind = compareDecimals(filledQuantity, decimal(filled)) > 0;
    const fills = isBehind ? mapTradeRows(await ask('myTrades', 5, { symbol, orderId: Number(orderId) })) : [];
    orders.push({ ...order, fills });
  }
  return { orders, balances: mapAccountStatus(await ask('account.status', 20, { omitZeroBalances: true }), now()) };
}
