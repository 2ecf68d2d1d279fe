import { createHmac } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

/** An event of the venue as it came, or is made here: one-letter names, numbers as text. */
export type UserFrame = Readonly<Record<string, unknown>>;

const KEY = { apiKey: 'test-key-of-an-account', secret: 'test-secret-of-an-account' };

interface Row extends Record<string, unknown> {
  readonly symbol: unknown;
  readonly orderId: unknown;
}

interface Asked {
  readonly id: string;
  readonly method: string;
  readonly params?: Readonly<Record<string, unknown>>;
}

/**
 * The venue's WebSocket API before one account: signed requests, a subscription of its events, and answers that are what the events so far
 * have made of the account, whether anybody heard them or not.
 */
export class BinanceAccount {
  readonly key = KEY;
  readonly #server: WebSocketServer;
  readonly #subscribed = new Set<WebSocket>();
  readonly #orders = new Map<string, Row>();
  readonly #trades: Row[] = [];
  readonly #balances = new Map<string, { free: unknown; locked: unknown }>();
  #updateTime = 1;
  #refusals: { method: RegExp; status: number; code: number; times: number }[] = [];
  /** Methods that were asked for, in order. */
  readonly asked: string[] = [];
  connected = 0;
  #silent = false;

  private constructor(port: number, ready: () => void) {
    this.#server = new WebSocketServer({ port, host: '127.0.0.1', path: '/ws-api/v3' }, ready);
    this.#server.on('connection', (socket) => {
      this.connected++;
      socket.on('message', (data) => this.#answer(socket, JSON.parse(String(data)) as Asked));
      socket.on('close', () => this.#subscribed.delete(socket));
    });
  }

  static async start(port = 0): Promise<BinanceAccount> {
    const ready = Promise.withResolvers<void>();
    const venue = new BinanceAccount(port, ready.resolve);
    await ready.promise;
    return venue;
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get subscribers(): number {
    return this.#subscribed.size;
  }

  /** Something happens to the account, and whoever is subscribed hears it. */
  play(frame: UserFrame): void {
    this.happen(frame);
    this.tell(frame);
  }

  /** Something happens to the account, and nobody hears it. */
  happen(frame: UserFrame): void {
    if (frame['e'] === 'executionReport') this.#report(frame);
    if (frame['e'] === 'outboundAccountPosition') {
      for (const { a, f, l } of frame['B'] as UserFrame[]) this.#balances.set(String(a), { free: f, locked: l });
      this.#updateTime = Number(frame['u']);
    }
  }

  /** Whoever is subscribed hears something, whether it is so or not. */
  tell(frame: UserFrame): void {
    this.send(JSON.stringify({ subscriptionId: 0, event: frame }));
  }

  send(text: string): void {
    for (const socket of this.#subscribed) socket.send(text);
  }

  /** The subscriptions end; the connections stay. */
  terminate(): void {
    this.tell({ e: 'eventStreamTerminated', E: 1 });
    this.#subscribed.clear();
  }

  /** Cuts every connection. */
  cut(): void {
    for (const socket of this.#server.clients) socket.terminate();
  }

  /** Answers nothing any more, pings included. */
  fallSilent(): void {
    this.#silent = true;
  }

  refuseNext(method: RegExp, status: number, code: number, times = 1): void {
    this.#refusals.push({ method, status, code, times });
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #report(frame: UserFrame): void {
    const { s: symbol, i: orderId, C: original, c, T } = frame;
    const key = `${symbol}|${orderId}`;
    this.#orders.set(key, {
      symbol,
      orderId,
      clientOrderId: original === '' || original === undefined ? c : original,
      price: frame['p'],
      origQty: frame['q'],
      executedQty: frame['z'],
      cummulativeQuoteQty: frame['Z'],
      status: frame['X'],
      timeInForce: frame['f'],
      type: frame['o'],
      side: frame['S'],
      stopPrice: frame['P'],
      time: frame['O'],
      updateTime: T,
      isWorking: this.#orders.get(key)?.['isWorking'] === true || frame['w'] === true,
    });
    if (frame['x'] !== 'TRADE') return;
    this.#trades.push({
      symbol,
      orderId,
      id: frame['t'],
      price: frame['L'],
      qty: frame['l'],
      commission: frame['n'],
      commissionAsset: frame['N'],
      time: T,
      isMaker: frame['m'],
    });
  }

  #answer(socket: WebSocket, { id, method, params = {} }: Asked): void {
    if (this.#silent) return;
    if (method === 'ping') return socket.send(JSON.stringify({ id, status: 200, result: {} }));
    this.asked.push(method);
    const refuse = (status: number, code: number, msg: string) =>
      socket.send(JSON.stringify({ id, status, error: { code, msg }, rateLimits: [] }));
    if (params['apiKey'] !== KEY.apiKey) return refuse(401, -2015, 'Invalid API-key, IP, or permissions for action.');
    if (params['signature'] !== signatureOf(params))
      return refuse(400, -1022, 'Signature for this request is not valid.');
    if (Math.abs(Date.now() - Number(params['timestamp'])) > Number(params['recvWindow']))
      return refuse(400, -1021, 'Timestamp for this request is outside of the recvWindow.');
    const refusal = this.#refusals.find((one) => one.times > 0 && one.method.test(method));
    if (refusal) {
      refusal.times--;
      return refuse(refusal.status, refusal.code, 'refused by the test');
    }
    const result = this.#resultOf(socket, method, params);
    if (result === undefined) return refuse(400, -1100, `no such method: ${method}`);
    socket.send(JSON.stringify({ id, status: 200, result, rateLimits: [] }));
  }

  #resultOf(socket: WebSocket, method: string, { symbol, orderId }: Readonly<Record<string, unknown>>): unknown {
    const orders = [...this.#orders.values()];
    switch (method) {
      case 'userDataStream.subscribe.signature':
        this.#subscribed.add(socket);
        return { subscriptionId: 0 };
      case 'openOrders.status':
        return orders.filter(({ status }) => /NEW|PARTIALLY_FILLED/.test(String(status)));
      case 'allOrders':
        return orders.filter((row) => row.symbol === symbol && Number(row.orderId) >= Number(orderId));
      case 'myTrades':
        return this.#trades.filter((row) => row.symbol === symbol && String(row.orderId) === String(orderId));
      case 'account.status':
        return {
          updateTime: this.#updateTime,
          balances: [...this.#balances].map(([asset, balance]) => ({ asset, ...balance })),
        };
      default:
        return undefined;
    }
  }
}

