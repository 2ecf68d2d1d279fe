import { WebSocket } from 'ws';

interface Trade {
  readonly symbol: string;
  readonly tradeId: string;
  readonly timestamp: string;
  readonly gapBefore: unknown;
}

/**
 * Somebody who means no harm and subscribes to all trades while others do. The simulated venue numbers the trades of a
 * symbol without holes, so what is missing shows.
 */
export class Neighbour {
  readonly #socket: WebSocket;
  readonly #last = new Map<string, bigint>();
  readonly #ages: number[] = [];
  readonly faults: string[] = [];
  #received = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data) => this.#take(JSON.parse(String(data)) as { type: string; payload?: unknown }));
    socket.on('error', (error) => this.faults.push(`error: ${error.message}`));
    socket.once('close', (code, reason) => this.faults.push(`closed with ${code} ${String(reason)}`));
  }

  /** Resolves when it has heard something. */
  static async move(url: string): Promise<Neighbour> {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    const neighbour = new Neighbour(socket);
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    socket.send('{"type":"connection_init"}');
    const query = 'subscription { trades { symbol tradeId timestamp gapBefore { reason } } }';
    await new Promise((resolve, reject) =>
      socket.once('message', resolve).once('close', (code) => reject(new Error(`closed with ${code}`))),
    );
    socket.send(JSON.stringify({ type: 'subscribe', id: 'n', payload: { query } }));
    await neighbour.hears(1);
    return neighbour;
  }

  get received(): number {
    return this.#received;
  }

  /** The age of what was heard, milliseconds: so much of it was younger. */
  ageMs(part: number): number {
    const sorted = this.#ages.toSorted((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0;
  }

  /** Waits for so many more trades. */
  async hears(more: number): Promise<void> {
    const enough = this.#received + more;
    const end = performance.now() + 60_000;
    while (this.#received < enough) {
      if (performance.now() > end) {
        this.faults.push('it hears nothing any more');
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  async leave(): Promise<void> {
    this.#socket.removeAllListeners('close');
    // It may have been closed to it, which is among its faults: then nothing closes again.
    if (this.#socket.readyState === WebSocket.CLOSED) return;
    this.#socket.close();
    await new Promise((resolve) => this.#socket.once('close', resolve));
  }

  #take({ type, payload }: { type: string; payload?: unknown }): void {
    if (type === 'ping') this.#socket.send('{"type":"pong"}');
    if (type === 'error' || type === 'complete') this.faults.push(`its subscription ended: ${JSON.stringify(payload)}`);
    if (type !== 'next') return;
    const { trades } = (payload as { data: { trades: Trade } }).data;
    this.#received++;
    this.#ages.push(Date.now() - Date.parse(trades.timestamp));
    const [number, last] = [BigInt(trades.tradeId), this.#last.get(trades.symbol)];
    this.#last.set(trades.symbol, number);
    if (trades.gapBefore !== null) this.faults.push(`a hole was told before ${trades.symbol} ${trades.tradeId}`);
    else if (last !== undefined && number !== last + 1n)
      this.faults.push(`${trades.symbol} ${trades.tradeId} came after ${last}`);
  }
}
