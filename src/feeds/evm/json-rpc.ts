import { z } from 'zod';

/** A node that has refused: what it said, and whether asking later may help. */
export class NodeError extends Error {
  override readonly name = 'NodeError';
  /** JSON-RPC's own, or the HTTP status; null where there was none. */
  readonly code: number | null;

  constructor(message: string, code: number | null = null) {
    super(message);
    this.code = code;
  }

  /** It wants to be asked less often. */
  get rateLimited(): boolean {
    return this.code === 429 || this.code === -32_005 || /rate limit|too many requests/i.test(this.message);
  }

  /** It does not know the method. */
  get unknownMethod(): boolean {
    return this.code === -32_601 || /method .*(not found|not supported|does not exist|unavailable)/i.test(this.message);
  }
}

/** One way to a node. Every call ends: with an answer, with a {@link NodeError}, or after a time-out with one. */
export interface JsonRpc {
  call(method: string, params: readonly unknown[]): Promise<unknown>;
  close(): void;
}

/** Longest wait for an answer, milliseconds. A block's receipts of a busy chain take a public node two seconds. */
export const CALL_TIMEOUT_MS = 15_000;

/** Longest answer taken, bytes: the receipts of the largest blocks have some ten million. */
export const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

const Failure = z.object({ code: z.number(), message: z.string() });

/** An answer or a refusal. A notification has a method and no id. */
export const Envelope = z.object({
  id: z.number().nullish(),
  result: z.unknown().optional(),
  error: Failure.optional(),
  method: z.string().optional(),
});
export type Envelope = z.infer<typeof Envelope>;

/** @throws NodeError when it holds a refusal. */
export function resultOf({ result, error }: Envelope): unknown {
  // A node's message may hold the URL that it was asked by, and with it a key; nothing longer than a sentence is kept.
  if (error !== undefined) throw new NodeError(error.message.slice(0, 200), error.code);
  return result ?? null;
}
