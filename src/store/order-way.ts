import { channel } from 'node:diagnostics_channel';
import type { Order } from '../model/order.ts';

/**
 * Where an order is on its way through the processes: asked for and stored by the api; taken by the worker, and what came of it stored and
 * on the bus.
 */
export const ORDER_STEPS = ['asked', 'stored', 'taken', 'committed', 'published'] as const;
export type OrderStep = (typeof ORDER_STEPS)[number];

export interface OrderPassing {
  readonly step: OrderStep;
  readonly order: Order;
}

/** Where whoever looks on within the process hears of it. */
export const ORDER_WAY = 'tidewire:order';

const way = channel(ORDER_WAY);

/** Costs nothing while nobody looks on. */
export function passed(step: OrderStep, order: Order): void {
  if (way.hasSubscribers) way.publish({ step, order } satisfies OrderPassing);
}
