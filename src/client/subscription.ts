import { type ApiError, type OperationError, operationError } from './errors.ts';
import { apart, Changing, type Observable } from './observable.ts';
import { backoffMs, pause } from './pause.ts';
import type { Resumable } from './resumable.ts';
import type { Transport, TransportSink, WireOperation, WireResult } from './transport.ts';

/**
 * How a subscription stands. `connecting`: nothing complete yet. `live`: the server has said that everything was given.
 * `stale`: the connection is lost or silent, and what is shown may be old. `resuming`: connected again, catching up.
 * `closed`: it has ended.
 */
export type Status = 'connecting' | 'live' | 'stale' | 'resuming' | 'closed';

/** A stream that did not simply go on. */
export interface Restart {
  /** The server's code: `CURSOR_EXPIRED`, `SLOW_CONSUMER`, ... */
  readonly code: string;
  readonly message: string;
  /** True when events may be missing: read what is shown anew. False when it went on after the last one given. */
  readonly lost: boolean;
}

export interface Observer<Result> {
  next(data: Result): void;
  /** The stream was begun anew, and why. A snapshot, or what happens from now on, follows. */
  restarted?(restart: Restart): void;
  /** It has ended for good. Without this, the error is thrown where nobody catches it. */
  error?(error: OperationError): void;
  complete?(): void;
  status?(status: Status): void;
}

export interface Subscription {
  readonly status: Observable<Status>;
  /** The newest cursor: of an event, or of the progress that the server told. Null for a state field. */
  readonly cursor: string | null;
  unsubscribe(): void;
}

/** Failures of one event's execution that are tried again before the application is told. */
const MAX_FAILURES = 5;

/** One operation over one transport: keeps its cursor, and takes it up again after whatever a client can mend. */
export class ResumingSubscription implements Subscription, TransportSink {
  readonly #transport: Transport;
  readonly #operation: WireOperation;
  readonly #resumable: Resumable;
  readonly #observer: Observer<WireResult>;
  readonly #status = new Changing<Status>('connecting');
  readonly #ended = new AbortController();
  /** What `last` began with, for a stream that begins anew. */
  readonly #last: unknown;
  #stop: (() => void) | null = null;
  #cursor: string | null = null;
  /** It was live once: what is connecting now has been seen before. */
  #wasLive = false;
  #wasSent = false;
  /** Attempts since it was last live. */
  #attempts = 0;
  #renewed = false;

  constructor(transport: Transport, operation: WireOperation, plan: Resumable, observer: Observer<WireResult>) {
    this.#transport = transport;
    this.#operation = operation;
    this.#resumable = plan;
    this.#observer = observer;
    this.#last = plan.last === null ? null : operation.variables[plan.last];
    const given = plan.after === null ? null : operation.variables[plan.after];
    if (typeof given === 'string') this.#moveTo(given);
    this.#status.subscribe((status) => observer.status?.(status));
  }

  get status(): Observable<Status> {
    return this.#status;
  }

  get cursor(): string | null {
    return this.#cursor;
  }

