import type { Address } from './identity.ts';
import type { Order } from './order.ts';
import { isOfShare, type OwnerShare } from './owner-share.ts';

/** Kinds of work that commands ask for. */
export const ABOUTS = ['risk', 'trading', 'signals', 'bots'] as const;

/** Says that something waits in the database for a worker: sent with the writing, so that nobody waits for a sweep. */
export interface Nudge {
  /** New each time. */
  readonly id: string;
  /** What kind of work it is. */
  readonly about: (typeof ABOUTS)[number];
  /** Whose it is, where no order says so; an earlier version left it out. */
  readonly owner?: Address;
  /** What waits, where it is an order that was placed: as it is stored, so that its worker need not ask. */
  readonly placed?: PlacedOrder;
}

export interface PlacedOrder {
  readonly commandId: string;
  readonly order: Order;
  /** W3C `traceparent` of what has asked for it, where that was traced. */
  readonly trace?: string;
}

/** Whether it is about what a share of the owners does; where it cannot be known, it may be. */
export function mayConcern(nudge: Nudge, share: OwnerShare): boolean {
  const owner = nudge.placed?.order.owner ?? nudge.owner;
  return owner === undefined || isOfShare(share, owner);
}
