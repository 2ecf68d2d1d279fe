import type { IncomingMessage, ServerResponse } from 'node:http';
import { beginSpan, isTracing, type Span, type SpanOptions, traced } from '../lib/tracing.ts';
import type { PreparedOperation } from './operation.ts';

const spans = new WeakMap<IncomingMessage, Span>();

/** The methods that a name of a span may hold: others are anything that somebody sends. */
const METHODS = new Set(['GET', 'POST', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'PATCH']);

/** An answer of 500 and above is our fault. */
const OURS = 500;

/** The span of a request lasts until it is answered; of a stream, until that stands. */
export function traceRequest(
  request: IncomingMessage,
  response: ServerResponse,
  { path, route }: { readonly path: string; readonly route: string | null },
  work: () => void,
): void {
  if (!isTracing()) return work();
  const method = METHODS.has(request.method ?? '') ? String(request.method) : 'HTTP';
  const span = beginSpan(route === null ? method : `${method} ${route}`, {
    kind: 'server',
    parent: traceparentIn(request.headers['traceparent']),
    attributes: {
      'http.request.method': method === 'HTTP' ? '_OTHER' : method,
      'url.path': path,
      'url.scheme': 'http',
      ...(route !== null && { 'http.route': route }),
    },
  });
  spans.set(request, span);
  response.once('close', () => endRequestSpan(request, response));
  span.run(work);
}

/** A stream stands: it may go on for days. */
export function endRequestSpan(request: IncomingMessage, { statusCode: status }: ServerResponse): void {
  const span = spans.get(request);
  span?.set({ 'http.response.status_code': status });
  if (status >= OURS) span?.fail(new Error(`answered with ${status}`));
  span?.end();
}

/** What a caller gives as the trace that it is in; null where it gives nothing. */
export function traceparentIn(given: unknown): string | null {
  return typeof given === 'string' ? given : null;
}

/** By its kind, for a name is anything that a caller likes. */
export function operationSpanName({ operation }: PreparedOperation): string {
  return operation.operation;
}

export function operationAttributes({ operation, cost }: PreparedOperation): NonNullable<SpanOptions['attributes']> {
  return {
    'graphql.operation.type': operation.operation,
    ...(operation.name && { 'graphql.operation.name': operation.name.value }),
    'tidewire.complexity': cost.complexity,
  };
}

/** An operation that came over HTTP: part of its request. */
export function traceOperation<T>(prepared: PreparedOperation, work: (span: Span) => T): T {
  return traced(operationSpanName(prepared), { attributes: operationAttributes(prepared) }, work);
}

/** Tells that an operation was answered with errors. */
export function toldErrors(
  span: Span,
  errors: readonly { readonly extensions: Readonly<Record<string, unknown>> }[],
): void {
  const [first] = errors;
  if (!first) return;
  const code = String(first.extensions['code']);
  span.set({ 'error.type': code });
  if (code === 'INTERNAL_SERVER_ERROR') span.fail(new OperationFailed(code));
}

class OperationFailed extends Error {
  override readonly name = 'INTERNAL_SERVER_ERROR';
}
