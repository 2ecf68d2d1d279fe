import { randomUUID } from 'node:crypto';
import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ExecutionArgs, execute, GraphQLError } from 'graphql';
import { handleProtocols, makeServer } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Delivery } from '../cohorts/delivery.ts';
import { background } from '../lib/background.ts';
import { ApiError } from '../lib/errors.ts';
import { Histogram, Tally } from '../lib/histogram.ts';
import { beginSpan, type Span } from '../lib/tracing.ts';
import type { Caller, Connection, Context } from '../schema/context.ts';
import { presentError, type RequestFacts } from './errors.ts';
import type { HeartbeatWheel } from './heartbeat.ts';
import type { Authenticator } from './identity/authenticator.ts';
import { withCost } from './limits/cost.ts';
import type { ConnectionPlace, Limits } from './limits/limits.ts';
import { LimitReached } from './limits/refusals.ts';
import type { Operations, PreparedOperation } from './operation.ts';
import { allowsOrigin, originRefused } from './origins.ts';
import { refusalOf } from './refused-answer.ts';
import { readNothingAfterRefusal } from './refused-frames.ts';
import { RequestRefused } from './request-refused.ts';
import { operationAttributes, operationSpanName, toldErrors, traceparentIn } from './request-span.ts';
import { correlationOf, REQUEST_ID_HEADER } from './requests.ts';
import { Close, type ConnectionServices, WebSocketConnection } from './websocket-connection.ts';

export interface WebSocketServices extends ConnectionServices {
  readonly operations: Operations;
  readonly delivery: Delivery<Context>;
  readonly heartbeats: HeartbeatWheel;
  readonly limits: Limits;
  readonly authenticator: Authenticator;
  readonly makeContext: (caller: Caller) => Context;
  readonly heartbeatIntervalMs: number;
  /** Null: any. */
  readonly allowedOrigins: readonly string[] | null;
}

/** When to come back to a server that restarts, milliseconds. */
const RESTART_MS = 5_000;

/** How long a client may take to answer a close frame, milliseconds, before its socket is cut: it holds its place all the while. */
const CLOSE_MS = 5_000;

/** From a client that was refused to one that stays for a day, milliseconds. */
const LIVES_MS = [100, 1_000, 10_000, 60_000, 300_000, 1_800_000, 7_200_000, 43_200_000, 86_400_000];

/** Pieces that a message may come in: each is an object of its own, and one of 64 KiB could be cut into as many as it has bytes. */
const MAX_FRAGMENTS = 256;

/** Options of `ws` that its types do not know yet. */
const UNTYPED_BOUNDS = { maxFragments: MAX_FRAGMENTS, closeTimeout: CLOSE_MS };

/** The arguments of one operation as graphql-ws carries them from one hook to the next, the same object. */
interface Arguments extends ExecutionArgs {
  readonly id: string;
  readonly contextValue: Context;
  readonly prepared: PreparedOperation;
  readonly connection: WebSocketConnection;
  /** Of a subscription it ends when that stands. */
  readonly span: Span;
}

/** The graphql-transport-ws side of the server. */
export class WebSockets {
  /** Upgrades and handshakes that were not let in, by the limit that was met or the status they were answered with. */
  readonly refused = new Tally();
  /** Sockets that ended, by close code. */
  readonly closes = new Tally();
  /** Milliseconds. */
  readonly lives = new Histogram(LIVES_MS);
  readonly #services: WebSocketServices;
  readonly #connections = new Set<WebSocketConnection>();
  readonly #wss: WebSocketServer;
  readonly #protocol;
  #draining = false;

