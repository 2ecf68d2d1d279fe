import { randomUUID } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type { ExecutionResult } from 'graphql';
import type { WebSocket } from 'ws';
import type { LiveSubscription } from '../cohorts/delivery.ts';
import type { Flusher } from '../cohorts/flush.ts';
import { Outbox } from '../cohorts/outbox.ts';
import { background } from '../lib/background.ts';
import type { Clock } from '../lib/clock.ts';
import { type ApiError, messageOf } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import type { DeliveryReport } from '../model/delivery-report.ts';
import type { Connection } from '../schema/context.ts';
import type { DeliveryReports, Reporting } from './delivery-reports.ts';
import { presentError } from './errors.ts';
import type { Beating } from './heartbeat.ts';
import type { Admitted, Dismissal, Sessions } from './identity/sessions.ts';
import type { ConnectionPlace } from './limits/limits.ts';
import type { LimitReached } from './limits/refusals.ts';
import { WebSocketLane } from './websocket-lane.ts';

/** Longest operation id, bytes of JSON: it stands in every frame of the operation. */
const MAX_ID_BYTES = 128;

/** Longest reason of a close frame, by RFC 6455. */
const MAX_REASON_BYTES = 123;

/** Close codes that the official client retries; protocol violations are closed by graphql-ws with its own. */
export const Close = {
  IDLE: 1000,
  RESTART: 1012,
  TRY_LATER: 1013,
  BAD_MESSAGE: 4400,
  FORBIDDEN: 4403,
  ID_IN_USE: 4409,
} as const;

export interface ConnectionServices {
  readonly flusher: Flusher;
  readonly reports: DeliveryReports;
  readonly sessions: Sessions;
  /** Ends the subscriptions of a connection that its identity opened to it, those under way as well. */
  readonly revoke: (connectionId: string, error: ApiError) => void;
  /** Nobody is let in without an identity: who loses it loses the connection. */
  readonly requireIdentity: boolean;
  readonly clock: Clock;
  readonly log: Log;
  readonly heartbeatTimeoutMs: number;
  readonly idleTimeoutMs: number;
}

interface Operation {
  /** As its document names it. */
  readonly name: string | null;
  readonly lane: WebSocketLane;
  subscription: LiveSubscription | null;
  /** All that was there at the subscribing has been written. */
  live: boolean;
}

type Handle = (message: unknown) => Promise<void>;

/** The handling of a subscribe message, from its arrival until nothing of it is under way. */
interface Running {
  /** graphql-ws has it; until then it waits for the one before. */
  started: boolean;
  /** The client wants no more of it. */
  completed: boolean;
  readonly settled: Promise<void>;
}

/**
 * One WebSocket. graphql-ws speaks the protocol; this adapter owns the socket: the order of everything written, the
 * operations by object (not by id, which a client may use again at once), and their clean-up, synchronously at close.
 */
export class WebSocketConnection implements Admitted, Beating, Connection, Reporting {
  readonly sessionId = randomUUID();
  readonly authorization: string | null;
  readonly #ws: WebSocket;
  readonly place: ConnectionPlace;
  readonly #services: ConnectionServices;
  readonly #outbox: Outbox;
  readonly #operations = new Map<string, Operation>();
  /** By id, the handling of its last subscribe message: an id that is used again waits for it to end. */
  readonly #running = new Map<string, Running>();
  #heardAt: number;
  #beatAt = 0;
  #busyAt: number;
  #acknowledged = false;
  #closed = false;
  /** Pings of the protocol that were sent and not answered. */
  #pongsDue = 0;
  #handle: Handle | null = null;

