import { WebSocket } from 'ws';

export interface Message {
  readonly type: string;
  readonly id?: string;
  readonly payload?: unknown;
}

export interface WireError {
  readonly message: string;
  readonly extensions: Record<string, unknown>;
}

export interface RefusedUpgrade {
  readonly status: number | undefined;
  readonly retryAfter: string | undefined;
  readonly error: WireError;
}

/** Headers of the upgrade. */
export interface ConnectOptions {
  readonly origin?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Waiting {
  readonly wanted: (message: Message) => boolean;
  readonly resolve: (message: Message) => void;
}

/** Longest wait for a message, milliseconds: bounds a hang, measures nothing. */
const PATIENCE_MS = 10_000;

/** A client of graphql-transport-ws that sees frames: each message is kept until a test takes it, none is missed. */
export class WireClient {
  readonly socket: WebSocket;
  /** Everything received, in order. */
  readonly received: Message[] = [];
  /** Resolves when the socket is closed. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  readonly #untaken: Message[] = [];
  readonly #waiting: Waiting[] = [];

  private constructor(socket: WebSocket) {
    this.socket = socket;
    this.closed = new Promise((resolve) =>
      socket.once('close', (code, reason) => resolve({ code, reason: reason.toString() })),
    );
    socket.on('message', (data) => this.#take(JSON.parse(String(data)) as Message));
    socket.on('error', () => undefined);
  }

  /** Connects, without a word of the protocol. */
  static async open(url: string, options: ConnectOptions = {}): Promise<WireClient> {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', options);
    const client = new WireClient(socket);
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    return client;
  }

  /** Connects and is acknowledged. */
  static async connect(url: string, payload?: object, options: ConnectOptions = {}): Promise<WireClient> {
    const client = await WireClient.open(url, options);
    client.send({ type: 'connection_init', ...(payload && { payload }) });
    await client.take((message) => message.type === 'connection_ack');
    return client;
  }

  /** Asks for a connection that is refused: the answer to its upgrade. */
  static refused(url: string, options: ConnectOptions = {}): Promise<RefusedUpgrade> {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', options);
      socket.once('open', () => reject(new Error('it was let in')));
      socket.once('error', reject);
      socket.once('unexpected-response', (_request, response) => {
        let body = '';
        response.on('data', (data) => (body += String(data)));
        response.once('end', () => {
          const { errors } = JSON.parse(body) as { errors: [WireError] };
          resolve({ status: response.statusCode, retryAfter: response.headers['retry-after'], error: errors[0] });
        });
      });
    });
  }

  send(message: object): void {
    this.socket.send(JSON.stringify(message));
  }

  subscribe(id: string, query: string, variables?: object): void {
    this.send({ type: 'subscribe', id, payload: { query, ...(variables && { variables }) } });
  }

  complete(id: string): void {
    this.send({ type: 'complete', id });
  }

  /** The next message that fits, taken out of what has come or waited for. Others stay. */
  take(wanted: (message: Message) => boolean): Promise<Message> {
    const at = this.#untaken.findIndex(wanted);
    const [found] = at < 0 ? [] : this.#untaken.splice(at, 1);
    if (found) return Promise.resolve(found);
    return new Promise((resolve, reject) => {
      const bound = setTimeout(
        () => reject(new Error(`no such message came; there are ${JSON.stringify(this.#untaken).slice(0, 2_000)}`)),
        PATIENCE_MS,
      );
      this.#waiting.push({
        wanted,
        resolve: (message) => {
          clearTimeout(bound);
          resolve(message);
        },
      });
    });
  }

  /** Data of the next `next` of an operation. */
  async next<Data = Record<string, unknown>>(id: string): Promise<Data> {
    const message = await this.take((candidate) => candidate.id === id && candidate.type !== 'complete');
    if (message.type !== 'next') throw new Error(`not a next: ${JSON.stringify(message)}`);
    return (message.payload as { data: Data }).data;
  }

  /** The first error of an operation that was refused or ended by one. */
  async error(id: string): Promise<{ message: string; extensions: Record<string, unknown> }> {
    const message = await this.take((candidate) => candidate.id === id && candidate.type !== 'next');
    if (message.type !== 'error') throw new Error(`not an error: ${JSON.stringify(message)}`);
    return (message.payload as [{ message: string; extensions: Record<string, unknown> }])[0];
  }

  /** Resolves when the server has said that this operation is live; its payload. */
  async live(id: string): Promise<{ serverTime: string; live: string[]; progress: Record<string, string> }> {
    const isLive = ({ type, payload }: Message) => type === 'ping' && (payload as { live: string[] }).live.includes(id);
    return (await this.take(isLive)).payload as {
      serverTime: string;
      live: string[];
      progress: Record<string, string>;
    };
  }

  /** Resolves when everything that this client sent before has been handled: the server answers in order. */
  async settled(): Promise<void> {
    const mark = Math.random().toString(36);
    this.send({ type: 'ping', payload: { mark } });
    await this.take(
      ({ type, payload }) => type === 'pong' && (payload as { mark?: string } | undefined)?.mark === mark,
    );
  }

  async close(): Promise<void> {
    this.socket.close();
    await this.closed;
  }

  #take(message: Message): void {
    this.received.push(message);
    const at = this.#waiting.findIndex(({ wanted }) => wanted(message));
    const [waiting] = at < 0 ? [] : this.#waiting.splice(at, 1);
    if (waiting) waiting.resolve(message);
    else this.#untaken.push(message);
  }
}
