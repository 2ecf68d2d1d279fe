import { createConnection, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { eventually } from './server.ts';

export interface StreamRequest {
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly version?: '1.0' | '1.1';
  readonly query: string;
  readonly variables?: object;
}

const END_OF_HEAD = '\r\n\r\n';

/** A reader of one HTTP response that sees its bytes as they stand on the wire. */
export class HttpStream {
  readonly socket: Socket;
  /** The body's whole chunks, without their framing; an empty one is the end of the response. */
  readonly chunks: string[] = [];
  #head: string | null = null;
  readonly #wire: Buffer[] = [];
  /** What is not yet a whole head or chunk. */
  #rest = Buffer.alloc(0);
  #closed = false;

  private constructor(url: URL) {
    this.socket = createConnection(Number(url.port), url.hostname);
    this.socket.on('data', (data) => this.#take(data));
    this.socket.on('error', () => undefined);
    this.socket.on('close', () => {
      this.#closed = true;
    });
    onTestFinished(() => void this.socket.destroy());
  }

  /** Sends the request and waits for nothing. */
  static send(url: string, accept: string, request: StreamRequest): HttpStream {
    const stream = new HttpStream(new URL(url));
    stream.#send(accept, request);
    return stream;
  }

  /** Sends the request; resolves when the head of the answer is there. */
  static async open(url: string, accept: string, request: StreamRequest): Promise<HttpStream> {
    const stream = HttpStream.send(url, accept, request);
    await eventually('an answer', () => stream.#head !== null || stream.closed);
    return stream;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Status line and headers, without the date, and those of safety, which every answer has. */
  get head(): string {
    return (this.#head ?? '').replace(
      /\r\n(Date|x-content-type-options|x-frame-options|referrer-policy|[a-z-]+-policy): [^\r]+/gi,
      '',
    );
  }

  /** The body as it stands on the wire. */
  get wire(): Buffer {
    return Buffer.concat(this.#wire);
  }

  /** The body as its reader gets it. */
  get text(): string {
    return this.chunks.join('');
  }

  /** Waits for so many chunks; all there are. */
  async take(count: number): Promise<readonly string[]> {
    await eventually(`${count} chunks`, () => this.chunks.length >= count);
    return this.chunks;
  }

  /** Waits for a chunk with this text. */
  async until(text: string): Promise<void> {
    let seen = 0;
    await eventually(text, () => {
      while (seen < this.chunks.length) if (this.chunks[seen++]?.includes(text)) return true;
      return false;
    });
  }

  #send(accept: string, { method = 'POST', headers = {}, version = '1.1', query, variables }: StreamRequest): void {
    const body = method === 'POST' ? JSON.stringify({ query, variables }) : '';
    const search = new URLSearchParams({ query, ...(variables && { variables: JSON.stringify(variables) }) });
    const lines = {
      host: 'localhost',
      accept,
      ...(body && { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) }),
      ...headers,
    };
    this.socket.write(
      [
        `${method} /graphql${method === 'GET' ? `?${search}` : ''} HTTP/${version}`,
        ...Object.entries(lines).map(([name, value]) => `${name}: ${value}`),
        '',
        body,
      ].join('\r\n'),
    );
  }

  #take(data: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, data]);
    if (this.#head === null) {
      const end = this.#rest.indexOf(END_OF_HEAD);
      if (end < 0) return;
      this.#head = this.#rest.toString('latin1', 0, end);
      this.#rest = this.#rest.subarray(end + END_OF_HEAD.length);
      this.#wire.push(this.#rest);
    } else this.#wire.push(data);
    for (;;) {
      const line = this.#rest.indexOf('\r\n');
      const length = line < 0 ? NaN : Number.parseInt(this.#rest.toString('latin1', 0, line), 16);
      const end = line + 2 + length;
      if (Number.isNaN(length) || this.#rest.length < end + 2) return;
      this.chunks.push(this.#rest.toString('utf8', line + 2, end));
      this.#rest = this.#rest.subarray(end + 2);
    }
  }
}
