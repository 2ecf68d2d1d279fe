import { ApiError, type ErrorCode, type ErrorDetails } from '../lib/errors.ts';

/** Codes of errors by the status that tells them; any other status is about what was sent. */
const CODES: Readonly<Record<number, ErrorCode>> = { 403: 'FORBIDDEN', 503: 'UNAVAILABLE' };

/** A request that holds no operation which may run: it is answered by status, not within a stream. */
export class RequestRefused extends ApiError {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    message: string,
    details: ErrorDetails = {},
    headers: Readonly<Record<string, string>> = {},
    code: ErrorCode = CODES[status] ?? 'BAD_USER_INPUT',
  ) {
    super(code, message, details);
    this.status = status;
    this.headers = headers;
  }
}
