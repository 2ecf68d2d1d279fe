import { ApiError } from '../lib/errors.ts';
import type { Order } from '../model/order.ts';
import { idIn } from './builder.ts';
import type { Context } from './context.ts';
import { maySee } from './owner.ts';
import { refusal } from './scopes.ts';

/** @throws ApiError `NOT_FOUND` for an order that is not there or not the caller's. */
export async function ownOrder(id: string, argument: string, context: Context): Promise<Order> {
  const key = idIn('Order', id, argument);
  if (!context.identity) throw refusal(context);
  const order = await context.orders.find(key);
  if (order && maySee(order.owner, context)) return order;
  throw new ApiError('NOT_FOUND', 'There is nothing of yours with this id.', { argument });
}