  constructor(services: WebSocketServices) {
    this.#services = services;
    const { limits } = services;
    const { maxMessageBytes, maxSubscriptionsPerConnection, handshakeTimeoutMs } = limits.settings;
    this.#wss = new WebSocketServer({
      noServer: true,
      // Found again by our own set; and each of ws's own timers and listeners costs memory at 10,000 sockets.
      clientTracking: false,
      // Frames are written past ws: deflate would reorder them.
      perMessageDeflate: false,
      maxPayload: maxMessageBytes,
      ...UNTYPED_BOUNDS,
      // One message a turn: what the handling of one awaits is done before the next is read.
      allowSynchronousEvents: false,
      handleProtocols: (protocols) => handleProtocols(protocols),
    });
    this.#wss.on('headers', (lines, request) =>
      lines.push(`${REQUEST_ID_HEADER}: ${correlationOf(request).requestId}`),
    );
    this.#protocol = makeServer<Record<string, unknown>, WebSocketConnection>({
      connectionInitWaitTimeout: handshakeTimeoutMs,
      onConnect: async ({ extra, connectionParams }) => {
        if (!(await this.#admit(extra, connectionParams ?? {}))) return false;
        extra.acknowledged();
        const clientId = connectionParams?.['clientId'];
        return {
          sessionId: extra.sessionId,
          clientId: typeof clientId === 'string' ? clientId.slice(0, 100) : null,
          serverTime: new Date(services.clock.now()).toISOString(),
          heartbeatMs: services.heartbeatIntervalMs,
          idleTimeoutMs: services.idleTimeoutMs,
          maxSubscriptions: maxSubscriptionsPerConnection,
        };
      },
      onSubscribe: async ({ extra }, id, payload) => {
        const facts = this.#facts(extra, id, payload.operationName);
        const span = beginSpan('GraphQL operation', {
          kind: 'server',
          parent: traceparentIn(payload.extensions?.['traceparent']),
          attributes: { 'tidewire.connection.id': extra.id, 'tidewire.subscription.id': id },
        });
        const refused = (errors: readonly unknown[]) => {
          const presented = errors.map((error) => presentError(error, facts, services.log));
          toldErrors(span, presented);
          span.end();
          return presented;
        };
        const bound = () => {
          if (extra.subscriptions >= maxSubscriptionsPerConnection)
            throw limits.refusals.count(new LimitReached('subscriptions', maxSubscriptionsPerConnection));
        };
        try {
          bound();
          const preparing = span.run(() => services.operations.prepare(payload, extra.place.messages));
          const prepared = 'then' in preparing ? await preparing : preparing;
          // Others may have been let in while a document was looked up.
          if (prepared !== preparing) bound();
          if (!('document' in prepared)) return refused(prepared);
          span.rename(operationSpanName(prepared));
          span.set(operationAttributes(prepared));
          return this.#arguments(id, prepared, extra, span);
        } catch (error) {
          return refused([error]);
        }
      },
      execute: async (args) => {
        const { id, connection, prepared, span } = args as Arguments;
        try {
          const result = withCost(await span.run(() => execute(args)), prepared.cost);
          if (!result.errors) return result;
          const errors = this.#present(result.errors, this.#facts(connection, id, nameOf(prepared)));
          toldErrors(span, errors);
          return { ...result, errors };
        } finally {
          span.end();
        }
      },
      subscribe: (args) => this.#subscribe(args as Arguments),
      onError: ({ extra }, id, payload, errors) => {
        const facts = this.#facts(extra, id, extra.operationName(id) ?? payload.operationName);
        return this.#present(errors, facts).map((error) => error.toJSON());
      },
      onComplete: ({ extra }, id) => extra.ended(id),
    });
  }

  get connections(): number {
    return this.#connections.size;
  }

  get subscriptions(): number {
    let count = 0;
    for (const connection of this.#connections) count += connection.subscriptions;
    return count;
  }

  /** Takes the upgrades of an HTTP server on one path. */
  attach(server: Server, path: string): void {
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      socket.on('error', () => socket.destroy());
      const log = this.#services.log.child(correlationOf(request));
      background('upgrade', this.#upgrade(request, socket, head, path), log);
    });
  }

  /** Tells every client to come back elsewhere, after what is on its way. */
  drain(): void {
    this.#draining = true;
    for (const connection of this.#connections) connection.close(Close.RESTART, 'restart');
  }

  async #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, path: string): Promise<void> {
    let place: ConnectionPlace;
    try {
      this.#check(request, path);
      place = await this.#services.limits.connection(request);
    } catch (error) {
      return this.#refuse(request, socket, error);
    }
    // Given back by the socket and not by the WebSocket: the upgrade itself may still fail.
    socket.once('close', () => place.release());
    if (socket.destroyed) return place.release();
    // It was waited for Redis: this may have begun meanwhile.
    if (this.#draining) return this.#refuse(request, socket, restarting());
    const { authorization = null } = request.headers;
    this.#wss.handleUpgrade(request, socket, head, (ws) => {
      const connection = new WebSocketConnection(ws, socket, authorization, place, this.#services);
      this.#debug(connection, correlationOf(request), 'a connection opens');
      this.#open(connection, ws);
    });
  }

  #open(connection: WebSocketConnection, ws: WebSocket): void {
    readNothingAfterRefusal(ws);
    this.#connections.add(connection);
    const leaveWheel = this.#services.heartbeats.add(connection);
    const closed = this.#protocol.opened(connection, connection);
    const openedAt = this.#services.clock.now();
    ws.once('close', (code, reason) => {
      this.closes.add(String(code));
      this.lives.note(this.#services.clock.now() - openedAt);
      leaveWheel();
      this.#connections.delete(connection);
      connection.dispose();
      this.#debug(connection, { code }, 'a connection has ended');
      background('close', closed(code, reason.toString()), connection.log);
    });
  }

  #debug({ id: connectionId }: Connection, facts: object, what: string): void {
    this.#services.log.debug({ connectionId, ...facts }, what);
  }

  /** @throws RequestRefused for an upgrade that is none of ours. */
  #check({ url = '', headers: { origin } }: IncomingMessage, path: string): void {
    if (url.split('?')[0] !== path)
      throw new RequestRefused(404, 'WebSockets are spoken elsewhere.', { allowed: path });
    if (!allowsOrigin(origin, this.#services.allowedOrigins)) throw originRefused();
    if (this.#draining) throw restarting();
  }

  #refuse(request: IncomingMessage, socket: Duplex, error: unknown): void {
    const { status, headers, body } = refusalOf(error, request, this.#services);
    this.refused.add(error instanceof LimitReached ? error.limit : String(status));
    const { requestId } = correlationOf(request);
    const lines = {
      ...headers,
      [REQUEST_ID_HEADER]: requestId,
      connection: 'close',
      'content-length': String(Buffer.byteLength(body)),
    };
    const head = Object.entries(lines).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${head.join('')}\r\n${body}`);
  }

  /** Lets in whoever is who they say, and those who say nothing; others are closed with a code that their client retries. */
  async #admit(connection: WebSocketConnection, params: Readonly<Record<string, unknown>>): Promise<boolean> {
    const { authenticator, sessions, requireIdentity } = this.#services;
    try {
      const identity = await authenticator.authenticate(credentialIn(params) ?? connection.authorization);
      if (identity === null && requireIdentity)
        throw new ApiError('UNAUTHENTICATED', 'Say who you are in connection_init.');
      await connection.place.identify(identity);
      if (connection.closed) return false;
      sessions.admit(connection, identity);
      return true;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const mends = error.code === 'UNAVAILABLE' || error instanceof LimitReached;
      const code = mends ? Close.TRY_LATER : Close.FORBIDDEN;
      this.refused.add(error instanceof LimitReached ? error.limit : error.code);
      connection.close(code, error.message);
      return false;
    }
  }

  #arguments(id: string, prepared: PreparedOperation, connection: WebSocketConnection, span: Span): ExecutionArgs {
    const args: Omit<Arguments, 'schema'> = {
      id,
      prepared,
      connection,
      span,
      document: prepared.document,
      operationName: prepared.operation.name?.value,
      variableValues: prepared.variables,
      contextValue: this.#services.makeContext({
        connection,
        identity: this.#services.sessions.identityOf(connection.id),
      }),
    };
    return { ...args, schema: this.#services.operations.schema } as Arguments;
  }

  /** @returns never throws: graphql-ws would close the whole connection with 4500. */
  async #subscribe({ id, prepared, connection, contextValue, span }: Arguments) {
    const name = nameOf(prepared);
    const operation = connection.open(id, name);
    try {
      const { delivery } = this.#services;
      const result = await span.run(() => delivery.subscribe({ ...prepared, context: contextValue }, operation.lane));
      const joined = connection.joined(id, operation, result);
      if ('request' in joined) return joined;
      const errors = this.#present(joined.errors ?? [], this.#facts(connection, id, name));
      toldErrors(span, errors);
      return failing(errors);
    } catch (error) {
      connection.failed(id, operation);
      const errors = this.#present([error], this.#facts(connection, id, name));
      toldErrors(span, errors);
      return failing(errors);
    } finally {
      span.end();
    }
  }

  #present(errors: readonly unknown[], facts: RequestFacts): readonly GraphQLError[] {
    return errors.map((error) =>
      error instanceof GraphQLError && error.extensions['requestId']
        ? error
        : presentError(error, facts, this.#services.log),
    );
  }

  #facts({ id: connectionId }: Connection, subscriptionId: string, operation: string | null = null): RequestFacts {
    return { requestId: randomUUID(), connectionId, subscriptionId, operation, now: this.#services.clock.now() };
  }
}

function nameOf({ operation }: PreparedOperation): string | null {
  return operation.name?.value ?? null;
}

/** A source whose first pull fails: graphql-ws answers with an `error` message, where a result would be a `next`. */
function failing(errors: readonly GraphQLError[]): AsyncIterableIterator<never> {
  const [error = new GraphQLError('The subscription could not be made.')] = errors;
  return {
    next: () => Promise.reject(error),
    return: () => Promise.resolve({ done: true, value: undefined }),
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

function restarting(): RequestRefused {
  const details = { retryAfterMs: RESTART_MS };
  return new RequestRefused(503, 'This server restarts. Come back in a moment.', details, {
    'retry-after': String(RESTART_MS / 1_000),
  });
}

/** A browser cannot set headers of a WebSocket: what it has to show stands in `connection_init`. */
function credentialIn(params: Readonly<Record<string, unknown>>): string | null {
  const { authorization, token } = params;
  if (typeof authorization === 'string') return authorization;
  return typeof token === 'string' ? token : null;
}
