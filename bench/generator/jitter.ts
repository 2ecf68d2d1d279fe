import { setTimeout as pause } from 'node:timers/promises';
import { Histogram } from '../histogram.ts';
import { monotonicMicros } from '../monotonic.ts';
import { ageMicros, operationOf, STAMP_DIGITS } from '../workload.ts';
import { PROTOCOLS } from './protocol.ts';
import { LoadSocket, type Sink } from './socket.ts';
import type { Target } from './swarm.ts';

/** Time between two cuts of one client, milliseconds, and how far it varies either way. */
const ONLINE_MS = 15_000;
const ONLINE_SPREAD_MS = 5_000;

/** Time without a connection, milliseconds, and how far it varies either way. */
const OFFLINE_MS = 2_000;
const OFFLINE_SPREAD_MS = 500;

/** Wait after a refusal, milliseconds. */
const RETRY_MS = 500;

/** Handshakes under way at once while the load is built up. */
const CONNECTING = 100;

export interface JitterHeard {
  /** Distinct events, all clients together. */
  readonly received: number;
  readonly repeated: number;
  readonly cuts: number;
  readonly refusals: number;
  /** Published while the client was away, to its reading them. */
  readonly replayed: readonly number[];
  /** From the reconnect of a client to its reading what it had missed. */
  readonly caughtUp: readonly number[];
  readonly live: readonly number[];
}

interface Client {
  socket: LoadSocket | null;
  cursor: string | null;
  /** Sequence of the event that comes next. */
  next: number;
  connectingAt: number;
}

interface Message {
  readonly id?: string;
  readonly payload?: {
    readonly data?: { readonly trades?: { readonly tradeId: string; readonly cursor?: string } };
    readonly progress?: Readonly<Record<string, string>>;
  };
}

/** Clients whose network fails again and again: each is cut about every 15 s for about 2 s and comes back by its cursor. */
export class JitterSwarm implements Sink {
  readonly #target: Target;
  readonly #clients: Client[];
  readonly #replayed = new Histogram();
  readonly #caughtUp = new Histogram();
  readonly #live = new Histogram();
  readonly #timers = new Set<NodeJS.Timeout>();
  #subscribed = 0;
  #received = 0;
  #repeated = 0;
  #cuts = 0;
  #refusals = 0;
  #ending = false;

  constructor(target: Target) {
    this.#target = target;
    this.#clients = Array.from({ length: target.workload.sockets }, () => ({
      socket: null,
      cursor: null,
      next: 1,
      connectingAt: 0,
    }));
  }

  /** Resolves when all are connected and the cuts begin. */
  async start(): Promise<void> {
    const { length } = this.#clients;
    let begun = 0;
    while (this.#subscribed < length) {
      for (; begun < Math.min(length, this.#subscribed + CONNECTING); begun++) this.#connect(begun);
      await pause(1);
    }
    for (const index of this.#clients.keys()) this.#later(Math.random() * ONLINE_MS, () => this.#cut(index));
  }

  /** Cuts no more; waits until every client has everything, or the limit. */
  async finish(published: number, limitMs: number): Promise<JitterHeard> {
    this.#ending = true;
    const end = performance.now() + limitMs;
    const behind = () => this.#clients.some(({ next }) => next <= published);
    while (behind() && performance.now() < end) await pause(20);
    return {
      received: this.#received,
      repeated: this.#repeated,
      cuts: this.#cuts,
      refusals: this.#refusals,
      replayed: this.#replayed.counts,
      caughtUp: this.#caughtUp.counts,
      live: this.#live.counts,
    };
  }

  event({ index }: LoadSocket, bytes: Buffer, at: number, length: number): void {
    const trade = (JSON.parse(bytes.toString('utf8', at, at + length)) as Message).payload?.data?.trades;
    const client = this.#clients[index];
    if (!trade || !client) return;
    client.cursor = trade.cursor ?? null;
    const sequence = Number(trade.tradeId.slice(STAMP_DIGITS + 1));
    if (sequence < client.next) {
      this.#repeated++;
      return;
    }
    client.next = sequence + 1;
    this.#received++;
    const age = ageMicros(trade.tradeId.slice(0, STAMP_DIGITS));
    const sinceConnecting = monotonicMicros() - client.connectingAt;
    if (age <= sinceConnecting) return this.#live.record(age);
    this.#replayed.record(age);
    this.#caughtUp.record(sinceConnecting);
  }

  control({ index, id }: LoadSocket, message: string): void {
    // Of a client that has heard no event yet, the ping tells the position.
    const cursor = (JSON.parse(message) as Message).payload?.progress?.[id];
    const client = this.#clients[index];
    if (cursor !== undefined && client) client.cursor = cursor;
  }

  subscribed(): void {
    this.#subscribed++;
  }

  lost(socket: LoadSocket, why: string): void {
    const client = this.#clients[socket.index];
    if (client?.socket !== socket) return;
    client.socket = null;
    this.#refusals++;
    if (this.#refusals === 1) process.stderr.write(`connection ${socket.index} was lost: ${why}\n`);
    this.#later(RETRY_MS, () => this.#connect(socket.index));
  }

  /** Unless the client is connected already: after a refusal, two timers may want it to be. */
  #connect(index: number): void {
    const client = this.#clients[index];
    if (!client || client.socket) return;
    const { port, protocol, workload } = this.#target;
    client.connectingAt = monotonicMicros();
    const operation = () => operationOf(workload, index, workload.resumable ? client.cursor : null);
    client.socket = new LoadSocket({ port, index, protocol: PROTOCOLS[protocol], operation, sink: this });
  }

  #cut(index: number): void {
    const client = this.#clients[index];
    if (this.#ending || !client) return;
    if (client.socket) {
      client.socket.cut();
      client.socket = null;
      this.#cuts++;
    }
    this.#later(OFFLINE_MS + spread(OFFLINE_SPREAD_MS), () => {
      this.#connect(index);
      this.#later(ONLINE_MS + spread(ONLINE_SPREAD_MS), () => this.#cut(index));
    });
  }

  #later(ms: number, run: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      run();
    }, ms);
    this.#timers.add(timer);
  }
}

function spread(ms: number): number {
  return (Math.random() * 2 - 1) * ms;
}
