import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GraphQLError } from 'graphql';
import type { Delivery } from '../cohorts/delivery.ts';
import type { Flusher } from '../cohorts/flush.ts';
import type { Mailbox } from '../cohorts/mailbox.ts';
import { background } from '../lib/background.ts';
import type { Clock } from '../lib/clock.ts';
import type { ApiError } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import type { Identity } from '../model/identity.ts';
import type { Caller, Context } from '../schema/context.ts';
import { presentError } from './errors.ts';
import { acceptedStream, type StreamAccept, type StreamProtocol } from './event-stream-accept.ts';
import type { Framing } from './event-stream-framing.ts';
import { EventStreamLane } from './event-stream-lane.ts';
import { HeartbeatWheel } from './heartbeat.ts';
import type { Authenticator } from './identity/authenticator.ts';
import type { Sessions } from './identity/sessions.ts';
import type { Place } from './limits/door.ts';
import type { Limits } from './limits/limits.ts';
import { createMultipartFraming } from './multipart-framing.ts';
import type { Operations, PreparedOperation } from './operation.ts';
import { allowsOrigin, corsHeaders, originRefused } from './origins.ts';
import { answerRefused } from './refused-answer.ts';
import { readParams } from './request-params.ts';
import { RequestRefused } from './request-refused.ts';
import { endRequestSpan, traceOperation } from './request-span.ts';
import { correlationOf, nameOperation } from './requests.ts';
import { createSseFraming } from './sse-framing.ts';

export interface EventStreamServices {
  readonly operations: Operations;
  readonly limits: Limits;
  readonly delivery: Delivery<Context>;
  readonly flusher: Flusher;
  readonly clock: Clock;
  readonly log: Log;
  readonly authenticator: Authenticator;
  readonly sessions: Sessions;
  readonly requireIdentity: boolean;
  readonly makeContext: (caller: Caller) => Context;
  readonly heartbeatIntervalMs: number;
  /** Null: any. */
  readonly allowedOrigins: readonly string[] | null;
  /** Answers everything that is no subscription; the body that was read already stands in `body`, as frameworks do it. */
  readonly answer: (request: IncomingMessage & { body?: string }, response: ServerResponse) => unknown;
}

/** When to come back to a server that restarts, milliseconds. */
const RESTART_MS = 1_000;

/** A subscription that may run, or why it may not; both are told within the stream. */
type Asked = PreparedOperation | readonly GraphQLError[];

