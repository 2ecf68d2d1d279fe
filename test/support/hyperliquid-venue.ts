import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Clock } from '../../src/lib/clock.ts';

const HOUR = 3_600_000;

/** Trades that the venue repeats to who subscribes. */
const REPEATED = 5;

interface Client {
  readonly socket: WebSocket;
  /** `<type> <coin or user>`. */
  readonly subscribed: Set<string>;
}

interface Subscription {
  readonly type: string;
  readonly coin?: string;
  readonly user?: string;
}

export interface HyperliquidVenueOptions {
  readonly coins: readonly string[];
  /** Its time. */
  readonly clock: Clock;
}

/** A venue that speaks Hyperliquid's protocol, and goes on when a test says so. */
export class HyperliquidVenue {
  readonly #coins: readonly string[];
  readonly #clock: Clock;
  readonly #http: Server;
  readonly #sockets = new WebSocketServer({ noServer: true });
  readonly #clients = new Set<Client>();
  readonly #trades = new Map<string, object[]>();
  #steps = 0;
  /** Everything that clients have sent. */
  readonly messages: string[] = [];
  /** Bodies of REST requests. */
  readonly asked: Readonly<Record<string, unknown>>[] = [];
  /** Status of REST answers: 200 unless a test says otherwise. */
  status = 200;
  /** REST answers by type, in the place of its own. */
  readonly answers = new Map<string, unknown>();
  /** Coins whose subscriptions have been dropped without a word. */
  readonly dropped = new Set<string>();

