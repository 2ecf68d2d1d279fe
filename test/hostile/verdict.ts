import { ERROR_CODES } from '../../src/lib/errors.ts';

/** What is wrong with an answer to something hostile; null for nothing. */
export type Fault = string | null;

const CODES: ReadonlySet<unknown> = new Set(ERROR_CODES);

/** Answered by status and for a reason, though the number looks like ours. */
const INNOCENT_STATUS = new Set([501, 503, 505]);

/** Whether an answer over HTTP is one that a server in good health gives to a bad request. */
export function faultOfStatus(status: number): Fault {
  return status >= 500 && !INNOCENT_STATUS.has(status) ? `status ${status}` : null;
}

/** Whether errors say whose fault it was, and where: never ours, whatever was asked. */
export function faultOfErrors(errors: unknown): Fault {
  if (!Array.isArray(errors) || errors.length === 0) return 'errors is no list with an error in it';
  for (const error of errors) {
    const { message, locations, extensions } = error as Record<string, unknown>;
    const { code, limit } = (extensions ?? {}) as Record<string, unknown>;
    if (typeof message !== 'string' || message === '') return 'an error without a message';
    if (!CODES.has(code)) return `an error of the code ${String(code)}: ${message}`;
    if (code === 'INTERNAL_SERVER_ERROR') return message;
    // What is over a limit was not read to its end.
    if (code === 'GRAPHQL_PARSE_FAILED' && limit === undefined && !(Array.isArray(locations) && locations.length > 0))
      return `a syntax error that says not where: ${message}`;
  }
  return null;
}

/** Whether a GraphQL result is one: data, or errors that say whose fault it was. */
export function faultOfResult(result: unknown): Fault {
  if (typeof result !== 'object' || result === null) return 'a result that is no object';
  const { data, errors } = result as Record<string, unknown>;
  if (errors !== undefined) return faultOfErrors(errors);
  return data === undefined ? 'a result without data and errors' : null;
}

/**
 * Codes with which a WebSocket may be closed for what was sent on it. Others that the official client takes for fatal would be our
 * fault told as the client's; 1008 is what ws says to a message of too many fragments.
 */
const CLOSE_CODES: ReadonlySet<number> = new Set([
  1000, 1001, 1002, 1003, 1005, 1006, 1007, 1008, 1009, 1012, 1013, 4400, 4401, 4403, 4406, 4408, 4409, 4429,
]);

export function faultOfClose(code: number): Fault {
  return CLOSE_CODES.has(code) ? null : `closed with ${code}`;
}
