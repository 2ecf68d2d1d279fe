import { ApolloLink, CombinedGraphQLErrors, Observable } from '@apollo/client';
import { CombinedProtocolErrors, PROTOCOL_ERRORS_SYMBOL, ServerError } from '@apollo/client/errors';
import { OperationTypeNode, parse, print } from 'graphql';
import type { Tidewire } from './client.ts';
import { createTidewire } from './client.ts';
import type { ApiError, OperationError } from './errors.ts';
import { Newest } from './newest.ts';
import { backoffMs, pause } from './pause.ts';
import type { Restart, Status } from './subscription.ts';
import type { Transport, WireResult } from './transport.ts';

/** What an operation may say of itself in its context: `context: {tidewire: {status, restarted}}`. */
interface TidewireContext {
  status?(status: Status): void;
  restarted?(restart: Restart): void;
}

/** A link that sends every operation over the client's connection; its subscriptions resume. */
export function tidewireLink(tidewire: Tidewire): ApolloLink {
  return new ApolloLink((operation) => {
    const { status, restarted } = (operation.getContext()['tidewire'] ?? {}) as TidewireContext;
    return new Observable((observer) => {
      const subscription = tidewire.forward(
        {
          query: print(operation.query),
          operationName: operation.operationName,
          variables: operation.variables,
          extensions: operation.extensions,
        },
        {
          next: (result) => observer.next(result as ApolloLink.Result),
          error: (error) => observer.error(apolloError(error)),
          complete: () => observer.complete(),
          ...(status && { status }),
          ...(restarted && { restarted }),
        },
      );
      return () => subscription.unsubscribe();
    });
  });
}

/**
 * A link for late answers: put it before all others. What a query or a mutation is answered after an event has overtaken it
 * does not take the cache back in time.
 */
export function newestLink(newest = new Newest()): ApolloLink {
  return new ApolloLink((operation, forward) => {
    const isLive = operation.operationType === OperationTypeNode.SUBSCRIPTION;
    const take = (result: ApolloLink.Result): ApolloLink.Result => {
      if (!isLive) return { ...result, data: newest.answer(result.data) } as ApolloLink.Result;
      newest.heard(result.data);
      return result;
    };
    return new Observable((observer) => {
      const running = forward(operation).subscribe({
        next: (result) => observer.next(take(result)),
        error: (error) => observer.error(error),
        complete: () => observer.complete(),
      });
      return () => running.unsubscribe();
    });
  });
}

/**
 * Subscriptions over Apollo's own multipart transport, for where no WebSocket gets through: put it before an `HttpLink`.
 * That transport tells no progress, so of a rare filter it resumes after the newest event that came.
 */
export function resumingLink(): ApolloLink {
  return new ApolloLink((operation, forward) => {
    if (operation.operationType !== OperationTypeNode.SUBSCRIPTION) return forward(operation);
    const transport: Transport = {
      start: (wire, sink) => {
        const leaving = new AbortController();
        let attempt = 0;
        const send = () => {
          if (leaving.signal.aborted) return;
          operation.query = parse(wire.query);
          operation.variables = { ...wire.variables };
          sink.sent();
          const again = () => {
            sink.lost();
            pause(backoffMs(attempt++), leaving.signal).then(send, () => undefined);
          };
          const running = forward(operation).subscribe({
            next: (result) => {
              const { [PROTOCOL_ERRORS_SYMBOL]: refusal } = (result.extensions ?? {}) as {
                [PROTOCOL_ERRORS_SYMBOL]?: unknown;
              };
              const errors = errorsOf(refusal);
              if (errors) return sink.failed(errors);
              attempt = 0;
              sink.live();
              sink.next(result as WireResult);
            },
            error: (error: unknown) => {
              const errors = errorsOf(error);
              if (errors) sink.failed(errors);
              else again();
            },
            complete: () => sink.completed(),
          });
          leaving.signal.addEventListener('abort', () => running.unsubscribe(), { once: true });
        };
        send();
        return () => leaving.abort();
      },
    };
    return tidewireLink(createTidewire({ url: '', transport })).request(operation, forward);
  });
}

/**
 * `fetch` for the `HttpLink` behind a `resumingLink`. Apollo cancels a stream that has broken without looking at what comes of
 * it, which is an unhandled rejection at each reconnect: here a stream that breaks just ends.
 */
export async function resumingFetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const response = await fetch(input, init);
  const reader = response.body?.getReader();
  if (!reader) return response;
  const body = new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      const { done, value } = await reader.read().catch(() => ({ done: true, value: undefined }) as const);
      if (done || value === undefined) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason).catch(() => undefined),
  });
  return new Response(body, response);
}

/** What the server said, where it said something; null for a connection that broke. */
function errorsOf(error: unknown): readonly ApiError[] | null {
  if (CombinedProtocolErrors.is(error) || CombinedGraphQLErrors.is(error)) return error.errors as readonly ApiError[];
  if (!ServerError.is(error) || error.statusCode >= 500 || error.statusCode === 429) return null;
  try {
    return (JSON.parse(error.bodyText) as { readonly errors: readonly ApiError[] }).errors;
  } catch {
    return [{ message: error.message }];
  }
}

/** As Apollo's own links say it, so that `error.errors` is there as everywhere else. */
function apolloError(error: OperationError): Error {
  if (error.errors.length === 0) return error;
  return new CombinedGraphQLErrors({ errors: error.errors as never }, error.errors as never);
}