  private constructor({ coins, clock }: HyperliquidVenueOptions) {
    this.#coins = coins;
    this.#clock = clock;
    this.#http = createServer((request, response) => this.#answer(request, response));
    this.#http.on('upgrade', (request, socket, head) =>
      this.#sockets.handleUpgrade(request, socket, head, (client) => this.#connect(client, request.url ?? '')),
    );
  }

  static async start(options: HyperliquidVenueOptions): Promise<HyperliquidVenue> {
    const venue = new HyperliquidVenue(options);
    await new Promise<void>((resolve) => venue.#http.listen(0, '127.0.0.1', resolve));
    return venue;
  }

  get wsUrl(): string {
    return `ws://127.0.0.1:${(this.#http.address() as AddressInfo).port}`;
  }

  get restUrl(): string {
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}/`;
  }

  get connections(): number {
    return this.#clients.size;
  }

  /** What clients are subscribed to now. */
  get subscriptions(): readonly string[] {
    return [...this.#clients].flatMap(({ subscribed }) => [...subscribed]).sort();
  }

  /** A little later: of every coin a trade, the book and the market. */
  step(): void {
    this.#steps++;
    for (const coin of this.#coins) {
      const trade = this.#trade(coin);
      if (this.dropped.has(coin)) continue;
      this.tell('trades', coin, [trade]);
      this.tell('l2Book', coin, this.book(coin));
      this.tell('activeAssetCtx', coin, { coin, ctx: this.context() });
    }
  }

  /** To those who have subscribed. */
  tell(channel: string, to: string, data: unknown): void {
    this.#send(JSON.stringify({ channel, data }), ({ subscribed }) => subscribed.has(`${channel} ${to}`));
  }

  /** To all. */
  send(text: string): void {
    this.#send(text, () => true);
  }

  cut(): void {
    for (const { socket } of this.#clients) socket.terminate();
  }

  /** A trade happens of which nobody hears. */
  tradeUnheard(coin: string): void {
    this.#steps++;
    this.#trade(coin);
  }

  /** The venue forgets the trades that it would repeat. */
  forgetTrades(): void {
    this.#trades.clear();
  }

  async close(): Promise<void> {
    this.cut();
    this.#http.closeAllConnections();
    // A test may have closed it to see what happens then.
    if (this.#http.listening) await new Promise((resolve) => this.#http.close(resolve));
  }

  book(coin: string) {
    const middle = 60_000 + this.#steps;
    const side = (sign: 1 | -1) =>
      Array.from({ length: 20 }, (_, at) => ({ px: `${middle + sign * (at + 1)}.0`, sz: `${at + 1}.50`, n: 1 }));
    return { coin, time: this.#clock.now(), levels: [side(-1), side(1)] };
  }

  context(): Readonly<Record<string, unknown>> {
    return {
      funding: '-0.0000125',
      openInterest: '688.11',
      prevDayPx: '59000.0',
      dayNtlVlm: '1169046.29406',
      dayBaseVlm: '19.5',
      premium: '0.00031774',
      oraclePx: '60001.0',
      markPx: `${60_000 + this.#steps}.0`,
      midPx: `${60_000 + this.#steps}.5`,
      impactPxs: ['1', '2'],
    };
  }

  #trade(coin: string): object {
    const trades = this.#trades.get(coin) ?? [];
    this.#trades.set(coin, trades);
    // As real ones: large, without an order.
    const tid = ((this.#steps * 48_271) % 2_147_483_647) * 1_000 + this.#coins.indexOf(coin);
    const [side, px] = [this.#steps % 2 ? 'B' : 'A', `${60_000 + this.#steps}.0`];
    const trade = { coin, side, px, sz: '0.0100', hash: '0x0', time: this.#clock.now(), tid, users: ['0x1', '0x2'] };
    trades.push(trade);
    return trade;
  }

  #send(text: string, to: (client: Client) => boolean): void {
    for (const client of this.#clients) if (to(client)) client.socket.send(text);
  }

  #connect(socket: WebSocket, path: string): void {
    if (path !== '/ws') return socket.close(1008);
    const client: Client = { socket, subscribed: new Set() };
    this.#clients.add(client);
    socket.on('close', () => this.#clients.delete(client));
    socket.on('message', (data) => this.#heard(client, (data as Buffer).toString()));
  }

  #heard(client: Client, text: string): void {
    this.messages.push(text);
    const { method, subscription } = JSON.parse(text) as { method: string; subscription?: Subscription };
    const { socket, subscribed } = client;
    if (method === 'ping') return socket.send('{"channel":"pong"}');
    if (!subscription) return;
    const { type, coin, user } = subscription;
    // A coin that there is not is ignored without a word, as the venue does.
    if (coin !== undefined && !this.#coins.includes(coin)) return;
    const name = `${type} ${coin ?? user}`;
    if (method === 'subscribe') {
      subscribed.add(name);
      if (coin) this.dropped.delete(coin);
    } else subscribed.delete(name);
    socket.send(JSON.stringify({ channel: 'subscriptionResponse', data: { method, subscription } }));
    if (method !== 'subscribe' || coin === undefined) return;
    if (type === 'l2Book') socket.send(JSON.stringify({ channel: type, data: this.book(coin) }));
    const trades = (this.#trades.get(coin) ?? []).slice(-REPEATED);
    if (type === 'trades') socket.send(JSON.stringify({ channel: type, data: trades.toReversed() }));
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const question = JSON.parse(Buffer.concat(chunks).toString()) as Readonly<Record<string, unknown>>;
      this.asked.push(question);
      const answer = this.answers.has(String(question['type']))
        ? this.answers.get(String(question['type']))
        : this.#info(question);
      response.writeHead(request.url === '/info' ? this.status : 404, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answer));
    });
  }

  #info({ type, coin, startTime }: Readonly<Record<string, unknown>>): unknown {
    if (type === 'meta') return { universe: this.#coins.map((name) => ({ name, szDecimals: 5, maxLeverage: 50 })) };
    if (type === 'l2Book') return this.book(String(coin));
    const hour = Math.floor(this.#clock.now() / HOUR) * HOUR;
    if (type === 'fundingHistory')
      return [hour - 2 * HOUR, hour - HOUR, hour]
        .map((time) => ({ coin, fundingRate: '-0.00061334', premium: '0.1', time: time + 48 }))
        .filter(({ time }) => time >= Number(startTime));
    return null;
  }
}
