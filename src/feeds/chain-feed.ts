import type { ChainEvent, ChainStatus } from '../model/chain.ts';

export interface ChainFeedSink {
  /** Called in the chain's order, never reentrantly. Must not throw. */
  event(event: ChainEvent): void;
  /** Called when something in {@link ChainFeed.status} has changed. */
  statusChanged(): void;
}

/**
 * One chain's blocks, as a port of its own: a chain has no symbols and no books, and what a block told can be taken back.
 *
 * - It lives by itself from `start` to `stop`; nothing that a node sends, or does not send, throws out of it.
 * - A pool is listed before anything is said of it. Reserves are read at one block; blocks follow from the next one on.
 * - Blocks come in order and without a hole: those missed while there was no connection are read after it is back. After
 *   an absence too long for that, reserves are read anew at the head, and blocks follow from there.
 * - A block that is no longer of the chain is told as removed, from the head downwards, before those that replaced it.
 */
export interface ChainFeed {
  /** `evm:56`. */
  readonly name: string;
  readonly chainId: number;
  start(sink: ChainFeedSink): void;
  status(): ChainStatus;
  /** Resolves when its connection and timers are gone; no event comes after it. */
  stop(): Promise<void>;
}