  /** @param authorization the header of its handshake. */
  constructor(
    ws: WebSocket,
    socket: Duplex,
    authorization: string | null,
    place: ConnectionPlace,
    services: ConnectionServices,
  ) {
    this.#ws = ws;
    this.authorization = authorization;
    this.place = place;
    this.#services = services;
    this.#outbox = new Outbox(socket, services.flusher);
    this.#heardAt = services.clock.now();
    this.#busyAt = this.#heardAt;
    ws.on('message', (data) => this.#message(data as Buffer));
    ws.on('pong', (payload) => {
      this.#heardAt = services.clock.now();
      // Answers to pings of ours are free; a flood of others is one of messages.
      if (!this.#outbox.ponged(payload)) this.#charge();
    });
    ws.on('ping', () => this.#charge());
    // A broken frame is answered by ws with its own close code; without a listener it would end the process.
    ws.on('error', (error) => this.log.debug({ reason: messageOf(error) }, 'websocket error'));
  }

  /** Made when there is something to say: ten thousand that are silent hold none. */
  get log(): Log {
    return this.#services.log.child({ connectionId: this.sessionId });
  }

  get protocol(): string {
    return this.#ws.protocol;
  }

  get closed(): boolean {
    return this.#closed;
  }

  get subscriptions(): number {
    return this.#operations.size;
  }

  /** Socket of graphql-ws: everything it says goes through the outbox, behind the frames that wait there. */
  send(message: string): void {
    this.#outbox.text(message);
  }

  onMessage(handle: (data: string) => Promise<void>): void {
    // graphql-ws takes a message that is parsed already: it is parsed once, here.
    this.#handle = handle as unknown as Handle;
  }

  close(code = Close.IDLE as number, reason = ''): void {
    this.#outbox.close();
    this.#ws.close(code, cutToFit(reason));
  }

  acknowledged(): void {
    this.#acknowledged = true;
  }

  /** Makes the lane of an operation that is about to be joined. */
  open(id: string, name: string | null): Operation {
    const operation: Operation = {
      name,
      lane: new WebSocketLane(id, this.#outbox, () => {
        operation.live = true;
        if (operation.subscription) this.#ping([id]);
      }),
      subscription: null,
      live: false,
    };
    this.#operations.set(id, operation);
    return operation;
  }

  operationName(id: string): string | null {
    return this.#operations.get(id)?.name ?? null;
  }

  /** The join has ended. Returns what graphql-ws holds for the life of the operation. */
  joined(
    id: string,
    operation: Operation,
    result: LiveSubscription | ExecutionResult,
  ): LiveSubscription['mailbox'] | ExecutionResult {
    if (!('mailbox' in result)) {
      this.#forget(id, operation);
      return result;
    }
    operation.subscription = result;
    if (this.#closed || this.#operations.get(id) !== operation) result.mailbox.end();
    else if (operation.live) this.#ping([id]);
    return result.mailbox;
  }

  failed(id: string, operation: Operation): void {
    this.#forget(id, operation);
  }

  /** The operation has ended from our side: what it wrote stands before the message that says so. */
  ended(id: string): void {
    const operation = this.#operations.get(id);
    if (operation) this.#forget(id, operation);
  }

  /** Once in each heartbeat interval. */
  beat(now: number): void {
    const { heartbeatTimeoutMs, idleTimeoutMs } = this.#services;
    if (this.#beatAt > this.#heardAt && now - this.#beatAt >= heartbeatTimeoutMs) {
      this.log.debug('dead connection cut');
      this.#ws.terminate();
      return;
    }
    if (this.#operations.size > 0) this.#busyAt = now;
    else if (now - this.#busyAt >= idleTimeoutMs) return this.close(Close.IDLE, 'idle');
    if (!this.#acknowledged) return;
    this.#beatAt = now;
    this.#ping([...this.#operations.keys()]);
  }

  /** Owner subscriptions end with the right to them; the connection with its token, so that its client brings a new one. */
  dismiss(error: ApiError, why: Dismissal): void {
    if (why === 'expired' || (why === 'revoked' && this.#services.requireIdentity))
      return this.close(Close.FORBIDDEN, error.message);
    this.#services.revoke(this.id, error);
  }

  get id(): string {
    return this.sessionId;
  }

  watch(): Promise<void> {
    return this.#services.reports.watch(this);
  }

  report(now: number): DeliveryReport {
    const subscriptions = [...this.#operations].flatMap(([operationId, { subscription }]) => {
      if (!subscription) return [];
      const { field, meter, behind } = subscription;
      const queuedBytes = Math.min(2 ** 31 - 1, behind() * meter.frameBytes);
      const lagMs = { p50: meter.lagMs(0.5), p99: meter.lagMs(0.99) };
      return [{ operationId, field, delivered: meter.delivered, conflated: meter.conflated, queuedBytes, lagMs }];
    });
    const { outstandingBytes: queuedBytes } = this.#outbox;
    return { connectionId: this.sessionId, queuedBytes, subscriptions, timestamp: now, receivedAt: now, stale: false };
  }

  /** The socket is gone: detaches everything now, whatever graphql-ws still waits for. */
  dispose(): void {
    this.#closed = true;
    this.#services.reports.forget(this);
    this.#services.sessions.forget(this.id);
    for (const [id, operation] of [...this.#operations]) this.#forget(id, operation);
    this.#outbox.close();
  }

  #message(data: Buffer): void {
    this.#heardAt = this.#services.clock.now();
    const handle = this.#handle;
    if (!handle || this.#closed) return;
    const message = parse(data);
    if (!message) return this.close(Close.BAD_MESSAGE, 'Invalid message received');
    const { type, id } = message;
    const refused = this.#isFree(type, id) ? null : this.#charge();
    if (this.#closed) return;
    if (typeof id !== 'string') return this.#run(handle, message);
    if (Buffer.byteLength(JSON.stringify(id)) > MAX_ID_BYTES)
      return this.close(Close.BAD_MESSAGE, `An operation id has at most ${MAX_ID_BYTES} bytes`);
    if (type === 'complete') {
      const [operation, running] = [this.#operations.get(id), this.#running.get(id)];
      if (operation) this.#forget(id, operation);
      if (running) running.completed = true;
      return this.#run(handle, message);
    }
    if (type !== 'subscribe') return this.#run(handle, message);
    // An id in use is for graphql-ws to refuse: an error would end the operation that has it.
    if (refused && this.#acknowledged && !this.#running.has(id)) return this.#refuse(id, refused);
    this.#subscribe(handle, message, id);
  }

  /** The answer to a ping of ours and the end of an operation cost nothing: a client must never have to hold them back. */
  #isFree(type: unknown, id: unknown): boolean {
    if (type === 'pong' && this.#pongsDue > 0) {
      this.#pongsDue--;
      return true;
    }
    return type === 'complete' && typeof id === 'string' && this.#running.get(id)?.completed === false;
  }

  /**
   * Counts a message. An operation that comes too soon is refused; a client that goes on nevertheless is told to come
   * back later, since refusing costs as well.
   * @returns why an operation is refused; null when it may run.
   */
  #charge(): LimitReached | null {
    const { messages } = this.place;
    const refused = messages.charge(this.#outbox.outstandingBytes);
    if (refused && messages.isSpent) {
      this.close(Close.TRY_LATER, refused.message);
      this.#closed = true;
    }
    return refused;
  }

  #refuse(id: string, refused: LimitReached): void {
    const { clock, log } = this.#services;
    const facts = { requestId: randomUUID(), connectionId: this.id, subscriptionId: id, now: clock.now() };
    const error = presentError(refused, facts, log);
    this.#outbox.text(JSON.stringify({ id, type: 'error', payload: [error] }));
  }

  /**
   * graphql-ws keys its operations by id: a `subscribe` that uses the id of one that was just completed would be ended
   * in its place, and its source leak. It waits until the old one is over, and may be completed while it waits. An id in
   * use is refused by graphql-ws, or here where graphql-ws has not heard of it yet.
   */
  #subscribe(handle: Handle, message: unknown, id: string): void {
    const before = this.#running.get(id);
    if (before && !before.completed && !before.started)
      return this.close(Close.ID_IN_USE, `Subscriber for ${id} already exists`);
    const { promise, resolve } = Promise.withResolvers<void>();
    const running: Running = { started: false, completed: false, settled: promise };
    this.#running.set(id, running);
    const run = async () => {
      if (before?.completed) await before.settled;
      if (!running.completed && !this.#closed) {
        running.started = true;
        await handle(message).catch((error: unknown) => this.#broken(error));
      }
      if (this.#running.get(id) === running) this.#running.delete(id);
      resolve();
    };
    background('operation', run(), this.log.child({ subscriptionId: id }));
  }

  #run(handle: Handle, message: unknown): void {
    handle(message).catch((error: unknown) => this.#broken(error));
  }

  #broken(error: unknown): void {
    this.log.warn({ reason: messageOf(error) }, 'message not handled');
    this.close(Close.BAD_MESSAGE, 'Invalid message received');
  }

  #forget(id: string, operation: Operation): void {
    operation.lane.close();
    operation.subscription?.mailbox.end();
    if (this.#operations.get(id) === operation) this.#operations.delete(id);
  }

  /** A Ping of the protocol, which a browser's client sees: which operations live, and how far each has come. */
  #ping(ids: readonly string[]): void {
    const live = ids.filter((id) => this.#operations.get(id)?.live);
    const progress: Record<string, string> = {};
    for (const id of live) {
      const cursor = this.#operations.get(id)?.subscription?.progress();
      if (cursor) progress[id] = cursor;
    }
    const serverTime = new Date(this.#services.clock.now()).toISOString();
    this.#pongsDue++;
    const renewBefore = this.#services.sessions.renewBefore(this.id);
    const renewal = renewBefore !== null && { renewBefore: new Date(renewBefore).toISOString() };
    this.#outbox.text(JSON.stringify({ type: 'ping', payload: { serverTime, live, progress, ...renewal } }));
  }
}

/** A reason may hold what a client sent: of one that is too long `ws` makes an exception in the place of a close frame. */
function cutToFit(reason: string): string {
  // Whole characters only.
  return new StringDecoder('utf8').write(Buffer.from(reason).subarray(0, MAX_REASON_BYTES));
}

function parse(data: Buffer): { readonly type?: unknown; readonly id?: unknown } | null {
  try {
    const message: unknown = JSON.parse(data.toString());
    return message !== null && typeof message === 'object' && !Array.isArray(message) ? message : null;
  } catch {
    return null;
  }
}