  start(): void {
    if (this.#ended.signal.aborted) return;
    this.#stop = this.#transport.start(this.#operation, this);
  }

  unsubscribe(): void {
    this.#end();
  }

  sent(): void {
    this.#wasSent = true;
    this.#status.set(this.#wasLive ? 'resuming' : 'connecting');
  }

  lost(): void {
    if (this.#resumable.kind === 'mutation' && this.#wasSent) {
      // Sent again it might be done twice.
      this.failed(new Error('The connection was lost: it is not known whether the mutation was carried out.'));
      return;
    }
    this.#status.set(this.#wasLive ? 'stale' : 'connecting');
  }

  live(): void {
    this.#wasLive = true;
    this.#renewed = false;
    this.#attempts = 0;
    this.#status.set('live');
  }

  progress(cursor: string): void {
    if (this.#resumable.isEvent) this.#moveTo(cursor);
  }

  next(result: WireResult): void {
    const { isEvent, key, cursorKey, kind } = this.#resumable;
    // Over HTTP the last frame of a subscription carries its errors.
    if (kind === 'subscription' && result.errors?.length) return this.failed(result.errors);
    const value = result.data?.[key];
    if (isEvent && value !== null && typeof value === 'object') {
      const cursor = (value as Record<string, unknown>)[cursorKey];
      if (typeof cursor === 'string') this.#moveTo(cursor);
    }
    apart(() => this.#observer.next(result));
  }

  completed(): void {
    if (this.#ended.signal.aborted) return;
    this.#end();
    apart(() => this.#observer.complete?.());
  }

  failed(cause: unknown): void {
    if (this.#ended.signal.aborted) return;
    this.#stop = null;
    const error = operationError(cause);
    const details = error.errors[0]?.extensions;
    const isLive = this.#resumable.kind === 'subscription';
    if (isLive && this.#takenUp(error.code, details)) return;
    this.#end();
    const { error: tell } = this.#observer;
    apart(() => {
      if (!tell) throw error;
      this.#observer.error?.(error);
    });
  }

  /** What each code asks of a client (PROTOCOL.md, how an operation ends). @returns false where it can do nothing. */
  #takenUp(code: string | null, details: ApiError['extensions']): boolean {
    const resumeCursor = this.#resumable.isEvent ? (details?.resumeCursor ?? null) : null;
    if (code === 'CURSOR_EXPIRED' || (code === 'FORBIDDEN' && details?.argument === 'after')) {
      if (this.#cursor === null) return false;
      this.#forget();
      this.#restarted(code, true);
      this.#again(0);
      return true;
    }
    if (code === 'SLOW_CONSUMER') {
      if (resumeCursor !== null) this.#moveTo(resumeCursor);
      this.#restarted(code, false);
      this.#again(0);
      return true;
    }
    if (code === 'INTERNAL_SERVER_ERROR' && this.#attempts < MAX_FAILURES) {
      // After the event that failed, not before it for ever.
      if (resumeCursor !== null) this.#moveTo(resumeCursor);
      this.#restarted(code, resumeCursor !== null);
      this.#again(details?.retryAfterMs);
      return true;
    }
    if (code === 'UNAVAILABLE' || code === 'RATE_LIMITED') {
      this.#again(details?.retryAfterMs);
      return true;
    }
    if (code === 'UNAUTHENTICATED' && this.#transport.renew && !this.#renewed) {
      this.#renewed = true;
      this.#status.set('stale');
      // Whether or not there is a newer one: the server says again why it refuses.
      this.#transport.renew().then(
        () => this.start(),
        () => this.start(),
      );
      return true;
    }
    return false;
  }

  /** @param leastMs what the server asked for; a first attempt with 0 is made at once. */
  #again(leastMs = 1): void {
    const attempt = this.#attempts++;
    const ms = leastMs === 0 && attempt === 0 ? 0 : Math.max(leastMs, backoffMs(attempt));
    this.#status.set(this.#wasLive ? 'stale' : 'connecting');
    pause(ms, this.#ended.signal).then(
      () => this.start(),
      () => undefined,
    );
  }

  #restarted(code: string, lost: boolean): void {
    const message = lost ? 'Some events are kept no longer: the stream begins anew.' : 'The stream was taken up again.';
    apart(() => this.#observer.restarted?.({ code, message, lost }));
  }

  /** Whatever is sent from now on begins after this cursor. */
  #moveTo(cursor: string): void {
    this.#cursor = cursor;
    const { after, last } = this.#resumable;
    if (after !== null) this.#operation.variables[after] = cursor;
    if (last !== null) this.#operation.variables[last] = null;
  }

  #forget(): void {
    this.#cursor = null;
    const { after, last } = this.#resumable;
    if (after !== null) this.#operation.variables[after] = null;
    if (last !== null) this.#operation.variables[last] = this.#last;
  }

  #end(): void {
    const stop = this.#stop;
    this.#stop = null;
    this.#ended.abort();
    this.#status.set('closed');
    stop?.();
  }
}