function signatureOf({ signature: _, ...params }: Readonly<Record<string, unknown>>): string {
  const names = Object.keys(params).sort();
  const query = names.map((name) => `${name}=${encodeURIComponent(String(params[name]))}`).join('&');
  return createHmac('sha256', KEY.secret).update(query).digest('hex');
}

/** An `executionReport`, of which a test says what it is about. */
export function report(facts: {
  readonly symbol?: string;
  readonly orderId: number | string;
  readonly does: 'NEW' | 'TRADE' | 'CANCELED' | 'EXPIRED' | 'REJECTED';
  readonly status: string;
  readonly side?: 'BUY' | 'SELL';
  readonly quantity: string;
  readonly price?: string;
  /** Of this event; filled in all, and for how much. */
  readonly last?: readonly [quantity: string, price: string, tradeId: number | string];
  readonly filled?: string;
  readonly value?: string;
  readonly fee?: readonly [amount: string, currency: string];
  readonly maker?: boolean;
  readonly at: number;
  readonly more?: UserFrame;
}): UserFrame {
  const { orderId, does, status, quantity, last, at } = facts;
  const price = facts.price ?? '0.00000000';
  return {
    e: 'executionReport',
    E: at + 1,
    s: facts.symbol ?? 'BTCUSDT',
    c: `client-${orderId}`,
    S: facts.side ?? 'BUY',
    o: facts.price === undefined ? 'MARKET' : 'LIMIT',
    f: 'GTC',
    q: quantity,
    p: price,
    P: '0.00000000',
    C: '',
    x: does,
    X: status,
    r: 'NONE',
    i: orderId,
    l: last?.[0] ?? '0.00000000',
    z: facts.filled ?? '0.00000000',
    L: last?.[1] ?? '0.00000000',
    n: facts.fee?.[0] ?? '0',
    N: facts.fee?.[1] ?? null,
    T: at,
    t: last?.[2] ?? -1,
    w: does === 'NEW',
    m: facts.maker ?? false,
    O: 1_000,
    Z: facts.value ?? '0.00000000',
    ...facts.more,
  };
}

/** An `outboundAccountPosition`: free and locked by currency. */
export function position(
  at: number,
  balances: Readonly<Record<string, readonly [free: string, locked: string]>>,
): UserFrame {
  const B = Object.entries(balances).map(([a, [f, l]]) => ({ a, f, l }));
  return { e: 'outboundAccountPosition', E: at, u: at, B };
}
