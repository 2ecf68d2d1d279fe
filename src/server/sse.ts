import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { execute } from 'graphql';
import type { Delivery, LiveSubscription } from '../cohorts/delivery.ts';
import { background } from '../lib/background.ts';
import type { Clock } from '../lib/clock.ts';
import { ApiError } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import type { Context } from '../schema/context.ts';
import { presentError } from './errors.ts';
import type { Beating, HeartbeatWheel } from './heartbeat.ts';
import type { Operations, PreparedOperation } from './operation.ts';
import { readParams } from './request-params.ts';
import { SseLane } from './sse-lane.ts';

export interface SseServices {
  readonly operations: Operations;
  readonly delivery: Delivery;
  readonly heartbeats: HeartbeatWheel;
  readonly clock: Clock;
  readonly log: Log;
  readonly makeContext: () => Context;
}

export function wantsEventStream(request: IncomingMessage): boolean {
  const methodFits = request.method === 'GET' || request.method === 'POST';
  return methodFits && (request.headers.accept ?? '').includes('text/event-stream');
}

/** GraphQL over server-sent events, one connection for each operation. */
export class EventStreams {
  readonly #services: SseServices;
  readonly #open = new Set<SseLane>();

  constructor(services: SseServices) {
    this.#services = services;
  }

  get streams(): number {
    return this.#open.size;
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    background('event stream', this.#serve(request, response), this.#services.log);
  }

  /** Ends every stream: its reader comes back by itself, with the id of the last event it has. */
  drain(): void {
    for (const lane of this.#open) lane.complete(null);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { log, clock, operations } = this.#services;
    const facts = { requestId: randomUUID(), now: clock.now() };
    const present = (errors: readonly unknown[]) => ({
      errors: errors.map((error) => presentError(error, facts, log)),
    });
    let subscription: LiveSubscription | null = null;
    const beating: Beating = { beat: () => lane.beat(subscription?.progress() ?? null) };
    const lane = new SseLane(response, () => beating.beat(0));
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache',
      connection: 'keep-alive',
      // A proxy that gathers a stream before it passes it on makes it anything but live.
      'x-accel-buffering': 'no',
    });
    response.flushHeaders();
    const leaveWheel = this.#services.heartbeats.add(beating);
    this.#open.add(lane);
    response.once('close', () => {
      leaveWheel();
      this.#open.delete(lane);
      subscription?.mailbox.end();
    });
    try {
      const prepared = operations.prepare(await readParams(request));
      if (!('document' in prepared)) return lane.complete(present(prepared));
      if (prepared.operation.operation !== 'subscription')
        return lane.complete(await this.#once(prepared, request, present));
      const context = this.#services.makeContext();
      const joined = await this.#services.delivery.subscribe(
        { ...prepared, context, resumeAfter: lastEventId(request) },
        lane,
      );
      if (!('mailbox' in joined)) return lane.complete(present(joined.errors ?? []));
      subscription = joined;
      if (response.destroyed) joined.mailbox.end();
      beating.beat(0);
      await joined.mailbox.next();
      lane.complete(null);
    } catch (error) {
      lane.complete(present([error]));
    }
  }

  async #once(
    prepared: PreparedOperation,
    request: IncomingMessage,
    present: (errors: readonly unknown[]) => object,
  ): Promise<object> {
    if (request.method === 'GET' && prepared.operation.operation === 'mutation')
      return present([new ApiError('BAD_USER_INPUT', 'GET never changes anything: send a mutation by POST.')]);
    const result = await execute({
      schema: this.#services.operations.schema,
      document: prepared.document,
      operationName: prepared.operation.name?.value,
      variableValues: prepared.variables,
      contextValue: this.#services.makeContext(),
    });
    return result.errors ? { ...result, ...present(result.errors) } : result;
  }
}

/** A browser repeats the URL it was given and sends the last id it saw: that id is the later word. */
function lastEventId(request: IncomingMessage): string | null {
  const id = request.headers['last-event-id'];
  return typeof id === 'string' && id !== '' ? id : null;
}
