import type { Order } from './order.ts';

/** Kinds of work that commands ask for. */
export const ABOUTS = ['risk', 'trading', 'signals', 'bots'] as const;

/** Says that something waits in the database for a worker: sent with the writing, so that nobody waits for a sweep. */
export interface Nudge {
  /** New each time. */
  readonly id: string;
  /** What kind of work it is. */
  readonly about: (typeof ABOUTS)[number];
  /** What waits, where it is an order that was placed: as it is stored, so that its worker need not ask. */
  readonly placed?: PlacedOrder;
}

export interface PlacedOrder {
  readonly commandId: string;
  readonly order: Order;
  /** W3C `traceparent` of what has asked for it, where that was traced. */
  readonly trace?: string;
}
