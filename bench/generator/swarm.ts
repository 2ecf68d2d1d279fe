import { setTimeout as pause } from 'node:timers/promises';
import { Histogram } from '../histogram.ts';
import { ageMicros, operationOf, STAMP_DIGITS, STAMP_MARKER, type Workload } from '../workload.ts';
import { PROTOCOLS, type ProtocolName } from './protocol.ts';
import { LoadSocket, type Sink } from './socket.ts';

export interface Target {
  readonly port: number;
  readonly protocol: ProtocolName;
  readonly workload: Workload;
}

/** What came since the last reset. */
export interface Heard {
  readonly events: number;
  /** Between the first event and the last, milliseconds. */
  readonly wallMs: number;
  /** Reads that had an event in them: fewer than events where several came together. */
  readonly reads: number;
  /** Publish to here, counts of a {@link Histogram} in microseconds. */
  readonly latency: readonly number[];
  /** This process's own. */
  readonly cpuMicros: number;
}

/** Handshakes under way at once: more would only wait in the server's backlog. */
const CONNECTING = 100;

/** One event of so many is timed, not a divisor of any burst. */
const SAMPLE_EVERY = 7;

/** How often the counts are looked at while events are waited for, milliseconds. */
const LOOK_MS = 5;

/** The load of a row: connections that count, and time some of, what they hear. */
export class Swarm implements Sink {
  readonly #sockets: LoadSocket[] = [];
  readonly #marker: Buffer;
  readonly #target: Target;
  #subscribed = 0;
  #events = 0;
  #reads = 0;
  #readFrom: LoadSocket | null = null;
  #firstAt = 0;
  #lastAt = 0;
  #latency = new Histogram();
  #cpu = process.cpuUsage();
  #failure: string | null = null;

  constructor(target: Target) {
    this.#target = target;
    this.#marker = Buffer.from(STAMP_MARKER[target.workload.topic]);
  }

  /** Resolves when every subscription has been asked for. */
  async connect(): Promise<void> {
    const { workload, protocol, port } = this.#target;
    while (this.#subscribed < workload.sockets) {
      if (this.#failure !== null) throw new Error(this.#failure);
      while (this.#sockets.length < Math.min(workload.sockets, this.#subscribed + CONNECTING)) {
        const index = this.#sockets.length;
        const operation = () => operationOf(workload, index);
        const options = { port, index, protocol: PROTOCOLS[protocol], operation, sink: this };
        this.#sockets.push(new LoadSocket(options));
      }
      await pause(1);
    }
  }

  reset(): void {
    this.#events = 0;
    this.#reads = 0;
    this.#latency = new Histogram();
    this.#cpu = process.cpuUsage();
  }

  /** Waits until so many events have come, or none has for a while. */
  async drain(expected: number, quietMs: number): Promise<Heard> {
    let seen = this.#events;
    let seenAt = performance.now();
    while (this.#events < expected && performance.now() - seenAt < quietMs) {
      await pause(LOOK_MS);
      if (this.#events === seen) continue;
      seen = this.#events;
      seenAt = performance.now();
    }
    if (this.#failure !== null) throw new Error(this.#failure);
    const { user, system } = process.cpuUsage(this.#cpu);
    return {
      events: this.#events,
      reads: this.#reads,
      wallMs: this.#lastAt - this.#firstAt,
      latency: this.#latency.counts,
      cpuMicros: user + system,
    };
  }

  event(socket: LoadSocket, bytes: Buffer, at: number, length: number): void {
    if (socket !== this.#readFrom) {
      this.#readFrom = socket;
      this.#reads++;
    }
    if (this.#events === 0) this.#firstAt = performance.now();
    if (this.#events++ % SAMPLE_EVERY !== 0) return;
    this.#lastAt = performance.now();
    const marker = bytes.indexOf(this.#marker, at);
    if (marker < 0 || marker >= at + length) return;
    const from = marker + this.#marker.length;
    this.#latency.record(ageMicros(bytes.toString('latin1', from, from + STAMP_DIGITS)));
  }

  read(): void {
    this.#readFrom = null;
  }

  subscribed(): void {
    this.#subscribed++;
  }

  lost({ index }: LoadSocket, why: string): void {
    this.#failure ??= `connection ${index} was lost: ${why}`;
  }
}
