import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { currentTraceId } from '../lib/tracing.ts';

/** By what a line of the log, an error and the answer to a request are found again in each other. */
export interface Correlation {
  readonly requestId: string;
  /** Of a WebSocket, as `connection_ack` has told it. */
  readonly connectionId?: string;
  /** The id that the client gave to an operation of its WebSocket. */
  readonly subscriptionId?: string;
  readonly operation?: string | null;
}

/** Tells a request's id back, on an answer and on a handshake. */
export const REQUEST_ID_HEADER = 'x-request-id';

/** What is taken from a caller stands in logs and headers as it is: nothing that means something there, and not without end. */
const SAFE_ID = /^[\w.:=+/@-]{1,128}$/;

/** W3C Trace Context: version, trace, span, flags. */
const TRACEPARENT = /^(?!ff)[\da-f]{2}-(?!0{32})([\da-f]{32})-(?!0{16})[\da-f]{16}-[\da-f]{2}/;

/** Also of those that came over a connection which is long gone: with the request, its entry goes. */
const correlations = new WeakMap<IncomingMessage, { readonly requestId: string; operation: string | null }>();

/** The id that a proxy or the caller has given a request, else that of the trace it belongs to, else a new one. */
export function correlationOf(request: IncomingMessage): Correlation {
  const known = correlations.get(request);
  if (known) return known;
  const given = request.headers[REQUEST_ID_HEADER];
  const [, trace = null] = TRACEPARENT.exec(String(request.headers['traceparent'])) ?? [];
  const requestId =
    typeof given === 'string' && SAFE_ID.test(given) ? given : (trace ?? currentTraceId() ?? randomUUID());
  const made = { requestId, operation: null };
  correlations.set(request, made);
  return made;
}

/** It is known by now which operation a request asks for. */
export function nameOperation(request: IncomingMessage, operation: string | null): void {
  const known = correlations.get(request);
  if (known) known.operation = operation;
}

/** Tells the id of a request with its answer, and what became of it in the log of who debugs. */
export function openRequest(
  request: IncomingMessage,
  response: ServerResponse,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): void {
  const correlation = correlationOf(request);
  response.setHeader(REQUEST_ID_HEADER, correlation.requestId);
  if (!log.isLevelEnabled('debug')) return;
  const began = clock.now();
  response.once('close', () => {
    // Without what follows the path: it may hold variables.
    const [path = '/'] = (request.url ?? '/').split('?');
    const { statusCode: status, writableFinished: whole } = response;
    log.debug({ ...correlation, method: request.method, path, status, whole, ms: clock.now() - began }, 'answered');
  });
}
