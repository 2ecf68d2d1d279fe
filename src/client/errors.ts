/** An error of the API, as it comes over the wire: `extensions.code` is one of the schema's `ErrorCode`. */
export interface ApiError {
  readonly message: string;
  readonly extensions?: {
    readonly code?: string;
    readonly argument?: string;
    readonly retryAfterMs?: number;
    readonly resumeCursor?: string;
    readonly [name: string]: unknown;
  };
}

/** Why an operation ended for good. */
export class OperationError extends Error {
  override readonly name = 'OperationError';
  /** What the server said; empty where the connection ended for good. */
  readonly errors: readonly ApiError[];
  /** The code of the first of them. */
  readonly code: string | null;

  constructor(message: string, errors: readonly ApiError[] = []) {
    super(message);
    this.errors = errors;
    this.code = errors[0]?.extensions?.code ?? null;
  }
}

/** Whatever a transport ends an operation with, as one class. */
export function operationError(cause: unknown): OperationError {
  if (cause instanceof OperationError) return cause;
  if (Array.isArray(cause)) {
    const errors = cause as readonly ApiError[];
    return new OperationError(errors[0]?.message ?? 'The operation failed.', errors);
  }
  if (cause instanceof Error) return new OperationError(cause.message);
  const { code, reason } = (cause ?? {}) as { readonly code?: number; readonly reason?: string };
  return new OperationError(`The connection was closed: ${code ?? 'no code'} ${reason ?? ''}`.trim());
}
