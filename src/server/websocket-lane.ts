import { nextPrefix } from '../cohorts/frame.ts';
import type { Lane } from '../cohorts/lane.ts';
import type { Outbox } from '../cohorts/outbox.ts';

/** One operation on a WebSocket. Frames that cohorts offer it go into the socket's outbox under its id. */
export class WebSocketLane implements Lane {
  onRoom: (() => void) | null = null;
  readonly #outbox: Outbox;
  readonly #prefix: Buffer;
  readonly #onLive: () => void;
  #closed = false;

  constructor(operationId: string, outbox: Outbox, onLive: () => void) {
    this.#outbox = outbox;
    this.#prefix = nextPrefix(operationId);
    this.#onLive = onLive;
  }

  get blocked(): boolean {
    if (this.#closed) return true;
    if (!this.#outbox.blocked) return false;
    // Whoever finds the lane blocked is owed a call when it is not.
    this.#outbox.wait(this);
    return true;
  }

  next(payload: Buffer): void {
    if (!this.#closed) this.#outbox.next(this.#prefix, payload);
  }

  live(): void {
    if (!this.#closed) this.#onLive();
  }

  /** Nothing is written for this operation any more: the client has completed it, or the socket is gone. */
  close(): void {
    this.#closed = true;
    this.#outbox.forget(this);
  }
}
