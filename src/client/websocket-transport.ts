import { type Client, createClient } from 'graphql-ws';
import { Changing, type Observable } from './observable.ts';
import { backoffMs, pause } from './pause.ts';
import type { Transport, TransportSink, WireOperation, WireResult } from './transport.ts';

/** What gives a token: asked at each connecting, and before a token ends. Null: be nobody. */
export type TokenProvider = () => string | null | Promise<string | null>;

export interface ConnectionLoss {
  /** Close code; null where there never was a connection. */
  readonly code: number | null;
  readonly reason: string;
}

export interface WebSocketOptions {
  readonly url: string;
  readonly token?: TokenProvider | undefined;
  /** Comes back in `connection_ack`, and stands in the server's log. */
  readonly clientId?: string | undefined;
  /** Where there is no global one: `ws` under Node 20. */
  readonly webSocketImpl?: unknown;
  /** How long a connection is kept that nobody uses, milliseconds. */
  readonly idleMs?: number | undefined;
  readonly onConnectionLost?: ((loss: ConnectionLoss) => void) | undefined;
}

/** What the server says in its pings (PROTOCOL.md, P6). */
interface PingPayload {
  readonly serverTime?: string;
  readonly live?: readonly string[];
  readonly progress?: Readonly<Record<string, string>>;
  readonly renewBefore?: string;
}

/** Pings come every `heartbeatMs`: of a connection on which none came for so many of them, nothing more will come. */
const SILENT_HEARTBEATS = 1.5;

/** What a ping may take longer than that, milliseconds. */
const GRACE_MS = 3_000;

/** How long it may take to be connected and acknowledged, milliseconds: a network that swallows everything says nothing. */
const CONNECT_MS = 15_000;

/** A token is renewed before the last so many milliseconds of its life, or part of it, as the server does. */
const RENEW_MARGIN_MS = 60_000;
const RENEW_PART = 0.25;

/** When to ask for a newer token again, milliseconds, where none was given. */
const RENEW_AGAIN_MS = 5_000;

/** A connection that nobody uses is kept so long, milliseconds: a page that changes opens no other. */
const IDLE_MS = 3_000;

const RENEW = 'mutation ($token: String!) { renewSession(input: {token: $token}) { viewer { expiresAt } } }';

/** One WebSocket for all operations of a client, by graphql-ws: it connects, and sends each operation anew after a loss. */
export class WebSocketTransport implements Transport {
  readonly #options: WebSocketOptions;
  readonly #client: Client;
  readonly #connected = new Changing(false);
  /** Sinks of operations that graphql-ws is about to name, by their payload; and by the names that it gave them. */
  readonly #unnamed = new WeakMap<object, TransportSink>();
  readonly #sinks = new Map<string, TransportSink>();
  #named = 0;
  #silence: ReturnType<typeof setTimeout> | undefined;
  #silenceMs = CONNECT_MS;
  #renewal: ReturnType<typeof setTimeout> | undefined;
  #renewBefore: string | null = null;
  #token: string | null = null;
  /** How far the server's clock is ahead of ours, milliseconds: ours may be wrong by hours. */
  #aheadMs = 0;

