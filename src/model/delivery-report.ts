import type { Perishable } from './observed.ts';

/** What one subscription of a connection has been given. */
export interface SubscriptionReport {
  /** As the client named it. */
  readonly operationId: string;
  /** The subscription field. */
  readonly field: string;
  /** Frames written, snapshots and replays included. */
  readonly delivered: number;
  /** Updates folded into later ones. */
  readonly conflated: number;
  /** What it would be given if its reader took everything now, bytes: estimated by its last frame. */
  readonly queuedBytes: number;
  /** From hearing an update to handing it to the socket, milliseconds: upper bounds, sampled. */
  readonly lagMs: { readonly p50: number; readonly p99: number };
}

/** How delivery goes over one connection. Timestamps in milliseconds. */
export interface DeliveryReport extends Perishable {
  readonly connectionId: string;
  /** Bytes written that the client has not answered for. */
  readonly queuedBytes: number;
  readonly subscriptions: readonly SubscriptionReport[];
}
