import type { OperationRequest, Tidewire } from './client.ts';
import type { OperationError } from './errors.ts';
import type { Restart, Status } from './subscription.ts';
import type { WireResult } from './transport.ts';

/** What an operation may say of itself in its context: `context: {tidewire: {status, restarted}}`. */
export interface TidewireContext {
  status?(status: Status): void;
  restarted?(restart: Restart): void;
}

interface Sink {
  next(result: { data?: Record<string, unknown> | null; errors?: never[]; extensions?: Record<string, unknown> }): void;
  error(error: unknown): void;
  complete(): void;
}

/**
 * `forwardSubscription` of urql's `subscriptionExchange`. With `enableAllOperations` queries and mutations go over the
 * same connection, with the same identity.
 */
export function forwardSubscription(tidewire: Tidewire) {
  return (
    request: Omit<OperationRequest, 'query'> & { readonly query?: string | undefined },
    operation?: { readonly context?: object },
  ) => ({
    subscribe(sink: Sink) {
      const { status, restarted } = (operation?.context as { tidewire?: TidewireContext } | undefined)?.tidewire ?? {};
      return tidewire.forward(
        { ...request, query: request.query ?? '' },
        {
          next: (result: WireResult) => sink.next(result as Parameters<Sink['next']>[0]),
          // As the list that it came as: urql makes graphQLErrors of it, and of anything else a network error.
          error: (error: OperationError) => sink.error(error.errors.length > 0 ? error.errors : error),
          complete: () => sink.complete(),
          ...(status && { status }),
          ...(restarted && { restarted }),
        },
      );
    },
  });
}
