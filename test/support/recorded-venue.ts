import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { type WebSocket, WebSocketServer } from 'ws';
import { type Clock, pause } from '../../src/lib/clock.ts';
import { isDepth, pairOf, type RecordedFrame, type Recording } from './recording.ts';
import { RecordingBook } from './recording-book.ts';
import { clientOf, type RecordingClient, textFor, wants } from './recording-client.ts';

/** Bytes on the way to a client before playing waits for it: it is then as fast as its reader. */
const MAX_BUFFERED_BYTES = 256 * 1024;

/** Asked of the venue over REST. */
export interface RestRequestSeen {
  /** Path and query. */
  readonly url: string;
  readonly path: string;
  readonly query: URLSearchParams;
}

/** How the next REST requests are answered instead of rightly. */
export interface Refusal {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Requests refused; all of them when left out. */
  readonly times?: number;
  /** Only paths that match. */
  readonly path?: RegExp;
}

export interface RecordedVenueOptions {
  /** Of one market, each of another pair. */
  readonly recordings: readonly Recording[];
  /** Port to listen on: to come back after {@link RecordedVenue.close}. Default: a free one. */
  readonly port?: number;
}

/**
 * A venue that plays recordings: Binance's combined and raw streams with SUBSCRIBE, REST order books, past trades. Frames
 * are sent only when played. What it knows at any moment, books and past trades, is what was played so far, dropped frames
 * included.
 */
export class RecordedVenue {
  readonly #market: Recording['market'];
  readonly #frames: readonly RecordedFrame[];
  readonly #books: ReadonlyMap<string, RecordingBook>;
  readonly #http: Server;
  readonly #sockets = new WebSocketServer({ noServer: true });
  readonly #clients = new Set<RecordingClient>();
  #position = 0;
  #drops: ((frame: RecordedFrame) => boolean)[] = [];
  #refusals: { left: number; readonly refusal: Refusal }[] = [];
  #held: (() => void)[] | null = null;
  #refusing = false;
  /** Every REST request, in order. */
  readonly requests: RestRequestSeen[] = [];
  /** WebSocket connections that were tried, refused ones too. */
  attempted = 0;
  /** URL of every WebSocket connection that was opened, in order. */
  readonly connected: string[] = [];

