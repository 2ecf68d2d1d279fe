import type { FeedHealth } from '../feeds/feed.ts';
import { VENUE_BACKOFF } from '../lib/backoff.ts';
import type { HealthStatus } from '../model/component.ts';

/**
 * How long a feed that has never been live may take before it counts as down, milliseconds: handshake, subscriptions and
 * first snapshots take a few seconds at the slowest venue, and one failed attempt is retried within.
 */
export const STARTING_MS = 10_000;

/**
 * How long a feed that has been live may be without a connection before it counts as down, milliseconds: after the
 * longest pause between two attempts it is no hiccup any more.
 */
export const DOWN_AFTER_MS = VENUE_BACKOFF.maxMs;

/** Names in a message; the rest is a number. A venue can lose a thousand books at once. */
const NAMES_TOLD = 5;

export interface FeedCondition {
  readonly feed: Pick<FeedHealth, 'state' | 'message'>;
  readonly everLive: boolean;
  /** Milliseconds since it was last live, or since the start; 0 while it is live. */
  readonly notLiveForMs: number;
  /** Symbols whose book waits for a new snapshot. */
  readonly outOfStep: readonly string[];
}

/**
 * HEALTHY: live with every book in step. DEGRADED: live with a book out of step, connected but quiet, or without a
 * connection for less than {@link STARTING_MS} after the start and {@link DOWN_AFTER_MS} later on. DOWN: without a
 * connection for longer, or stopped.
 */
export function feedStatus(condition: FeedCondition): { readonly status: HealthStatus; readonly message: string } {
  const { feed, everLive, notLiveForMs, outOfStep } = condition;
  const books = outOfStep.length === 0 ? '' : `books out of step, fetched anew: ${naming(outOfStep)}`;
  switch (feed.state) {
    case 'live':
      return books === '' ? { status: 'HEALTHY', message: '' } : { status: 'DEGRADED', message: books };
    case 'stale': {
      const quiet = feed.message || 'connected, but quiet or out of step';
      return { status: 'DEGRADED', message: books === '' ? quiet : `${quiet}; ${books}` };
    }
    case 'connecting': {
      const down = notLiveForMs >= (everLive ? DOWN_AFTER_MS : STARTING_MS);
      return { status: down ? 'DOWN' : 'DEGRADED', message: feed.message || 'no connection yet' };
    }
    case 'stopped':
      return { status: 'DOWN', message: feed.message || 'stopped' };
  }
}

function naming(symbols: readonly string[]): string {
  const rest = symbols.length - NAMES_TOLD;
  return symbols.slice(0, NAMES_TOLD).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}
