import { WebSocket } from 'ws';
import { type Fault, faultOfErrors, faultOfResult, faultOfStatus } from './verdict.ts';

/** Longest wait for an answer, milliseconds: bounds a hang, measures nothing. */
const PATIENCE_MS = 60_000;

/** Longest document that is sent, with its variables: a longer one is refused for its length alone. */
const ROOM_BYTES = 65_000;

interface Waiting {
  readonly settle: (fault: Fault) => void;
}

interface Message {
  readonly type: string;
  readonly id?: string;
  readonly payload?: unknown;
}

/** Asks over one WebSocket, many at once, and judges what comes. */
export class SocketAsker {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<string, Waiting>();
  #asked = 0;
  #closed: number | null = null;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data) => this.#take(JSON.parse(String(data)) as Message));
    socket.on('error', () => undefined);
    socket.once('close', (code) => {
      this.#closed = code;
      for (const { settle } of this.#waiting.values()) settle(`the connection was closed with ${code}`);
    });
  }

  static async open(url: string, payload?: object): Promise<SocketAsker> {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    const asker = new SocketAsker(socket);
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    const acknowledged = new Promise<void>((resolve, reject) => {
      socket.once('message', () => resolve());
      socket.once('close', (code) => reject(new Error(`closed with ${code}`)));
    });
    socket.send(JSON.stringify({ type: 'connection_init', ...(payload && { payload }) }));
    await acknowledged;
    return asker;
  }

  get isOpen(): boolean {
    return this.#closed === null;
  }

  /** Asks, and takes back at once what goes on: the first answer is judged. */
  ask(query: string, variables = '{}'): Promise<Fault> {
    const id = `q${++this.#asked}`;
    const message = `{"id":"${id}","type":"subscribe","payload":{"query":${JSON.stringify(query)},"variables":${variables}}}`;
    // That the connection was closed has been told by what it was closed for.
    if (Buffer.byteLength(message) > ROOM_BYTES || !this.isOpen) return Promise.resolve(null);
    return new Promise((resolve) => {
      const bound = setTimeout(() => settle('no answer'), PATIENCE_MS);
      const settle = (fault: Fault) => {
        clearTimeout(bound);
        this.#waiting.delete(id);
        resolve(fault);
      };
      this.#waiting.set(id, { settle });
      this.#socket.send(message);
    });
  }

  async close(): Promise<void> {
    if (this.#closed !== null) return;
    this.#socket.close();
    await new Promise((resolve) => this.#socket.once('close', resolve));
  }

  #take({ type, id = '', payload }: Message): void {
    if (type === 'ping') {
      this.#socket.send('{"type":"pong"}');
      // An operation that is live, and has nothing to say yet.
      for (const live of (payload as { readonly live: readonly string[] }).live) this.#end(live, null);
      return;
    }
    if (type === 'next') this.#end(id, faultOfResult(payload));
    if (type === 'error') this.#settle(id, faultOfErrors(payload));
    if (type === 'complete') this.#settle(id, null);
  }

  #end(id: string, fault: Fault): void {
    if (this.#waiting.has(id)) this.#socket.send(JSON.stringify({ type: 'complete', id }));
    this.#settle(id, fault);
  }

  #settle(id: string, fault: Fault): void {
    this.#waiting.get(id)?.settle(fault);
  }
}

/** What a request may bring beside its body. */
export interface Asking {
  readonly headers?: Readonly<Record<string, string>>;
  readonly method?: string;
  readonly path?: string;
}

/** Asks over HTTP, with a body as it is given. */
export async function ask(url: string, body: string | Buffer | null, asking: Asking = {}): Promise<Fault> {
  const { headers, method = 'POST', path = '/graphql' } = asking;
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { 'content-type': 'application/json', accept: 'application/json', ...headers },
    ...(body !== null && { body: typeof body === 'string' ? body : Uint8Array.from(body) }),
    signal: AbortSignal.timeout(PATIENCE_MS),
    redirect: 'manual',
  });
  const type = response.headers.get('content-type') ?? '';
  // A stream that was let in goes on for ever: it has begun, that is enough.
  if (/event-stream|multipart/.test(type)) {
    await response.body?.cancel();
    return faultOfStatus(response.status);
  }
  const text = await response.text();
  return (
    faultOfStatus(response.status) ?? (/json/.test(type) && method !== 'HEAD' ? faultOfResult(parsed(text)) : null)
  );
}

export function bodyOf(query: string, variables = '{}'): string {
  return `{"query":${JSON.stringify(query)},"variables":${variables}}`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
