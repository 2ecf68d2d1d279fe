import { GraphQLError } from 'graphql';
import { ApiError, ERROR_CODES, messageOf } from '../lib/errors.ts';
import { Tally } from '../lib/histogram.ts';
import type { Log } from '../lib/log.ts';
import type { Correlation } from './requests.ts';

/** What every error of one request carries, so that a report of it can be found in the log. */
export interface RequestFacts extends Correlation {
  readonly now: number;
}

const MASKED = 'Something went wrong on our side. Quote the requestId when you report it.';

/** Errors that callers of this process were told, by code. */
export const presentedErrors = new Tally();

/**
 * An error as the client may see it: what the caller did, word for word; what we did wrong, only that it happened. The
 * cause of the latter goes to the log under the same request id.
 */
export function presentError(thrown: unknown, facts: RequestFacts, log: Log): GraphQLError {
  const error = presented(thrown, facts, log);
  const code = String(error.extensions['code']);
  presentedErrors.add(code);
  const { now: _, ...correlation } = facts;
  log.debug({ ...correlation, code, reason: error.message }, 'told an error');
  return error;
}

function presented(thrown: unknown, facts: RequestFacts, log: Log): GraphQLError {
  const { now, ...correlation } = facts;
  const told = { requestId: facts.requestId, timestamp: new Date(now).toISOString() };
  const error = thrown instanceof GraphQLError ? thrown : null;
  const cause = rootCause(thrown);
  if (cause instanceof ApiError) return located(cause.message, error, { ...cause.extensions, ...told });
  if (error && isCallers(error, cause))
    return located(error.message, error, { ...error.extensions, code: codeOf(error), ...told });
  log.error({ ...correlation, err: cause }, `request failed: ${messageOf(cause)}`);
  return located(MASKED, error, { code: 'INTERNAL_SERVER_ERROR', ...told });
}

/** What lies at the bottom: graphql-js wraps what resolvers throw, and what it throws itself while it reads arguments. */
export function rootCause(error: unknown): unknown {
  let cause: unknown = error;
  while (cause instanceof GraphQLError && cause.originalError) cause = cause.originalError;
  return cause;
}

/** Errors of the document, its variables and arguments, as graphql-js words them; not what a resolver threw. */
function isCallers(error: GraphQLError, cause: unknown): boolean {
  return cause instanceof GraphQLError || error.path === undefined;
}

/** Libraries have codes of their own for what is wrong with a request; clients switch over ours. */
function codeOf({ extensions: { code } }: GraphQLError): string {
  return ERROR_CODES.some((known) => known === code) ? String(code) : 'BAD_USER_INPUT';
}

/** The same error with more, or other, extensions. */
export function extended(error: GraphQLError, extensions: Readonly<Record<string, unknown>>): GraphQLError {
  return located(error.message, error, { ...error.extensions, ...extensions });
}

function located(message: string, error: GraphQLError | null, extensions: Record<string, unknown>): GraphQLError {
  return new GraphQLError(message, {
    extensions,
    ...(error?.nodes && { nodes: error.nodes }),
    ...(error?.source && { source: error.source }),
    ...(error?.positions && { positions: error.positions }),
    ...(error?.path && { path: error.path }),
  });
}