  private constructor({ recordings }: RecordedVenueOptions) {
    this.#market = recordings[0]?.market ?? 'spot';
    this.#frames = recordings.flatMap(({ frames }) => frames).sort((a, b) => a.at - b.at);
    this.#books = new Map(recordings.map((recording) => [recording.pair, new RecordingBook(recording)]));
    this.#http = createServer((request, response) => this.#answer(request, response));
    this.#http.on('upgrade', (request, socket, head) => {
      this.attempted++;
      if (this.#refusing) socket.destroy();
      else this.#sockets.handleUpgrade(request, socket, head, (client) => this.#connect(client, request.url ?? ''));
    });
  }

  static async start(options: RecordedVenueOptions): Promise<RecordedVenue> {
    const venue = new RecordedVenue(options);
    await new Promise<void>((resolve) => venue.#http.listen(options.port ?? 0, '127.0.0.1', resolve));
    return venue;
  }

  get port(): number {
    return (this.#http.address() as AddressInfo).port;
  }

  /** Base for `BINANCE_WS_URL` or `BINANCE_FUTURES_WS_URL`. */
  get wsUrl(): string {
    return `ws://127.0.0.1:${this.port}`;
  }

  /** Base for `BINANCE_REST_URL` or `BINANCE_FUTURES_REST_URL`. */
  get restUrl(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Connections now open. */
  get connections(): number {
    return this.#clients.size;
  }

  /** What the clients now connected have sent, in order of their connections. */
  get messages(): readonly string[] {
    return [...this.#clients].flatMap(({ messages }) => messages);
  }

  /** Frames not yet played. */
  get left(): number {
    return this.#frames.length - this.#position;
  }

  /** Plays the next frames, dropped ones counted. @returns those that were sent to at least one client. */
  async play(count = 1): Promise<readonly RecordedFrame[]> {
    const sent: RecordedFrame[] = [];
    for (let played = 0; played < count && this.left > 0; played++) {
      const frame = this.#next();
      if (frame && (await this.#broadcast(frame))) sent.push(frame);
    }
    return sent;
  }

  /** Plays the next frames up to and with the first that matches. */
  async playTo(matches: (frame: RecordedFrame) => boolean): Promise<readonly RecordedFrame[]> {
    const ahead = this.#frames.slice(this.#position).findIndex(matches);
    if (ahead < 0) throw new Error('no frame ahead matches');
    return this.play(ahead + 1);
  }

  /**
   * Plays all that is left, as fast as the readers take it. After its first diff a client is given time to ask for the
   * order book before the next frame is played, unless `waitForBooks` is false: a real venue takes minutes for what is
   * played here in a second, in which every client has long asked.
   */
  async playAll({ waitForBooks = true } = {}): Promise<void> {
    while (this.left > 0) {
      const frame = this.#next();
      if (!frame) continue;
      await this.#broadcast(frame);
      const pair = pairOf(frame);
      const asked = () => [...this.#clients].every(({ withoutBook }) => !withoutBook.has(pair));
      if (!waitForBooks || !isDepth(frame) || asked()) continue;
      while (!asked()) await turn();
      // The answer is on its way; a client in this process gets it before it is swamped.
      for (let turns = 0; turns < 20; turns++) await turn();
    }
  }

  /** Plays all that is left, `speed` times as fast as it was recorded. Ends early when `signal` aborts. */
  async playAtSpeed(speed: number, clock: Clock, signal?: AbortSignal): Promise<void> {
    const first = this.#frames[this.#position]?.at ?? 0;
    const started = clock.now();
    while (this.left > 0 && !signal?.aborted) {
      const due = started + ((this.#frames[this.#position]?.at ?? 0) - first) / speed;
      if (due > clock.now()) await pause(clock, due - clock.now(), signal);
      else await this.play(1);
    }
  }

  /** The next frame that matches happens, but is sent to nobody. */
  dropNext(matches: (frame: RecordedFrame) => boolean): void {
    this.#drops.push(matches);
  }

  /** Sends this text to all clients, or to the n-th. */
  send(text: string, index?: number): void {
    for (const [at, { socket }] of [...this.#clients].entries())
      if (index === undefined || at === index) socket.send(text);
  }

  /** Sends WebSocket pings. @returns payloads of the pongs, in order of their coming. */
  ping(payload: string): readonly string[] {
    const pongs: string[] = [];
    for (const { socket } of this.#clients) {
      socket.on('pong', (data) => pongs.push(data.toString()));
      socket.ping(payload);
    }
    return pongs;
  }

  /** Cuts all connections, or the n-th, as a network would: without a close frame. */
  cut(index?: number): void {
    for (const [at, { socket }] of [...this.#clients].entries())
      if (index === undefined || at === index) socket.terminate();
  }

  /** Whether new connections are refused. */
  refuseConnections(refusing: boolean): void {
    this.#refusing = refusing;
  }

  /** Answers the next REST requests this way. */
  refuse(refusal: Refusal): void {
    this.#refusals.push({ left: refusal.times ?? Number.POSITIVE_INFINITY, refusal });
  }

  /** REST is right again. */
  refuseNothing(): void {
    this.#refusals = [];
  }

  /** REST requests get no answer until the function returned is called. */
  holdAnswers(): () => void {
    const held: (() => void)[] = [];
    this.#held = held;
    return () => {
      this.#held = null;
      for (const answer of held) answer();
    };
  }

  async close(): Promise<void> {
    this.cut();
    this.#http.closeAllConnections();
    await new Promise((resolve) => this.#http.close(resolve));
  }

  /** Takes the next frame; null when it is dropped. */
  #next(): RecordedFrame | null {
    const frame = this.#frames[this.#position++];
    if (!frame) return null;
    if (isDepth(frame)) this.#books.get(pairOf(frame))?.apply(frame);
    const drop = this.#drops.findIndex((matches) => matches(frame));
    if (drop < 0) return frame;
    this.#drops.splice(drop, 1);
    return null;
  }

  async #broadcast(frame: RecordedFrame): Promise<boolean> {
    let sent = false;
    for (const client of this.#clients) {
      if (!wants(client, frame)) continue;
      sent = true;
      // Its callback is called when the kernel has taken the frame, or the socket is gone.
      const written = new Promise<void>((resolve) => client.socket.send(textFor(client, frame), () => resolve()));
      if (client.socket.bufferedAmount > MAX_BUFFERED_BYTES) await written;
    }
    return sent;
  }

  #connect(socket: WebSocket, url: string): void {
    const client = clientOf(socket, url, this.#market);
    if (!client) return socket.close(1008, 'no such path');
    this.connected.push(url);
    this.#clients.add(client);
    socket.on('close', () => this.#clients.delete(client));
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://venue');
    this.requests.push({ url: request.url ?? '', path: pathname, query: searchParams });
    const answer = () => {
      const [status, body, headers] = this.#restAnswer(pathname, searchParams);
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
    };
    if (this.#held) this.#held.push(answer);
    else answer();
  }

  #restAnswer(path: string, query: URLSearchParams): [number, string, Readonly<Record<string, string>>] {
    const refused = this.#refusals.find(({ left, refusal }) => left > 0 && (refusal.path?.test(path) ?? true));
    if (refused) {
      refused.left--;
      return [
        refused.refusal.status,
        refused.refusal.body ?? '{"code":-1003,"msg":"refused"}',
        refused.refusal.headers ?? {},
      ];
    }
    const pair = query.get('symbol') ?? '';
    const limit = Number(query.get('limit') ?? 100);
    const root = this.#market === 'spot' ? '/api/v3' : '/fapi/v1';
    const book = this.#books.get(pair);
    if (!book) return [400, '{"code":-1121,"msg":"Invalid symbol."}', {}];
    switch (path) {
      case `${root}/depth`:
        for (const { withoutBook } of this.#clients) withoutBook.delete(pair);
        return [200, book.body(limit), {}];
      case `${root}/historicalTrades`:
        return [200, JSON.stringify(this.#pastTrades(pair, Number(query.get('fromId')), limit)), {}];
      case `${root}/trades`:
        return [200, JSON.stringify(this.#pastTrades(pair, 0, Number.POSITIVE_INFINITY).slice(-limit)), {}];
      default:
        return [404, '{"code":-1,"msg":"no such path"}', {}];
    }
  }

  #pastTrades(pair: string, fromId: number, limit: number): readonly unknown[] {
    const rows: unknown[] = [];
    for (const frame of this.#frames.slice(0, this.#position)) {
      if (rows.length >= limit) break;
      if (!frame.stream.endsWith('@trade') || pairOf(frame) !== pair) continue;
      const { t, p, q, T, m, X } = (JSON.parse(frame.text) as { data: Readonly<Record<string, unknown>> }).data;
      if (Number(t) < fromId || (X !== undefined && X !== 'MARKET')) continue;
      rows.push({ id: t, price: p, qty: q, quoteQty: '0', time: T, isBuyerMaker: m });
    }
    return rows;
  }
}
