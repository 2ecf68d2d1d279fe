import { Signal } from './frames.ts';

/** How a subscription is: waiting for its first frames, live, cut off and coming back, for who has signed in alone, or ended by an error. */
export type StreamState = 'connecting' | 'live' | 'resuming' | 'private' | 'failed';

export interface StreamStatus {
  readonly state: StreamState;
  /** Why it ended, in words; null unless `failed`. */
  readonly error: string | null;
  /** Asks again, from the beginning. */
  retry(): void;
}

/** What takes the frames of one subscription. */
export interface Sink<Value> {
  next(value: Value): void;
  /** What came before does not lead to what comes next: forget it. */
  restart(): void;
  status(status: StreamStatus): void;
}

const CONNECTING: StreamStatus = { state: 'connecting', error: null, retry: () => undefined };

/** The part that all collections of a stream share: how the stream is. */
export abstract class Collection<Value> implements Sink<Value> {
  /** Changes of what belongs to it, and of its status. */
  readonly changes = new Signal();
  #status = CONNECTING;

  abstract next(value: Value): void;
  abstract restart(): void;
  abstract get isEmpty(): boolean;

  status(status: StreamStatus): void {
    this.#status = status;
    this.changes.mark();
  }

  readonly currentStatus = (): StreamStatus => this.#status;
}
