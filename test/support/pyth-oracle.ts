import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../../src/lib/clock.ts';

/** The hours of the exchanges in New York, as the oracle writes them. */
const NEW_YORK =
  'America/New_York;0930-1600,0930-1600,0930-1600,0930-1600,0930-1600,C,C;0101/C,1126/C,1127/0930-1300,1225/C';

export interface PythOracleOptions {
  /** `Crypto.BTC/USD` */
  readonly names: readonly string[];
  /** Its time. */
  readonly clock: Clock;
}

/** The oracle's id of a price feed here. */
export function idOf(name: string): string {
  return createHash('sha256').update(name).digest('hex');
}

/** An oracle that speaks Hermes' protocol: which feeds there are, and a stream of prices that goes on when a test says so. */
export class PythOracle {
  readonly #names: readonly string[];
  readonly #clock: Clock;
  readonly #http: Server;
  readonly #streams = new Map<ServerResponse, readonly string[]>();
  #steps = 0;
  /** Requests as they came. */
  readonly asked: { readonly url: string; readonly authorization: string | undefined }[] = [];
  /** Status of all answers: 200 unless a test says otherwise. */
  status = 200;
  /** Body of the list of feeds, in the place of its own. */
  listed: string | null = null;
  /** Names of feeds that have no publishers: they are not told. */
  readonly silent = new Set<string>();
  /** When publishers of a feed last said something, seconds, where that is not now. */
  readonly publishedAt = new Map<string, number>();

  private constructor({ names, clock }: PythOracleOptions) {
    this.#names = names;
    this.#clock = clock;
    this.#http = createServer((request, response) => this.#answer(request, response));
  }

  static async start(options: PythOracleOptions): Promise<PythOracle> {
    const oracle = new PythOracle(options);
    await new Promise<void>((resolve) => oracle.#http.listen(0, '127.0.0.1', resolve));
    return oracle;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}`;
  }

  get streams(): number {
    return this.#streams.size;
  }

  /** A little later: a price of every feed, to who asked for it. */
  step(): void {
    this.#steps++;
    for (const [response, ids] of this.#streams) {
      const parsed = this.#names
        .filter((name) => ids.includes(idOf(name)) && !this.silent.has(name))
        .map((name) => this.price(name));
      if (parsed.length > 0) response.write(`data:${JSON.stringify({ binary: { data: [] }, parsed })}\n\n`);
    }
  }

  price(name: string) {
    const isShare = name.startsWith('Equity');
    const publish_time = this.publishedAt.get(name) ?? Math.floor(this.#clock.now() / 1_000);
    const expo = isShare ? -5 : -8;
    // A price stands still with its publishers.
    const moved = this.publishedAt.has(name) ? 0 : this.#steps;
    const price = { price: String(12_276_250 + moved), conf: '1500', expo, publish_time };
    const ema_price = { ...price, price: '12270000', conf: '1600' };
    return { id: idOf(name), price, ema_price, metadata: { slot: this.#steps, prev_publish_time: publish_time } };
  }

  /** To all streams, as it is. */
  send(text: string): void {
    for (const response of this.#streams.keys()) response.write(text);
  }

  cut(): void {
    for (const response of this.#streams.keys()) response.destroy();
  }

  async close(): Promise<void> {
    this.#http.closeAllConnections();
    await new Promise((resolve) => this.#http.close(resolve));
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const url = request.url ?? '';
    this.asked.push({ url, authorization: request.headers.authorization });
    const { pathname, searchParams } = new URL(url, 'http://oracle');
    if (this.status !== 200) return void response.writeHead(this.status).end('refused');
    if (pathname === '/v2/price_feeds') {
      const asset = searchParams.get('asset_type') ?? '';
      const rows = this.#names
        .filter((name) => name.toLowerCase().startsWith(asset))
        .map((symbol) => ({
          id: idOf(symbol),
          attributes: { asset_type: asset, symbol, ...(asset === 'equity' && { schedule: NEW_YORK }) },
        }));
      return void response.end(this.listed ?? JSON.stringify(rows));
    }
    if (pathname !== '/v2/updates/price/stream') return void response.writeHead(404).end();
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
    this.#streams.set(response, searchParams.getAll('ids[]'));
    response.on('close', () => this.#streams.delete(response));
  }
}