/** Subscriptions over HTTP responses, one for each operation: server-sent events and Apollo's multipart protocol. */
export class EventStreams {
  readonly #services: EventStreamServices;
  readonly #framings: Readonly<Record<StreamProtocol, Framing>> = {
    sse: createSseFraming(),
    multipart: createMultipartFraming(),
  };
  readonly #beatMs: number;
  readonly #wheel: HeartbeatWheel;
  readonly #open = new Map<EventStreamLane, { readonly framing: Framing; readonly request: IncomingMessage }>();
  #draining = false;

  constructor(services: EventStreamServices) {
    this.#services = services;
    this.#beatMs = Math.min(services.heartbeatIntervalMs, this.#framings.multipart.maxHeartbeatMs);
    this.#wheel = new HeartbeatWheel(services.clock, this.#beatMs);
  }

  get streams(): number {
    return this.#open.size;
  }

  /** False, and nothing done, when the reader takes no stream. */
  handle(request: IncomingMessage, response: ServerResponse): boolean {
    const accept = acceptedStream(request.headers.accept);
    if (!accept || (request.method !== 'GET' && request.method !== 'POST')) return false;
    const log = this.#services.log.child(correlationOf(request));
    background('event stream', this.#serve(accept, request, response), log);
    return true;
  }

  /** Ends every stream in such a way that its reader comes back, with what it has. */
  drain(): void {
    this.#draining = true;
    for (const [lane, { framing, request }] of this.#open)
      lane.end(framing.restarting(this.#present([restart()], request)[0]));
  }

  close(): void {
    this.#wheel.stop();
  }

  async #serve(accept: StreamAccept, request: IncomingMessage, response: ServerResponse): Promise<void> {
    let asked: Asked | null;
    try {
      asked = await this.#asked(accept, request);
    } catch (error) {
      return this.#refuse(error, request, response);
    }
    if (response.destroyed) return;
    if (!asked) return void this.#services.answer(request, response);
    await this.#letIn(this.#framings[accept.protocol], asked, request, response);
  }

  /**
   * What is asked for of a stream; null when it is not for a stream to answer.
   * @throws RequestRefused for what is no operation at all.
   */
  async #asked({ preferred }: StreamAccept, request: IncomingMessage & { body?: string }): Promise<Asked | null> {
    if (!allowsOrigin(request.headers.origin, this.#services.allowedOrigins)) throw originRefused();
    const { limits } = this.#services;
    const { params, body } = await readParams(request, limits);
    // Not before: a request may have been on its way for long.
    if (this.#draining) throw restart();
    if (body !== null) request.body = body;
    const prepared = await this.#services.operations.prepare(params, limits.requestsOf(limits.addresses.of(request)));
    if (!('document' in prepared)) return preferred ? prepared : null;
    nameOperation(request, prepared.operation.name?.value ?? null);
    if (prepared.operation.operation === 'subscription') return prepared;
    if (prepared.operation.operation === 'mutation' && request.method === 'GET')
      throw new RequestRefused(405, 'GET never changes anything: send a mutation by POST.', {}, { allow: 'POST' });
    return null;
  }

  /** A stream counts from here to the end of its response; what is refused by its limits is no stream. */
  async #letIn(framing: Framing, asked: Asked, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { limits, authenticator } = this.#services;
    // Whether it is good is told within the stream; until then it counts for its address.
    const identity = authenticator.authenticate(request.headers.authorization ?? null);
    let place: Place;
    try {
      place = await limits.stream(limits.addresses.of(request), await identity.catch(() => null));
    } catch (error) {
      return this.#refuse(error, request, response);
    }
    if (response.destroyed) return place.release();
    response.once('close', () => place.release());
    await this.#stream(framing, asked, identity, request, response);
  }

  async #stream(
    framing: Framing,
    asked: Asked,
    authenticated: Promise<Identity | null>,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const { socket } = response;
    const { sessions, requireIdentity, clock, flusher, allowedOrigins } = this.#services;
    // A response that waits for another one on the same connection has no socket yet.
    if (!socket) return this.#refuse(new RequestRefused(400, 'A stream cannot be pipelined.'), request, response);
    const headers = corsHeaders(request.headers.origin, allowedOrigins);
    const lane = new EventStreamLane(response, socket, framing, headers, flusher, clock.now());
    let mailbox: Mailbox<unknown> | null = null;
    const id = randomUUID();
    const cut = () => {
      this.#services.log.debug({ ...correlationOf(request), contentType: framing.contentType }, 'dead stream cut');
      socket.destroy();
    };
    const leaveWheel = this.#wheel.add({ beat: this.#beating(lane, framing, cut) });
    this.#open.set(lane, { framing, request });
    response.once('close', () => {
      leaveWheel();
      this.#open.delete(lane);
      lane.close();
      sessions.forget(id);
      mailbox?.end();
    });
    try {
      if (!('document' in asked)) return lane.end(framing.failed(this.#present(asked, request)));
      const identity = await authenticated;
      if (response.destroyed) return;
      let ends = false;
      let dismissed: ApiError | null = null;
      const dismiss = (error: ApiError) => {
        dismissed = error;
        if (ends) mailbox?.end(error);
      };
      // Before it joins: what is revoked meanwhile is heard.
      sessions.admit({ id, dismiss }, identity);
      const context = this.#services.makeContext({ connection: null, identity });
      const resumeAfter = lastEventId(request);
      const { delivery } = this.#services;
      const joined = await traceOperation(asked, () => delivery.subscribe({ ...asked, context, resumeAfter }, lane));
      endRequestSpan(request, response);
      if (!('mailbox' in joined)) return lane.end(framing.failed(this.#present(joined.errors ?? [], request)));
      mailbox = joined.mailbox;
      // It has one operation: public ones outlive the credential, where they need none.
      ends = joined.scoped || requireIdentity;
      if (ends && dismissed) mailbox.end(dismissed);
      if (response.destroyed) mailbox.end();
      lane.joined(joined.progress);
      await mailbox.next();
      lane.end(framing.completed);
    } catch (error) {
      lane.end(framing.failed(this.#present([error], request)));
    }
  }

  /** Looks after one stream at each turn of the wheel, and lets it beat as often as its readers expect. */
  #beating(lane: EventStreamLane, framing: Framing, cut: () => void): (now: number) => void {
    const everyMs = Math.min(this.#services.heartbeatIntervalMs, framing.maxHeartbeatMs);
    const turns = Math.max(1, Math.round(everyMs / this.#beatMs));
    let turn = 0;
    return (now) => {
      if (lane.isDead(now)) return cut();
      turn = (turn + 1) % turns;
      if (turn === 0) lane.heartbeat();
    };
  }

  #refuse(error: unknown, request: IncomingMessage, response: ServerResponse): void {
    answerRefused(error, request, response, this.#services);
  }

  #present(errors: readonly unknown[], request: IncomingMessage): readonly [GraphQLError, ...GraphQLError[]] {
    const facts = { ...correlationOf(request), now: this.#services.clock.now() };
    const [first, ...rest] = errors.map((error) => presentError(error, facts, this.#services.log));
    return [first ?? presentError(new Error('nothing said why'), facts, this.#services.log), ...rest];
  }
}

function restart(): RequestRefused {
  const details = { retryAfterMs: RESTART_MS };
  return new RequestRefused(503, 'This server restarts. Come back at once.', details, { 'retry-after': '1' });
}

/** A browser repeats the URL it was given and sends the last id it saw: that id is the later word. */
function lastEventId(request: IncomingMessage): string | null {
  const id = request.headers['last-event-id'];
  return typeof id === 'string' && id !== '' ? id : null;
}
