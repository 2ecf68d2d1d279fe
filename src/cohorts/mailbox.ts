/** What the mailbox tells whoever feeds it. */
export type MailboxClosed = () => void;

/** A mailbox to whoever only ends it. */
export interface Ending {
  readonly closed: boolean;
  end(error?: Error | null): void;
}

/**
 * The one iterator of the project: what a subscription field's `subscribe` returns, and what a transport holds for the
 * life of the operation.
 *
 * It yields nothing. Frames go from the cohort straight to the socket, encoded once for all; the transport's loop only
 * learns from it how the operation ends. `return()` detaches before it returns: a native async generator parked on an
 * await never sees `return()` and would leak its source on a quiet topic.
 */
export class Mailbox<Request, Frame = never> implements AsyncIterableIterator<Frame>, Ending {
  /** What the field asked for. */
  readonly request: Request;
  #ended: { readonly error: Error | null } | null = null;
  #waiting: { resolve: (result: IteratorResult<Frame>) => void; reject: (error: Error) => void } | null = null;
  #onClosed: MailboxClosed | null = null;

  constructor(request: Request) {
    this.request = request;
  }

  /** True once it has ended from either side. */
  get closed(): boolean {
    return this.#ended !== null;
  }

  /** Registers the one that must be told when the operation ends, from whichever side, once. At once if it has. */
  onClosed(closed: MailboxClosed): void {
    if (this.#ended) closed();
    else this.#onClosed = closed;
  }

  /** Ends the operation from our side: normally, or with the error that the client is told as its last frame. */
  end(error: Error | null = null): void {
    if (this.#ended) return;
    const waiting = this.#waiting;
    this.#waiting = null;
    // Told once: to the pull that waits, or else to the next one.
    this.#ended = { error: waiting ? null : error };
    this.#detach();
    if (!waiting) return;
    if (error) waiting.reject(error);
    else waiting.resolve({ done: true, value: undefined });
  }

  next(): Promise<IteratorResult<Frame>> {
    const ended = this.#ended;
    if (!ended) return new Promise((resolve, reject) => (this.#waiting = { resolve, reject }));
    this.#ended = { error: null };
    return ended.error ? Promise.reject(ended.error) : Promise.resolve({ done: true, value: undefined });
  }

  return(): Promise<IteratorResult<Frame>> {
    this.end();
    return Promise.resolve({ done: true, value: undefined });
  }

  throw(error: unknown): Promise<IteratorResult<Frame>> {
    this.end();
    return Promise.reject(error);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #detach(): void {
    const closed = this.#onClosed;
    this.#onClosed = null;
    closed?.();
  }
}
