import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ExecutionArgs, execute, GraphQLError } from 'graphql';
import { handleProtocols, makeServer } from 'graphql-ws';
import { WebSocketServer } from 'ws';
import type { Delivery } from '../cohorts/delivery.ts';
import { ApiError } from '../lib/errors.ts';
import type { Caller, Context } from '../schema/context.ts';
import { presentError } from './errors.ts';
import type { HeartbeatWheel } from './heartbeat.ts';
import type { Authenticator } from './identity/authenticator.ts';
import type { Operations, PreparedOperation } from './operation.ts';
import { Close, type ConnectionServices, WebSocketConnection } from './websocket-connection.ts';

export interface WebSocketServices extends ConnectionServices {
  readonly operations: Operations;
  readonly delivery: Delivery<Context>;
  readonly heartbeats: HeartbeatWheel;
  readonly authenticator: Authenticator;
  readonly makeContext: (caller: Caller) => Context;
  readonly heartbeatIntervalMs: number;
  readonly maxConnections: number;
  readonly maxSubscriptionsPerConnection: number;
  /** Null: any. */
  readonly allowedOrigins: readonly string[] | null;
}

/** Largest client message, bytes: no document that passes the token limit needs more. */
const MAX_MESSAGE_BYTES = 65_536;

/** The arguments of one operation as graphql-ws carries them from one hook to the next, the same object. */
interface Arguments extends ExecutionArgs {
  readonly id: string;
  readonly contextValue: Context;
  readonly prepared: PreparedOperation;
  readonly connection: WebSocketConnection;
}

/** The graphql-transport-ws side of the server. */
export class WebSockets {
  readonly #services: WebSocketServices;
  readonly #connections = new Set<WebSocketConnection>();
  readonly #wss = new WebSocketServer({
    noServer: true,
    // Found again by our own set; and each of ws's own timers and listeners costs memory at 10,000 sockets.
    clientTracking: false,
    // Frames are written past ws: deflate would reorder them.
    perMessageDeflate: false,
    maxPayload: MAX_MESSAGE_BYTES,
    // One message a turn: what the handling of one awaits is done before the next is read.
    allowSynchronousEvents: false,
    handleProtocols: (protocols) => handleProtocols(protocols),
  });
  readonly #protocol;
  #draining = false;

  constructor(services: WebSocketServices) {
    this.#services = services;
    this.#protocol = makeServer<Record<string, unknown>, WebSocketConnection>({
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
          maxSubscriptions: services.maxSubscriptionsPerConnection,
        };
      },
      onSubscribe: ({ extra }, id, payload) => {
        const facts = this.#facts();
        try {
          const limit = services.maxSubscriptionsPerConnection;
          if (extra.subscriptions >= limit)
            throw new ApiError('TOO_MANY_SUBSCRIPTIONS', `A connection holds at most ${limit} subscriptions.`, {
              limit,
            });
          const prepared = services.operations.prepare(payload);
          if ('document' in prepared) return this.#arguments(id, prepared, extra);
          return prepared.map((error) => presentError(error, facts, services.log));
        } catch (error) {
          return [presentError(error, facts, services.log)];
        }
      },
      execute: async (args) => {
        const result = await execute(args);
        return result.errors ? { ...result, errors: this.#present(result.errors) } : result;
      },
      subscribe: (args) => this.#subscribe(args as Arguments),
      onError: (_ctx, _id, _payload, errors) => this.#present(errors).map((error) => error.toJSON()),
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
      const refusal = this.#refusal(request, path);
      if (refusal) return refuse(socket, refusal);
      this.#wss.handleUpgrade(request, socket, head, (ws) => {
        const connection = new WebSocketConnection(ws, socket, request.headers.authorization ?? null, this.#services);
        this.#connections.add(connection);
        const leaveWheel = this.#services.heartbeats.add(connection);
        const closed = this.#protocol.opened(connection, connection);
        ws.once('close', (code, reason) => {
          leaveWheel();
          this.#connections.delete(connection);
          connection.dispose();
          closed(code, reason.toString()).catch((error: unknown) =>
            this.#services.log.warn({ err: error }, 'closing failed'),
          );
        });
      });
    });
  }

  /** Tells every client to come back elsewhere, after what is on its way. */
  drain(): void {
    this.#draining = true;
    for (const connection of this.#connections) connection.close(Close.RESTART, 'restart');
  }

  /** Lets in whoever is who they say, and those who say nothing; others are closed with a code that their client retries. */
  async #admit(connection: WebSocketConnection, params: Readonly<Record<string, unknown>>): Promise<boolean> {
    const { authenticator, sessions, requireIdentity } = this.#services;
    try {
      const identity = await authenticator.authenticate(credentialIn(params) ?? connection.authorization);
      if (identity === null && requireIdentity)
        throw new ApiError('UNAUTHENTICATED', 'Say who you are in connection_init.');
      if (connection.closed) return false;
      sessions.admit(connection, identity);
      return true;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const code = error.code === 'UNAVAILABLE' ? Close.TRY_LATER : Close.FORBIDDEN;
      connection.close(code, error.message);
      return false;
    }
  }

  #refusal(request: IncomingMessage, path: string): string | null {
    const { maxConnections, allowedOrigins } = this.#services;
    const { origin } = request.headers;
    if ((request.url ?? '').split('?')[0] !== path) return '404 Not Found';
    if (origin && allowedOrigins && !allowedOrigins.includes(origin)) return '403 Forbidden';
    if (this.#draining || this.#connections.size >= maxConnections) return '503 Service Unavailable\r\nRetry-After: 5';
    return null;
  }

  #arguments(id: string, prepared: PreparedOperation, connection: WebSocketConnection): ExecutionArgs {
    const args: Omit<Arguments, 'schema'> = {
      id,
      prepared,
      connection,
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
  async #subscribe({ id, prepared, connection, contextValue }: Arguments) {
    const operation = connection.open(id);
    try {
      const result = await this.#services.delivery.subscribe({ ...prepared, context: contextValue }, operation.lane);
      const joined = connection.joined(id, operation, result);
      return 'request' in joined ? joined : failing(this.#present(joined.errors ?? []));
    } catch (error) {
      connection.failed(id, operation);
      return failing(this.#present([error]));
    }
  }

  #present(errors: readonly unknown[]): readonly GraphQLError[] {
    const facts = this.#facts();
    return errors.map((error) =>
      error instanceof GraphQLError && error.extensions['requestId']
        ? error
        : presentError(error, facts, this.#services.log),
    );
  }

  #facts() {
    return { requestId: randomUUID(), now: this.#services.clock.now() };
  }
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

/** A browser cannot set headers of a WebSocket: what it has to show stands in `connection_init`. */
function credentialIn(params: Readonly<Record<string, unknown>>): string | null {
  const { authorization, token } = params;
  if (typeof authorization === 'string') return authorization;
  return typeof token === 'string' ? token : null;
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
