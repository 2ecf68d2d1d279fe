/** Every code a caller can meet in `extensions.code`, also the `ErrorCode` enum of the schema. */
export const ERROR_CODES = [
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'PERSISTED_QUERY_NOT_FOUND',
  'BAD_USER_INPUT',
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'NOT_FOUND',
  'CONFLICT',
  'CURSOR_EXPIRED',
  'SLOW_CONSUMER',
  'RATE_LIMITED',
  'TOO_MANY_SUBSCRIPTIONS',
  'TOO_MANY_CONNECTIONS',
  'QUERY_TOO_COMPLEX',
  'UNAVAILABLE',
  'INTERNAL_SERVER_ERROR',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** What an error tells beyond its message; each becomes a member of `extensions`. */
export interface ErrorDetails {
  /** The argument that was wrong, as a path: `filter.symbols`. */
  readonly argument?: string;
  /** What would have been right: a range, a list of names. */
  readonly allowed?: string | readonly string[];
  /** The limit that was met. */
  readonly limit?: number;
  /** When to try again, milliseconds from now. */
  readonly retryAfterMs?: number;
  /** Where a stream can be taken up again. */
  readonly resumeCursor?: string;
}

/**
 * Something the caller did, or must know: it is told as it stands, with its code. Every other error is ours, and the
 * caller is told only that it happened.
 */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message);
    this.code = code;
    this.details = details;
  }

  /** As a client sees it: graphql-js copies this member of an original error to the error it reports. */
  get extensions(): Readonly<Record<string, unknown>> {
    return { code: this.code, ...this.details };
  }
}

/** `BAD_USER_INPUT` for one argument, saying what is allowed. */
export function badInput(argument: string, message: string, allowed?: string | readonly string[]): ApiError {
  return new ApiError('BAD_USER_INPUT', message, allowed === undefined ? { argument } : { argument, allowed });
}

/** The message of anything thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