  constructor(options: WebSocketOptions) {
    this.#options = options;
    this.#client = createClient({
      url: options.url,
      ...(options.webSocketImpl === undefined ? {} : { webSocketImpl: options.webSocketImpl }),
      lazyCloseTimeout: options.idleMs ?? IDLE_MS,
      connectionParams: () => this.#hello(),
      retryAttempts: Number.POSITIVE_INFINITY,
      retryWait: (attempt) => pause(backoffMs(attempt)),
      // Those that a retry does not mend never come here.
      shouldRetry: () => true,
      generateID: (payload) => this.#name(payload),
      on: {
        connecting: () => this.#listen(CONNECT_MS),
        message: () => this.#heard(),
        connected: (_socket, acknowledged) => this.#acknowledged(acknowledged),
        ping: (isReceived, payload) => isReceived && this.#pinged(payload ?? {}),
        closed: (event) => this.#closed(event),
      },
    });
  }

  get connected(): Observable<boolean> {
    return this.#connected;
  }

  start(operation: WireOperation, sink: TransportSink): () => void {
    this.#unnamed.set(operation, sink);
    let over = false;
    let id = '';
    const end = () => {
      over = true;
      this.#sinks.delete(id);
    };
    const stop = this.#client.subscribe<Record<string, unknown>>(operation as Parameters<Client['subscribe']>[0], {
      next: (result) => {
        if (!over) sink.next(result as WireResult);
      },
      error: (cause) => {
        if (over) return;
        end();
        sink.failed(cause);
      },
      complete: () => {
        if (over) return;
        end();
        sink.completed();
      },
    });
    id = String(this.#named);
    // On a connection that stands it goes out in this turn.
    if (this.#connected.value) sink.sent();
    return () => {
      if (over) return;
      end();
      stop();
    };
  }

  /** @returns false where there is no other token. */
  async renew(): Promise<boolean> {
    clearTimeout(this.#renewal);
    const token = (await this.#options.token?.()) ?? null;
    if (token === null || token === this.#token || !this.#connected.value) return false;
    const expiresAt = await this.#renewWith(token);
    this.#token = token;
    if (expiresAt !== null) {
      const left = Date.parse(expiresAt) - (Date.now() + this.#aheadMs);
      this.#renewIn(left - Math.min(RENEW_MARGIN_MS, left * RENEW_PART));
    }
    return true;
  }

  async close(): Promise<void> {
    clearTimeout(this.#silence);
    clearTimeout(this.#renewal);
    const disposed = Promise.resolve(this.#client.dispose()).catch(() => undefined);
    // Where it is just trying to connect it would go on until it is.
    if (!this.#connected.value) this.#client.terminate();
    await disposed;
  }

  /** Gives the connection up, as if it had broken: all operations are taken up again on another. */
  reconnect(): void {
    this.#client.terminate();
  }

  #name(payload: object): string {
    const id = String(++this.#named);
    const sink = this.#unnamed.get(payload);
    if (sink) this.#sinks.set(id, sink);
    return id;
  }

  async #hello(): Promise<Record<string, unknown>> {
    const { token, clientId } = this.#options;
    this.#token = (await token?.()) ?? null;
    return { ...(this.#token === null ? {} : { token: this.#token }), ...(clientId === undefined ? {} : { clientId }) };
  }

  #acknowledged(payload: unknown): void {
    const { heartbeatMs, serverTime } = (payload ?? {}) as { heartbeatMs?: number; serverTime?: string };
    if (serverTime) this.#aheadMs = Date.parse(serverTime) - Date.now();
    if (heartbeatMs) this.#listen(heartbeatMs * SILENT_HEARTBEATS + GRACE_MS);
    this.#connected.set(true);
    for (const sink of [...this.#sinks.values()]) sink.sent();
  }

  #closed(event: unknown): void {
    clearTimeout(this.#silence);
    clearTimeout(this.#renewal);
    this.#renewBefore = null;
    this.#connected.set(false);
    const { code = null, reason = '' } = (event ?? {}) as Partial<ConnectionLoss>;
    this.#options.onConnectionLost?.({ code, reason });
    for (const sink of [...this.#sinks.values()]) sink.lost();
  }

  /** From now on something has to be heard every `ms`. */
  #listen(ms: number): void {
    this.#silenceMs = ms;
    this.#heard();
  }

  #heard(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#client.terminate(), this.#silenceMs);
  }

  #pinged({ serverTime, live = [], progress = {}, renewBefore }: PingPayload): void {
    for (const id of live) this.#sinks.get(id)?.live();
    for (const [id, cursor] of Object.entries(progress)) this.#sinks.get(id)?.progress(cursor);
    if (renewBefore === undefined || serverTime === undefined || renewBefore === this.#renewBefore) return;
    this.#renewBefore = renewBefore;
    this.#renewIn(Date.parse(renewBefore) - Date.parse(serverTime));
  }

  #renewIn(ms: number): void {
    if (!this.#options.token) return;
    clearTimeout(this.#renewal);
    this.#renewal = setTimeout(
      () => {
        this.renew().then(
          (renewed) => renewed || this.#renewLater(),
          () => this.#renewLater(),
        );
      },
      Math.max(0, ms),
    );
  }

  /** The connection is closed when the token ends, and a new one begins with a new token. */
  #renewLater(): void {
    if (this.#connected.value) this.#renewIn(RENEW_AGAIN_MS);
  }

  #renewWith(token: string): Promise<string | null> {
    return new Promise((resolve, reject) => {
      this.#client.subscribe<{ renewSession: { viewer: { expiresAt: string | null } } }>(
        { query: RENEW, variables: { token } },
        {
          next: ({ data, errors }) => {
            if (data && !errors) resolve(data.renewSession.viewer.expiresAt);
            else reject(new Error(errors?.[0]?.message ?? 'The session was not renewed.'));
          },
          error: reject,
          complete: () => reject(new Error('The session was not renewed.')),
        },
      );
    });
  }
}
